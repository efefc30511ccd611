"""The category rail: place memory at the left of the grid, paged when there are many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.ui import icons
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.face import draw_face
from app.ui.widgets.lines import break_words
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.pressable import Pressable

ITEM_HEIGHT_PX: Final = 56
ITEM_HEIGHT_MAX_PX: Final = 62
GAP_PX: Final = 6
MORE: Final = "\u0000more"


@dataclass(frozen=True, slots=True)
class CategoryState:
    """A category on the rail.

    Attributes:
        key: What `chosen` tells.
        name: One or two lines.
        icon: Icon name.
        fill: Token of the fill: `cat-1` to `cat-10`, `surface` for favourites.
    """

    key: str
    name: str
    icon: str
    fill: str


class _RailItem(Pressable):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.state = CategoryState("", "", "", "surface")
        self.is_current = False
        self.has_icon = True
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)

    def show_state(self, state: CategoryState, *, is_current: bool, has_icon: bool) -> None:
        if (state, is_current, has_icon) != (self.state, self.is_current, self.has_icon):
            self.state, self.is_current, self.has_icon = state, is_current, has_icon
            self.setAccessibleName(state.name)
            self.update()
        self.show()

    def width_wanted(self) -> int:
        look = theme()
        return QFontMetrics(look.font_px(16, 600)).horizontalAdvance(self.state.name) + look.px(26)

    @override
    def draw(self, painter: QPainter) -> None:
        look = theme()
        ink = "on-ink" if self.is_current else "text"
        fill = "ink" if self.is_current else self.state.fill
        border = "ink" if self.isDown() else ""
        draw_face(painter, QRectF(self.rect()), fill, border=border, border_px=2)
        left = look.px(12)
        if self.has_icon and self.state.icon:
            box = QRect(left, 0, look.px(20), self.height())
            icons.paint(painter, box, self.state.icon, ink, 20)
            left += look.px(28)
        font = look.font_px(16, 600)
        painter.setFont(font)
        painter.setPen(look.color(ink))
        width = self.width() - left - look.px(6)
        lines = break_words(self.state.name, font, width, 2)
        height = look.px(19)
        top = (self.height() - height * len(lines)) / 2
        for number, line in enumerate(lines):
            painter.drawText(
                QRectF(left, top + number * height, width, height),
                Qt.AlignmentFlag.AlignLeft
                | Qt.AlignmentFlag.AlignVCenter
                | Qt.TextFlag.TextDontClip,
                line,
            )


class CategoryRail(LiveFrame):
    """Categories one under another, or side by side in the one-pane layout.

    Args:
        parent: Owner.

    Attributes:
        chosen: Key of the category that was tapped.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._states: Sequence[CategoryState] = ()
        self._current = ""
        self._first = 0
        self._has_icons = True
        self._horizontal = False
        self._items: list[_RailItem] = []
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.refresh()

    def set_categories(self, states: Sequence[CategoryState], current: str) -> None:
        """Show the categories with one of them chosen."""
        if (states, current) != (self._states, self._current):
            if states != self._states:
                self._first = 0
            self._states, self._current = states, current
            self._arrange()

    def set_form(self, *, icons_shown: bool, horizontal: bool) -> None:
        """Choose the layout: with icons or without, a column or a strip."""
        self._has_icons, self._horizontal = icons_shown, horizontal
        if horizontal:
            self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        else:
            self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.updateGeometry()
        self._arrange()

    def item(self, key: str) -> Pressable:
        """Return the visible item of a category.

        Raises:
            KeyError: It is on another page of the rail.
        """
        for item in self._items:
            if not item.isHidden() and item.state.key == key:
                return item
        raise KeyError(key)

    @override
    def sizeHint(self) -> QSize:
        """Return the height of the strip or the width of the column."""
        return QSize(theme().px(152), theme().px(ITEM_HEIGHT_PX))

    @override
    def apply_theme(self) -> None:
        """Lay out for the new scale."""
        self._arrange()

    @override
    def retranslate(self) -> None:
        """Say "more" in the new language."""
        self._arrange()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new size."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        if self.width() <= 0 or self.height() <= 0:
            return
        shown = self._shown_in_strip() if self._horizontal else self._shown_in_column()
        while len(self._items) < len(shown):
            self._items.append(self._make_item())
        for number, item in enumerate(self._items):
            if number < len(shown):
                state = shown[number]
                item.show_state(
                    state, is_current=state.key == self._current, has_icon=self._has_icons
                )
            else:
                item.hide()
        if self._horizontal:
            self._place_strip(len(shown))
        else:
            self._place_column(len(shown))

    def _shown_in_column(self) -> list[CategoryState]:
        gap = theme().px(GAP_PX)
        capacity = (self.height() + gap) // (theme().px(ITEM_HEIGHT_PX) + gap)
        return self._page(max(2, capacity))

    def _shown_in_strip(self) -> list[CategoryState]:
        look = theme()
        metrics = QFontMetrics(look.font_px(16, 600))
        room = self.width() - look.px(110)
        count, used = 0, 0
        for state in self._states[self._first :]:
            used += metrics.horizontalAdvance(state.name) + look.px(26 + GAP_PX)
            if used > room and count:
                break
            count += 1
        return self._page(count + 1)

    def _page(self, capacity: int) -> list[CategoryState]:
        if len(self._states) <= capacity:
            self._first = 0
            return list(self._states)
        page = list(self._states[self._first : self._first + capacity - 1])
        after = len(self._states) - self._first - len(page)
        hidden = after or len(self._states) - len(page)
        icon = "chevron-down" if after else "chevron-up"
        more = CategoryState(MORE, tr("{count} more", count=hidden), icon, "surface-3")
        return [*page, more]

    def _place_column(self, count: int) -> None:
        gap, look = theme().px(GAP_PX), theme()
        if not count:
            return
        room = (self.height() + gap) / max(count, 1) - gap
        height = min(room, look.px(ITEM_HEIGHT_MAX_PX)) if count > 1 else look.px(ITEM_HEIGHT_PX)
        for number, item in enumerate(self._items[:count]):
            top = round(number * (height + gap))
            bottom = round(number * (height + gap) + height)
            item.setGeometry(0, top, self.width(), bottom - top)

    def _place_strip(self, count: int) -> None:
        left = 0
        for item in self._items[:count]:
            width = item.width_wanted()
            item.setGeometry(left, 0, width, self.height())
            left += width + theme().px(GAP_PX)

    def _make_item(self) -> _RailItem:
        item = _RailItem(self)
        item.clicked.connect(lambda: self._on_item(item))
        return item

    def _on_item(self, item: _RailItem) -> None:
        if item.state.key != MORE:
            self.chosen.emit(item.state.key)
            return
        page = sum(1 for other in self._items if not other.isHidden()) - 1
        self._first += page
        if self._first >= len(self._states):
            self._first = 0
        self._arrange()
