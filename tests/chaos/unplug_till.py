"""Pulls the plug of a till's devices after every byte, and proves that nothing is doubled or lost.

    python -m tests.chaos.unplug_till --every 1
    python -m tests.chaos.unplug_till --every 25 --only card --json result.json

A whole till with its store on disk and its device threads sells through plugs to the simulators of
its devices. For each place in each direction: one operation, the plug pulled there, what the till
says, the plug put back, and what a cashier does then. Compared are the till's books with the paper,
with the terminal's journal, and the sentences with what is true. Exit status 0 only if all is well.

A plug stays out until the till has spoken, or blinks; in both cases every other place has the till
die as well, before it is put back.
"""

import argparse
import itertools
import json
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Protocol

from tests.chaos import unplug_card, unplug_fiscal, unplug_paper
from tests.chaos.plug import Plug, Way
from tests.chaos.plugged_till import PluggedTill

#: A whole operation is measured twice: the first one of a device asks more than those that follow.
_MEASURES: Final = 2
_BYTES_MAX: Final = 20_000
_NOT_REACHED: Final = "not reached"


class Operation(Protocol):
    """One operation through one cut; None measures."""

    def __call__(
        self, stage: PluggedTill, way: Way, place: int | None, *, blinks: bool, dies: bool
    ) -> str:
        """Tell how it ended for the cashier at first."""
        ...


@dataclass(frozen=True, slots=True)
class Scenario:
    """An operation and the plug that is pulled in it."""

    operation: Operation
    plug: str
    has_register: bool = False


SCENARIOS: Final[Mapping[str, Scenario]] = {
    "cash and its receipt": Scenario(unplug_paper.sell_for_cash, "printer_plug"),
    "card": Scenario(unplug_card.sell_by_card, "terminal_plug"),
    "refund to the card": Scenario(unplug_card.give_back, "terminal_plug"),
    "fiscal receipt": Scenario(unplug_fiscal.sell_with_receipt, "register_plug", has_register=True),
}


@dataclass
class Row:
    """What became of one scenario in one direction.

    Attributes:
        bytes: Of the whole operation.
        places: At which the plug was pulled.
        ends: How often it ended how, for the cashier at first.
        faults: What was wrong, with the place.
    """

    scenario: str
    way: str
    plug: str
    bytes: int = 0
    places: int = 0
    ends: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def run(folder: Path, every: int, only: str = "", *, exact: bool = False) -> list[Row]:
    """Play every scenario, each on a till of its own.

    Args:
        folder: For the stores.
        every: Distance between two places.
        only: Part of the name of a scenario.
        exact: `only` is the whole name.
    """
    chosen = {
        name: each for name, each in SCENARIOS.items() if (name == only if exact else only in name)
    }
    rows = []
    for number, (name, way, blinks) in enumerate(itertools.product(chosen, Way, (False, True))):
        row = Row(name, way.value, "blinks" if blinks else "stays out")
        scenario = chosen[name]
        stage = PluggedTill(folder / f"till-{number}", has_register=scenario.has_register)
        try:
            _play(stage, scenario, row, way, every, blinks=blinks)
        finally:
            stage.stop()
        rows.append(row)
    return rows


def _play(
    stage: PluggedTill,
    scenario: Scenario,
    row: Row,
    way: Way,
    every: int,
    *,
    blinks: bool,
) -> None:
    plug: Plug = getattr(stage, scenario.plug)
    for _ in range(_MEASURES):
        scenario.operation(stage, way, None, blinks=blinks, dies=False)
    row.bytes = plug.counts[way]
    # An operation may say more than the one that was measured: the last place is one too late to hurt.
    for index, place in enumerate(range(0, _BYTES_MAX, every)):
        try:
            end = scenario.operation(stage, way, place, blinks=blinks, dies=index % 2 == 1)
        except AssertionError as error:
            row.faults.append(f"byte {place}: {error}")
            return  # the books do not agree any more
        row.ends[end] += 1
        row.places += 1
        if place >= row.bytes and end == _NOT_REACHED:
            return
    row.faults.append("the plug was always in the way")


def table(rows: list[Row]) -> str:
    """Return the rows for people."""
    lines = [f"{'operation':<22} {'bytes':<15} {'plug':<10} {'whole':>5} {'cuts':>5}  ends"]
    for row in rows:
        ends = ", ".join(f"{end} {count}" for end, count in sorted(row.ends.items()))
        lines.append(
            f"{row.scenario:<22} {row.way:<15} {row.plug:<10} {row.bytes:>5} {row.places:>5}  {ends}"
        )
        lines += [f"    FAULT {fault}" for fault in row.faults]
    return "\n".join(lines)


def main() -> int:
    """Run by the command line; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    logging.disable()  # what is told to the log at every cut is told in the table
    with tempfile.TemporaryDirectory(prefix="maxloyalty-unplug-") as folder:
        rows = run(Path(folder), max(1, options.every), options.only)
    print(table(rows))  # noqa: T201 - a program for people
    is_well = bool(rows) and not any(row.faults for row in rows)
    if options.json:
        content: dict[str, Any] = {"ok": is_well, "every": options.every}
        content["rows"] = [vars(row) for row in rows]
        options.json.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
    return 0 if is_well else 1


if __name__ == "__main__":
    sys.exit(main())
