"""The look of receipts: a living sample at the left, what it shows at the right."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget
from typing_extensions import override

from app.till.receipt_templates import CHOICES
from app.ui.devices.state import LookState
from app.ui.text import tr, tr_later
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.check_box import CheckBox
from app.ui.widgets.label import Label
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.scroll import scroll_around
from app.ui.widgets.stack import Column, Row

WIDTHS: Final = (32, 42, 48)
PAPER_PX: Final = 320
_BASES: Final = {
    "default": tr_later("Usual look"),
    "compact": tr_later("Short look"),
    "detailed": tr_later("Detailed look"),
    "english": tr_later("English look"),
}
_PARTS: Final = {
    "lines.modifiers": tr_later("Choices of a product"),
    "lines.modifier_prices": tr_later("Prices of choices"),
    "lines.notes": tr_later("Wishes of the guest"),
    "lines.reductions": tr_later("Discounts of a line"),
    "lines.single_quantity": tr_later("Quantity of single pieces"),
    "lines.numbers": tr_later("Numbers of lines"),
    "lines.tax": tr_later("VAT of each line"),
    "points.holder": tr_later("Holder of the card"),
    "points.spent": tr_later("Points spent"),
    "points.earned": tr_later("Points earned"),
    "points.balance": tr_later("Points on the card"),
    "points.level": tr_later("Level of the card"),
    "points.code": tr_later("Code of the card"),
    "fiscal.details": tr_later("Numbers of the register"),
}


class ReceiptPage(LiveFrame):
    """Shows a `LookState`.

    Attributes:
        base_chosen: Name of a look that comes with the program.
        width_chosen: Characters a line of the sample.
        choice_made: Key of a part that is to be shown or hidden.
        keep_wanted: Print receipts like this.
    """

    base_chosen = Signal(str)
    width_chosen = Signal(int)
    choice_made = Signal(str)
    keep_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = LookState()
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._paper = scroll_around(self.picture)
        self.bases = {name: _button(name, self._on_base) for name in _BASES}
        self.widths = {width: _button(width, self._on_width) for width in WIDTHS}
        self.choices = {key: CheckBox() for key in CHOICES}
        self._about = Label(style="label", tone="text-2", weight=400, wrap=True)
        self.keep = PushButton(kind=Kind.PRIMARY, height=56)
        self._row = QHBoxLayout(self)
        self._row.addWidget(self._paper)
        self._row.addWidget(self._build_side(), 1)
        for key, box in self.choices.items():
            box.clicked.connect(lambda _=False, part=key: self.choice_made.emit(part))
        self.keep.clicked.connect(self.keep_wanted)
        self.refresh()

    def _build_side(self) -> QWidget:
        bases, widths = Row(gap=8), Row(gap=8)
        bases.add(*self.bases.values(), stretch=1)
        widths.add(*self.widths.values(), stretch=1)
        parts = Column(gap=0)
        parts.add(self._about, *self.choices.values())
        parts.add_stretch()
        side = Column(gap=8)
        side.add(bases, widths)
        side.add(scroll_around(parts), stretch=1)
        side.add(self.keep)
        return side

    def show_look(self, state: LookState) -> None:
        """Show a look with its sample."""
        is_new = state.png != self._state.png
        self._state = state
        if is_new:
            self._show_picture()
        for name, button in self.bases.items():
            button.setChecked(name == state.base)
        for width, button in self.widths.items():
            button.setChecked(width == state.columns)
        for key, box in self.choices.items():
            box.setChecked(state.choices.get(key, False))
        self.keep.setEnabled(state.is_changed)

    @override
    def apply_theme(self) -> None:
        """Scale the paper."""
        look = theme()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(look.px(16))
        self._paper.setFixedWidth(look.px(PAPER_PX))
        self._show_picture()

    @override
    def retranslate(self) -> None:
        """Name everything."""
        for name, button in self.bases.items():
            button.set_label(tr(_BASES[name]))
        for width, button in self.widths.items():
            button.set_label(str(width))
            button.setAccessibleName(tr("%n characters a line", width))
            button.setToolTip(button.accessibleName())
        for key, box in self.choices.items():
            box.set_words(tr(_PARTS[key]) if key in _PARTS else key)
        self._about.setText(tr("What receipts show. The sample changes at once."))
        self.keep.set_label(tr("Print receipts like this"))

    def _show_picture(self) -> None:
        picture = QPixmap()
        if self._state.png and picture.loadFromData(self._state.png):
            smooth = Qt.TransformationMode.SmoothTransformation
            wide = theme().px(PAPER_PX - 12)
            self.picture.setPixmap(picture.scaledToWidth(wide, smooth))

    def _on_base(self, name: object) -> None:
        self.base_chosen.emit(str(name))

    def _on_width(self, width: object) -> None:
        assert isinstance(width, int)
        self.width_chosen.emit(width)


def _button(value: object, chosen: Callable[[object], None]) -> PushButton:
    button = PushButton(kind=Kind.OUTLINE, height=56, size_px=14)
    button.setCheckable(True)
    button.clicked.connect(lambda: chosen(value))
    return button
