"""Registering a guest: the phone is there already, the name is optional, the consent is asked."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget
from typing_extensions import override

from app.ui.dates import say
from app.ui.guest.phone_text import split_mask
from app.ui.guest.state import PHONE_DIGITS, RegisterPage
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.check_box import CheckBox
from app.ui.widgets.field import Field
from app.ui.widgets.keyboard import Layer, OnScreenKeyboard
from app.ui.widgets.label import Label
from app.ui.widgets.notice import Notice
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.value_field import ValueField
from app.ui.widgets.view import View

NAME_MAX = 60


class RegisterView(View[RegisterPage]):
    """The page for a new guest.

    Attributes:
        name_changed: What the name is now.
        phone_typed: A digit of the phone, from the on-screen keyboard.
        phone_erased: The last digit of the phone is to go.
        consent_changed: Whether the guest agrees.
        register_wanted: All is typed.
    """

    name_changed = Signal(str)
    phone_typed = Signal(str)
    phone_erased = Signal()
    consent_changed = Signal(bool)
    register_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._types_phone = False
        self.notice = Notice("warn", icon="user-plus", height=52)
        self.phone = ValueField(height=56, size_px=18, weight=400, right=False)
        self.name = Field()
        self.name.setMaxLength(NAME_MAX)
        self.consent = CheckBox()
        self.button = PushButton(kind=Kind.LOYAL, icon="check", height=64)
        self.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._phone_label = Label(style="label", tone="text-2")
        self._name_label = Label(style="label", tone="text-2")
        self.keyboard = OnScreenKeyboard(layers=(Layer.RUSSIAN, Layer.LATIN, Layer.FIGURES))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.addWidget(self.notice)
        self._column.addWidget(self._build_form())
        self._column.addStretch(1)
        self._column.addWidget(self.keyboard)
        self._connect_signals()
        self.refresh()

    def _build_form(self) -> QWidget:
        form = Column(gap=12, margins=(16, 16, 16, 16), box="card")
        fields = Row(gap=12)
        for label, field in ((self._phone_label, self.phone), (self._name_label, self.name)):
            column = Column(gap=4)
            column.add(label, field)
            fields.add(column, stretch=1)
        foot = Row(gap=12)
        foot.add(self.consent, stretch=5)
        foot.add(self.button, stretch=3)
        form.add(fields, foot)
        return form

    @override
    def show_state(self, state: RegisterPage) -> None:
        """Show phone, name and consent, and what is missing."""
        typed, rest = split_mask(state.phone)
        self.phone.set_value(
            typed,
            rest=rest,
            active=self._types_phone,
            error=state.error is not None and len(state.phone) < PHONE_DIGITS,
            caret=self._types_phone,
        )
        if self.name.text() != state.name:
            self.name.setText(state.name)
        self.consent.setChecked(state.has_consent)
        self.button.set_busy(state.busy)
        if not state.busy:
            self.button.setEnabled(state.has_consent and len(state.phone) == PHONE_DIGITS)
        self._show_notice(state)

    def _show_notice(self, state: RegisterPage) -> None:
        if state.error is not None:
            self.notice.set_notice("", say(state.error), tone="danger")
            return
        fact = tr("There is no such number.") if state.was_searched else tr("A new guest.")
        advice = tr("Register the guest: this order earns points at once.")
        self.notice.set_notice(fact, advice, tone="warn", icon="user-plus")

    def focus_name(self) -> None:
        """Let the keyboards type the name."""
        self._types_phone = len(self.state.phone if self.state else "") < PHONE_DIGITS
        layer = Layer.FIGURES if self._types_phone else Layer.RUSSIAN
        self.keyboard.set_layer(layer)
        self.keyboard.attach(None if self._types_phone else self.name)
        if not self._types_phone:
            self.name.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.state is not None:
            self.show_state(self.state)

    @override
    def apply_theme(self) -> None:
        """Scale gaps."""
        self._column.setSpacing(theme().px(12))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self._phone_label.setText(tr("Phone"))
        self._name_label.setText(tr("Name, optional"))
        self.name.setAccessibleName(tr("Name, optional"))
        self.consent.set_words(
            tr("The guest agrees to the rules of the programme"),
            tr("Without the consent no card is made"),
        )
        self.button.set_label(tr("Register"))
        super().retranslate()

    def _connect_signals(self) -> None:
        self.name.textChanged.connect(self.name_changed)
        self.name.returnPressed.connect(self.register_wanted)
        self.keyboard.text_typed.connect(self._on_key)
        self.keyboard.erased.connect(self._on_erased)
        self.keyboard.done.connect(self.register_wanted)
        self.consent.clicked.connect(self.consent_changed)
        self.button.clicked.connect(self.register_wanted)
        self.phone.tapped.connect(self._on_phone_tapped)

    def _on_phone_tapped(self) -> None:
        self._types_phone = True
        self.keyboard.set_layer(Layer.FIGURES)
        self.keyboard.attach(None)
        if self.state is not None:
            self.show_state(self.state)

    def _on_key(self, text: str) -> None:
        if self._types_phone:
            self.phone_typed.emit(text)

    def _on_erased(self) -> None:
        if self._types_phone:
            self.phone_erased.emit()
