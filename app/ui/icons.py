"""Icons: Tabler outline SVG files in the colour of a token, drawn once and kept.

The cache lives for one look; a change of theme or scale empties it. GUI thread only.
"""

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QByteArray, QRect, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.kernel.resources import resource_path, resources_root
from app.ui.theme import theme

_CACHE_MAX: Final = 600
_cache: dict[tuple[str, str, int, float, int], QPixmap] = {}


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")


@lru_cache(maxsize=256)
def has(name: str) -> bool:
    """Tell whether there is such an icon; names that come with a menu may be anything."""
    return name.replace("-", "").isalnum() and (resources_root() / "icons" / f"{name}.svg").exists()


def pixmap(name: str, color: str = "text", size_px: int = 24) -> QPixmap:
    """Return an icon as a picture.

    Args:
        name: File name without `.svg`.
        color: Token of the colour.
        size_px: Edge of the design: 16, 20, 24, 28, 32 or 56; the scale is applied here.

    Raises:
        FileNotFoundError: There is no such icon.
    """
    look = theme()
    app = QGuiApplication.instance()
    ratio = app.devicePixelRatio() if isinstance(app, QGuiApplication) else 1.0
    key = (name, color, size_px, ratio, look.generation)
    found = _cache.get(key)
    if found is None:
        if len(_cache) >= _CACHE_MAX:
            _cache.clear()
        found = _draw(name, look.hex(color), look.px(size_px), ratio)
        _cache[key] = found
    return found


def icon(name: str, color: str = "text", size_px: int = 24) -> QIcon:
    """Return an icon for widgets that want a `QIcon`."""
    return QIcon(pixmap(name, color, size_px))


def paint(painter: QPainter, box: QRect, name: str, color: str, size_px: int = 24) -> None:
    """Draw an icon in the middle of a box."""
    picture = pixmap(name, color, size_px)
    edge = theme().px(size_px)
    painter.drawPixmap(
        box.x() + (box.width() - edge) // 2, box.y() + (box.height() - edge) // 2, picture
    )


def _draw(name: str, color_hex: str, edge: int, ratio: float) -> QPixmap:
    source = _source(name).replace("currentColor", color_hex)
    side = round(edge * ratio)
    picture = QPixmap(side, side)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
