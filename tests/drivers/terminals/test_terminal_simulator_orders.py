"""The simulator as a program: orders in, JSON out, the journal kept."""

import io
import json
from pathlib import Path

import pytest

from drivers.sim import terminal as program
from drivers.sim.terminal import Act, Behaviour, parse_behaviour


def test_orders_are_obeyed_and_wrong_ones_are_answered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    orders = "next decline 71\nalways stall 2.5\nunplug\nnext fly\ndance\njournal\nquit\njournal\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(orders))
    assert program.main(["--port", "0", "--journal", str(tmp_path / "j.jsonl")]) == 0
    started, *replies = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert started["port"] > 0
    assert [reply["ok"] for reply in replies] == [True, True, True, False, False, True]
    assert replies[-1]["journal"] == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["approve"], Behaviour()),
        (["decline"], Behaviour(Act.DECLINE, 0x05)),
        (["decline", "B4"], Behaviour(Act.DECLINE, 0xB4)),
        (["slow-card", "1.5"], Behaviour(Act.SLOW_CARD, 1.5)),
    ],
)
def test_behaviours_are_read_from_words(words: list[str], expected: Behaviour) -> None:
    assert parse_behaviour(words) == expected


@pytest.mark.parametrize("words", [[], ["fly"], ["stall", "long"], ["decline", "xyz"]])
def test_wrong_behaviours_are_refused(words: list[str]) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_behaviour(words)
