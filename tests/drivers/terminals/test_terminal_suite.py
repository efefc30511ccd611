"""The suite every payment terminal driver must pass, against its simulator and its misbehaviour.

How: the real driver talks over a real socket (or a pseudo-terminal) to the simulator, which books in
a journal; after each test the journal is compared with what the driver said.
"""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Never

import pytest

from drivers.api.errors import (
    ConfigurationError,
    DeviceBusy,
    NotConnected,
    NotSupported,
    OutcomeUnknown,
)
from drivers.api.terminal import OperationMark, Outcome, Progress, Verdict
from drivers.sim.terminal import Act, Behaviour, TerminalSimulator
from drivers.terminals.marks import MarkStore
from drivers.terminals.zvt.conversation import ZvtOptions
from drivers.terminals.zvt.driver import ZvtTerminal
from drivers.terminals.zvt.link import TcpLink
from drivers.transport.tcp import TcpTransport

FAST = ZvtOptions(ack_timeout_s=0.8, answer_timeout_s=0.8)
PATIENT = ZvtOptions(answer_timeout_s=30.0)


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[TerminalSimulator]:
    made = TerminalSimulator(journal_path=tmp_path / "journal.jsonl")
    made.start()
    yield made
    made.stop()


@contextlib.contextmanager
def connected(
    simulator: TerminalSimulator, options: ZvtOptions = PATIENT, marks: MarkStore | None = None
) -> Iterator[ZvtTerminal]:
    transport = TcpTransport("127.0.0.1", simulator.port)
    terminal = ZvtTerminal(TcpLink(transport), options, marks=marks)
    try:
        yield terminal
    finally:
        terminal.close()


def test_payment_is_booked_once_and_told_in_full(simulator: TerminalSimulator) -> None:
    steps = []
    with connected(simulator) as terminal:
        result = terminal.pay(123450, "RUB", "op-1", lambda step, _: steps.append(step))

    (booking,) = simulator.journal.all()
    assert (booking.kind, booking.amount_minor) == ("payment", 123450)
    assert result.outcome is Outcome.APPROVED
    assert (result.amount_minor, result.currency) == (123450, "643")
    assert (result.receipt_no, result.trace) == (booking.receipt_no, booking.trace)
    assert result.auth_code == booking.auth_code
    assert result.masked_pan.endswith("4771")
    assert any("1234,50" in line for line in result.slip_lines)
    assert steps == [Progress.CONNECTING, Progress.INSERT_CARD, Progress.AUTHORISING]


def test_every_message_of_the_terminal_is_acknowledged(simulator: TerminalSimulator) -> None:
    with connected(simulator) as terminal:
        result = terminal.pay(100, "RUB", "op-1")
    acknowledged = simulator.received.count(b"\x80\x00\x00")
    # Registration 1, nothing to repeat 1, then 2 intermediate, 1 status, the slip, 1 completion.
    assert acknowledged == 2 + 4 + len(result.slip_lines)


def test_status_says_ready(simulator: TerminalSimulator) -> None:
    with connected(simulator) as terminal:
        assert terminal.status().ready


def test_reversal_gives_the_money_back_once(simulator: TerminalSimulator) -> None:
    with connected(simulator) as terminal:
        paid = terminal.pay(500, "RUB", "op-1")
        assert terminal.cancel(paid.receipt_no, 500, "op-2").approved
        again = terminal.cancel(paid.receipt_no, 500, "op-3")
    assert again.outcome is Outcome.DECLINED
    assert again.text == "Операция уже отменена"
    assert simulator.journal.balance_minor() == 0


def test_reversal_of_a_strange_number_is_declined(simulator: TerminalSimulator) -> None:
    with connected(simulator) as terminal:
        assert terminal.cancel("0077", 500, "op-1").outcome is Outcome.DECLINED
        with pytest.raises(NotSupported):
            terminal.cancel("77-A", 500, "op-2")
    assert simulator.journal.all() == ()


def test_hold_moves_no_money_until_it_is_captured_for_less(simulator: TerminalSimulator) -> None:
    with connected(simulator) as terminal:
        held = terminal.hold(5000, "RUB", "op-1")
        assert held.approved
        assert simulator.journal.balance_minor() == 0
        taken = terminal.capture(held.receipt_no, 4200, "op-2")
        again = terminal.capture(held.receipt_no, 800, "op-3")
    assert (taken.outcome, taken.amount_minor) == (Outcome.APPROVED, 4200)
    assert (again.outcome, again.code) == (Outcome.DECLINED, "B8")
    assert simulator.journal.balance_minor() == 4200


def test_hold_may_be_released_and_never_taken_for_more(simulator: TerminalSimulator) -> None:
    with connected(simulator) as terminal:
        held = terminal.hold(5000, "RUB", "op-1")
        too_much = terminal.capture(held.receipt_no, 5001, "op-2")
        assert (too_much.outcome, too_much.code) == (Outcome.DECLINED, "B7")
        assert terminal.release(held.receipt_no, 5000, "op-3").approved
        assert terminal.capture(held.receipt_no, 5000, "op-4").outcome is Outcome.DECLINED
    assert simulator.journal.balance_minor() == 0


@pytest.mark.parametrize("command", ["0623", "0624"])
def test_capture_is_sent_as_the_terminal_wants_it(
    simulator: TerminalSimulator, command: str
) -> None:
    with connected(simulator, ZvtOptions(capture_command=command)) as terminal:
        held = terminal.hold(5000, "RUB", "op-1")
        assert terminal.capture(held.receipt_no, 5000, "op-2").approved
    (sent,) = [item for item in simulator.received if item[:2].hex() == command]
    assert sent[3:6] == bytes(3)  # password, then 87 and the number of the hold
    assert sent[6:9] == b"\x87" + bytes.fromhex(held.receipt_no)


def test_lost_capture_is_resolved_by_asking(simulator: TerminalSimulator) -> None:
    with connected(simulator, FAST) as terminal:
        held = terminal.hold(5000, "RUB", "op-1")
        simulator.next(Behaviour(Act.LOSE_AFTER))
        with pytest.raises(OutcomeUnknown):
            terminal.capture(held.receipt_no, 4200, "op-2")
        assert terminal.find_operation("op-2", 4200).verdict is Verdict.FOUND


def test_diagnosis_says_that_the_bank_is_reached(simulator: TerminalSimulator) -> None:
    with connected(simulator) as terminal:
        for report in (terminal.diagnose(), terminal.initialise()):
            assert report.ready
            assert report.slip_lines == ("СВЯЗЬ С БАНКОМ ЕСТЬ",)


def test_registration_says_who_prints(simulator: TerminalSimulator) -> None:
    for receipts, config in (("till", 0xBE), ("terminal", 0x38)):
        with connected(simulator, ZvtOptions(receipts=receipts)) as terminal:
            terminal.open()
        registration = [item for item in simulator.received if item[:2] == b"\x06\x00"][-1]
        assert registration[6] == config


@pytest.mark.parametrize("wrong", [{"receipts": "guest"}, {"capture_command": "0699"}])
def test_wrong_settings_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        ZvtOptions(**wrong)


def test_refund_and_batch_agree_with_the_journal(simulator: TerminalSimulator) -> None:
    with connected(simulator) as terminal:
        paid = terminal.pay(1000, "RUB", "op-1")
        assert terminal.refund(300, "RUB", "op-2", paid).approved
        batch = terminal.close_batch()
        late = terminal.cancel(paid.receipt_no, 1000, "op-3")
    assert (batch.total_minor, batch.count) == (700, 2)
    assert late.outcome is Outcome.DECLINED
    assert simulator.journal.balance_minor() == 700


@pytest.mark.parametrize(
    ("behaviour", "outcome", "code"),
    [
        (Behaviour(Act.DECLINE, 0x05), Outcome.DECLINED, "05"),
        (Behaviour(Act.DECLINE, 0x71), Outcome.DECLINED, "71"),
        (Behaviour(Act.CANCEL), Outcome.CANCELLED, "6C"),
    ],
)
def test_refused_card_is_told_and_not_booked(
    simulator: TerminalSimulator, behaviour: Behaviour, outcome: Outcome, code: str
) -> None:
    simulator.next(behaviour)
    with connected(simulator) as terminal:
        result = terminal.pay(100, "RUB", "op-1")
        assert (result.outcome, result.code) == (outcome, code)
        assert result.text
        assert simulator.journal.all() == ()
        assert terminal.pay(100, "RUB", "op-2").approved


def test_busy_terminal_is_an_error_that_may_be_repeated(simulator: TerminalSimulator) -> None:
    simulator.next(Behaviour(Act.BUSY))
    with connected(simulator) as terminal:
        with pytest.raises(DeviceBusy):
            terminal.pay(100, "RUB", "op-1")
        assert simulator.journal.all() == ()
        assert terminal.pay(100, "RUB", "op-1").approved


@pytest.mark.parametrize(
    ("act", "is_booked"),
    [
        (Act.LOSE_AFTER, True),
        (Act.GARBAGE, True),
        (Act.LOSE_BEFORE, False),
        (Act.MUTE, False),
    ],
)
@pytest.mark.parametrize("earlier", [(), (777,), (100,)])
def test_lost_answer_is_unknown_and_resolved_by_asking(
    simulator: TerminalSimulator, act: Act, is_booked: bool, earlier: tuple[int, ...]
) -> None:
    """An earlier payment of the same sum must not be taken for the lost one."""
    with connected(simulator, FAST) as terminal:
        for number, amount in enumerate(earlier):
            assert terminal.pay(amount, "RUB", f"earlier-{number}").approved
        simulator.next(Behaviour(act))

        with pytest.raises(OutcomeUnknown):
            terminal.pay(100, "RUB", "op-1")
        lookup = terminal.find_operation("op-1", 100)

    bookings = simulator.journal.all()
    assert len(bookings) == len(earlier) + is_booked
    if is_booked:
        assert lookup.verdict is Verdict.FOUND
        assert lookup.result is not None
        assert lookup.result.approved
        assert lookup.result.receipt_no == bookings[-1].receipt_no
    else:
        assert lookup.verdict is Verdict.ABSENT


@pytest.mark.parametrize("act", [Act.LOSE_AFTER, Act.LOSE_BEFORE])
def test_lost_answer_is_resolved_after_both_have_restarted(tmp_path: Path, act: Act) -> None:
    notes, journal = tmp_path / "notes.json", tmp_path / "journal.jsonl"
    first = TerminalSimulator(journal_path=journal)
    first.start()
    with connected(first, FAST, MarkStore(notes)) as terminal:
        terminal.pay(100, "RUB", "op-0")
        first.next(Behaviour(act))
        with pytest.raises(OutcomeUnknown):
            terminal.pay(100, "RUB", "op-1")
    first.stop()

    second = TerminalSimulator(journal_path=journal)
    second.start()
    try:
        with connected(second, FAST, MarkStore(notes)) as terminal:
            verdict = terminal.find_operation("op-1", 100).verdict
        assert verdict is (Verdict.FOUND if act is Act.LOSE_AFTER else Verdict.ABSENT)
    finally:
        second.stop()


def test_lost_answer_is_asked_about_by_status_enquiry_and_repeated_receipt(
    simulator: TerminalSimulator,
) -> None:
    simulator.next(Behaviour(Act.LOSE_AFTER))
    with connected(simulator, FAST) as terminal:
        with pytest.raises(OutcomeUnknown):
            terminal.pay(100, "RUB", "op-1")
        asked = len(simulator.received)
        terminal.find_operation("op-1", 100)
    commands = [item[:2].hex() for item in simulator.received[asked:] if item[0] != 0x80]
    assert commands == ["0600", "0501", "0620", "0602"]


def test_lookup_takes_the_mark_the_till_kept(simulator: TerminalSimulator) -> None:
    with connected(simulator) as terminal:
        first = terminal.pay(100, "RUB", "op-0")
        second = terminal.pay(100, "RUB", "op-1")
    with connected(simulator) as stranger:
        assert stranger.find_operation("op-1", 100, first.mark()).verdict is Verdict.FOUND
        assert stranger.find_operation("op-1", 100, second.mark()).verdict is Verdict.ABSENT
        assert stranger.find_operation("op-1", 100).verdict is Verdict.UNCERTAIN


def test_other_sum_after_the_mark_is_left_to_a_human(simulator: TerminalSimulator) -> None:
    with connected(simulator) as terminal:
        first = terminal.pay(100, "RUB", "op-0")
        terminal.pay(999, "RUB", "op-by-hand")
        lookup = terminal.find_operation("op-1", 100, first.mark())
    assert lookup.verdict is Verdict.UNCERTAIN
    assert lookup.result is not None
    assert lookup.result.amount_minor == 999


def test_new_terminal_has_no_last_operation(simulator: TerminalSimulator) -> None:
    with connected(simulator) as terminal:
        assert terminal.last_operation() is None
        lookup = terminal.find_operation("op-1", 100, OperationMark())
    assert lookup.verdict is Verdict.ABSENT


def test_lost_answer_after_a_decline_does_not_find_an_older_payment(
    simulator: TerminalSimulator,
) -> None:
    """A declined operation is not repeated by the terminal, so it must not become the mark."""
    with connected(simulator, FAST) as terminal:
        terminal.pay(100, "RUB", "op-0")
        simulator.next(Behaviour(Act.DECLINE, 5), Behaviour(Act.LOSE_BEFORE))
        terminal.pay(100, "RUB", "op-1")
        with pytest.raises(OutcomeUnknown):
            terminal.pay(100, "RUB", "op-2")
        assert terminal.find_operation("op-2", 100).verdict is Verdict.ABSENT


def test_stalled_terminal_is_busy_until_it_has_decided(simulator: TerminalSimulator) -> None:
    """While the terminal still works on the lost payment nobody may call it absent."""
    simulator.next(Behaviour(Act.STALL, 2.0))
    with connected(simulator, FAST) as terminal:
        with pytest.raises(OutcomeUnknown):
            terminal.pay(100, "RUB", "op-1")
        seen: list[Verdict] = []
        for _ in range(200):
            with contextlib.suppress(DeviceBusy):
                seen.append(terminal.find_operation("op-1", 100).verdict)
                break
            threading.Event().wait(0.05)
    assert seen == [Verdict.FOUND]


def test_abort_while_waiting_for_a_card_cancels(simulator: TerminalSimulator) -> None:
    simulator.next(Behaviour(Act.SLOW_CARD, 30))
    with connected(simulator) as terminal:

        def on_progress(step: Progress, _: str) -> None:
            if step is Progress.INSERT_CARD:
                threading.Thread(target=terminal.abort).start()

        result = terminal.pay(100, "RUB", "op-1", on_progress)
    assert result.outcome is Outcome.CANCELLED
    assert simulator.journal.all() == ()


def test_abort_that_comes_too_late_ends_approved(simulator: TerminalSimulator) -> None:
    with connected(simulator) as terminal:

        def on_progress(step: Progress, _: str) -> None:
            if step is Progress.AUTHORISING:
                terminal.abort()

        assert terminal.pay(100, "RUB", "op-1", on_progress).approved
        assert terminal.pay(200, "RUB", "op-2").approved
    assert [item.amount_minor for item in simulator.journal.all()] == [100, 200]


def test_abort_of_nothing_does_nothing(simulator: TerminalSimulator) -> None:
    with connected(simulator) as terminal:
        terminal.abort()
        assert terminal.pay(100, "RUB", "op-1").approved


def test_unplugged_link_is_opened_again_for_the_next_payment(simulator: TerminalSimulator) -> None:
    with connected(simulator) as terminal:
        assert terminal.pay(100, "RUB", "op-1").approved
        simulator.unplug()
        assert terminal.pay(200, "RUB", "op-2").approved
    assert len(simulator.journal.all()) == 2


def test_absent_terminal_is_an_error_that_booked_nothing() -> None:
    simulator = TerminalSimulator()
    simulator.start()
    simulator.stop()
    with connected(simulator) as terminal, pytest.raises(NotConnected):
        terminal.pay(100, "RUB", "op-1")


def test_listener_that_fails_does_not_spoil_a_payment(
    simulator: TerminalSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    def on_progress(_step: Progress, _text: str) -> Never:
        raise RuntimeError("listener")

    with connected(simulator) as terminal:
        assert terminal.pay(100, "RUB", "op-1", on_progress).approved
    assert "progress handler failed" in caplog.text
    caplog.clear()


@pytest.mark.parametrize("amount", [0, -1, 10**12])
def test_sum_out_of_range_is_refused_before_anything_is_sent(
    simulator: TerminalSimulator, amount: int
) -> None:
    with connected(simulator) as terminal, pytest.raises(NotSupported):
        terminal.pay(amount, "RUB", "op-1")
    assert simulator.received == []


def test_wrong_currency_is_declined(simulator: TerminalSimulator) -> None:
    with connected(simulator) as terminal:
        result = terminal.pay(100, "EUR", "op-1")
    assert (result.outcome, result.text) == (Outcome.DECLINED, "Неверная валюта")
