"""Drawing for the guest's display: regions in design pixels that draw themselves when they change.

The display has a scale of its own: 1024 x 600 of the design fill whatever the second screen has,
whatever text size the cashier chose. A region keeps what it shows, so an order that grows by a line
costs the drawing of its left side and nothing else.
"""

from functools import lru_cache
from typing import Final, Generic, TypeVar

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.ui.theme import theme

DESIGN_WIDTH: Final = 1024
DESIGN_HEIGHT: Final = 600
SIZE_MIN_PX: Final = 12
LEFT: Final = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT: Final = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
MIDDLE: Final = Qt.AlignmentFlag.AlignCenter
WRAP: Final = Qt.TextFlag.TextWordWrap
_TABULAR: Final = QFont.Tag.fromString("tnum")

Part = TypeVar("Part")


@lru_cache(maxsize=64)
def font(size_px: int, weight: int = 400, *, tabular: bool = False) -> QFont:
    """Return a font of the design; the painter's scale makes it as large as the screen wants."""
    made = QFont("Inter")
    made.setPixelSize(size_px)
    made.setWeight(QFont.Weight(weight))
    made.setFeature(_TABULAR, int(tabular))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


class Region(QWidget, Generic[Part]):
    """A part of the display that draws a value in design pixels, and anew only for another value.

    Args:
        first: What it shows at first.
        parent: Owner.

    Attributes:
        draws: How often it was drawn, for whoever watches the cost.
    """

    def __init__(self, first: Part, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._part = first
        self._factor = 1.0
        self.draws = 0

    @property
    def part(self) -> Part:
        """Return what is shown."""
        return self._part

    def show_part(self, part: Part) -> None:
        """Show a value; the same again costs nothing."""
        if part != self._part:
            self._part = part
            self.setAccessibleName(self.words(part))
            self.update()

    def set_factor(self, factor: float) -> None:
        """Say how many pixels of the screen a pixel of the design takes."""
        if factor != self._factor:
            self._factor = factor
            self.update()

    def words(self, part: Part) -> str:
        """Return what it says, for readers of the screen and tests."""
        del part
        return ""

    def draw(self, painter: QPainter, area: QRectF) -> None:
        """Draw the value into an area of design pixels; every subclass has its own."""
        raise NotImplementedError

    @override
    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw everything in the scale of the screen."""
        self.draws += 1
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.scale(self._factor, self._factor)
        area = QRectF(0, 0, self.width() / self._factor, self.height() / self._factor)
        self.draw(painter, area)
        painter.end()

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Follow a new look or language."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.LanguageChange):
            self.setAccessibleName(self.words(self._part))
            self.update()


def write(
    painter: QPainter,
    area: QRectF,
    text: str,
    *,
    size_px: int,
    weight: int = 400,
    tone: str = "text",
    flags: int = LEFT,
    tabular: bool = False,
) -> None:
    """Write a line as large as fits into its area, cut with "…" if even small letters do not."""
    while size_px > SIZE_MIN_PX:
        width = QFontMetricsF(font(size_px, weight, tabular=tabular)).horizontalAdvance(text)
        if width <= area.width():
            break
        size_px -= 1 if size_px <= 24 else 2
    chosen = font(size_px, weight, tabular=tabular)
    metrics = QFontMetricsF(chosen)
    painter.setFont(chosen)
    painter.setPen(theme().color(tone))
    cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, area.width() + 1)
    painter.drawText(area, flags, cut)


def write_cut(
    painter: QPainter,
    area: QRectF,
    text: str,
    *,
    size_px: int,
    weight: int = 400,
    tone: str = "text",
) -> None:
    """Write a line in its size, cut with "…" where it is longer than its area."""
    chosen = font(size_px, weight)
    painter.setFont(chosen)
    painter.setPen(theme().color(tone))
    cut = QFontMetricsF(chosen).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, LEFT, cut)


def write_wrapped(
    painter: QPainter,
    area: QRectF,
    text: str,
    *,
    size_px: int,
    weight: int = 400,
    tone: str = "text",
    flags: int = LEFT,
    size_min_px: int = 14,
) -> float:
    """Write words over several lines, smaller if they are too many; return the height they take."""
    while True:
        chosen = font(size_px, weight)
        taken = QFontMetricsF(chosen).boundingRect(area, flags | WRAP, text)
        fits = taken.height() <= area.height() and taken.width() <= area.width()
        if fits or size_px <= size_min_px:
            break
        size_px -= 2
    painter.setFont(chosen)
    painter.setPen(theme().color(tone))
    painter.drawText(area, flags | WRAP, text)
    return taken.height()
