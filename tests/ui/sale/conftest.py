"""The sale screen over a whole till with the menu of the demo cafe."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.ui.app import TillUi
from app.ui.frame.screen import ScreenId
from app.ui.preferences import MemoryPreferences
from app.ui.sale.discount_view import DiscountView
from app.ui.sale.products import TileRow
from app.ui.theme import Theme
from app.ui.widgets.tile import ProductTile
from tests.till.bench import Bench
from tests.ui.sale.cafe import cafe_menu


class SaleDriver:
    """Works the sale screen as a cashier does: by taps, keys and scans."""

    def __init__(self, ui: TillUi, bench: Bench) -> None:
        self.ui = ui
        self.bench = bench

    def settle(self) -> None:
        """Let the lanes finish and the widgets follow."""
        for _ in range(3):
            assert self.ui.ops.wait_idle(60)
            QCoreApplication.sendPostedEvents()
            QCoreApplication.processEvents()  # what comes a turn later, such as toasts

    def tap(self, widget: QWidget) -> None:
        """Tap a widget."""
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton)
        self.settle()

    def key(self, name: str) -> None:
        """Press a hotkey."""
        self.ui.window.press_key(name)
        self.settle()

    def tile(self, name: str) -> ProductTile:
        """Return the visible tile of a product."""
        grid = self.ui.sale.view.grid
        state = next(tile for tile in self.ui.sale.products.tiles if tile.name == name)
        return grid.tile(state.key)

    def sell(self, name: str) -> None:
        """Tap the tile of a product."""
        self.tap(self.tile(name))

    def simple_rows(self) -> list[TileRow]:
        """Return products of the page that need no choice."""
        products = self.ui.sale.products
        rows = [products.row(tile.key) for tile in products.tiles]
        return [
            row
            for row in rows
            if row and not (row.needs_choice or row.is_stopped) and row.unit == "piece"
        ]

    def discount_view(self) -> DiscountView:
        """Return the discount that is on top."""
        screen = self.ui.window.current
        assert screen is not None
        view = screen.view
        assert isinstance(view, DiscountView)
        return view

    def lines(self) -> list[tuple[str, str, str]]:
        """Return quantity, name and sum of the lines that are shown."""
        return [(x.quantity, x.name, x.total) for x in self.ui.window.panel.lines.lines]

    def toasts(self) -> list[str]:
        """Return the texts of the toasts that are shown."""
        return [toast.message.text for toast in self.ui.window.toasts.toasts]


@pytest.fixture
def driver(look: Theme, tmp_path: Path) -> Iterator[SaleDriver]:
    """A till with a cashier, an open shift and the demo menu, at 1366 x 768."""
    assert look is not None
    bench = Bench(tmp_path / "till")
    bench.store.replace_menu(cafe_menu())
    till = bench.ready()
    till.reload()
    ui = TillUi(till, MemoryPreferences(), bench.clock)
    ui.window.resize(1366, 768)
    ui.start(ScreenId.SALE)
    driver = SaleDriver(ui, bench)
    driver.settle()
    yield driver
    assert ui.close(10)
    bench.close()
    # Deleted at once: a window that lives on is dressed again by every change of the look.
    shiboken6.delete(ui.window)
