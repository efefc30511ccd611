"""Faces: the fills, borders and lines that widgets draw under what they say."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QMargins, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from app.ui.theme import theme


@dataclass(frozen=True, slots=True)
class Box:
    """How a container looks; lengths in design pixels, empty tokens draw nothing.

    Attributes:
        fill: Token of the colour.
        border: Token of the border all around.
        border_px: Its width.
        radius_px: Radius of the corners.
        edge: Side with a dividing line of one pixel: `top`, `bottom`, `left` or `right`.
    """

    fill: str = ""
    border: str = ""
    border_px: int = 0
    radius_px: int = 0
    edge: str = ""

    @property
    def is_seen(self) -> bool:
        """Tell whether there is anything to draw."""
        return bool(self.fill or self.border or self.edge)

    @property
    def is_opaque(self) -> bool:
        """Tell whether nothing shows through, not even at the corners."""
        return bool(self.fill) and not self.radius_px and not self.border


#: The faces of containers by name.
BOXES: Final = {
    "": Box(),
    "clear": Box(),
    "bg": Box("bg"),
    "surface": Box("surface"),
    "loyal-soft": Box("loyal-soft", radius_px=12),
    "card": Box("surface", radius_px=12),
    "card-ok": Box("ok-soft", radius_px=12),
    "dialog": Box("surface", radius_px=12),
    "sub": Box("surface-2", radius_px=8),
    "field-chosen": Box("surface", "primary", 3, radius_px=8),
    "line-top": Box("surface", edge="top"),
    "line-bottom": Box("surface", edge="bottom"),
    "line-left": Box("surface", edge="left"),
    "line-right": Box("surface", edge="right"),
    "sub-line-left": Box("surface-2", edge="left"),
    "foot": Box(edge="top"),
    "rule": Box("line"),
}


def box_margins(box: Box) -> QMargins:
    """Return the room that border and dividing line of a box take."""
    look = theme()
    border = look.px(box.border_px) if box.border else 0
    line = look.px(1)
    return QMargins(
        line if box.edge == "left" else border,
        line if box.edge == "top" else border,
        line if box.edge == "right" else border,
        line if box.edge == "bottom" else border,
    )


def draw_box(painter: QPainter, rect: QRect, box: Box) -> None:
    """Draw the face of a container that fills a rectangle."""
    if box.radius_px or box.border:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        width, radius = box.border_px, box.radius_px
        draw_face(
            painter, QRectF(rect), box.fill, border=box.border, border_px=width, radius_px=radius
        )
    elif box.fill:
        painter.fillRect(rect, theme().color(box.fill))
    if box.edge:
        painter.fillRect(_edge(rect, box.edge), theme().color("line"))


def _edge(rect: QRect, edge: str) -> QRect:
    width = theme().px(1)
    if edge in ("top", "bottom"):
        top = 0 if edge == "top" else rect.height() - width
        return QRect(0, top, rect.width(), width)
    left = 0 if edge == "left" else rect.width() - width
    return QRect(left, 0, width, rect.height())


def draw_face(
    painter: QPainter,
    rect: QRectF,
    fill: str,
    *,
    border: str = "",
    border_px: int = 1,
    radius_px: int = 8,
    dashed: bool = False,
) -> None:
    """Draw a rounded rectangle whose border lies inside it; empty tokens draw nothing."""
    look = theme()
    radius = look.px(radius_px)
    if border:
        width = look.px(border_px)
        pen = QPen(look.color(border), width)
        if dashed:
            pen.setStyle(Qt.PenStyle.DashLine)
        half = width / 2
        rect = rect.adjusted(half, half, -half, -half)
        painter.setPen(pen)
        radius -= int(half)
    else:
        painter.setPen(Qt.PenStyle.NoPen)
    if fill:
        painter.setBrush(look.color(fill))
    else:
        painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, radius, radius)
