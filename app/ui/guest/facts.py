"""What the rules say of the guest on an order, and the pages that follow from it."""

from dataclasses import dataclass, replace
from typing import Final

from app.domain.guest import GuestCard
from app.domain.loyalty import BenefitType, Calculation, Explanation
from app.till import texts
from app.till.order import OrderState
from app.till.till import Till
from app.till.words import Words
from app.ui import format as fmt
from app.ui.guest.state import CardPage, Reason, ReasonsPage, RedeemPage

QUICK_MINOR: Final = (100_00, 300_00)
FAVOURITES_MAX: Final = 5
#: Steps whose amount is money; the words of the others say theirs.
_SUMS: Final = frozenset({"ITEM_COUNTED", "ITEM_EXCLUDED", "REDEEM_LIMIT", "EARN_BASE"})
_RESULTS: Final = frozenset({"EARNED", "REDEEM_MAXIMUM", "LEVEL_DISCOUNT"})


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the guest screen needs, read off the GUI thread.

    Attributes:
        order: The order with its guest.
        plain: What the rules give without redeeming.
        spending: What they give with the amount that is looked at.
        split: Promo and regular points of that amount.
        offline_limit_minor: What may be redeemed without the service.
        favourites: Names of products.
        is_online: The service answered lately.
    """

    order: OrderState
    plain: Calculation
    spending: Calculation
    split: tuple[int, int]
    offline_limit_minor: int
    favourites: tuple[str, ...]
    is_online: bool

    @property
    def card(self) -> GuestCard:
        """Return the guest's card."""
        card = self.order.guest
        assert card is not None, "facts are read for an order with a guest"
        return card

    @property
    def spent_minor(self) -> int:
        """Return what is redeemed on the order now."""
        return self.order.order.spend_minor

    @property
    def why_not(self) -> Words | None:
        """Return why nothing can be redeemed, None if something can."""
        card, plain = self.card, self.plain
        if card.is_blocked:
            return texts.GUEST_BLOCKED
        if plain.refusal is not None:
            last = plain.explanation[-1]
            return Words(last.ru, last.en)
        if plain.benefit is not BenefitType.POINTS or plain.max_spend_minor <= 0:
            return texts.REDEEM_NONE
        if card.is_local:
            return texts.GUEST_LOCAL
        if not self.is_online and self.offline_limit_minor <= 0 and not self.spent_minor:
            return texts.REDEEM_OFFLINE
        return None

    def amount(self, wanted_minor: int | None) -> int:
        """Return what would be redeemed: what is wanted, else what is on the order, else all."""
        if wanted_minor is not None:
            return wanted_minor
        return self.spent_minor or self.plain.max_spend_minor

    def card_without_hold(self) -> GuestCard:
        """Return the card with the hold taken out of its balances."""
        card, spent = self.card, self.spent_minor
        promo = min(card.promo_minor, spent)
        return replace(
            card,
            promo_minor=card.promo_minor - promo,
            regular_minor=max(0, card.regular_minor - (spent - promo)),
        )


def read_facts(till: Till, order: OrderState, wanted_minor: int | None) -> Facts:
    """Ask the rules; on the query lane.

    Args:
        till: The use cases.
        order: With a guest.
        wanted_minor: The amount that is looked at, None for the one that suggests itself.

    Raises:
        RuleError: The guest is gone.
    """
    guests = till.guests
    plain = guests.preview()
    amount = order.order.spend_minor or plain.max_spend_minor
    if wanted_minor is not None:
        amount = wanted_minor
    amount = min(amount, plain.max_spend_minor)
    card = order.guest
    assert card is not None
    products = (till.catalog.find(product) for product in card.favourite_ids[:FAVOURITES_MAX])
    is_online = guests.is_online
    return Facts(
        order=order,
        plain=plain,
        spending=guests.preview(amount),
        split=guests.split(amount),
        offline_limit_minor=0 if is_online else guests.offline_limit_minor(),
        favourites=tuple(product.name for product in products if product is not None),
        is_online=is_online,
    )


def card_page(
    facts: Facts, wanted_minor: int | None, *, busy: bool, error: Words | None
) -> CardPage:
    """Return the page with the three choices."""
    loyalty = facts.order.loyalty
    assert loyalty is not None
    why_not = facts.why_not
    return CardPage(
        action=loyalty.action,
        benefit=facts.plain.benefit,
        earn_minor=facts.plain.points_to_earn_minor,
        percent_bp=facts.plain.level.percent_bp,
        base_minor=facts.order.priced.due_minor + facts.spent_minor,
        amount_minor=facts.amount(wanted_minor),
        max_spend_minor=facts.plain.max_spend_minor,
        can_redeem=why_not is None,
        why_not=why_not,
        discount_minor=facts.plain.discount_minor,
        busy=busy,
        error=error,
    )


def redeem_page(
    facts: Facts,
    wanted_minor: int | None,
    *,
    digits: str,
    busy: bool,
    error: Words | None,
) -> RedeemPage:
    """Return the page where the amount is typed."""
    most = facts.plain.max_spend_minor
    quick = tuple(sum_minor for sum_minor in QUICK_MINOR if sum_minor < most)
    return RedeemPage(
        digits=digits,
        amount_minor=facts.amount(wanted_minor),
        quick_minor=(*quick, most),
        max_spend_minor=most,
        from_promo_minor=facts.split[0],
        from_regular_minor=facts.split[1],
        earn_minor=facts.spending.points_to_earn_minor,
        percent_bp=facts.plain.level.percent_bp,
        reserved_minor=facts.spent_minor,
        error=error,
        busy=busy,
    )


def reasons_page(facts: Facts) -> ReasonsPage:
    """Return the page that explains the calculation of what is chosen on the order."""
    calculation = facts.spending if facts.spent_minor else facts.plain
    return ReasonsPage(tuple(_reason(step) for step in calculation.explanation))


def _reason(step: Explanation) -> Reason:
    figure = fmt.amount(step.amount_minor) if step.code in _SUMS else ""
    return Reason(Words(step.ru, step.en), figure, is_result=step.code in _RESULTS)
