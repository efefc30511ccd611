"""The ways to pay at the left: five buttons of 88 px with their keys F1 to F5."""

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.domain.tender import TenderKind
from app.ui import icons
from app.ui.dates import say
from app.ui.payment.sizes import TABS_PX
from app.ui.payment.state import Tab, TabState
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.face import draw_face
from app.ui.widgets.pressable import Pressable
from app.ui.widgets.stack import Column

ICONS = {
    Tab.CASH: "cash-banknote",
    Tab.CARD: "credit-card",
    Tab.SBP: "qrcode",
    Tab.GIFT_CARD: "gift-card",
    Tab.SEVERAL: "layers-subtract",
}


def tab_text(tab: Tab) -> str:
    """Return what a way to pay is called."""
    match tab:
        case Tab.CASH:
            return tr("Cash")
        case Tab.CARD:
            return tr("Card")
        case Tab.SBP:
            return tr("SBP")
        case Tab.GIFT_CARD:
            return tr("Gift\ncard")
        case Tab.SEVERAL:
            return tr("Several\ntenders")


def kind_text(kind: TenderKind) -> str:
    """Return what a tender is called, on one line."""
    return tab_text(Tab(kind.value)).replace("\n", " ")


class TabButton(Pressable):
    """A way to pay: icon, name and key; the chosen one has a blue border."""

    def __init__(self, tab: Tab, hotkey: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tab = tab
        self._hotkey = hotkey
        self._small = hotkey
        self.setCheckable(True)
        self.apply_theme()

    def set_tab(self, state: TabState, *, chosen: bool) -> None:
        """Show whether it is chosen, and why it is off."""
        self.setEnabled(state.is_enabled)
        self.setChecked(chosen)
        self._small = self._hotkey if state.is_enabled else tr("not connected")
        self.setText(tab_text(self.tab))
        self.setAccessibleName(self.text().replace("\n", " "))
        self.setToolTip(say(state.why_not))
        self.update()

    @override
    def nextCheckState(self) -> None:
        """Leave the choice to the state."""

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(88))

    @override
    def draw(self, painter: QPainter) -> None:
        """Draw face, icon, name and key."""
        look = theme()
        fill, border, width, tone = "surface", "line-strong", 1, "text"
        small_tone = "text-3"
        if self.isChecked():  # also while the terminal works and nothing can be chosen
            fill, border, width, tone = "primary-soft", "primary", 2, "primary-text"
        elif not self.isEnabled():
            fill, border, tone, small_tone = "disabled-fill", "", "disabled-text", "disabled-text"
        if self.isDown():
            fill = "surface-3"
        draw_face(painter, QRectF(self.rect()), fill, border=border, border_px=width)
        is_narrow = self.width() < look.px(190)
        box = QRect(look.px(10 if is_narrow else 17), 0, look.px(24), self.height())
        icons.paint(painter, box, ICONS[self.tab], tone)
        lines = self.text().split("\n")
        line_h, small_h = look.px(21), look.px(18)
        top = (self.height() - line_h * len(lines) - small_h) // 2
        left = look.px(42 if is_narrow else 55)
        width_px = self.width() - left - look.px(4)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(look.font_px(16 if is_narrow else 18, 600))
        painter.setPen(look.color(tone))
        for number, line in enumerate(lines):
            area = QRect(left, top + number * line_h, width_px, line_h)
            painter.drawText(area, flags, line)
        painter.setFont(look.font_px(13, 500))
        painter.setPen(look.color(small_tone))
        area = QRect(left, top + line_h * len(lines), width_px, small_h)
        painter.drawText(area, flags, self._small)


class TabColumn(Column):
    """All ways to pay.

    Attributes:
        chosen: The `Tab` that was tapped.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__(gap=8, width=TABS_PX)
        self.buttons = {tab: TabButton(tab, f"F{n}") for n, tab in enumerate(Tab, 1)}
        for tab, button in self.buttons.items():
            self.add(button)
            button.clicked.connect(lambda _=False, which=tab: self.chosen.emit(which))
        self.add_stretch()

    def set_tabs(self, tabs: tuple[TabState, ...], current: Tab) -> None:
        """Show which ways there are and which one is chosen; unknown ones are hidden."""
        known = {state.tab: state for state in tabs}
        for tab, button in self.buttons.items():
            button.setVisible(tab in known)
            if tab in known:
                button.set_tab(known[tab], chosen=tab is current)
