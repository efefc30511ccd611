"""A receipt that is not made, in the real window: sale, trouble, the next guest, the queue, the end.

The register is the simulator of the real one; its own thread is played by hand.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.store.session import Topic
from app.till import fiscal_texts
from app.ui.app import TillUi
from app.ui.frame.screen import ScreenId
from app.ui.frame.top_presenter import LinkState, SyncLight
from app.ui.payment.presenter import PaymentPresenter
from app.ui.payment.state import DonePage, TroublePage
from app.ui.preferences import MemoryPreferences
from app.ui.sync.presenter import SyncPresenter
from app.ui.theme import ThemeName, theme
from drivers.api.device import Health, Probe
from tests.till.bench import COFFEE, SOUP, guest
from tests.till.fiscal_bench import FiscalBench
from tests.ui.driven_window import DrivenWindow

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]
PAPER = Probe(Health.DEGRADED, "Нет бумаги", "Out of paper", code="printer.paper_out")


@dataclass
class Window(DrivenWindow):
    bench: FiscalBench
    payment: PaymentPresenter
    sync: SyncPresenter

    def ask_register(self) -> None:
        """Let the register do one thing; the store tells the screens."""
        self.bench.till.fiscal.run_once()
        self.settle()

    def picture(self, name: str) -> None:
        """Keep pictures in both themes if a folder is named."""
        folder = os.environ.get("MAXLOYALTY_PICTURES")
        for look in (ThemeName.DARK, ThemeName.LIGHT) if folder else ():
            theme().apply(name=look)
            QApplication.processEvents()
            assert self.ui.window.grab().save(str(Path(str(folder)) / f"{name}-{look}.png"))


@pytest.fixture(params=[(1366, 768), (1024, 768)], ids=["1366", "1024"])
def window(tmp_path: Path, qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[Window]:
    bench = FiscalBench(tmp_path)
    till = bench.ready()
    bench.work()
    ui = TillUi(till, MemoryPreferences(), bench.clock)
    payment, sync = PaymentPresenter(ui.tools, till), SyncPresenter(ui.tools, till)
    for screen in (payment, sync):
        ui.add(screen)
    bench.store.subscribe(lambda topics: ui.changes.notify(str(Topic(x)) for x in topics))
    ui.top.show_sync(SyncLight(LinkState.ONLINE))
    qtbot.addWidget(ui.window)
    ui.window.resize(*request.param)
    ui.start(ScreenId.SALE)
    made = Window(ui, qtbot, bench, payment, sync)
    made.settle()
    yield made
    assert ui.close()
    bench.close()


def test_a_receipt_without_paper_waits_and_is_made_once(
    window: Window, request: pytest.FixtureRequest
) -> None:
    bench, till = window.bench, window.bench.till
    size = request.node.callspec.id
    till.sale.tap(SOUP)
    till.guests.bind(guest(points=500_00))
    window.ui.board.publish(till.sale.tap(COFFEE).state)
    bench.probe = PAPER
    bench.machine.has_paper = False
    window.ui.receipts.look()
    window.settle()
    assert "Чек пробьём позже" in window.ui.window.panel._warning.text()
    window.picture(f"window-{size}-warning")

    window.main("F12")
    window.keys("F2")
    assert isinstance(window.payment.page, DonePage)
    window.ask_register()
    assert isinstance(window.payment.page, TroublePage)
    assert window.payment.page.ways[0].words == fiscal_texts.WAY_RETRY, "as the advice names it"
    window.picture(f"window-{size}-trouble")

    window.payment.view.trouble.buttons[window.payment.page.ways[-1].way].click()
    window.settle()
    assert window.screen() is ScreenId.SALE, "the queue of guests never stops"
    assert window.ui.top._state.sync.badge == "1"

    window.ui.go(ScreenId.SYNC)
    window.settle()
    window.picture(f"window-{size}-queue")
    bench.heal()
    bench.probe = None
    window.keys("Enter")
    bench.work()
    window.settle()
    assert len(bench.receipts()) == 1
    assert not [row for row in window.sync.state.rows if row.is_fiscal]
    assert window.ui.top._state.sync.badge == ""
