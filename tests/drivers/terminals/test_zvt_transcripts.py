"""Answers of real terminals, played to the driver byte by byte; sources stand in the files."""

from pathlib import Path

import pytest

from drivers.api.errors import OutcomeUnknown
from drivers.api.terminal import Outcome, Progress
from drivers.terminals.zvt.conversation import ZvtOptions
from drivers.terminals.zvt.driver import ZvtTerminal
from drivers.terminals.zvt.link import TcpLink
from drivers.transport.transcript import Entry, ReplayTransport, load_transcript

FOLDER = Path(__file__).parents[2] / "transcripts" / "terminals"
EURO = ZvtOptions(currency="EUR", encoding="iso-8859-1", ack_timeout_s=0.5, answer_timeout_s=0.5)


def replay(name: str) -> tuple[ZvtTerminal, ReplayTransport]:
    transport = ReplayTransport(load_transcript(FOLDER / name))
    return ZvtTerminal(TcpLink(transport), EURO), transport


def test_recorded_payment_is_read_in_full() -> None:
    terminal, transport = replay("zvt-payment-portalum.txt")
    steps = []

    result = terminal.pay(2040, "EUR", "op-1", lambda step, text: steps.append((step, text)))

    assert transport.is_finished
    assert result.outcome is Outcome.APPROVED
    assert (result.amount_minor, result.currency) == (2040, "978")
    assert (result.receipt_no, result.trace, result.auth_code) == ("0470", "000470", "611804")
    assert (result.date, result.time, result.terminal_id) == ("1006", "223953", "28004869")
    assert (result.masked_pan, result.card_name) == ("************4771", "Debit Mastercard")
    assert result.slip_lines == ("** HÄNDLERBELEG **", "", "Beleg-Nr:        00/0502", "")
    assert steps == [
        (Progress.CONNECTING, ""),
        (Progress.INSERT_CARD, ""),
        (Progress.WAIT, "EUR 1.23 Bitte warten"),
    ]


def test_recorded_decline_and_abort_are_told_apart() -> None:
    terminal, transport = replay("zvt-declined-portalum.txt")

    declined = terminal.pay(10, "EUR", "op-1")
    aborted = terminal.pay(10, "EUR", "op-2")

    assert transport.is_finished
    assert (declined.outcome, declined.code) == (Outcome.DECLINED, "05")
    assert declined.text == "Отказ банка, код 05 (Abgelehnt)"
    assert (aborted.outcome, aborted.code) == (Outcome.CANCELLED, "6C")
    assert aborted.text == "Операция отменена (Abbruch durch Kunde)"


@pytest.mark.parametrize("cut", range(1, 17))
def test_payment_cut_at_any_message_is_unknown(cut: int) -> None:
    """Whatever the place of the cut: after the request left, only `OutcomeUnknown` may be said."""
    entries = load_transcript(FOLDER / "zvt-payment-portalum.txt")
    request = next(i for i, entry in enumerate(entries) if entry.data[:2] == b"\x06\x01")
    place = request + cut
    terminal = ZvtTerminal(
        TcpLink(ReplayTransport([*entries[:place], Entry("!")])),
        EURO,
    )
    assert place < len(entries)

    with pytest.raises(OutcomeUnknown):
        terminal.pay(2040, "EUR", "op-1")


def test_cut_before_the_last_acknowledgement_changes_nothing() -> None:
    entries = load_transcript(FOLDER / "zvt-payment-portalum.txt")
    terminal = ZvtTerminal(TcpLink(ReplayTransport([*entries[:-1], Entry("!")])), EURO)

    assert terminal.pay(2040, "EUR", "op-1").approved
