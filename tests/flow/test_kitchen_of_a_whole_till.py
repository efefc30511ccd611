"""From the settings to the paper: stations, a printer that is stood in for, and a drawer of its own (D4)."""

from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap.core import Core
from app.kernel.clock import ManualClock
from app.settings import Settings
from app.store.session import Topic
from app.sync.state import SyncState
from app.till.till import Till
from drivers.api.device import DeviceState
from drivers.api.printer import Paper
from drivers.api.scanner import Scan
from drivers.printers.profiles import get_profile
from drivers.sim.drawer import DrawerSimulator
from drivers.sim.printer import PrinterSimulator
from tests.till.bench import ANNA, COFFEE, PINS, SOUP, Bench

pytestmark = pytest.mark.slow
WAIT_S = 60.0


class Nobody:
    """A listener that does not care."""

    def on_sync(self, state: SyncState) -> None: ...
    def on_device(self, state: DeviceState) -> None: ...
    def on_scan(self, scan: Scan) -> None: ...
    def on_change(self, topics: frozenset[Topic]) -> None: ...


class Cafe:
    """A till that runs as at a cafe, and its devices."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        profile = get_profile("XP-80")
        names = ("hot", "bar", "receipts")
        self.sims = {name: stack.enter_context(PrinterSimulator(profile)) for name in names}
        self.drawer = DrawerSimulator()
        self.drawer.start()
        stack.callback(self.drawer.stop)
        self.clock = ManualClock()
        self._folder = folder
        self.start()
        stack.callback(self.close)

    def close(self) -> None:
        """End the program."""
        self.core.close()

    def start(self) -> None:
        """Start the program."""
        settings = Settings(
            home=self._folder, devices=self._entries(), service_url="http://127.0.0.1:9"
        )
        self.core = Core(settings, Nobody(), clock=self.clock)
        self.till: Till = self.core.open()
        self.core.connect()
        self.till.recover()
        self.till.session.sign_in(ANNA, PINS[ANNA])

    def _entries(self) -> tuple[dict[str, Any], ...]:
        options: dict[str, dict[str, object]] = {
            "hot": {"kitchen": "Кухня", "station": "Горячий цех", "substitute": "Бар"},
            "bar": {"name": "Бар", "kitchen": "Чай"},
            "receipts": {},
        }
        printers = [
            {
                "id": name,
                "kind": "printer",
                "model": "printer.escpos",
                "transport": "tcp",
                "address": sim.address,
                "options": {"profile": "xprinter-xp80", **options[name]},
            }
            for name, sim in self.sims.items()
        ]
        drawer = {
            "id": "box",
            "kind": "drawer",
            "model": "drawer.port",
            "transport": "serial",
            "address": self.drawer.address,
            "options": {"drawer_when": "cash"},
        }
        return (*printers, drawer)

    def sell(self, *products: Any) -> None:
        """Sell for cash."""
        for product in products:
            self.till.sale.tap(product)
        assert self.till.checkout.pay_exact_cash().done is not None
        self.till.checkout.dismiss()

    def paper(self, name: str, count: int = 1) -> list[list[str]]:
        """Wait for papers of a printer and return their words."""
        papers = self.sims[name].wait_for_receipts(count, WAIT_S)
        return [[line.strip() for line in paper.lines] for paper in papers]

    def wait_past_patience(self, name: str, count: int) -> None:
        """Let time pass, as long as anybody waits for a printer, until another one has printed."""
        for _ in range(int(WAIT_S)):
            self.clock.advance(timedelta(seconds=10))
            self.till.printing.wake()
            with suppress(TimeoutError):
                self.sims[name].wait_for_receipts(count, 1.0)
                return


@pytest.fixture
def cafe(tmp_path: Path) -> Iterator[Cafe]:
    Bench(tmp_path).close()  # a till that has its menu and its people
    with ExitStack() as stack:
        made = Cafe(tmp_path, stack)
        made.till.shift.open(1_000_00)
        yield made


def test_paper_comes_out_where_it_is_cooked_and_the_drawer_opens(cafe: Cafe) -> None:
    cafe.sell(SOUP, COFFEE)

    (ticket,) = cafe.paper("hot")
    (receipt,) = cafe.paper("receipts")
    assert "Горячий цех" in ticket
    assert {"1 x Суп", "1 x Кофе"} <= set(ticket)
    assert not any("Горячий цех" in line for line in receipt)
    assert cafe.sims["bar"].receipts == []
    assert cafe.drawer.wait_for_openings(1, WAIT_S)
    assert cafe.sims["receipts"].drawer_count == 0


def test_a_silent_printer_is_stood_in_for_while_the_till_sells_on(cafe: Cafe) -> None:
    cafe.sims["hot"].set_paper(Paper.OUT)
    cafe.sell(SOUP)
    cafe.sell(COFFEE)
    cafe.paper("receipts", 2)
    cafe.wait_past_patience("bar", 2)

    tickets = cafe.paper("bar", 2)
    assert [[line for line in ticket if " x " in line] for ticket in tickets] == [
        ["1 x Суп"],
        ["1 x Кофе"],
    ]
    assert all("ВМЕСТО: ГОРЯЧИЙ ЦЕХ" in ticket for ticket in tickets)
    assert cafe.sims["hot"].receipts == []


def test_what_was_not_printed_is_printed_after_the_next_start(cafe: Cafe) -> None:
    cafe.sims["hot"].set_paper(Paper.OUT)
    cafe.sell(SOUP)
    cafe.paper("receipts")
    cafe.close()
    cafe.sims["hot"].set_paper(Paper.OK)
    cafe.clock.advance(timedelta(minutes=1))
    cafe.start()

    (ticket,) = cafe.paper("hot")
    assert "1 x Суп" in ticket
    assert not any("ПОВТОР" in line for line in ticket)
