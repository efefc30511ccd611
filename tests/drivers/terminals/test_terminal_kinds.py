"""The promises that every terminal driver keeps, each on its simulator.

An operation ends in exactly three ways: a result, an error with nothing booked, or `OutcomeUnknown`,
which asking resolves. After each the device's journal is compared with what the driver said.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.api.errors import DeviceBusy, DriverError, NotSupported, OutcomeUnknown
from drivers.api.terminal import (
    Capability,
    Lookup,
    OperationMark,
    Outcome,
    PaymentTerminal,
    TerminalResult,
    Verdict,
)
from tests.drivers.terminals.rigs import RIGS, Rig


@pytest.fixture(params=RIGS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    made = RIGS[request.param](tmp_path)
    yield made
    made.close()


@contextlib.contextmanager
def driver(rig: Rig) -> Iterator[PaymentTerminal]:
    terminal = rig.terminal()
    try:
        yield terminal
    finally:
        terminal.close()


def find(terminal: PaymentTerminal, operation_id: str, amount: int) -> Lookup:
    """Ask until the device has come to an end with it."""
    for _ in range(400):
        with contextlib.suppress(DeviceBusy):
            return terminal.find_operation(operation_id, amount)
    raise AssertionError("the terminal stays busy")


def test_a_day_of_a_terminal(rig: Rig) -> None:
    """Payment, refund, cancellation, the last operation, the batch."""
    with driver(rig) as terminal:
        terminal.open()
        assert terminal.status().ready
        paid = terminal.pay(12345, "RUB", "op-1")
        assert (paid.outcome, paid.amount_minor) == (Outcome.APPROVED, 12345)
        assert paid.receipt_no
        assert paid.masked_pan.endswith("4771")
        assert "220220" not in paid.masked_pan or "*" in paid.masked_pan
        assert any("123" in line for line in paid.slip_lines)
        assert terminal.refund(345, "RUB", "op-2", paid).approved
        assert terminal.cancel(paid.receipt_no, 12345, "op-3").approved
        last = terminal.last_operation()
        assert last is not None
        assert last.amount_minor == 12345
        terminal.close_batch()
        assert terminal.diagnose().ready
    kinds = [(item.kind, item.amount_minor) for item in rig.journal.all()[:3]]
    assert kinds == [("payment", 12345), ("refund", 345), ("reversal", 12345)]
    assert rig.journal.all()[3].kind == "batch"


@pytest.mark.parametrize(
    ("fault", "outcome"), [("decline", Outcome.DECLINED), ("cancel", Outcome.CANCELLED)]
)
def test_refusal_is_told_in_words_and_books_nothing(rig: Rig, fault: str, outcome: Outcome) -> None:
    rig.next(fault)
    with driver(rig) as terminal:
        result = terminal.pay(100, "RUB", "op-1")
        assert result.outcome is outcome
        assert result.text
        assert rig.journal.all() == ()
        assert terminal.pay(100, "RUB", "op-2").approved


def test_busy_device_books_nothing_and_may_be_asked_again(rig: Rig) -> None:
    rig.next("busy")
    with driver(rig) as terminal:
        with pytest.raises(DeviceBusy):
            terminal.pay(100, "RUB", "op-1")
        assert rig.journal.all() == ()
        assert terminal.pay(100, "RUB", "op-1").approved


@pytest.mark.parametrize(
    ("fault", "is_booked"), [("lost-after", True), ("garbage", True), ("lost-before", False)]
)
@pytest.mark.parametrize("restarted", [False, True])
def test_lost_answer_is_unknown_until_asked(
    rig: Rig, fault: str, is_booked: bool, restarted: bool
) -> None:
    """An earlier payment of the same sum must not be taken for the lost one, nor after a restart."""
    with driver(rig) as terminal:
        assert terminal.pay(100, "RUB", "op-0").approved
        rig.next(fault)
        with pytest.raises(OutcomeUnknown):
            terminal.pay(100, "RUB", "op-1")
        known = None if restarted else find(terminal, "op-1", 100)
    with driver(rig) as terminal:
        lookup = known or find(terminal, "op-1", 100)
    assert len(rig.journal.all()) == 1 + is_booked
    assert lookup.verdict is (Verdict.FOUND if is_booked else Verdict.ABSENT)
    if is_booked:
        assert lookup.result is not None
        assert lookup.result.approved
        assert lookup.result.amount_minor == 100


def test_every_fault_ends_in_one_of_three_ways(rig: Rig) -> None:
    """Fault after fault on one driver; the sum the till knows of equals the sum the device booked."""
    known = 0
    with driver(rig) as terminal:
        for number, fault in enumerate(("approve", "lost-after", "decline", "lost-before", "busy")):
            rig.next(fault)
            operation, amount = f"op-{number}", 1000 + number
            result: TerminalResult | None = None
            try:
                result = terminal.pay(amount, "RUB", operation)
            except OutcomeUnknown:
                lookup = find(terminal, operation, amount)
                assert lookup.verdict is not Verdict.UNCERTAIN
                result = lookup.result if lookup.verdict is Verdict.FOUND else None
            except DriverError:
                result = None
            known += amount if result is not None and result.approved else 0
    assert rig.journal.balance_minor() == known == 1000 + 1001


def test_mark_of_the_till_finds_what_the_drivers_notes_have_lost(rig: Rig) -> None:
    """The till writes the mark down with its intent; a new computer has no notes of the driver."""
    with driver(rig) as terminal:
        assert terminal.pay(100, "RUB", "op-0").approved
        last = terminal.last_operation()
        assert last is not None
        mark = last.mark()
        assert mark != OperationMark()
        assert terminal.find_operation("op-1", 100, mark).verdict is Verdict.ABSENT
        assert terminal.pay(100, "RUB", "op-1").approved
        assert terminal.find_operation("op-1", 100, mark).verdict is Verdict.FOUND


def test_what_a_model_cannot_do_is_said_before_anything_is_sent(rig: Rig) -> None:
    with driver(rig) as terminal:
        if Capability.HOLD in terminal.capabilities:
            held = terminal.hold(500, "RUB", "op-1")
            assert rig.journal.balance_minor() == 0
            assert terminal.capture(held.receipt_no, 400, "op-2").approved
            other = terminal.hold(500, "RUB", "op-3")
            assert terminal.release(other.receipt_no, 500, "op-4").approved
            assert rig.journal.balance_minor() == 400
            return
        for call in (
            lambda: terminal.hold(500, "RUB", "op-1"),
            lambda: terminal.capture("0001", 500, "op-1"),
            lambda: terminal.release("0001", 500, "op-1"),
        ):
            with pytest.raises(NotSupported):
                call()
    assert rig.journal.all() == ()


@pytest.mark.parametrize("amount", [0, -1, 10**13])
def test_sum_out_of_range_never_reaches_the_device(rig: Rig, amount: int) -> None:
    with driver(rig) as terminal, pytest.raises(NotSupported):
        terminal.pay(amount, "RUB", "op-1")
    assert rig.journal.all() == ()


def test_listener_hears_that_it_begins(rig: Rig) -> None:
    steps: list[str] = []
    with driver(rig) as terminal:
        terminal.pay(100, "RUB", "op-1", lambda step, _: steps.append(step.value))
    assert steps[0] == "connecting"


def test_abort_of_nothing_does_nothing(rig: Rig) -> None:
    with driver(rig) as terminal:
        terminal.abort()
        assert terminal.pay(100, "RUB", "op-1").approved
