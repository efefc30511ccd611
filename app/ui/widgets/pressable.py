"""The press of a finger: slop, debounce, hold and repeat, for everything that can be tapped.

A press counts on release inside the target plus 8 px. Two presses of one target within 120 ms are
one (a bouncing resistive panel). The time is that of the events themselves, so a busy moment of the
program never swallows a real tap.
"""

from time import perf_counter
from typing import ClassVar, Final

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget
from typing_extensions import override

from app.ui.breath import breath
from app.ui.text import language
from app.ui.theme import theme

SLOP_PX: Final = 8
DEBOUNCE_MS: Final = 120
LONG_PRESS_MS: Final = 500
REPEAT_DELAY_MS: Final = 400
REPEAT_INTERVAL_MS: Final = 125  # eight a second


class Pressable(QAbstractButton):
    """A painted control with the press rules of the design.

    Its face is drawn once and kept as a picture until something of it changes: a subclass calls
    `update` when what `draw` shows has changed, the state of the button is looked at here.

    Args:
        parent: Owner.
        debounce: Take two quick presses as one; off for number keys.
        repeat: Press again while it is held; for plus and minus.
        long_press: Emit `held` after half a second instead of `clicked`.

    Attributes:
        held: The target was pressed for 500 ms.
    """

    held = Signal()
    #: Off for controls that keep pictures of their own.
    keeps_face: ClassVar[bool] = True

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        debounce: bool = True,
        repeat: bool = False,
        long_press: bool = False,
    ) -> None:
        super().__init__(parent)
        self._debounce = debounce and not repeat
        self._last_release_ms: int | None = None
        self._kept: QPixmap | None = None
        self._kept_for: tuple[object, ...] = ()
        self._generation = theme().generation
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if repeat:
            self.setAutoRepeat(True)
            self.setAutoRepeatDelay(REPEAT_DELAY_MS)
            self.setAutoRepeatInterval(REPEAT_INTERVAL_MS)
        self._hold_timer: QTimer | None = None
        if long_press:
            self._hold_timer = QTimer(self)
            self._hold_timer.setSingleShot(True)
            self._hold_timer.setInterval(LONG_PRESS_MS)
            self._hold_timer.timeout.connect(self._on_hold)

    def apply_theme(self) -> None:
        """Set scaled sizes; called again when the look changes."""

    def retranslate(self) -> None:
        """Set every word; called again when the language changes."""

    @override
    def hitButton(self, pos: QPoint) -> bool:
        """Take a release up to 8 px outside as a press."""
        slop = theme().px(SLOP_PX) if self.isDown() else 0
        return self.rect().adjusted(-slop, -slop, slop, slop).contains(pos)

    @override
    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a press unless it is the bounce of the last one."""
        if self._debounce and self._last_release_ms is not None:
            since_ms = event.timestamp() - self._last_release_ms
            if 0 <= since_ms < DEBOUNCE_MS:
                event.accept()
                return
        super().mousePressEvent(event)
        if self._hold_timer is not None and self.isDown():
            self._hold_timer.start()

    @override
    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the press and remember when."""
        if self._hold_timer is not None:
            self._hold_timer.stop()
        if self.isDown():
            self._last_release_ms = event.timestamp()
        started = perf_counter()
        super().mouseReleaseEvent(event)
        breath().after(started)

    @override
    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Take the second of two quick taps as a tap of its own."""
        self.mousePressEvent(event)

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Follow a new style or language."""
        super().changeEvent(event)
        kind = event.type()
        if kind == QEvent.Type.StyleChange and self._generation != theme().generation:
            self._generation = theme().generation
            self.apply_theme()
            self.updateGeometry()
            self.update()
        elif kind == QEvent.Type.LanguageChange:
            self.retranslate()

    @override
    def update(self, *place: object) -> None:
        """Draw the control anew."""
        self._kept = None
        super().update(*place)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the control with antialiasing, or the picture of it that was kept."""
        painter = QPainter(self)
        if self.keeps_face:
            painter.drawPixmap(0, 0, self._face_picture())
        else:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.draw(painter)
        painter.end()

    def draw_ahead(self) -> None:
        """Draw the face before it is shown, if there is room for it."""
        if self.keeps_face and not self.size().isEmpty():
            self._face_picture()

    def _face_picture(self) -> QPixmap:
        ratio = self.devicePixelRatioF()
        now = (
            self.size(), ratio, self.text(), self.isDown(), self.isChecked(), self.isEnabled(),
            theme().generation, language(),
        )  # fmt: skip
        if self._kept is None or now != self._kept_for:
            picture = QPixmap(self.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(Qt.GlobalColor.transparent)
            painter = QPainter(picture)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.draw(painter)
            painter.end()
            self._kept, self._kept_for = picture, now
        return self._kept

    def draw(self, painter: QPainter) -> None:
        """Draw the whole control; every subclass has its own."""
        raise NotImplementedError

    @override
    def sizeHint(self) -> QSize:
        """Return a touch target of the design."""
        edge = theme().px(56)
        return QSize(edge, edge)

    def _on_hold(self) -> None:
        if self.isDown():
            self.setDown(False)
            self.held.emit()


def center_of(widget: QWidget) -> QPointF:
    """Return the middle of a widget in its own coordinates."""
    return QPointF(widget.width() / 2, widget.height() / 2)
