"""Reading the guest's QR by the camera: the picture with a frame, and other ways beside it."""

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.ui import icons
from app.ui.dates import say
from app.ui.guest.state import CameraPage
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.label import Label
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.notice import Notice
from app.ui.widgets.stack import Column
from app.ui.widgets.view import View

#: A picture of a camera stands on black in both themes.
_BLACK, _PLATE, _WHITE = QColor(30, 37, 48), QColor(18, 25, 38), QColor(255, 255, 255)
FRAME_PX, CORNER_PX = 300, 56


class CameraPicture(LiveFrame):
    """The picture, with corners where the code should be, and a sentence under it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self._hint = ""
        self.refresh()

    @property
    def has_picture(self) -> bool:
        """Tell whether there is a picture."""
        return self._image is not None

    def set_hint(self, hint: str) -> None:
        """Show a sentence at the bottom."""
        if hint != self._hint:
            self._hint = hint
            self.setAccessibleName(hint)
            self.update()

    def set_picture(self, rgb: bytes, width: int, height: int) -> None:
        """Show a picture of height x width x 3 bytes."""
        image = QImage(rgb, width, height, width * 3, QImage.Format.Format_RGB888)
        self._image = image.copy()
        self.update()

    def clear(self) -> None:
        """Show no picture."""
        self._image = None
        self.update()

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw picture, corners and sentence."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_BLACK)
        painter.drawRoundedRect(QRectF(self.rect()), look.px(12), look.px(12))
        if self._image is not None:
            size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(0, 0, size.width(), size.height())
            place.moveCenter(self.rect().center())
            painter.drawImage(place, self._image)
        else:
            icons.paint(painter, self.rect(), "camera", "on-primary", 56)
        self._draw_corners(painter)
        self._draw_hint(painter)
        painter.end()

    def _draw_corners(self, painter: QPainter) -> None:
        look = theme()
        painter.setPen(QPen(_WHITE, look.px(5)))
        edge = min(look.px(FRAME_PX), self.width() - look.px(24), self.height() - look.px(24))
        half, arm = edge / 2, min(look.px(CORNER_PX), edge // 3)
        middle = QPointF(self.rect().center())
        for across in (-1, 1):
            for down in (-1, 1):
                corner = middle + QPointF(across * half, down * half)
                painter.drawLine(corner, corner - QPointF(across * arm, 0))
                painter.drawLine(corner, corner - QPointF(0, down * arm))

    def _draw_hint(self, painter: QPainter) -> None:
        look = theme()
        margin, tall = look.px(16), look.px(52)
        plate = QRectF(margin, self.height() - margin - tall, self.width() - 2 * margin, tall)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_PLATE)
        painter.drawRoundedRect(plate, look.px(8), look.px(8))
        painter.setPen(_WHITE)
        painter.setFont(look.font_px(18))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._hint)


class CameraView(View[CameraPage]):
    """The page for the camera.

    Attributes:
        phone_wanted: Look by phone instead.
        code_wanted: Look by card code instead.
        restart_wanted: Try the camera again.
    """

    phone_wanted = Signal()
    code_wanted = Signal()
    restart_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture = CameraPicture()
        self._title = Label(style="heading", size_px=18)
        self.phone_button = PushButton(kind=Kind.OUTLINE, icon="phone", height=64)
        self.code_button = PushButton(kind=Kind.OUTLINE, icon="id", height=64)
        self.restart_button = PushButton(kind=Kind.OUTLINE, icon="refresh", height=64)
        self.error = Notice("danger", height=68)
        self._scanner = Notice("loyal", icon="barcode", height=52)
        self._bright = Notice("primary", height=68)
        right = Column(gap=8, width=300)
        right.add(self._title, self.phone_button, self.code_button, self.restart_button)
        right.add(self.error)
        right.add_stretch()
        right.add(self._scanner, self._bright)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.picture, 1)
        self._row.addWidget(right)
        self.phone_button.clicked.connect(self.phone_wanted)
        self.code_button.clicked.connect(self.code_wanted)
        self.restart_button.clicked.connect(self.restart_wanted)
        self.refresh()

    @override
    def show_state(self, state: CameraPage) -> None:
        """Show whether the camera works and what is wrong."""
        if not state.is_on:
            self.picture.clear()
        hint = (
            tr("Looking the guest up…") if state.busy else tr("Ask the guest to show the QR here")
        )
        self.picture.set_hint(hint if state.is_on else tr("The camera is off"))
        self.error.set_notice("", say(state.error))
        self.error.setVisible(state.error is not None)
        self.restart_button.setVisible(not state.is_on)

    @override
    def apply_theme(self) -> None:
        """Scale the gap."""
        self._row.setSpacing(theme().px(16))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self._title.setText(tr("It cannot be read?"))
        self.phone_button.set_label(tr("Enter the phone"))
        self.code_button.set_label(tr("Enter the card code"))
        self.restart_button.set_label(tr("Start the camera"))
        self._scanner.set_notice("", tr("The scanner works, too"))
        self._bright.set_notice("", tr("The phone's screen is best at full brightness"))
        super().retranslate()
