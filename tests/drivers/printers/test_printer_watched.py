"""What the supervisor tells of a printer: its own words, or honestly that its road tells nothing."""

from pathlib import Path

import pytest

from drivers.api.device import Health
from drivers.api.errors import DeviceOffline, NotConnected
from drivers.api.printer import Paper
from drivers.printers.build import file_printer, network_printer
from drivers.printers.profiles import get_profile
from drivers.printers.receipt import EscposPrinter
from drivers.sim.printer import PrinterSimulator
from drivers.transport.spooler import ATTRIBUTE_WORK_OFFLINE, SpoolerTransport
from drivers.watch import WatchedPrinter


class Queue:
    """As much of win32print as opening a queue needs."""

    def __init__(self) -> None:
        self.attributes = 0
        self.status = 0

    def OpenPrinter(self, name: str) -> str:  # noqa: N802 - as pywin32
        return name

    def ClosePrinter(self, handle: object) -> None:  # noqa: N802 - as pywin32
        pass

    def GetPrinter(self, handle: object, level: int) -> dict[str, int]:  # noqa: N802 - as pywin32
        return {"Attributes": self.attributes, "Status": self.status}


def test_road_without_answers_is_not_called_ready(tmp_path: Path) -> None:
    watched = WatchedPrinter(file_printer("Файл", get_profile("XP-80"), tmp_path / "spool.bin"))
    watched.open()
    probe = watched.poll()
    assert probe.health is Health.ONLINE
    assert probe.words_ru == "принимает печать, о себе не сообщает"
    assert (tmp_path / "spool.bin").read_bytes() == b""
    watched.close()


def test_queue_that_is_switched_off_is_noticed_while_nothing_is_printed() -> None:
    queue = Queue()
    transport = SpoolerTransport("EPSON", api=queue)  # type: ignore[arg-type]  # only what opening needs
    watched = WatchedPrinter(EscposPrinter("Касса", get_profile("TM-T20"), transport))
    watched.open()
    assert watched.poll().health is Health.ONLINE
    queue.attributes = ATTRIBUTE_WORK_OFFLINE
    with pytest.raises(DeviceOffline):
        watched.poll()


def test_what_the_queue_says_is_a_warning_and_goes_away_with_its_cause() -> None:
    queue = Queue()
    transport = SpoolerTransport("EPSON", api=queue)  # type: ignore[arg-type]  # only what opening needs
    watched = WatchedPrinter(EscposPrinter("Касса", get_profile("TM-T20"), transport))
    watched.open()
    queue.status = 0x400010
    probe = watched.poll()
    assert (probe.health, probe.code) == (Health.DEGRADED, "")
    assert probe.words_ru == "очередь Windows сообщает: нет бумаги, открыта крышка"
    assert probe.words_en == "the Windows queue says: no paper, door open"
    assert "печатает и так" in probe.hint_ru
    queue.status = 0
    assert watched.poll().health is Health.ONLINE


def test_printer_that_answers_tells_its_own_words() -> None:
    with PrinterSimulator(get_profile("TSP650")) as simulator:
        printer = network_printer("Касса", simulator.profile, "127.0.0.1", simulator.port)
        watched = WatchedPrinter(printer)
        watched.open()
        assert watched.poll().words_ru == "готов"
        simulator.set_paper(Paper.NEAR_END)
        assert watched.poll().words_ru == "готов, бумага заканчивается"
        simulator.set_cover(is_open=True)
        probe = watched.poll()
        assert (probe.health, probe.code) == (Health.DEGRADED, "printer.cover_open")
        simulator.unplug()
        watched.close()
        with pytest.raises(NotConnected):
            watched.open()
