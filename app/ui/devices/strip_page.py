"""Finding the code page of a printer: print the strip, tap the line that can be read."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.till.equipment_states import NONE_READABLE, StripLine
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.label import Label
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.scroll import scroll_around

COLUMNS = 4


class StripPage(LiveFrame):
    """A button that prints, and a button for each line of the strip.

    Attributes:
        print_wanted: Print the strip.
        chosen: Number of the line that can be read.
    """

    print_wanted = Signal()
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[StripLine, ...] = ()
        self.buttons: dict[int, PushButton] = {}
        self._first = Label(style="body", wrap=True)
        self.print = PushButton(kind=Kind.PRIMARY, icon="printer", height=64)
        self._second = Label(style="body", wrap=True)
        box = LiveFrame(box="clear")
        self._grid = QGridLayout(box)
        self._column = QVBoxLayout(self)
        for part in (self._first, self.print, self._second):
            self._column.addWidget(part)
        self._column.addWidget(scroll_around(box), 1)
        self.print.clicked.connect(self.print_wanted)
        self.refresh()

    def show_lines(self, lines: tuple[StripLine, ...], current: int) -> None:
        """Show the lines of the strip; the one in use is marked."""
        if lines != self._shown:
            self._shown = lines
            self._make(lines)
        for index, button in self.buttons.items():
            button.setChecked(index == current)

    @override
    def apply_theme(self) -> None:
        """Scale the gaps."""
        look = theme()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(look.px(12))
        self._grid.setSpacing(look.px(8))
        self._grid.setContentsMargins(0, 0, look.px(12), 0)

    @override
    def retranslate(self) -> None:
        """Say what to do."""
        self._first.setText(tr("If letters come out wrong, print the strip of code pages."))
        self.print.set_label(tr("Print the strip"))
        self._second.setText(tr("Then tap the line on which the words can be read."))
        self._name_none()

    def _make(self, lines: tuple[StripLine, ...]) -> None:
        for button in self.buttons.values():
            button.hide()
            button.deleteLater()
        self.buttons = {}
        for line in lines:
            button = PushButton(line.label, Kind.OUTLINE, height=56)
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, index=line.index: self.chosen.emit(index))
            self.buttons[line.index] = button
            place = line.index - 1
            if line.index != NONE_READABLE:
                self._grid.addWidget(button, *divmod(place, COLUMNS))
        rows = -(-len(lines) // COLUMNS)
        if NONE_READABLE in self.buttons:
            self._grid.addWidget(self.buttons[NONE_READABLE], rows, 0, 1, COLUMNS)
        self._grid.setRowStretch(rows + 1, 1)
        self._name_none()

    def _name_none(self) -> None:
        if NONE_READABLE in self.buttons:
            words = tr("None can be read: print letters as pictures")
            self.buttons[NONE_READABLE].set_label(words)
