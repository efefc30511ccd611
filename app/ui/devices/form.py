"""A form of settings: a row for each, typed by keys of the computer or of the screen."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QVBoxLayout, QWidget
from typing_extensions import override

from app.ui.devices.state import FieldKind, FormField
from app.ui.theme import theme
from app.ui.widgets.check_box import CheckBox
from app.ui.widgets.field import Field
from app.ui.widgets.keyboard import Layer, OnScreenKeyboard
from app.ui.widgets.label import Label
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.scroll import scroll_around
from app.ui.widgets.segment import Choice, Segment

LABEL_PX = 240
LENGTH_MAX = 500


class Form(LiveFrame):
    """Rows of settings in a scrolling area, a keyboard under it when it is wanted.

    Args:
        parent: Owner.

    Attributes:
        changed: Something was typed or chosen.
        choice_made: Key of a choice whose value changed: other rows may follow.
    """

    changed = Signal()
    choice_made = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._fields: tuple[FormField, ...] = ()
        self._inputs: dict[str, Field | CheckBox | Segment] = {}
        self._chosen: dict[str, str] = {}
        self._sheet = LiveFrame(box="clear")
        self._grid = QGridLayout(self._sheet)
        self.keyboard = OnScreenKeyboard(self, layers=(Layer.FIGURES, Layer.LATIN, Layer.RUSSIAN))
        self.keyboard.hide()
        self.keyboard.done.connect(self.keyboard.hide)
        self._column = QVBoxLayout(self)
        self._column.addWidget(scroll_around(self._sheet), 1)
        self._column.addWidget(self.keyboard)
        self.refresh()

    def show_fields(self, fields: tuple[FormField, ...]) -> None:
        """Show settings; what was typed is lost, so the same again does nothing."""
        if fields == self._fields:
            return
        self._fields = fields
        self._clear()
        for row, field in enumerate(fields):
            label = Label(field.label, "body", tone="text-2", wrap=True)
            made = self._make(field)
            self._inputs[field.key] = made
            made.setAccessibleName(field.label)
            if field.kind is FieldKind.SWITCH:
                self._grid.addWidget(made, row, 0, 1, 2)
                label.deleteLater()
            else:
                label.setFixedWidth(theme().px(LABEL_PX))
                self._grid.addWidget(label, row, 0)
                self._grid.addWidget(made, row, 1)
        self._grid.setColumnStretch(1, 1)
        self._grid.setRowStretch(len(fields), 1)

    def values(self) -> Mapping[str, str]:
        """Return what stands in the form now."""
        return {key: self._value(key) for key in self._inputs}

    def field(self, key: str) -> QWidget:
        """Return the input of a setting.

        Raises:
            KeyError: There is none.
        """
        return self._inputs[key]

    def toggle_keyboard(self) -> None:
        """Show or hide the keys."""
        self.keyboard.setVisible(self.keyboard.isHidden())

    def focus_first(self) -> None:
        """Give the focus to the first field that is typed."""
        for made in self._inputs.values():
            if isinstance(made, Field):
                made.setFocus()
                return

    @override
    def apply_theme(self) -> None:
        """Scale the gaps."""
        look = theme()
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(look.px(8))
        self._grid.setContentsMargins(0, 0, look.px(12), 0)
        self._grid.setHorizontalSpacing(look.px(12))
        self._grid.setVerticalSpacing(look.px(8))

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Type into the field that has the focus."""
        if event.type() == QEvent.Type.FocusIn and isinstance(watched, Field):
            self.keyboard.attach(watched)
        return super().eventFilter(watched, event)

    def _make(self, field: FormField) -> Field | CheckBox | Segment:
        if field.kind is FieldKind.SWITCH:
            box = CheckBox()
            box.set_words(field.label)
            box.setChecked(bool(field.value))
            box.toggled.connect(self.changed)
            return box
        if field.kind is FieldKind.CHOICE:
            return self._make_choice(field)
        line = Field()
        line.setMaxLength(LENGTH_MAX)
        line.setText(field.value)
        line.setCursorPosition(0)
        line.setPlaceholderText(field.hint)
        if field.kind is FieldKind.SECRET:
            line.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        line.textEdited.connect(self.changed)
        line.installEventFilter(self)
        return line

    def _make_choice(self, field: FormField) -> Segment:
        segment = Segment()
        self._chosen[field.key] = field.value
        choices = [Choice(key, label) for key, label in field.choices]
        segment.set_choices(choices, field.value)

        def choose(key: str) -> None:
            self._chosen[field.key] = key
            segment.set_choices(choices, key)
            self.changed.emit()
            self.choice_made.emit(field.key)

        segment.chosen.connect(choose)
        return segment

    def _value(self, key: str) -> str:
        made = self._inputs[key]
        if isinstance(made, Field):
            return made.text().strip()
        if isinstance(made, CheckBox):
            return "1" if made.isChecked() else ""
        return self._chosen[key]

    def _clear(self) -> None:
        self.keyboard.attach(None)
        self._inputs, self._chosen = {}, {}
        while self._grid.count():
            old = self._grid.takeAt(0).widget()
            old.hide()
            old.deleteLater()
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)
