"""Text on the screen in a style of the design, coloured by token."""

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget
from typing_extensions import override

from app.ui import icons
from app.ui.theme import theme
from app.ui.widgets.lines import cut


class Label(QLabel):
    """A text in one of the design's styles.

    Args:
        text: What it says.
        style: `caption`, `label`, `body`, `body-strong`, `item`, `heading`, `title`, `amount` ...
        tone: Token of the colour.
        align: Qt alignment; left and middle by default.
        wrap: Break lines at words.
        tabular: Digits of one width; by default below 28 px.
        weight: Another weight than the style has.
        size_px: Another size than the style has.
        elide: Cut at the width it gets, after a sentence or with "…"; it then asks for no width.
        parent: Owner.
    """

    def __init__(
        self,
        text: str = "",
        style: str = "body",
        *,
        tone: str = "text",
        align: Qt.AlignmentFlag | None = None,
        wrap: bool = False,
        tabular: bool | None = None,
        weight: int | None = None,
        size_px: int | None = None,
        elide: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._style_name = style
        self._tone = tone
        self._tabular = tabular
        self._weight = weight
        self._size_px = size_px
        self._elide = elide
        self._full = ""
        self._generation = -1
        self.setTextFormat(Qt.TextFormat.PlainText)
        # Inside a field the parent's role would decide the colour.
        self.setForegroundRole(QPalette.ColorRole.WindowText)
        self.setWordWrap(wrap)
        if align is not None:
            self.setAlignment(align | Qt.AlignmentFlag.AlignVCenter)
        if elide:
            policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            self.setSizePolicy(policy)
        self.apply_theme()
        self.setText(text)

    def set_tone(self, tone: str) -> None:
        """Change the colour to another token."""
        if tone != self._tone:
            self._tone = tone
            self.apply_theme()

    def full_text(self) -> str:
        """Return the text before it was cut."""
        return self._full

    @override
    def setText(self, text: str) -> None:
        """Set the text; the same text again costs nothing."""
        if text == self._full and text == self.text():
            return
        self._full = text
        super().setText(self._fitting())

    def apply_theme(self) -> None:
        """Take font and colour from the look."""
        look = theme()
        self._generation = look.generation
        if self._size_px is not None or self._weight is not None:
            base = look.font(self._style_name)
            size = self._size_px or round(base.pixelSize() * 100 / look.scale_percent)
            weight = self._weight or int(base.weight())
            self.setFont(look.font_px(size, weight, tabular=self._tabular))
        else:
            self.setFont(look.font(self._style_name, tabular=self._tabular))
        palette = QPalette(self.palette())
        palette.setColor(QPalette.ColorRole.WindowText, look.color(self._tone))
        self.setPalette(palette)

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Follow a new style."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._generation != theme().generation:
            self.apply_theme()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut the text again for the new width."""
        super().resizeEvent(event)
        if self._elide:
            super().setText(self._fitting())

    @override
    def minimumSizeHint(self) -> QSize:
        """Let a text that can be cut shrink to nothing."""
        hint = super().minimumSizeHint()
        return QSize(0, hint.height()) if self._elide else hint

    def _fitting(self) -> str:
        if not self._elide or self.width() <= 0:
            return self._full
        return cut(self._full, self.fontMetrics(), self.width())


class IconLabel(QLabel):
    """An icon that is only looked at.

    Args:
        name: Icon name.
        tone: Token of the colour.
        size_px: Edge in the design.
        parent: Owner.
    """

    def __init__(
        self, name: str, tone: str = "text", size_px: int = 24, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._name = name
        self._tone = tone
        self._size_px = size_px
        self._generation = -1
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.apply_theme()

    def set_icon(self, name: str, tone: str = "text") -> None:
        """Show another icon or colour."""
        if (name, tone) != (self._name, self._tone):
            self._name, self._tone = name, tone
            self.apply_theme()

    def apply_theme(self) -> None:
        """Take the picture of the present look."""
        self._generation = theme().generation
        self.setFixedSize(theme().px(self._size_px), theme().px(self._size_px))
        self.setPixmap(icons.pixmap(self._name, self._tone, self._size_px))

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Follow a new style."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and self._generation != theme().generation:
            self.apply_theme()
