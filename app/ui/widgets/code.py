"""Drawing QR codes: made into a picture once a code, black on white in any theme."""

from functools import lru_cache

from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter, QPixmap

from app.till.qr import QrDots


@lru_cache(maxsize=8)
def _code_picture(dots: QrDots) -> QPixmap:
    """Return a code with its quiet zone, a pixel a dot; made once a code."""
    edge = dots.edge
    image = QImage(dots.gray, edge, edge, edge, QImage.Format.Format_Grayscale8)
    return QPixmap.fromImage(image.copy())


def draw_code(painter: QPainter, box: QRectF, dots: QrDots) -> None:
    """Draw a code, its quiet zone inside the box."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, on=False)
    picture = _code_picture(dots)
    painter.drawPixmap(box, picture, QRectF(picture.rect()))
    painter.restore()
