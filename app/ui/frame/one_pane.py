"""The bottom bar of the one-pane layout: search, guest, the order in a word, the main button."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget
from typing_extensions import override

from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.main_button import MainButton, MainMeaning


class OnePaneBar(LiveFrame):
    """The bar.

    Args:
        parent: The window.

    Attributes:
        search_tapped: Show the search row.
        guest_tapped: Open the guest.
        order_tapped: Show the order full width.
        main_tapped: The main button was pressed.
    """

    search_tapped = Signal()
    guest_tapped = Signal()
    order_tapped = Signal()
    main_tapped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, box="line-top")
        self._lines = 0
        self.search = PushButton("", icon="search", width=58, height=64, parent=self)
        self.guest = PushButton("", icon="user-plus", width=58, height=64, parent=self)
        self.order = PushButton(
            "", Kind.OUTLINE, icon="chevron-up", height=64, size_px=16, parent=self
        )
        self.order.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.main = MainButton(self, height=64)
        self._row = QHBoxLayout(self)
        for part in (self.search, self.guest, self.order):
            self._row.addWidget(part)
        self._row.addWidget(self.main, 1)
        self.search.clicked.connect(self.search_tapped)
        self.guest.clicked.connect(self.guest_tapped)
        self.order.clicked.connect(self.order_tapped)
        self.main.pressed_as.connect(lambda _key: self.main_tapped.emit())
        self.refresh()

    def show_order(self, lines: int, main: MainMeaning) -> None:
        """Show how long the order is and what the main button does."""
        self._lines = lines
        self.main.set_meaning(main)
        self.retranslate()

    def set_products_shown(self, *, shown: bool) -> None:
        """Offer search only where there are products."""
        self.search.setVisible(shown)

    @override
    def apply_theme(self) -> None:
        """Scale the bar."""
        look = theme()
        self._row.setContentsMargins(look.px(8), look.px(8), look.px(8), look.px(8))
        self._row.setSpacing(look.px(8))

    @override
    def retranslate(self) -> None:
        """Say how long the order is."""
        self.search.set_name(tr("Search"))
        self.guest.set_name(tr("Guest"))
        self.order.set_label(tr("Order, %n lines", self._lines))
