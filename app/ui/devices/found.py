"""The right side of the devices screen: what is connected and not used yet."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.till.equipment_states import Found
from app.ui.dates import say
from app.ui.devices.state import DevicesState
from app.ui.text import language, tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.count_badge import CountBadge
from app.ui.widgets.label import Label
from app.ui.widgets.live import Rule
from app.ui.widgets.scroll import scroll_around
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.view import View, clear_layout


class FoundPanel(View[DevicesState]):
    """Finds with a guess of what they are for.

    Attributes:
        connect_wanted: Id of the find that was tapped.
        search_wanted: Look again.
        network_wanted: Look through the local network, too.
    """

    connect_wanted = Signal(str)
    search_wanted = Signal()
    network_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, box="card")
        self._shown: tuple[object, ...] = ()
        self.buttons: dict[str, PushButton] = {}
        head = Row(gap=8, margins=(16, 0, 16, 0), height=55)
        self._title = Label(style="heading", size_px=20)
        self._count = CountBadge("primary")
        head.add(self._title)
        head.add_stretch()
        head.add(self._count)
        self._rows = Column(gap=8, margins=(16, 12, 16, 12))
        self._empty = Label(style="body", tone="text-2", wrap=True)
        foot = Column(gap=8, margins=(16, 8, 16, 14))
        self._words = Label(style="label", tone="text-2", weight=400, wrap=True)
        self.search = PushButton(kind=Kind.NEUTRAL, icon="refresh")
        self.network = PushButton(kind=Kind.NEUTRAL, icon="search")
        foot.add(self._words, self.search, self.network)
        column = Column(gap=0)
        column.add(head, Rule())
        column.add(scroll_around(self._rows), stretch=1)
        column.add(foot)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(column)
        self.search.clicked.connect(self.search_wanted)
        self.network.clicked.connect(self.network_wanted)
        self.refresh()

    @override
    def show_state(self, state: DevicesState) -> None:
        """Show the finds."""
        self._count.set_count(len(state.found))
        self.search.setEnabled(not state.is_searching)
        self.network.setEnabled(not state.is_searching)
        self.search.set_label(tr("Searching…") if state.is_searching else tr("Search again"))
        shown = (state.found, state.was_searched, language(), theme().generation)
        if shown != self._shown:
            self._shown = shown
            self._show_finds(state)
        for found_id, button in self.buttons.items():
            button.setEnabled(found_id not in state.busy)

    def _show_finds(self, state: DevicesState) -> None:
        clear_layout(self._rows.layout())
        self.buttons = {}
        for number, found in enumerate(state.found):
            if number:
                self._rows.add(Rule())
            self._add(found, Kind.OUTLINE if number else Kind.PRIMARY)
        if not state.found:
            words = tr("Everything that is connected is in use") if state.was_searched else ""
            self._rows.add(Label(words, "body", tone="text-2", wrap=True))
        self._rows.add_stretch()

    def _add(self, found: Found, kind: Kind) -> None:
        guess = say(found.guess)
        parts = (found.place if found.place != found.title else "", guess)
        place = ", ".join(filter(None, parts))
        title = Label(found.title, "body", weight=600, wrap=True)
        words = Label(place, "label", tone="text-2", weight=400, wrap=True)
        words.setAlignment(Qt.AlignmentFlag.AlignTop)
        label = tr("Connect") if found.setup is not None else tr("Choose what it is")
        button = PushButton(label, kind, icon="plug")
        button.clicked.connect(lambda _=False, key=found.found_id: self.connect_wanted.emit(key))
        self.buttons[found.found_id] = button
        self._rows.add(title, words, button)

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self._title.setText(tr("Found nearby"))
        self._words.setText(tr("The search runs by itself every 30 seconds over USB and COM."))
        self.network.set_label(tr("Search the network"))
        super().retranslate()
