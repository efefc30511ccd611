"""The search row: field, number before the tap, scanner's state, page arrows, keyboard key."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget
from typing_extensions import override

from app.ui.sale.state import SaleState, ScannerHealth
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.chip import StatusChip
from app.ui.widgets.field import Field
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.live import LiveFrame

QUERY_MAX = 60


class SearchField(Field):
    """The field with its icon, the number before the tap and the scanner's state inside.

    Attributes:
        escaped: Esc was pressed in the field.
    """

    escaped = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setMaxLength(QUERY_MAX)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._glass = IconLabel("search", "text-2", 24, self)
        self._scan_icon = IconLabel("barcode", "ok-text", 20, self)
        self._scan_words = Label(style="label", tone="ok-text", parent=self)
        self.clear_button = PushButton("", Kind.GHOST, icon="x", width=48, height=48, parent=self)
        self.clear_button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._is_short = False
        self._has_scanner = False

    def show_scanner(self, health: ScannerHealth, *, is_searching: bool) -> None:
        """Show whether a scanner is there, or the cross while something is typed."""
        tone = "ok-text" if health is ScannerHealth.READY else "warn-text"
        words = tr("Scanner ready") if health is ScannerHealth.READY else tr("No scanner found")
        self._scan_words.setText(words)
        self._scan_words.set_tone(tone)
        self._scan_icon.set_icon("barcode", tone)
        shown = health is not ScannerHealth.NONE and not is_searching
        self._has_scanner = shown
        self._scan_words.setVisible(shown and not self._is_short)
        self._scan_icon.setVisible(shown)
        self.clear_button.setVisible(is_searching)
        self._place()

    def set_short(self, is_short: bool) -> None:
        """Leave the scanner's words out where the field is short."""
        self._is_short = is_short
        self._scan_words.setVisible(self._has_scanner and not is_short)
        self._place()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell of Esc; everything else is typed."""
        if event.key() == Qt.Key.Key_Escape:
            self.escaped.emit()
            return
        super().keyPressEvent(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place what is inside."""
        super().resizeEvent(event)
        self._place()

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Follow a new style."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._place()

    def _place(self) -> None:
        look = theme()
        middle = self.height() // 2
        self._glass.move(look.px(14), middle - self._glass.height() // 2)
        right = self.width() - look.px(14)
        if not self._scan_icon.isHidden():
            self._scan_words.adjustSize()
            if not self._scan_words.isHidden():
                right -= self._scan_words.width()
                self._scan_words.move(right, middle - self._scan_words.height() // 2)
                right -= look.px(6)
            right -= self._scan_icon.width()
            self._scan_icon.move(right, middle - self._scan_icon.height() // 2)
        if not self.clear_button.isHidden():
            self.clear_button.setFixedSize(look.px(48), look.px(48))
            right = self.width() - look.px(52)
            self.clear_button.move(right, middle - self.clear_button.height() // 2)
        self.set_room(look.px(34), max(0, self.width() - right - look.px(8)))


class SearchRow(LiveFrame):
    """The row over the products.

    Args:
        parent: Owner.

    Attributes:
        query_changed: What is typed now.
        escaped: Esc was pressed in the field.
        entered: Enter was pressed in the field.
        keyboard_tapped: Open or close the on-screen keyboard.
        page_tapped: 1 for the next page, -1 for the one before.
        multiplier_tapped: Forget the number before the tap.
    """

    query_changed = Signal(str)
    escaped = Signal()
    entered = Signal()
    keyboard_tapped = Signal()
    page_tapped = Signal(int)
    multiplier_tapped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_narrow = False
        self.field = SearchField(self)
        self.multiplier = PushButton("", Kind.INK, width=72, size_px=20, parent=self)
        self.page_up = PushButton("", Kind.OUTLINE, icon="chevron-up", width=56, parent=self)
        self.page_down = PushButton("", Kind.OUTLINE, icon="chevron-down", width=56, parent=self)
        self.keyboard = PushButton("", Kind.OUTLINE, icon="keyboard", width=56, parent=self)
        self.pages = StatusChip("", "surface", parent=self)
        self._row = QHBoxLayout(self)
        for part in (
            self.multiplier,
            self.field,
            self.pages,
            self.page_up,
            self.page_down,
            self.keyboard,
        ):
            self._row.addWidget(part)
        self._row.setStretchFactor(self.field, 1)
        self.field.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_pages(0, 1)
        self.multiplier.hide()
        self._connect_signals()
        self.refresh()

    def show_search(self, state: SaleState) -> None:
        """Show what is typed, the number and the scanner."""
        if self.field.text() != state.query:
            self.field.blockSignals(True)
            self.field.setText(state.query)
            self.field.blockSignals(False)
        self.field.show_scanner(state.scanner, is_searching=bool(state.query))
        self.multiplier.set_label(state.multiplier)
        self.multiplier.setVisible(bool(state.multiplier))

    def set_pages(self, page: int, pages: int) -> None:
        """Show the arrows if there is more than one page."""
        many = pages > 1
        self.page_up.setVisible(many)
        self.page_down.setVisible(many)
        self.page_up.setEnabled(page > 0)
        self.page_down.setEnabled(page < pages - 1)
        self.pages.set_chip(f"{page + 1} / {pages}", "surface")
        self.pages.setVisible(many and not self._is_narrow)
        self.field.set_short(self._is_narrow and many)

    def set_narrow(self, is_narrow: bool) -> None:
        """Fit a narrow work area."""
        self._is_narrow = is_narrow
        self.field.set_short(is_narrow and not self.page_up.isHidden())
        self.field.setPlaceholderText(
            tr("Name or SKU") if is_narrow else tr("Name, SKU or barcode")
        )

    @override
    def apply_theme(self) -> None:
        """Scale gaps."""
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme().px(8))

    @override
    def retranslate(self) -> None:
        """Name the icons."""
        self.set_narrow(self._is_narrow)
        self.field.clear_button.set_name(tr("Clear the search"))
        self.keyboard.set_name(tr("On-screen keyboard"))
        self.page_up.set_name(tr("Previous products"))
        self.page_down.set_name(tr("More products"))

    def _connect_signals(self) -> None:
        self.field.textEdited.connect(self.query_changed)
        self.field.escaped.connect(self.escaped)
        self.field.returnPressed.connect(self.entered)
        self.field.clear_button.clicked.connect(self.escaped)
        self.keyboard.clicked.connect(self.keyboard_tapped)
        self.page_up.clicked.connect(lambda: self.page_tapped.emit(-1))
        self.page_down.clicked.connect(lambda: self.page_tapped.emit(1))
        self.multiplier.clicked.connect(self.multiplier_tapped)
