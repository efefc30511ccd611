"""The discount: what is typed and chosen, what it would do, giving it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from typing_extensions import override

from app.domain.cart import CartLine, Discount
from app.domain.pricing import discount_amount
from app.kernel.errors import AppError
from app.kernel.ids import LineId
from app.till.order import Approval, OrderState
from app.till.till import Till
from app.ui import format as fmt
from app.ui.bridge import Bridge
from app.ui.frame.approval import Approvals
from app.ui.frame.order_board import OrderBoard
from app.ui.frame.screen import BaseScreen, Placement, ScreenId
from app.ui.sale.discount_view import DiscountView
from app.ui.sale.state import DiscountMode, DiscountState
from app.ui.text import language, tr, tr_later

QUICK_BP: Final = (500, 1_000, 1_500, 2_000)
REASONS: Final = (
    tr_later("Long wait"),
    tr_later("Staff"),
    tr_later("Regular guest"),
    tr_later("Mistake in the order"),
    tr_later("Offer of the day"),
    tr_later("Other"),
)
TYPED_MAX: Final = 8
PERCENT_MAX_BP: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Typed:
    mode: DiscountMode = DiscountMode.PERCENT
    text: str = ""
    reason: int = -1
    is_for_line: bool = False

    @property
    def minor(self) -> int:
        """Hundredths: basis points of a percentage or kopecks of a sum."""
        whole, _, rest = self.text.partition(",")
        return int(whole or "0") * 100 + int((rest + "00")[:2])


class DiscountScreen(BaseScreen):
    """Presenter of the discount work area.

    Args:
        till: Gives discounts.
        approvals: Asks a senior above the limit.
        board: The order.
        bridge: Messages.
        go: Shows another screen.
        view: What it shows on; its own by default.
    """

    placement = Placement.WORK

    def __init__(
        self,
        till: Till,
        approvals: Approvals,
        board: OrderBoard,
        bridge: Bridge,
        go: Callable[[ScreenId], object],
        view: DiscountView | None = None,
    ) -> None:
        self.view = view or DiscountView()
        self._till = till
        self._approvals = approvals
        self._board = board
        self._bridge = bridge
        self._go = go
        self._typed = _Typed()
        self._is_fresh = True
        self._error = ""
        self._connect_signals()

    @property
    def screen_id(self) -> ScreenId:
        """The discount."""
        return ScreenId.DISCOUNT

    @override
    def on_enter(self) -> None:
        """Begin with ten percent on the whole order."""
        self._typed = _Typed(text="10", is_for_line=False)
        self._is_fresh = True
        self._error = ""
        self._show()

    @override
    def on_key(self, key: str) -> bool:
        """Digits type, Enter applies, Esc leaves."""
        if key.isdigit() or key in (",", "."):
            self._on_digit("," if key == "." else key)
        elif key == "Backspace":
            self._on_erased()
        elif key == "Enter":
            self._on_apply()
        elif key == "Esc":
            self._go(ScreenId.SALE)
        else:
            return False
        return True

    @override
    def on_main(self, key: str) -> None:
        """Paying leaves the discount as it is."""
        if key == "pay":
            self._go(ScreenId.PAYMENT)

    # ------------------------------------------------------------ intents

    def _connect_signals(self) -> None:
        view = self.view
        view.back_tapped.connect(lambda: self._go(ScreenId.SALE))
        view.mode_chosen.connect(self._on_mode)
        view.target_chosen.connect(self._on_target)
        view.quick_tapped.connect(self._on_quick)
        view.digit_typed.connect(self._on_digit)
        view.erased.connect(self._on_erased)
        view.reason_tapped.connect(self._on_reason)
        view.apply_tapped.connect(self._on_apply)
        view.clear_tapped.connect(self._on_clear)
        view.language_changed.connect(self._show)
        self._board.changed.connect(lambda _state: self._show())

    def _on_mode(self, mode: str) -> None:
        self._change(replace(self._typed, mode=DiscountMode(mode), text=""))

    def _on_target(self, is_for_line: bool) -> None:
        self._change(replace(self._typed, is_for_line=is_for_line))

    def _on_quick(self, number: int) -> None:
        self._is_fresh = True
        self._change(replace(self._typed, text=str(QUICK_BP[number] // 100)))

    def _on_digit(self, digit: str) -> None:
        text = "" if self._is_fresh else self._typed.text
        self._is_fresh = False
        if (digit == "," and ("," in text or not text)) or len(text) >= TYPED_MAX:
            return
        if "," in text and len(text.partition(",")[2]) >= 2:
            return
        self._change(replace(self._typed, text=(text + digit).lstrip("0") or "0"))

    def _on_erased(self) -> None:
        self._is_fresh = False
        self._change(replace(self._typed, text=self._typed.text[:-1]))

    def _on_reason(self, number: int) -> None:
        self._change(replace(self._typed, reason=number))

    def _on_apply(self) -> None:
        state, discount = self._board.state, self._discount()
        if state is None or discount is None or self._typed.reason < 0:
            self._error = tr("Choose a reason") if discount is not None else tr("Enter a discount")
            self._show()
            return
        sale, line = self._till.sale, self._line(state)
        percent, amount = discount.percent_bp, discount.amount_minor
        reason = tr(REASONS[self._typed.reason])

        def give(approval: Approval | None) -> OrderState:
            if line is not None and self._typed.is_for_line:
                return sale.discount_line(
                    LineId(line.line_id),
                    percent_bp=percent,
                    amount_minor=amount,
                    reason=reason,
                    approval=approval,
                )
            return sale.discount_order(
                percent_bp=percent, amount_minor=amount, reason=reason, approval=approval
            )

        self._approvals.run(give, success=self._on_given, failure=self._on_refused)

    def _on_clear(self) -> None:
        sale = self._till.sale
        self._approvals.run(
            lambda _approval: sale.clear_discounts(),
            success=self._on_given,
            failure=self._on_refused,
        )

    def _on_given(self, state: OrderState) -> None:
        self._board.publish(state)
        self._go(ScreenId.SALE)

    def _on_refused(self, error: AppError) -> None:
        self._error = error.text(language())
        self._show()

    # ------------------------------------------------------------ state

    def _change(self, typed: _Typed) -> None:
        self._typed = typed
        self._error = ""
        self._show()

    def _line(self, state: OrderState) -> CartLine | None:
        selected = self._board.selected
        return next((x for x in state.cart.lines if x.line_id == selected), None)

    def _discount(self) -> Discount | None:
        value = self._typed.minor
        if value <= 0:
            return None
        if self._typed.mode is DiscountMode.AMOUNT:
            return Discount(amount_minor=value)
        return Discount(percent_bp=value) if value <= PERCENT_MAX_BP else None

    def _show(self) -> None:
        state = self._board.state
        if state is not None:
            self.view.render(self._state(state))

    def _state(self, state: OrderState) -> DiscountState:
        typed, line = self._typed, self._line(state)
        is_for_line = typed.is_for_line and line is not None
        discount = self._discount()
        base = line.gross_minor if is_for_line and line else state.priced.gross_minor
        taken = discount_amount(discount, base)
        is_percent = typed.mode is DiscountMode.PERCENT
        suffix = "\u00a0%" if is_percent else "\u00a0₽"
        words = tr("Discount {value}", value=f"{typed.text or '0'}{suffix}")
        quick = QUICK_BP.index(typed.minor) if typed.minor in QUICK_BP and is_percent else -1
        cart = state.cart
        return DiscountState(
            mode=typed.mode,
            line_name=line.name.lower() if line else "",
            is_for_line=is_for_line,
            quick=tuple(fmt.percent(value) for value in QUICK_BP),
            quick_chosen=quick,
            value=f"{typed.text or '0'}{suffix}",
            reasons=tuple(tr(reason) for reason in REASONS),
            reason=tr(REASONS[typed.reason]) if typed.reason >= 0 else "",
            rows=((tr("Without the discount"), fmt.amount(base)), (words, fmt.amount(-taken))),
            result=fmt.money(base - taken),
            advice=self._advice(),
            error=self._error,
            can_apply=discount is not None and bool(cart.lines),
            can_clear=bool(cart.discount) or any(x.discount for x in cart.lines),
        )

    def _advice(self) -> str:
        person = self._till.session.person
        if person is None:
            return ""
        limit = fmt.percent(person.discount_limit_bp)
        return tr("A senior confirms more than {limit}", limit=limit)
