"""Notices: an icon, a bold fact and its advice in one running text on a soft colour."""

from html import escape

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.ui.theme import theme
from app.ui.widgets.banner import TONES
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.face import draw_face
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.live import LiveFrame


class Notice(LiveFrame):
    """A fact beside the work, with at most one button at the right.

    Args:
        tone: One of the banner's tones.
        icon: Icon name; by default the tone's own.
        kind: Kind of the button.
        height: Smallest height, design pixels.
        parent: Owner.

    Attributes:
        pressed: The button was pressed.
    """

    pressed = Signal()

    def __init__(
        self,
        tone: str = "primary",
        *,
        icon: str = "",
        kind: Kind = Kind.LINK,
        height: int = 48,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        fill, ink, own_icon = TONES[tone]
        self._fill, self._ink, self._height = fill, ink, height
        self._icon = IconLabel(icon or own_icon, ink)
        self._words = Label(tone=ink, wrap=True)
        self._words.setTextFormat(Qt.TextFormat.RichText)
        self.button = PushButton(kind=kind, height=48, parent=self)
        self.button.clicked.connect(self.pressed)
        self.button.hide()
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._icon)
        self._row.addWidget(self._words, 1)
        self._row.addWidget(self.button)
        self.refresh()

    def set_notice(
        self, fact: str, advice: str = "", *, tone: str = "", icon: str = "", button: str = ""
    ) -> None:
        """Show a bold fact and a plain advice; without a fact the advice stands alone."""
        bold = f"<b style='font-weight:600'>{escape(fact)}</b> " if fact else ""
        self._words.setText(f"{bold}{escape(advice)}")
        self.setAccessibleName(f"{fact} {advice}".strip())
        if tone:
            self._fill, self._ink, own_icon = TONES[tone]
            self._icon.set_icon(icon or own_icon, self._ink)
            self._words.set_tone(self._ink)
        self.button.set_label(button)
        self.button.setVisible(bool(button))
        self.update()

    def text(self) -> str:
        """Return what the notice says, without its markup."""
        return self.accessibleName()

    @override
    def apply_theme(self) -> None:
        """Scale margins."""
        look = theme()
        self._row.setContentsMargins(look.px(16), look.px(4), look.px(8), look.px(4))
        self._row.setSpacing(look.px(12))
        self.setMinimumHeight(look.px(self._height))

    @override
    def minimumSizeHint(self) -> QSize:
        """Ask for the height that the words need in the present width, not in the smallest."""
        hint = super().minimumSizeHint()
        height = self._row.totalHeightForWidth(max(self.width(), hint.width()))
        return QSize(hint.width(), max(height, theme().px(self._height)))

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for another height in another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the soft face."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_face(painter, QRectF(self.rect()), self._fill)
        painter.end()
