"""Three choices side by side: earn, redeem, discount; and what is known of the guest's habits."""

from typing import Final

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget
from typing_extensions import override

from app.domain.loyalty import BenefitType
from app.domain.sale import LoyaltyAction
from app.kernel.text import MINUS
from app.ui import format as fmt
from app.ui.dates import say
from app.ui.guest.state import CardPage
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.face import draw_face
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.view import View

EDGE_PX: Final = 17


class ChoiceCard(LiveFrame):
    """One choice: icon and name, a figure, a sentence, and the button that takes it.

    Attributes:
        taken: The button was pressed.
    """

    taken = Signal()

    def __init__(self, icon: str, hotkey: str, *, is_chosen_first: bool = False) -> None:
        super().__init__()
        self._hotkey = hotkey
        self._is_chosen = is_chosen_first
        self._label = ""
        self._column = Column(gap=4, margins=(EDGE_PX,) * 4)
        self._title = Label(style="heading", size_px=20, weight=600)
        head = Row(gap=10, height=30)
        head.add(IconLabel(icon, "loyal-text"))
        head.add(self._title, stretch=1)
        self.figure = Label(style="amount", size_px=40, weight=700)
        self.words = Label(style="body", tone="text-2", wrap=True)
        self.middle = Column(gap=0)
        self.button = PushButton(kind=Kind.LOYAL, height=64)
        # A narrow card makes its button narrow; no button makes the row wider than the window.
        self.button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._column.add(head, self.figure, self.words)
        self._column.add_stretch()
        self._column.add(self.middle, self.button)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._column)
        self.button.clicked.connect(self.taken)
        self.refresh()

    def set_choice(
        self, title: str, figure: str, words: str, button: str, *, chosen: bool, enabled: bool
    ) -> None:
        """Show the choice."""
        self._title.setText(title)
        self.figure.setText(figure)
        self.figure.set_tone("text" if enabled or chosen else "disabled-text")
        self.words.setText(words)
        self._label = tr("Chosen") if chosen else button
        self.button.set_kind(Kind.SOFT_LOYAL if chosen else Kind.LOYAL)
        self.button.setEnabled(enabled and not chosen)
        if chosen:
            self.button.setEnabled(True)
        self._is_chosen = chosen
        self._fit_button()
        self.update()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave icon and hotkey of the button out where the card is narrow."""
        super().resizeEvent(event)
        self._fit_button()

    def _fit_button(self) -> None:
        icon = "circle-check-filled" if self._is_chosen else "check"
        self.button.set_label(
            self._label, icon=icon, hotkey=" " if self._is_chosen else self._hotkey
        )
        edges = theme().px(2 * EDGE_PX)
        if self.button.minimumSizeHint().width() > self.width() - edges:
            self.button.set_label(self._label, icon="", hotkey=" ")

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(290))

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the face; the chosen one has a violet border."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        border, width = ("loyal", 2) if self._is_chosen else ("line", 1)
        draw_face(
            painter,
            QRectF(self.rect()),
            "surface",
            border=border,
            border_px=width,
            radius_px=12,
        )
        painter.end()


class ChoicesView(View[CardPage]):
    """The page with the three choices.

    Attributes:
        action_chosen: The `LoyaltyAction` that was taken.
        step_wanted: Change the amount to redeem by so many steps.
        amount_wanted: Type the amount.
    """

    action_chosen = Signal(object)
    step_wanted = Signal(int)
    amount_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self.earn = ChoiceCard("circle-plus", "1", is_chosen_first=True)
        self.redeem = ChoiceCard("coins", "2")
        self.discount = ChoiceCard("discount", "3")
        self.less = PushButton(kind=Kind.OUTLINE, icon="minus", width=56, repeat=True)
        self.more = PushButton(kind=Kind.OUTLINE, icon="plus", width=56, repeat=True)
        self.enter = PushButton(kind=Kind.OUTLINE)
        steps = Row(gap=8, margins=(0, 0, 0, 8))
        steps.add(self.less)
        steps.add(self.enter, stretch=1)
        steps.add(self.more)
        self.redeem.middle.add(steps)
        self._steps = steps
        for card, action in (
            (self.earn, LoyaltyAction.EARN_ONLY),
            (self.redeem, LoyaltyAction.SPEND),
            (self.discount, LoyaltyAction.DISCOUNT),
        ):
            self._row.addWidget(card, 1)
            card.taken.connect(lambda which=action: self.action_chosen.emit(which))
        self.less.clicked.connect(lambda: self.step_wanted.emit(-1))
        self.more.clicked.connect(lambda: self.step_wanted.emit(1))
        self.enter.clicked.connect(self.amount_wanted)
        self.refresh()

    @override
    def show_state(self, state: CardPage) -> None:
        """Show what each choice would bring."""
        self._show_earn(state)
        self._show_redeem(state)
        self._show_discount(state)

    def _show_earn(self, state: CardPage) -> None:
        has_points = state.benefit is BenefitType.POINTS
        base = fmt.amount(state.base_minor)
        rate = fmt.percent(state.percent_bp)
        self.earn.set_choice(
            tr("Earn"),
            fmt.signed_points(state.earn_minor) if state.earn_minor else "0",
            tr("{rate} of {sum}", rate=rate, sum=base)
            if has_points
            else tr("The tier gives a discount"),
            tr("Earn"),
            chosen=state.action is LoyaltyAction.EARN_ONLY,
            enabled=not state.busy,
        )

    def _show_redeem(self, state: CardPage) -> None:
        chosen = state.action is LoyaltyAction.SPEND
        most = fmt.amount(state.max_spend_minor, kopecks=False)
        amount = fmt.amount(state.amount_minor, kopecks=bool(state.amount_minor % 100))
        usable = state.can_redeem and not state.busy
        self.redeem.set_choice(
            tr("Redeem"),
            amount,
            tr("1 point is 1 ₽, at most {most}", most=most)
            if state.can_redeem
            else say(state.why_not),
            tr("Redeem {amount}", amount=amount),
            chosen=chosen,
            enabled=usable and state.amount_minor > 0,
        )
        for button in (self.less, self.more, self.enter):
            button.setEnabled(usable)
        self._steps.setVisible(state.can_redeem)

    def _show_discount(self, state: CardPage) -> None:
        has_discount = state.benefit is BenefitType.DISCOUNT
        off = f"{MINUS}{fmt.money(state.discount_minor)}"
        rate = fmt.percent(state.percent_bp)
        self.discount.set_choice(
            tr("Discount"),
            rate if has_discount else "0",
            tr("{sum} on the whole order instead of points", sum=off)
            if has_discount
            else tr("The guest's tier gives no discount"),
            tr("Apply {rate}", rate=rate),
            chosen=state.action is LoyaltyAction.DISCOUNT,
            enabled=has_discount and not state.busy,
        )

    @override
    def apply_theme(self) -> None:
        """Scale the gap."""
        self._row.setSpacing(theme().px(12))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self.less.set_name(tr("Less"))
        self.more.set_name(tr("Increase"))
        self.enter.set_label(tr("Enter"))
        super().retranslate()
