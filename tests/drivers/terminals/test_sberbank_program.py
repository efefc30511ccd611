"""Sberbank's program run as the vendor's: accidents after the effect, stalls, aborts, odd versions."""

import sys
import threading
from pathlib import Path

import pytest

from drivers.api.errors import (
    AccessDenied,
    DeviceBusy,
    DeviceRefused,
    NotConnected,
    NotSupported,
    OutcomeUnknown,
)
from drivers.api.terminal import Outcome, Verdict
from drivers.sim.sberbank import Plan, SberbankFolder, main
from drivers.terminals.marks import MarkStore
from drivers.terminals.sberbank.driver import SberbankTerminal
from drivers.terminals.sberbank.options import SberbankOptions

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="program scripts are POSIX")

PATIENT = SberbankOptions(operation_limit_s=60.0, ask_limit_s=60.0)


@pytest.fixture
def pad(tmp_path: Path) -> SberbankFolder:
    made = SberbankFolder(tmp_path)
    made.install()
    return made


@pytest.fixture
def terminal(pad: SberbankFolder, tmp_path: Path) -> SberbankTerminal:
    return SberbankTerminal(str(pad.program), PATIENT, marks=MarkStore(tmp_path / "notes.json"))


@pytest.mark.parametrize("act", ["half-result", "wrong-exit"])
def test_files_that_cannot_be_trusted_are_not(
    pad: SberbankFolder, terminal: SberbankTerminal, act: str
) -> None:
    pad.next(Plan(act))
    with pytest.raises(OutcomeUnknown):
        terminal.pay(500, "RUB", "op-1")
    lookup = terminal.find_operation("op-1", 500)
    assert lookup.verdict is Verdict.FOUND
    assert lookup.result is not None
    assert lookup.result.rrn == "632400000001"


def test_old_version_without_details_is_still_an_approval(
    pad: SberbankFolder, terminal: SberbankTerminal
) -> None:
    pad.next(Plan("old-version"))
    paid = terminal.pay(500, "RUB", "op-1")
    assert paid.approved
    assert (paid.rrn, paid.amount_minor) == ("632400000001", 500)  # read from the slip


def test_refusal_by_exit_code_alone_is_told_where_it_is_certain(
    pad: SberbankFolder, terminal: SberbankTerminal
) -> None:
    """On Linux the exit code is a byte: 2000 arrives as 208, which is no code of the pad."""
    pad.next(Plan("no-files"))
    with pytest.raises(OutcomeUnknown):
        terminal.pay(500, "RUB", "op-1")
    assert terminal.find_operation("op-1", 500).verdict is Verdict.ABSENT


@pytest.mark.parametrize("written", ["cp866", "koi8-r"])
@pytest.mark.parametrize("named", ["cp866", "koi8-r", "utf-8"])
def test_wrong_code_page_spoils_words_and_never_the_money(
    tmp_path: Path, written: str, named: str
) -> None:
    pad = SberbankFolder(tmp_path, written)
    pad.install()
    options = SberbankOptions(encoding=named, operation_limit_s=60.0, ask_limit_s=60.0)
    paid = SberbankTerminal(str(pad.program), options).pay(500, "RUB", "op-1")
    assert (paid.approved, paid.rrn, paid.amount_minor) == (True, "632400000001", 500)


@pytest.mark.parametrize(
    ("code", "outcome", "words"),
    [
        (4451, Outcome.DECLINED, "Недостаточно средств (ОТКАЗ)"),
        (4119, Outcome.DECLINED, "Нет связи с банком (ОТКАЗ)"),
        (4334, Outcome.CANCELLED, "Карта не приложена вовремя (ОТКАЗ)"),
        (99, Outcome.DECLINED, "Терминал не подключён, проверьте кабель (ОТКАЗ)"),
    ],
)
def test_codes_of_the_pad_are_told_in_words(
    pad: SberbankFolder, terminal: SberbankTerminal, code: int, outcome: Outcome, words: str
) -> None:
    pad.next(Plan("decline", code))
    result = terminal.pay(500, "RUB", "op-1")
    assert (result.outcome, result.text, result.code) == (outcome, words, str(code))
    assert result.amount_minor is None
    assert pad.journal.all() == ()


def test_stalled_program_is_left_alone_and_busy_until_it_ends(pad: SberbankFolder) -> None:
    """Never killed in the card phase; while it lives nobody may pay or call the payment absent."""
    patient = SberbankTerminal(str(pad.program), PATIENT)
    assert patient.pay(100, "RUB", "op-0").approved
    pad.next(Plan("stall", 3.0))
    stalled = SberbankTerminal(
        str(pad.program), SberbankOptions(operation_limit_s=1.5, ask_limit_s=60.0)
    )
    with pytest.raises(OutcomeUnknown):
        stalled.pay(100, "RUB", "op-1")
    verdicts = []
    for _ in range(1000):
        try:
            verdicts.append(stalled.find_operation("op-1", 100).verdict)
            break
        except DeviceBusy:
            threading.Event().wait(0.02)
    assert verdicts == [Verdict.FOUND]
    assert len(pad.journal.all()) == 2


def test_abort_makes_the_pad_give_up_waiting_for_a_card(
    pad: SberbankFolder, terminal: SberbankTerminal
) -> None:
    pad.next(Plan("slow-card", 60.0))
    ended = threading.Event()

    def abort_until_it_is_over() -> None:
        while not ended.wait(0.2):
            if (pad.folder / "POLLING.OFF").exists():
                return
            terminal.abort()

    helper = threading.Thread(target=abort_until_it_is_over)
    helper.start()
    result = terminal.pay(500, "RUB", "op-1")
    ended.set()
    helper.join()
    assert result.outcome is Outcome.CANCELLED
    assert pad.journal.all() == ()


def test_abort_by_force_is_unknown_and_resolved_by_asking(pad: SberbankFolder) -> None:
    terminal = SberbankTerminal(str(pad.program), PATIENT)
    pad.next(Plan("stall", 60.0))
    ended = threading.Event()

    def insist() -> None:
        while not ended.wait(0.1):
            if pad.journal.all():
                terminal.abort()

    helper = threading.Thread(target=insist)
    helper.start()
    with pytest.raises(OutcomeUnknown):
        terminal.pay(500, "RUB", "op-1")
    ended.set()
    helper.join()
    assert terminal.find_operation("op-1", 500).verdict is Verdict.FOUND


def test_program_that_is_not_there_books_nothing(tmp_path: Path) -> None:
    for program, error in ((tmp_path / "absent", NotConnected), (tmp_path / "plain", AccessDenied)):
        (tmp_path / "plain").write_text("no program", encoding="ascii")
        terminal = SberbankTerminal(str(program), PATIENT)
        with pytest.raises(error):
            terminal.pay(500, "RUB", "op-1")
        with pytest.raises(error):
            terminal.open()


def test_result_of_an_earlier_operation_is_never_read_again(
    pad: SberbankFolder, terminal: SberbankTerminal
) -> None:
    assert terminal.pay(500, "RUB", "op-1").approved
    pad.next(Plan("die-before"))
    with pytest.raises(OutcomeUnknown):
        terminal.pay(500, "RUB", "op-2")
    assert terminal.find_operation("op-2", 500).verdict is Verdict.ABSENT


def test_new_pad_has_no_last_operation(terminal: SberbankTerminal) -> None:
    assert terminal.last_operation() is None


def test_wrong_currency_is_refused_before_the_program_runs(
    pad: SberbankFolder, terminal: SberbankTerminal
) -> None:
    with pytest.raises(NotSupported):
        terminal.pay(500, "EUR", "op-1")
    assert not (pad.folder / "e").exists()


def test_batch_that_is_refused_is_told(pad: SberbankFolder, terminal: SberbankTerminal) -> None:
    pad.program.write_text("#!/bin/sh\nprintf '4332,x\\n' > e\nexit 236\n", encoding="ascii")
    with pytest.raises(DeviceRefused) as caught:
        terminal.close_batch()
    assert caught.value.text("ru") == "Сверка итогов не выполнена."
    assert caught.value.text("en") == "The batch was not closed."


@pytest.mark.parametrize("arguments", [[], ["1"], ["1", "x"], ["77"]])
def test_simulator_refuses_wrong_command_lines(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) != 0
    assert (tmp_path / "e").read_bytes().startswith(b"430")


def test_copy_of_the_slip_without_a_result_file_is_enough_to_find(
    pad: SberbankFolder, terminal: SberbankTerminal
) -> None:
    """Old versions answer operation 12 by the slip alone."""
    pad.next(Plan("approve"), Plan("die-after"))
    whole = pad.program.read_text(encoding="ascii")
    run = whole.replace("exec ", "").replace("#!/bin/sh\n", "")
    pad.program.write_text(
        f'#!/bin/sh\n{run.rstrip()}\ncode=$?\n[ "$1" = 12 ] && rm -f e\nexit $code\n',
        encoding="ascii",
    )
    assert terminal.pay(500, "RUB", "op-1").approved
    with pytest.raises(OutcomeUnknown):
        terminal.pay(500, "RUB", "op-2")
    lookup = terminal.find_operation("op-2", 500)
    assert lookup.verdict is Verdict.FOUND
    assert lookup.result is not None
    assert lookup.result.rrn == "632400000002"


def test_program_that_gives_no_copies_is_paid_with_and_leaves_doubt(pad: SberbankFolder) -> None:
    pad.program.write_text('#!/bin/sh\n[ "$1" = 12 ] && exit 0\nexit 1\n', encoding="ascii")
    terminal = SberbankTerminal(str(pad.program), PATIENT)
    with pytest.raises(OutcomeUnknown):
        terminal.pay(500, "RUB", "op-1")
    lookup = terminal.find_operation("op-1", 500)
    assert (lookup.verdict, bool(lookup.reason)) == (Verdict.UNCERTAIN, True)
