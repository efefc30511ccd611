"""The guest strip of the order panel, 68 px: who the guest is and what is done with the points."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, QRectF, Signal
from PySide6.QtGui import QMouseEvent, QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.avatar import Avatar
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.chip import StatusChip
from app.ui.widgets.label import Label
from app.ui.widgets.live import LiveFrame

HEIGHT_PX: Final = 68
NAME_WIDTH_MAX_PX: Final = 160


@dataclass(frozen=True, slots=True)
class GuestStripState:
    """What the strip shows; words are ready for the screen.

    Attributes:
        name: Empty without a guest.
        initials: For the circle.
        tier: For the chip; empty hides it.
        detail: `Доступно 690 баллов`, or the hint without a guest.
        action: Label of the button; empty hides it.
        plain_action: The same words without a button, when nothing may be changed now.
        is_loud: The action is in force: a violet button.
        icon: Icon of the button.
    """

    name: str = ""
    initials: str = ""
    tier: str = ""
    detail: str = ""
    action: str = ""
    plain_action: str = ""
    is_loud: bool = False
    icon: str = ""


class GuestStrip(LiveFrame):
    """Shows the guest; a tap anywhere asks for the guest's screen.

    Args:
        parent: Owner.

    Attributes:
        tapped: Open the guest, or the search if there is none.
    """

    tapped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = GuestStripState()
        self._is_narrow = False
        self._avatar = Avatar("", "neutral", icon="user")
        self._name = Label(style="heading", elide=True)
        self._name.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._tier = StatusChip("", "surface", "crown", height=24)
        self._detail = Label(style="label", tone="text-2", weight=400, elide=True)
        self._plain = Label(style="body-strong", tone="loyal-text")
        self.button = PushButton(kind=Kind.SOFT_LOYAL, height=52, parent=self)
        self.button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.button.clicked.connect(self.tapped)
        self._first = QHBoxLayout()
        self._first.addWidget(self._name)
        self._first.addWidget(self._tier)
        self._first.addStretch(1)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch()
        words.addLayout(self._first)
        words.addWidget(self._detail)
        words.addStretch()
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._avatar)
        self._row.addLayout(words, 1)
        self._row.addWidget(self._plain)
        self._row.addWidget(self.button)
        self.refresh()

    @property
    def state(self) -> GuestStripState:
        """What it shows."""
        return self._state

    def set_state(self, state: GuestStripState) -> None:
        """Show another guest or none."""
        if state != self._state:
            self._state = state
            self.retranslate()
            self.update()

    def set_narrow(self, is_narrow: bool) -> None:
        """Leave the circle out in the narrow layout."""
        self._is_narrow = is_narrow
        self._avatar.setVisible(not is_narrow)

    @override
    def apply_theme(self) -> None:
        """Scale the strip."""
        look = theme()
        self.setFixedHeight(look.px(HEIGHT_PX))
        self._row.setContentsMargins(look.px(14), look.px(8), look.px(8), look.px(8))
        self._row.setSpacing(look.px(12))
        self._first.setSpacing(look.px(8))
        self._fit_name()

    @override
    def retranslate(self) -> None:
        """Show the state again."""
        state = self._state
        if state.name:
            self._avatar.set_avatar(state.initials, "loyal")
        else:
            self._avatar.set_avatar("", "neutral", "user")
        self._name.setText(state.name or tr("No guest"))
        self._tier.set_chip(state.tier, "surface", "crown")
        self._tier.setVisible(bool(state.tier))
        self._detail.setText(state.detail)
        self._plain.setText(state.plain_action)
        self._plain.setVisible(bool(state.plain_action))
        self.button.set_label(state.action, icon=state.icon)
        self.button.set_kind(Kind.LOYAL if state.is_loud else Kind.SOFT_LOYAL)
        self.button.setVisible(bool(state.action))
        self._fit_name()

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw violet with a guest, grey without."""
        look = theme()
        painter = QPainter(self)
        fill = "loyal-soft" if self._state.name else "surface-2"
        painter.fillRect(QRectF(self.rect()), look.color(fill))
        rule = QRect(0, self.height() - look.px(1), self.width(), look.px(1))
        if not self._state.name:
            painter.fillRect(rule, look.color("line"))
        painter.end()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take a tap anywhere on the strip."""
        if self.rect().contains(event.position().toPoint()):
            self.tapped.emit()

    def _fit_name(self) -> None:
        self._name.apply_theme()  # its font may still be that of the former scale
        width = self._name.fontMetrics().horizontalAdvance(self._name.full_text())
        self._name.setFixedWidth(min(width + 2, theme().px(NAME_WIDTH_MAX_PX)))
