"""The login screen: place and health at the left, people in the middle, the PIN at the right."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.ui.dates import clock_text, say, weekday_text
from app.ui.login.people import PeopleList
from app.ui.login.state import Health, HealthFact, LoginState
from app.ui.text import language, tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.face import draw_face
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.live import LiveFrame, Rule
from app.ui.widgets.notice import Notice
from app.ui.widgets.numpad import ContextKey, Numpad
from app.ui.widgets.room import Room
from app.ui.widgets.stack import Column, Row, Space
from app.ui.widgets.view import View, clear_layout

_CENTER = Qt.AlignmentFlag.AlignHCenter
#: Design pixels: widths of the columns, and from which window width they are used.
INFO_PX, INFO_NARROW_PX, PIN_PX, PIN_NARROW_PX = 366, 270, 420, 370
INFO_FROM_PX, INFO_WIDE_FROM_PX = 1_000, 1_200


class _Mark(LiveFrame):
    """The mark of the product."""

    def __init__(self) -> None:
        super().__init__()
        self.refresh()

    @override
    def apply_theme(self) -> None:
        self.setFixedSize(theme().px(44), theme().px(44))

    @override
    def paintEvent(self, _event: object) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_face(painter, QRectF(self.rect()), "primary")
        painter.setPen(theme().color("on-primary"))
        painter.setFont(theme().font_px(24, 700))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "M")
        painter.end()


class PinDots(LiveFrame):
    """How many digits of the PIN are typed; red after a wrong one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entered, self._length, self._wrong = 0, 4, False
        self.refresh()

    def set_dots(self, entered: int, length: int, *, wrong: bool) -> None:
        """Show so many full dots of so many."""
        self._entered, self._length, self._wrong = entered, max(length, entered), wrong
        self.setAccessibleName(f"{entered} / {length}")
        self.update()

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(20))

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the dots."""
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge, step = look.px(20), look.px(36)
        left = (self.width() - step * (self._length - 1) - edge) / 2
        for number in range(self._length):
            dot = QRectF(left + number * step, 0, edge, edge).adjusted(1, 1, -1, -1)
            full = number < self._entered or self._wrong
            tone = "danger" if self._wrong else "text" if full else "line-strong"
            painter.setPen(QPen(look.color(tone), look.px(2)))
            painter.setBrush(look.color(tone) if full else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(dot)
        painter.end()


class LoginView(View[LoginState]):
    """The whole login screen.

    Attributes:
        person_chosen: The id of who was tapped.
        all_wanted: All people are to be shown.
        digit_typed: A digit of the PIN.
        erased: The last digit is to go.
        forgotten: "Forgot?" was tapped.
        language_toggled: The other language is wanted.
        left: Esc: go back to the order without a change.
    """

    person_chosen = Signal(str)
    all_wanted = Signal()
    digit_typed = Signal(str)
    erased = Signal()
    forgotten = Signal()
    language_toggled = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, box="bg")
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._info = self._build_info()
        row.addWidget(self._info)
        row.addWidget(self._build_people(), 1)
        self._pin = self._build_pin()
        row.addWidget(self._pin)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(Room(page))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.people.person_chosen.connect(self.person_chosen)
        self.people.all_wanted.connect(self.all_wanted)
        self.pad.digit.connect(self.digit_typed)
        self.pad.erased.connect(self.erased)
        self.pad.context_pressed.connect(self.forgotten)
        self.language_button.clicked.connect(self.language_toggled)
        self.back_button.clicked.connect(self.left)
        self.refresh()

    # ------------------------------------------------------------ parts

    def _build_info(self) -> Column:
        panel = Column(gap=0, margins=(24, 24, 24, 24), box="line-right", width=INFO_PX)
        brand = Row(gap=12, height=44)
        words = Column(gap=0)
        self._place = Label(style="label", tone="text-2", weight=400, elide=True)
        brand_name = Label("Max Loyalty Cashier", "heading", size_px=18, weight=700, elide=True)
        words.add(brand_name, self._place)
        brand.add(_Mark())
        brand.add(words, stretch=1)
        panel.add(brand)
        panel.add_stretch()
        self._clock = Label(style="hero", size_px=72, weight=700)
        self._day = Label(style="body", size_px=18, tone="text-2")
        self._shift = Label(style="body-strong", wrap=True)
        self._shift_detail = Label(style="body", tone="text-2", wrap=True)
        self._facts = Column(gap=12)
        self._told_facts: tuple[object, ...] = ()
        panel.add(self._clock, self._day, Space(24), Rule(), Space(16))
        panel.add(self._shift, self._shift_detail, Space(16), self._facts)
        panel.add_stretch()
        foot = Row(gap=8)
        self._about = Label(style="label", tone="text-3", weight=400, wrap=True)
        self.language_button = PushButton(kind=Kind.OUTLINE, icon="language", height=48, width=76)
        foot.add(self._about, stretch=1)
        foot.add(self.language_button)
        panel.add(foot)
        return panel

    def _build_people(self) -> QWidget:
        column = Column(gap=0, margins=(40, 32, 20, 24))
        self._question = Label(style="title", size_px=28, weight=700)
        self._advice = Label(style="body", tone="text-2", elide=True)
        self.people = PeopleList()
        column.add(self._question, Space(8), self._advice, Space(20))
        column.add(self.people, stretch=1)
        return column

    def _build_pin(self) -> Column:
        column = Column(gap=0, margins=(20, 36, 40, 24), width=PIN_PX)
        self._pin_title = Label(style="heading", size_px=20, align=_CENTER)
        self.dots = PinDots()
        self.error = Label(style="body-strong", tone="danger-text", align=_CENTER, wrap=True)
        self.pad = Numpad(ContextKey.FORGOT, key_height=108)
        self._card_hint = Notice("primary", icon="barcode")
        self.back_button = PushButton(kind=Kind.OUTLINE, icon="arrow-left")
        column.add(self._pin_title, Space(16), self.dots, Space(18))
        column.add(self.pad, Space(12), self.error, self._card_hint)
        column.add_stretch()
        column.add(self.back_button)
        return column

    # ------------------------------------------------------------ what it shows

    @override
    def show_state(self, state: LoginState) -> None:
        """Show a state."""
        self._place.setText(state.place)
        self._advice.setText(
            tr("Choose yourself or present your staff card")
            if state.takes_cards
            else tr("Choose yourself and enter your PIN")
        )
        self._clock.setText(clock_text(state.now))
        self._day.setText(weekday_text(state.now.date()))
        self._render_shift(state)
        self._render_facts(state.health)
        about = tr("{register} · version {version}", register=state.register, version=state.version)
        support = tr("Support {phone}", phone=state.support) if state.support else ""
        self._about.setText("\n".join(line for line in (about, support) if line))
        self.people.set_people(state.people, state.chosen_id, has_more=state.has_more)
        self._render_pin(state)

    def _render_shift(self, state: LoginState) -> None:
        if state.shift_number and state.shift_since is not None:
            self._shift.setText(tr("Shift {number} is open", number=state.shift_number))
            since = clock_text(state.shift_since)
            self._shift_detail.setText(
                tr("since {time}, {name}", time=since, name=state.shift_owner)
            )
        else:
            self._shift.setText(tr("The shift is closed"))
            self._shift_detail.setText(tr("Sign in to open it"))

    def _render_facts(self, facts: tuple[HealthFact, ...]) -> None:
        # The clock ticks every second, the facts stay: rows are made only when they are others.
        if (facts, language()) == self._told_facts:
            return
        self._told_facts = (facts, language())
        clear_layout(self._facts.layout())
        for fact in facts:
            tone = "ok-text" if fact.health is Health.OK else "warn-text"
            row = Row(gap=8)
            row.add(IconLabel(fact.icon, tone, 20))
            row.add(Label(say(fact.words), "body", tone=tone, wrap=True), stretch=1)
            self._facts.add(row)

    def _render_pin(self, state: LoginState) -> None:
        chosen = state.chosen
        first_name = chosen.name.split()[0] if chosen else ""
        self._pin_title.setText(tr("PIN, {name}", name=first_name) if chosen else tr("PIN"))
        wrong = state.error is not None and state.entered == 0
        self.dots.set_dots(state.entered, state.pin_length, wrong=wrong)
        self.pad.setEnabled(state.can_type)
        locked = tr("Too many attempts. Wait {seconds} s", seconds=state.locked_s)
        self.error.setText(locked if state.locked_s else say(state.error))
        has_error = bool(self.error.text())
        self.error.setVisible(has_error)
        self._card_hint.setVisible(state.takes_cards and not has_error)
        self.back_button.setVisible(state.can_leave)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the place and its health give way in a narrow window."""
        super().resizeEvent(event)
        effective = event.size().width() * 100 // theme().scale_percent
        self._info.setVisible(effective >= INFO_FROM_PX)
        self._info.set_width(INFO_PX if effective >= INFO_WIDE_FROM_PX else INFO_NARROW_PX)
        self._pin.set_width(PIN_PX if effective >= INFO_WIDE_FROM_PX else PIN_NARROW_PX)

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self._question.setText(tr("Who is at the till?"))
        self._card_hint.set_notice("", tr("A staff card will do, too"))
        self.language_button.set_label(language().upper())
        self.language_button.set_name(tr("Language"))
        self.back_button.set_label(tr("Back to the order"), hotkey="Esc")
        self.people.forget()
        super().retranslate()
