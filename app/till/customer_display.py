"""What the guest sees on a display of his own: the order, the code to pay by, thanks (T43).

    of_order(state)   what is being bought, or nothing yet
    completed(done)   thanks, told to the listener by whoever completed the sale
    show_code(...)    the code of a payment by phone, until withdraw_code

Only a first name is shown, never a phone. Nothing here asks the network or the store.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.cart import CartLine
from app.domain.guest import GuestCard
from app.domain.loyalty import LoyaltyRules
from app.domain.pricing import PricedLine
from app.domain.sale import LoyaltyAction
from app.till.house import House
from app.till.order import OrderState
from app.till.payment_states import Completed
from app.till.qr_codes import PhoneCode

log = logging.getLogger(__name__)

#: The guest watches what is being added; older lines are counted.
LINES_MAX: Final = 6
#: A name with so many digits is a phone that was typed into the wrong field.
_PHONE_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class GuestLine:
    """One line of the order as the guest reads it.

    Attributes:
        quantity_milli: Pieces or kilograms in thousandths.
        name: The product with its variant.
        options: What was chosen with it.
        discount_bp: Percentage taken off; 0 if none, or if a sum was taken off.
        total_minor: What it costs after its own discount.
    """

    quantity_milli: int
    name: str
    options: tuple[str, ...]
    discount_bp: int
    total_minor: int


@dataclass(frozen=True, slots=True)
class GuestPoints:
    """The guest's side of an order.

    Attributes:
        first_name: One word; may be empty.
        level_name: The tier.
        left_minor: Points that stay after what is redeemed.
        is_redeeming: Some of them are being redeemed.
        earn_minor: Points to be earned.
        is_later: They are added later: there is no connection, or the service does not know the card.
        next_level: The next tier; empty at the top.
        to_next_minor: What is still to be spent for it.
        progress_percent: How much of the way is done.
    """

    first_name: str
    level_name: str
    left_minor: int
    is_redeeming: bool
    earn_minor: int
    is_later: bool
    next_level: str = ""
    to_next_minor: int = 0
    progress_percent: int = 0


@dataclass(frozen=True, slots=True)
class Idle:
    """Nothing is being bought."""


@dataclass(frozen=True, slots=True)
class Ordering:
    """An order with at least one line.

    Attributes:
        number: What people call it by; 0 before it has one.
        lines: The last ones, the newest last.
        hidden_count: How many older lines are not among them.
        discount_minor: Taken off without points.
        points_minor: Paid with points.
        due_minor: Still to be paid.
        guest: None without a guest.
    """

    number: int
    lines: tuple[GuestLine, ...]
    hidden_count: int
    discount_minor: int
    points_minor: int
    due_minor: int
    guest: GuestPoints | None = None


@dataclass(frozen=True, slots=True)
class PayingByCode:
    """A payment waits for the guest's phone.

    Attributes:
        payload: The text of the QR code.
        amount_minor: What is to be paid.
        until: When the code ends, UTC; None if it does not.
    """

    payload: str
    amount_minor: int
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Thanks:
    """The order is paid.

    Attributes:
        sale_id: Whose thanks these are.
        change_minor: To be handed back; 0 if none.
        first_name: Of the guest; empty without one.
        has_guest: There is a guest.
        balance_minor: His points after this order.
        earned_minor: Of which this order gave.
        is_later: They are added later.
    """

    sale_id: str
    change_minor: int
    first_name: str = ""
    has_guest: bool = False
    balance_minor: int = 0
    earned_minor: int = 0
    is_later: bool = False


CustomerState = Idle | Ordering | PayingByCode | Thanks
Listener = Callable[[CustomerState], None]


class CustomerDesk:
    """Says what the guest's display shows. Any thread.

    Args:
        house: Name and rules of the house.
        is_online: Tells whether points are booked at once.
    """

    def __init__(self, house: House, is_online: Callable[[], bool]) -> None:
        self._house = house
        self._is_online = is_online
        self._lock = threading.Lock()
        self._listeners: tuple[Listener, ...] = ()
        self._code: PayingByCode | None = None

    @property
    def house_name(self) -> str:
        """The name of the place; empty before its configuration came."""
        return self._house.venue.name

    @property
    def code(self) -> PayingByCode | None:
        """The code that waits for a phone now, if one does."""
        return self._code

    def listen(self, listener: Listener) -> None:
        """Have somebody told of thanks and of codes; on the thread where they happen.

        The end of a code is told as `Idle`: the listener shows the order again.
        """
        with self._lock:
            self._listeners = (*self._listeners, listener)

    def of_order(self, state: OrderState) -> Ordering | Idle:
        """Return what an order looks like for the guest."""
        if not state.cart.lines:
            return Idle()
        pairs = list(zip(state.cart.lines, state.priced.lines, strict=True))
        shown = pairs[-LINES_MAX:]
        return Ordering(
            number=state.number,
            lines=tuple(_line(line, cost) for line, cost in shown),
            hidden_count=len(pairs) - len(shown),
            discount_minor=state.priced.discount_minor,
            points_minor=state.priced.points_minor,
            due_minor=state.remaining_minor,
            guest=self._points(state),
        )

    def completed(self, done: Completed) -> None:
        """An order is paid: thank the guest."""
        self._tell(self.thanks(done))

    def thanks(self, done: Completed) -> Thanks:
        """Return the thanks for a finished sale."""
        sale = done.sale
        loyalty = sale.loyalty
        if loyalty is None:
            return Thanks(sale.sale_id, done.change_minor)
        card = loyalty.card
        is_later = card.is_local or not self._is_online()
        gained = 0 if is_later else done.earned_minor
        return Thanks(
            sale_id=sale.sale_id,
            change_minor=done.change_minor,
            first_name=shown_name(card.first_name),
            has_guest=True,
            balance_minor=max(0, card.total_minor - loyalty.spend_minor + gained),
            earned_minor=gained,
            is_later=is_later,
        )

    def show_code(self, payload: str, amount_minor: int, until: datetime | None = None) -> None:
        """Show the code of a payment by phone until it is withdrawn.

        Args:
            payload: The text of the QR code, as the bank gave it.
            amount_minor: What is to be paid.
            until: When it ends.
        """
        code = PayingByCode(payload, amount_minor, until)
        with self._lock:
            self._code = code
        self._tell(code)

    def show_phone_code(self, code: PhoneCode | None) -> None:
        """Show the code of the payment on the desk, or take it away."""
        if code is None:
            self.withdraw_code()
        else:
            self.show_code(code.payload, code.amount_minor, code.until)

    def withdraw_code(self) -> None:
        """The payment by phone has ended, however it did. Repeatable."""
        with self._lock:
            was_there, self._code = self._code is not None, None
        if was_there:
            self._tell(Idle())

    def _tell(self, state: CustomerState) -> None:
        for listener in self._listeners:
            try:
                listener(state)
            except Exception:  # money is taken already: a display must not disturb that
                log.exception("the guest's display could not be told")

    def _points(self, state: OrderState) -> GuestPoints | None:
        card, loyalty = state.guest, state.loyalty
        if card is None or loyalty is None:
            return None
        spent = loyalty.spend_minor if loyalty.action is LoyaltyAction.SPEND else 0
        name, missing, percent = _way(card, self._house.rules)
        return GuestPoints(
            first_name=shown_name(card.first_name),
            level_name=card.level_name,
            left_minor=max(0, card.total_minor - spent),
            is_redeeming=spent > 0,
            earn_minor=state.earn_minor,
            is_later=card.is_local or not self._is_online(),
            next_level=name,
            to_next_minor=missing,
            progress_percent=percent,
        )


def shown_name(first_name: str) -> str:
    """Return the one word of a name that strangers in the queue may read."""
    word = next(iter(first_name.split()), "")
    digits = sum(letter.isdigit() for letter in word)
    return "" if digits >= _PHONE_DIGITS else word


def _line(line: CartLine, cost: PricedLine) -> GuestLine:
    discount = line.discount
    taken = cost.discount_minor if discount is not None else 0
    return GuestLine(
        quantity_milli=line.quantity_milli,
        name=f"{line.name}, {line.variant_name}" if line.variant_name else line.name,
        options=tuple(option.name.lower() for option in line.options),
        discount_bp=(discount.percent_bp or 0) if discount is not None else 0,
        total_minor=line.gross_minor - taken,
    )


def _way(card: GuestCard, rules: LoyaltyRules) -> tuple[str, int, int]:
    """Return the next tier, what is missing for it, and the percentage of the way that is done."""
    now = rules.level_by_id(card.level_id)
    following = rules.next_level(now)
    if following is None:
        return "", 0, 0
    whole = following.threshold_minor - now.threshold_minor
    done = min(max(card.lifetime_spent_minor - now.threshold_minor, 0), whole)
    missing = max(0, following.threshold_minor - card.lifetime_spent_minor)
    return following.name, missing, done * 100 // whole
