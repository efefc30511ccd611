"""Rows and columns whose gaps, margins and fixed lengths follow the scale of the interface."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.ui.theme import theme
from app.ui.widgets.live import LiveFrame

Margins = tuple[int, int, int, int]
NO_MARGINS: Margins = (0, 0, 0, 0)
_WIDTH_MAX = 16_777_215  # QWIDGETSIZE_MAX: as wide as it likes


class _Stack(LiveFrame):
    def __init__(
        self,
        layout: QBoxLayout,
        *,
        gap: int,
        margins: Margins,
        box: str,
        width: int | None,
        height: int | None,
    ) -> None:
        super().__init__(box=box)
        self._stack = layout
        self._gap, self._margins = gap, margins
        self._width, self._height = width, height
        self.setLayout(layout)
        self._generation = theme().generation
        self.apply_theme()

    def add(self, *widgets: QWidget, stretch: int = 0) -> None:
        """Add widgets at the end."""
        for widget in widgets:
            self._stack.addWidget(widget, stretch)

    @property
    def count(self) -> int:
        """Return how many widgets and stretches there are."""
        return self._stack.count()

    def add_stretch(self, stretch: int = 1) -> None:
        """Add empty space that grows."""
        self._stack.addStretch(stretch)

    def set_width(self, width: int | None) -> None:
        """Change the fixed width, design pixels; None takes what there is."""
        if width != self._width:
            self._width = width
            if width is None:
                self.setMinimumWidth(0)
                self.setMaximumWidth(_WIDTH_MAX)
            self.apply_theme()

    def add_centered(self, widget: QWidget) -> None:
        """Add a widget that stands in the middle across the stack."""
        self._stack.addWidget(widget, 0, Qt.AlignmentFlag.AlignCenter)

    def insert_centered(self, index: int, widget: QWidget) -> None:
        """Add a widget before another, in the middle across the stack."""
        self._stack.insertWidget(index, widget, 0, Qt.AlignmentFlag.AlignCenter)

    def insert(self, index: int, widget: QWidget) -> None:
        """Add a widget before another."""
        self._stack.insertWidget(index, widget)

    @override
    def apply_theme(self) -> None:
        """Scale gaps, margins and fixed lengths."""
        look = theme()
        left, top, right, bottom = self._margins
        self._stack.setContentsMargins(look.px(left), look.px(top), look.px(right), look.px(bottom))
        self._stack.setSpacing(look.px(self._gap))
        if self._width is not None:
            self.setFixedWidth(look.px(self._width))
        if self._height is not None:
            self.setFixedHeight(look.px(self._height))


class Column(_Stack):
    """Widgets one under another.

    Args:
        gap: Space between them, design pixels.
        margins: Left, top, right, bottom, design pixels.
        box: Name of its face; empty is see-through.
        width: Fixed width, design pixels.
        height: Fixed height, design pixels.
    """

    def __init__(
        self,
        *,
        gap: int = 8,
        margins: Margins = NO_MARGINS,
        box: str = "",
        width: int | None = None,
        height: int | None = None,
    ) -> None:
        super().__init__(
            QVBoxLayout(), gap=gap, margins=margins, box=box, width=width, height=height
        )


class Row(_Stack):
    """Widgets side by side; see `Column` for the arguments."""

    def __init__(
        self,
        *,
        gap: int = 8,
        margins: Margins = NO_MARGINS,
        box: str = "",
        width: int | None = None,
        height: int | None = None,
    ) -> None:
        super().__init__(
            QHBoxLayout(), gap=gap, margins=margins, box=box, width=width, height=height
        )


class Space(LiveFrame):
    """Empty space of a fixed height inside a column.

    Args:
        height: Design pixels.
    """

    def __init__(self, height: int) -> None:
        super().__init__()
        self._height = height
        self.refresh()

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(self._height))


def expand(widget: QWidget) -> QWidget:
    """Let a widget take all the room of both directions, and return it."""
    widget.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
    return widget
