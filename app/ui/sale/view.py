"""The sale screen's work area: rail, search row, tiles, action bar. It only shows and tells."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.ui.frame.layout import Layout, layout_for
from app.ui.sale.action_bar import ActionBar
from app.ui.sale.search_row import SearchRow
from app.ui.sale.state import SaleState
from app.ui.theme import theme
from app.ui.widgets.keyboard import OnScreenKeyboard
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.rail import CategoryRail
from app.ui.widgets.tile import TileState
from app.ui.widgets.tile_grid import TileGrid
from app.ui.widgets.view import View


class SaleView(View[SaleState]):
    """Products and actions.

    Args:
        parent: The window.

    Attributes:
        product_tapped: Sell it.
        product_held: Tell about it.
        category_chosen: Show another category.
        action_wanted: Value of an `ActionKey`.
        query_changed: Search for this.
        search_left: Esc or the cross: forget the search.
        search_entered: Enter: take the only result.
        keyboard_tapped: Open or close the on-screen keyboard.
        multiplier_tapped: Forget the number before the tap.
    """

    product_tapped = Signal(str)
    product_held = Signal(str)
    category_chosen = Signal(str)
    action_wanted = Signal(str)
    query_changed = Signal(str)
    search_left = Signal()
    search_entered = Signal()
    keyboard_tapped = Signal()
    multiplier_tapped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, box="bg")
        self.rail = CategoryRail(self)
        self.search = SearchRow(self)
        self.grid = TileGrid(self)
        self.action_bar = ActionBar(self)
        self._note_icon = IconLabel("info-circle", "text-2", 20)
        self._note = Label(style="label", tone="text-2", wrap=True)
        self.keyboard = OnScreenKeyboard(self)
        self.keyboard.attach(self.search.field)
        self.keyboard.hide()
        self._layout_now = layout_for(1366)
        self._page_key = ""
        self._expected: tuple[TileState, ...] = ()
        self._area = QGridLayout()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(self._area, 1)
        self._column.addWidget(self.keyboard)
        self._column.addWidget(self.action_bar)
        self._arrange()
        self._connect_signals()
        self.refresh()

    @override
    def show_state(self, state: SaleState) -> None:
        """Show products and actions."""
        self.rail.set_categories(state.categories, state.category)
        self.search.show_search(state)
        keep = state.page_key == self._page_key
        self._page_key = state.page_key
        self.grid.set_tiles(state.tiles, keep_page=keep)
        if state.expected is not self._expected:
            self._expected = state.expected
            self.grid.expect(state.expected)
        self.action_bar.show_actions(state.actions)
        self._note.setText(state.note)
        self._note.setVisible(bool(state.note))
        self._note_icon.setVisible(bool(state.note))
        self.keyboard.setVisible(state.is_keyboard_open)

    def focus_search(self, text: str = "") -> None:
        """Put the cursor in the search field, typing a first letter into it."""
        self.search.show()
        self.search.field.setFocus()
        if text:
            self.search.field.insert(text)
            self.query_changed.emit(self.search.field.text())

    def set_layout_kind(self, layout: Layout) -> None:
        """Fit another layout."""
        self._layout_now = layout
        self._arrange()
        self.apply_theme()

    @override
    def apply_theme(self) -> None:
        """Scale margins and widths."""
        look, layout = theme(), self._layout_now
        edge = look.px(8)
        self._area.setContentsMargins(edge, edge, edge, edge)
        self._area.setHorizontalSpacing(edge)
        self._area.setVerticalSpacing(edge)
        if layout.is_one_pane:
            self.rail.setMinimumWidth(0)
            self.rail.setMaximumWidth(16_777_215)
            self.rail.setFixedHeight(look.px(56))
        else:
            self.rail.setMinimumHeight(0)
            self.rail.setMaximumHeight(16_777_215)
            self.rail.setFixedWidth(look.px(layout.rail_width - 8))

    def _arrange(self) -> None:
        """Put the parts where the layout wants them."""
        layout = self._layout_now
        for part in (self.rail, self.search, self._note_icon, self._note, self.grid):
            self._area.removeWidget(part)
        self.rail.set_form(icons_shown=not layout.is_narrow, horizontal=layout.is_one_pane)
        self.search.set_narrow(layout.is_narrow)
        self.action_bar.set_narrow(layout.is_narrow)
        self.action_bar.setVisible(not layout.is_one_pane)
        self.grid.set_columns(layout.columns, is_low=layout.is_one_pane)
        if layout.is_one_pane:
            self.search.setVisible(bool(self.state and self.state.query))
            self._area.addWidget(self.search, 0, 0, 1, 3)
            self._area.addWidget(self.rail, 1, 0, 1, 3)
            self._area.addWidget(self._note_icon, 2, 0)
            self._area.addWidget(self._note, 2, 1, 1, 2)
            self._area.addWidget(self.grid, 3, 0, 1, 3)
        else:
            self.search.show()
            self._area.addWidget(self.rail, 0, 0, 4, 1)
            self._area.addWidget(self.search, 0, 1, 1, 2)
            self._area.addWidget(self._note_icon, 1, 1)
            self._area.addWidget(self._note, 1, 2)
            self._area.addWidget(self.grid, 2, 1, 2, 2)
        for row in range(4):
            self._area.setRowStretch(row, 1 if row == 3 else 0)
        for column in range(3):
            self._area.setColumnStretch(column, 1 if column == 2 else 0)

    def _connect_signals(self) -> None:
        self.rail.chosen.connect(self.category_chosen)
        self.grid.tapped.connect(self.product_tapped)
        self.grid.held.connect(self.product_held)
        self.grid.paged.connect(self.search.set_pages)
        self.search.query_changed.connect(self.query_changed)
        self.search.escaped.connect(self.search_left)
        self.search.entered.connect(self.search_entered)
        self.search.keyboard_tapped.connect(self.keyboard_tapped)
        self.search.page_tapped.connect(self.grid.turn)
        self.search.multiplier_tapped.connect(self.multiplier_tapped)
        self.keyboard.text_typed.connect(self._on_typed)
        self.keyboard.erased.connect(self._on_typed)
        self.keyboard.done.connect(self.keyboard_tapped)
        self.action_bar.wanted.connect(self.action_wanted)

    def _on_typed(self, _text: str = "") -> None:
        self.search.field.setFocus()
        self.query_changed.emit(self.search.field.text())
