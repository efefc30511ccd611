"""How a lost operation is told from the one before: every combination of what is known."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.errors import ConfigurationError, DeviceBusy, NotSupported, ProtocolError
from drivers.api.terminal import OperationMark, Outcome, TerminalResult, Verdict
from drivers.terminals.ledger import Ledger
from drivers.terminals.marks import NOTES_MAX, MarkStore, compare

NOTHING = OperationMark()
FIRST = OperationMark("0001", "000001", "1120", "120000")


def operation(number: int, amount: int, operation_id: str = "") -> TerminalResult:
    return TerminalResult(
        Outcome.APPROVED,
        amount_minor=amount,
        receipt_no=f"{number:04d}",
        trace=f"{number:06d}",
        operation_id=operation_id,
    )


@pytest.mark.parametrize(
    ("last", "mark", "verdict"),
    [
        (None, NOTHING, Verdict.ABSENT),
        (None, FIRST, Verdict.UNCERTAIN),
        (None, None, Verdict.UNCERTAIN),
        (operation(1, 100), None, Verdict.UNCERTAIN),
        (operation(1, 100), FIRST, Verdict.ABSENT),
        (operation(1, 100), NOTHING, Verdict.FOUND),
        (operation(2, 100), FIRST, Verdict.FOUND),
        (operation(2, 999), FIRST, Verdict.UNCERTAIN),
        (operation(2, 100, operation_id="ours"), None, Verdict.FOUND),
        (operation(2, 999, operation_id="ours"), FIRST, Verdict.UNCERTAIN),
        (operation(2, 100, operation_id="another"), FIRST, Verdict.UNCERTAIN),
        (operation(1, 100, operation_id="another"), FIRST, Verdict.ABSENT),
        (TerminalResult(Outcome.APPROVED, rrn="1", amount_minor=100), FIRST, Verdict.UNCERTAIN),
        (TerminalResult(Outcome.APPROVED, date="1120", amount_minor=100), FIRST, Verdict.ABSENT),
    ],
)
def test_verdict(last: TerminalResult | None, mark: OperationMark | None, verdict: Verdict) -> None:
    lookup = compare(last, mark, 100, "ours")
    assert lookup.verdict is verdict
    assert bool(lookup.reason) is (verdict is Verdict.UNCERTAIN)


_TEXTS = st.sampled_from(["", "0001", "0002"])
_MARKS = st.builds(OperationMark, _TEXTS, _TEXTS, _TEXTS, _TEXTS)


@given(_MARKS, _MARKS | st.none(), st.sampled_from([100, 200]))
def test_found_never_means_the_operation_before_and_never_another_sum(
    place: OperationMark, mark: OperationMark | None, amount: int
) -> None:
    last = TerminalResult(
        Outcome.APPROVED,
        amount_minor=amount,
        receipt_no=place.receipt_no,
        trace=place.trace,
        date=place.date,
        time=place.time,
    )
    lookup = compare(last, mark, 100, "ours")
    if lookup.verdict is Verdict.FOUND:
        assert amount == 100
        assert mark is not None
        assert place != mark


def test_notes_survive_a_restart_and_damage(tmp_path: Path) -> None:
    path = tmp_path / "notes.json"
    store = MarkStore(path)
    store.put("op-1", FIRST)
    store.put("op-2", None)
    assert MarkStore(path).find("op-1") == FIRST
    assert MarkStore(path).find("op-2") is None
    for number in range(NOTES_MAX):
        store.put(f"more-{number}", NOTHING)
    assert MarkStore(path).find("op-1") is None
    path.write_text('{"op-1": {"wrong": 1}}', encoding="utf-8")
    assert MarkStore(path).find("op-1") is None
    with pytest.raises(ConfigurationError):
        MarkStore(path / "notes.json").put("op", NOTHING)


class Terminal:
    """Answers the ledger's question and counts."""

    def __init__(self) -> None:
        self.last: TerminalResult | None = None
        self.error: Exception | None = None
        self.asked = 0

    def ask(self) -> TerminalResult | None:
        self.asked += 1
        if self.error is not None:
            raise self.error
        return self.last


def test_terminal_is_asked_before_the_first_operation_and_after_a_loss_only() -> None:
    terminal = Terminal()
    ledger = Ledger(MarkStore(), terminal.ask)
    ledger.begin("op-1")
    assert terminal.asked == 1
    ledger.ended(operation(1, 100))
    ledger.begin("op-2")
    assert terminal.asked == 1
    ledger.begin("op-3")  # the answer to op-2 was lost
    assert terminal.asked == 2
    ledger.ended(operation(2, 100))
    ledger.forget()
    ledger.begin("op-4")
    assert terminal.asked == 3


def test_declined_operation_is_no_mark() -> None:
    terminal = Terminal()
    terminal.last = operation(1, 100)
    ledger = Ledger(MarkStore(), terminal.ask)
    ledger.begin("op-1")
    ledger.ended(TerminalResult(Outcome.DECLINED, receipt_no="0002", trace="000002"))
    ledger.begin("op-2")
    assert ledger.find("op-2", 100, None).verdict is Verdict.ABSENT


def test_terminal_that_cannot_tell_is_paid_with_and_leaves_doubt() -> None:
    terminal = Terminal()
    terminal.error = NotSupported("repeats nothing")
    ledger = Ledger(MarkStore(), terminal.ask)
    ledger.begin("op-1")
    lookup = ledger.find("op-1", 100, None)
    assert (lookup.verdict, lookup.reason) == (Verdict.UNCERTAIN, "repeats nothing")
    terminal.error = ProtocolError("noise")
    assert ledger.find("op-1", 100, None).verdict is Verdict.UNCERTAIN
    terminal.error = DeviceBusy()
    with pytest.raises(DeviceBusy):
        ledger.find("op-1", 100, None)
