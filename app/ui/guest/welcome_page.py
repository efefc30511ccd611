"""The new card: its code in 96 px, to be named or shown to the guest."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.kernel.text import format_card_code, format_phone
from app.ui import format as fmt
from app.ui.guest.state import WelcomePage
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.chip import StatusChip
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.view import View

_CENTER = Qt.AlignmentFlag.AlignHCenter


class WelcomeView(View[WelcomePage]):
    """The page for a guest who has just been registered.

    Attributes:
        go_on: Continue with this guest.
    """

    go_on = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        card = Column(gap=10, margins=(24, 24, 24, 24), box="card")
        self._title = Label(style="title", size_px=28, weight=600, align=_CENTER, wrap=True)
        self._advice = Label(style="heading", weight=400, tone="text-2", align=_CENTER, wrap=True)
        self.code = Label(style="hero", size_px=96, weight=700, tone="loyal-text", align=_CENTER)
        self._phone = Label(style="heading", weight=400, tone="text-2", align=_CENTER)
        self._points = StatusChip("", "loyal", height=36)
        self._later = StatusChip("", "warn", "clock", height=36)
        chips = Row(gap=8)
        chips.add_stretch()
        chips.add(self._points, self._later)
        chips.add_stretch()
        card.add_stretch()
        card.add_centered(IconLabel("circle-check-filled", "ok-text", 56))
        card.add(self._title, self._advice, self.code, self._phone, chips)
        card.add_stretch()
        self.button = PushButton(kind=Kind.LOYAL, height=80)
        self.button.clicked.connect(self.go_on)
        self._column.addWidget(card, 1)
        self._column.addWidget(self.button)
        self.refresh()

    @override
    def show_state(self, state: WelcomePage) -> None:
        """Show the code, and that it is sent later if there is no network."""
        named = tr("{name}, you are in", name=state.name) if state.name else tr("You are in")
        known = tr("This phone has a card already")
        self._title.setText(known if state.was_known else named)
        self._advice.setText(tr("Code of the guest's card. Name it or show it to the guest."))
        self.code.setText(format_card_code(state.code6))
        self._phone.setText(format_phone(state.phone))
        earn = fmt.points(state.earn_minor)
        self._points.set_chip(tr("For this order +{points}", points=earn), "loyal")
        self._points.setVisible(state.earn_minor > 0)
        self._later.set_chip(tr("Offline, sent later"), "warn", "clock")
        self._later.setVisible(state.is_offline)

    @override
    def apply_theme(self) -> None:
        """Scale the gap."""
        self._column.setSpacing(theme().px(12))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self.button.set_label(tr("Go on with the guest"), hotkey="Enter")
        super().retranslate()
