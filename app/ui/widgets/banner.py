"""Banners: an icon, a bold fact, what to do, one button at the right."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.face import draw_face
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.live import LiveFrame

#: Tone of a banner: fill, text, icon.
TONES = {
    "ok": ("ok-soft", "ok-text", "circle-check"),
    "warn": ("warn-soft", "warn-text", "alert-triangle"),
    "danger": ("danger-soft", "danger-text", "alert-circle"),
    "primary": ("primary-soft", "primary-text", "info-circle"),
    "loyal": ("loyal-soft", "loyal-text", "gift"),
}


class Banner(LiveFrame):
    """One fact about the work at hand.

    Args:
        parent: Owner.
        tone: One of `TONES`.

    Attributes:
        pressed: The button was pressed.
    """

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None, *, tone: str = "primary") -> None:
        super().__init__(parent)
        self._tone = tone
        fill, ink, icon = TONES[tone]
        self._fill = fill
        self._icon = IconLabel(icon, ink)
        self._fact = Label(style="body-strong", tone=ink, wrap=True)
        self._advice = Label(style="body", tone=ink, wrap=True)
        self.button = PushButton(kind=Kind.OUTLINE, height=48, parent=self)
        self.button.clicked.connect(self.pressed)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._fact)
        words.addWidget(self._advice)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._icon)
        self._row.addLayout(words, 1)
        self._row.addWidget(self.button)
        self.set_banner("")
        self.refresh()

    def set_banner(
        self, fact: str, advice: str = "", *, button: str = "", tone: str = "", icon: str = ""
    ) -> None:
        """Show a fact, an advice and a button; empty parts are hidden."""
        self._tone = tone or self._tone
        self._fill, ink, own_icon = TONES[self._tone]
        self._icon.set_icon(icon or own_icon, ink)
        for label, text in ((self._fact, fact), (self._advice, advice)):
            label.set_tone(ink)
            label.setText(text)
            label.setVisible(bool(text))
        self.button.set_label(button)
        self.button.setVisible(bool(button))
        self.update()

    @override
    def apply_theme(self) -> None:
        """Scale margins."""
        look = theme()
        self._row.setContentsMargins(look.px(16), look.px(12), look.px(16), look.px(12))
        self._row.setSpacing(look.px(12))
        self._row.setAlignment(self._icon, Qt.AlignmentFlag.AlignVCenter)

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the soft face."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_face(painter, QRectF(self.rect()), self._fill)
        painter.end()
