"""Where a toast may lie: where nothing can be tapped, best of all where nothing is written.

A toast belongs at the bottom left above the action bar. If it would cover buttons, keys or amounts
there, it goes to the lowest free strip of the same area.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from app.ui.theme import theme
from app.ui.widgets.live import LiveFrame, Rule
from app.ui.widgets.pressable import Pressable
from app.ui.widgets.stack import Space

STEP_PX: Final = 16
GAP_PX: Final = 8


class Taken:
    """What is taken on the screen, in coordinates of the window.

    Args:
        window: The window.
        root: What is looked at: the screen on top, or the dialog.
        ignored: Classes of widgets that a toast may cover, such as the tiles of products.
    """

    def __init__(
        self, window: QWidget, root: QWidget, ignored: tuple[type[QWidget], ...] = ()
    ) -> None:
        self._tapped, self._written = QRegion(), QRegion()
        for widget in _shown(root):
            if isinstance(widget, ignored):
                continue
            place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
            if isinstance(widget, Pressable | QLineEdit):
                self._tapped += place
            elif _says_something(widget):
                self._written += place
        self._written += self._tapped

    @property
    def anything(self) -> QRegion:
        """Where something can be tapped or read."""
        return self._written

    @property
    def buttons(self) -> QRegion:
        """Where something can be tapped."""
        return self._tapped


def find_place(area: QRect, homes: Sequence[QRect], taken: Taken) -> QRect:
    """Return the best place: over nothing, over no button, else where it belongs.

    Args:
        area: Where it must lie.
        homes: Where it belongs; the first size is the best.
        taken: What is there.
    """
    for region in (taken.anything, taken.buttons):
        for home in homes:
            place = _free_place(area, home, region)
            if place is not None:
                return place
    return homes[0]


def _free_place(area: QRect, home: QRect, taken: QRegion) -> QRect | None:
    """Return the home if it is free, else the lowest free place of its size."""
    if not taken.intersects(home):
        return home
    step, gap = theme().px(STEP_PX), theme().px(GAP_PX)
    lefts = range(area.left() + gap, area.right() - gap - home.width() + 2, step)
    nearest = sorted(lefts, key=lambda left: abs(left - home.left()))
    tops = range(area.bottom() - gap - home.height() + 1, area.top() + gap - 1, -step)
    for top in tops:
        # One question for a whole row of places: the screen has hundreds of parts.
        strip = taken.intersected(QRect(area.left(), top, area.width(), home.height()))
        spans = [
            (rect.left(), rect.right())
            for rect in strip  # type: ignore[attr-defined]  # the stubs leave iteration out
        ]
        for left in nearest:
            right = left + home.width() - 1
            if all(last < left or first > right for first, last in spans):
                return QRect(QPoint(left, top), home.size())
    return None


def _shown(root: QWidget) -> Iterator[QWidget]:
    """Yield what is visible below a widget; hidden pages are not walked through."""
    for child in root.children():
        if isinstance(child, QWidget) and not child.isHidden():
            yield child
            yield from _shown(child)


def _says_something(widget: QWidget) -> bool:
    """Tell whether a widget draws more than an empty ground."""
    if isinstance(widget, QLabel):
        return bool(widget.text()) or not widget.pixmap().isNull()
    if isinstance(widget, Space | Rule):
        return False
    return isinstance(widget, LiveFrame) and type(widget).paintEvent is not LiveFrame.paintEvent
