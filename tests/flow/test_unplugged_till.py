"""Unplugged at places spread over every dialogue, a whole till says what is so and doubles nothing.

Every byte, with a table: `python -m tests.chaos.unplug_till --every 1`.
"""

from pathlib import Path

import pytest

from tests.chaos.unplug_till import SCENARIOS, Row, run, table

#: Distance of the places: primes, so that cuts fall into every part of the messages.
EVERY = {
    "cash and its receipt": 127,
    "card": 29,
    "refund to the card": 53,
    "fiscal receipt": 211,
}


def ends(rows: list[Row]) -> set[str]:
    return {end for row in rows for end in row.ends}


def test_every_operation_is_tried() -> None:
    assert EVERY.keys() == SCENARIOS.keys()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("operation", "seen"),
    [
        ("cash and its receipt", {"maybe", "nothing", "printed"}),
        ("card", {"done", "failed", "unknown"}),
        ("refund to the card", {"done", "failed", "unknown"}),
        ("fiscal receipt", {"made", "queued", "unknown"}),
    ],
)
def test_unplugged_till_doubles_nothing_and_says_what_is_so(
    operation: str, seen: set[str], tmp_path: Path
) -> None:
    rows = run(tmp_path, EVERY[operation], operation, exact=True)

    assert not any(row.faults for row in rows), table(rows)
    assert all(row.places for row in rows)
    # A sample that never met one of the ends would prove little.
    assert seen <= ends(rows), table(rows)
