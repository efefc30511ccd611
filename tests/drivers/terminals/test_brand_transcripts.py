"""INPAS talks, ZVT holds and runs of Sberbank's program, played byte by byte; sources in the files."""

import sys
import time
from pathlib import Path

import pytest

from drivers.api.errors import OutcomeUnknown
from drivers.api.terminal import Outcome
from drivers.terminals.inpas.driver import InpasTerminal
from drivers.terminals.inpas.link import InpasLink
from drivers.terminals.inpas.options import InpasOptions
from drivers.terminals.sberbank.driver import SberbankTerminal
from drivers.terminals.sberbank.options import SberbankOptions
from drivers.terminals.zvt.conversation import ZvtOptions
from drivers.terminals.zvt.driver import ZvtTerminal
from drivers.terminals.zvt.link import TcpLink
from drivers.transport.transcript import ReplayTransport, load_transcript

FOLDER = Path(__file__).parents[2] / "transcripts" / "terminals"


def test_inpas_payment_and_decline() -> None:
    transport = ReplayTransport(load_transcript(FOLDER / "inpas-payment.txt"))
    noon = time.strptime("20261120134500", "%Y%m%d%H%M%S")
    options = InpasOptions(answer_timeout_s=0.5)
    terminal = InpasTerminal(InpasLink(transport), options, local_time=lambda: noon)
    paid = terminal.pay(12345, "RUB", "op-1")
    declined = terminal.pay(500, "RUB", "op-2")
    assert transport.is_finished
    assert (paid.outcome, paid.amount_minor, paid.currency) == (Outcome.APPROVED, 12345, "643")
    assert (paid.rrn, paid.auth_code) == ("632500000001", "A1B2C3")
    assert paid.slip_lines == ("ОПЛАТА", "СУММА 123,45 РУБ", "ОДОБРЕНО")
    assert (declined.outcome, declined.text) == (
        Outcome.DECLINED,
        "Отказ банка (НЕДОСТАТОЧНО СРЕДСТВ)",
    )


def test_zvt_hold_capture_release_and_diagnosis() -> None:
    transport = ReplayTransport(load_transcript(FOLDER / "zvt-hold-capture.txt"))
    terminal = ZvtTerminal(TcpLink(transport), ZvtOptions(answer_timeout_s=0.5))
    held = terminal.hold(5000, "RUB", "op-1")
    taken = terminal.capture(held.receipt_no, 4200, "op-2")
    other = terminal.hold(700, "RUB", "op-3")
    freed = terminal.release(other.receipt_no, 700, "op-4")
    report = terminal.diagnose()
    assert transport.is_finished
    assert [item.amount_minor for item in (held, taken, other, freed)] == [5000, 4200, 700, 700]
    assert report.slip_lines == ("СВЯЗЬ С БАНКОМ ЕСТЬ",)


def runs() -> list[dict[str, str]]:
    """Read the runs of a file: what stands behind '>', 'e', 'p' and '='."""
    found: list[dict[str, str]] = []
    for raw in (FOLDER / "sberbank-files.txt").read_text(encoding="utf-8").splitlines():
        if raw.startswith("#"):
            continue
        sign, _, rest = raw.partition(" ")
        if sign == ">":
            found.append({})
        found[-1][sign] = rest
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="program scripts are POSIX")
def test_sberbank_runs_are_read(tmp_path: Path) -> None:
    """The program of a run writes its bytes, if it was called with its arguments."""
    ends: list[tuple[str, str]] = []
    for number, run in enumerate(runs()):
        folder = tmp_path / str(number)
        folder.mkdir()
        lines = ["#!/bin/sh"]
        lines.append(f'if [ "$*" != "{run[">"]}" ]; then printf "4309,\\n" > e; exit 213; fi')
        for name in ("e", "p"):
            if name in run:
                (folder / f"recorded-{name}").write_bytes(bytes.fromhex(run[name]))
                lines.append(f"cp recorded-{name} {name}")
        lines.append(f"exit {run['=']}")
        program = folder / "sb_pilot"
        program.write_text("\n".join(lines) + "\n", encoding="ascii")
        program.chmod(0o755)
        options = SberbankOptions(operation_limit_s=60, ask_limit_s=60)
        terminal = SberbankTerminal(str(program), options)
        try:
            result = terminal.pay(12345, "RUB", "op")
            ends.append((result.outcome.value, result.text))
            if number == 0:
                assert (result.rrn, result.masked_pan) == ("632412345678", "427400******1234")
                assert (result.card_name, result.amount_minor) == ("Visa", 12345)
        except OutcomeUnknown:
            ends.append(("unknown", ""))
    assert ends == [
        ("approved", "Одобрено"),
        ("declined", "Недостаточно средств (НЕДОСТАТОЧНО СРЕДСТВ)"),
        ("cancelled", "Операция отменена (ОПЕРАЦИЯ ПРЕРВАНА)"),
        ("unknown", ""),
    ]
