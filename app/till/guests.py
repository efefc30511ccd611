"""The guest of an order: search, registration, binding, redeeming (T20-T24, L4, L7).

The cache of this till answers first, the service when it can be reached. Everything here may block
on the network and runs on the network lane; the desk is locked only to change the order, and a
change is made only if the order is still the one that was asked about.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from app.domain.cart import Discount
from app.domain.guest import LOCAL_CARD_PREFIX, GuestCard
from app.domain.loyalty import BenefitType, Calculation, split_spend
from app.domain.pricing import price_cart
from app.domain.sale import LoyaltyAction, SaleLoyalty, SaleState
from app.kernel.errors import AppError, InputError, OutsideError, RuleError, TemporaryError
from app.kernel.ids import CardId, GuestId, OperationId, SaleId
from app.kernel.money import floor_to_step
from app.kernel.text import clean_line, format_money, format_points, normalize_phone
from app.store.errors import NotStoredError
from app.store.rows import Operation, OperationState
from app.till import offline_redeem, texts
from app.till.desk import Desk
from app.till.loyalty_gateway import Check, LoyaltyGateway, Reservation, check_of
from app.till.order import Order, OrderState
from app.till.words import Words

log = logging.getLogger(__name__)

SEARCH_DIGITS_MIN: Final = 4
PHONE_DIGITS: Final = 10
RESULTS_MAX: Final = 20
_HOLD_IS_OVER: Final = frozenset(
    {"RESERVATION_EXPIRED", "RESERVATION_NOT_ACTIVE", "RESERVATION_NOT_FOUND"}
)


@dataclass(frozen=True, slots=True)
class GuestHit:
    """A guest in the results.

    `age` is how old the data is when it comes from the cache, None when it is fresh.
    """

    card: GuestCard
    age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class GuestSearch:
    """The answer to a search.

    Attributes:
        hits: Guests, the most frequent first.
        is_local: The service was not asked or did not answer.
        words: A sentence under the field: not found, offline, too short; None if there are hits.
        can_register: The phone is whole and nobody has it.
    """

    hits: tuple[GuestHit, ...]
    is_local: bool
    words: Words | None = None
    can_register: bool = False


@dataclass(frozen=True, slots=True)
class Registered:
    """A new guest, or the one who has the phone already.

    `is_later` says that the service will be told when it can be reached.
    """

    card: GuestCard
    is_known: bool
    is_later: bool


@dataclass(frozen=True, slots=True)
class Bound:
    """The order with its guest, and a sentence for a toast if something is to be said."""

    state: OrderState
    words: Words | None = None


class Guests:
    """Finds guests and binds them to the order on the desk.

    Args:
        desk: Holds the order.
        gateway: The service.
        is_online: Tells whether the service answered lately; offline it is not waited for.
    """

    def __init__(self, desk: Desk, gateway: LoyaltyGateway, is_online: Callable[[], bool]) -> None:
        self._desk = desk
        self._store = desk.store
        self._gateway = gateway
        self._is_online = is_online
        # What a hold was asked for whose answer never came: the service may hold it all the same.
        self._lost_holds: dict[tuple[SaleId, CardId], int] = {}

    @property
    def is_online(self) -> bool:
        """Tell whether the service answered lately."""
        return self._is_online()

    # -------------------------------------------------------------- search
    def search_local(self, digits: str) -> GuestSearch:
        """Search the cache by the beginning of a phone or its last four digits; quick.

        Args:
            digits: What was typed after +7, in any form.
        """
        typed = "".join(ch for ch in digits if ch.isdigit())
        if len(typed) < SEARCH_DIGITS_MIN:
            return GuestSearch((), is_local=True, words=texts.SEARCH_SHORT)
        with self._store.reader() as db:
            found = {card.card_id: card for card in db.guests.search_phone(typed, RESULTS_MAX)}
            for full in _full_forms(typed):
                found.update({c.card_id: c for c in db.guests.search_phone(full, RESULTS_MAX)})
        hits = tuple(self._aged(card) for card in tuple(found.values())[:RESULTS_MAX])
        return GuestSearch(hits, is_local=True, words=None if hits else texts.SEARCH_LOCAL)

    def search_phone(self, text: str) -> GuestSearch:
        """Search by a whole phone: the service first, the cache when it cannot be reached.

        Raises:
            InputError: That is no phone.
        """
        phone = normalize_phone(text)
        if phone is None:
            raise texts.PHONE_WRONG.input_error("INVALID_PHONE_FORMAT")
        with self._store.reader() as db:
            cached = db.guests.find_by_phone(phone)
        return self._search(
            cached,
            lambda: self._gateway.search(phone=phone),
            missing=texts.GUEST_NOT_FOUND,
            can_register=True,
        )

    def search_code(self, text: str) -> GuestSearch:
        """Search by the six digits of a card."""
        code = "".join(ch for ch in text if ch.isdigit())
        if len(code) != 6:
            return GuestSearch((), is_local=True, words=texts.SEARCH_SHORT)
        with self._store.reader() as db:
            cached = db.guests.find_by_code(code)
        return self._search(
            cached, lambda: self._gateway.search(code6=code), missing=texts.CARD_NOT_FOUND
        )

    def search_qr(self, text: str) -> GuestSearch:
        """Search by the text of a guest's QR code; a dynamic code only the service can judge.

        Raises:
            InputError: The code is old, forged or of another kind.
        """
        return self._search(
            None,
            lambda: self._gateway.search(qr=text),
            missing=texts.QR_NOT_FOUND,
            offline=texts.QR_OFFLINE,
        )

    def _search(
        self,
        cached: GuestCard | None,
        ask: Callable[[], GuestCard | None],
        *,
        missing: Words,
        offline: Words = texts.SEARCH_LOCAL,
        can_register: bool = False,
    ) -> GuestSearch:
        if self._is_online():
            try:
                card = ask()
            except OutsideError as error:
                log.info("guest search without the service: %s", error)
            else:
                if card is None:
                    return GuestSearch((), is_local=False, words=missing, can_register=can_register)
                self._remember(card)
                return GuestSearch((GuestHit(card),), is_local=False)
        if cached is not None:
            return GuestSearch((self._aged(cached),), is_local=True)
        return GuestSearch((), is_local=True, words=offline, can_register=can_register)

    def _aged(self, card: GuestCard) -> GuestHit:
        if card.updated_at is None:
            return GuestHit(card)
        return GuestHit(card, max(timedelta(0), self._desk.clock.now() - card.updated_at))

    def _remember(self, card: GuestCard) -> None:
        with self._store.unit(durable=False) as uow:
            uow.guests.put([card], self._desk.clock.now())
            uow.commit()

    # -------------------------------------------------------------- registration
    def register(self, phone_text: str, first_name: str = "") -> Registered:
        """Register a guest; offline the card works at once for earning (T21).

        Raises:
            InputError: That is no phone.
            TemporaryError: Offline, and the pool of card codes is empty.
        """
        phone = normalize_phone(phone_text)
        if phone is None:
            raise texts.PHONE_WRONG.input_error("INVALID_PHONE_FORMAT")
        name = clean_line(first_name, 100)
        with self._store.reader() as db:
            known = db.guests.find_by_phone(phone)
        if known is not None:
            return Registered(known, is_known=True, is_later=known.is_local)
        if self._is_online():
            try:
                card = self._gateway.create(phone, name, key=f"create_{phone}")
            except OutsideError as error:
                log.info("registering without the service: %s", error)
            else:
                self._remember(card)
                return Registered(card, is_known=card.visit_count > 0, is_later=False)
        return Registered(self._register_offline(phone, name), is_known=False, is_later=True)

    def _register_offline(self, phone: str, first_name: str) -> GuestCard:
        now = self._desk.clock.now()
        level = self._desk.house.rules.levels[0]
        local_id = self._desk.ids.new()
        with self._store.unit() as uow:
            code = uow.guests.take_code()
            if code is None:
                raise texts.GUEST_CODES_OUT.temporary("CARD_CODES_OUT")
            card = GuestCard(
                card_id=CardId(f"{LOCAL_CARD_PREFIX}{local_id}"),
                guest_id=GuestId(f"{LOCAL_CARD_PREFIX}{local_id}"),
                first_name=first_name,
                phone=phone,
                code6=code,
                level_id=level.level_id,
                level_name=level.name,
                updated_at=now,
            )
            uow.guests.put([card], now, used=True)
            uow.outbox.add(self._desk.operations.guest_register(card, now))
            uow.commit()
        self._desk.wake_sync()
        return card

    # -------------------------------------------------------------- binding
    def bind(self, card: GuestCard) -> Bound:
        """Bind a guest to the order: he earns by default; a former guest is let go.

        Raises:
            RuleError: The card is closed, or money is moving.
        """
        if card.is_blocked:
            raise texts.GUEST_BLOCKED.rule_error("GUEST_BLOCKED")
        with self._desk.lock:
            order = self._desk.editable()
            if order.loyalty is not None and order.loyalty.card.card_id == card.card_id:
                return Bound(self._desk.state())
            order, released = self._desk.without_points(order, "guest_changed")
            order = replace(order, loyalty=SaleLoyalty(card), points_lost_minor=0)
            state = self._desk.change(order, operations=released)
        self._hurry(released)
        return Bound(state)

    def bind_scanned(self, text: str) -> Bound:
        """Find the guest of a scanned card or QR code and bind him.

        Raises:
            InputError: There is no such guest, or the code is old, forged or of another kind.
        """
        is_code = len(text) == 6 and text.isdigit()
        found = self.search_code(text) if is_code else self.search_qr(text)
        if not found.hits:
            words = found.words or texts.QR_NOT_FOUND
            raise words.input_error("GUEST_NOT_FOUND")
        return self.bind(found.hits[0].card)

    def unbind(self) -> Bound:
        """Take the guest off the order; held points go back to him."""
        with self._desk.lock:
            order = self._desk.editable()
            order, released = self._desk.without_points(order, "guest_unbound")
            order = replace(order, loyalty=None, points_lost_minor=0)
            state = self._desk.change(order, operations=released)
        self._hurry(released)
        return Bound(state)

    # -------------------------------------------------------------- what is done with the points
    def preview(self, spend_minor: int = 0) -> Calculation:
        """Return what the guest would earn and may redeem, with the reasons (T63); no network.

        Args:
            spend_minor: Points that would be redeemed; more than allowed counts as the maximum.

        Raises:
            RuleError: No guest is bound.
        """
        with self._desk.lock:
            order = self._guest_order()
            bare = price_cart(order.cart, self._desk.house.tax_rates())
            first = self._desk.preview(order, bare, 0)
            assert first is not None
            spend = min(max(0, spend_minor), first.max_spend_minor)
            if not spend:
                return first
            result = self._desk.preview(order, bare, spend)
            assert result is not None
            return result

    def split(self, spend_minor: int) -> tuple[int, int]:
        """Return what a redemption takes from promo and from regular points."""
        order = self._guest_order()
        assert order.loyalty is not None
        return split_spend(spend_minor, order.loyalty.card.promo_minor)

    def offline_limit_minor(self) -> int:
        """Return what the guest may still redeem today without the service; usually nothing."""
        order = self._guest_order()
        assert order.loyalty is not None
        return offline_redeem.left_today(self._store, self._desk.house, order.loyalty.card.card_id)

    def earn_only(self) -> Bound:
        """Only earn: what was held goes back."""
        with self._desk.lock:
            order = self._desk.editable()
            self._guest_order()
            order, released = self._desk.without_points(order, "redeem_cancelled")
            order = replace(order, points_lost_minor=0)
            state = self._desk.change(order, operations=released)
        self._hurry(released)
        return Bound(state)

    def redeem(self, amount_minor: int) -> Bound:
        """Redeem points: hold them at the service and take them off the price (L4).

        Args:
            amount_minor: Hundredths of a point, zero for none; at most the maximum, in whole steps.

        Raises:
            InputError: More than allowed, or not in steps.
            RuleError: The service refuses, or the rules give nothing.
            TemporaryError: The service cannot be reached and offline redeeming is not allowed.
        """
        if amount_minor == 0:
            return self.earn_only()
        self._follow_local_card()
        with self._desk.lock:
            order = self._desk.editable()
            loyalty = self._guest_loyalty(order)
            self._check_amount(order, amount_minor)
            check = self._check(order)
        if not self._is_online():
            return self._redeem_offline(order, amount_minor)
        try:
            reservation = self._hold(order, loyalty, check, amount_minor)
        except TemporaryError as error:
            log.info("redeeming without the service: %s", error)
            return self._redeem_offline(order, amount_minor)
        return self._redeemed(order, loyalty, reservation)

    def _hold(
        self, order: Order, loyalty: SaleLoyalty, check: Check, amount_minor: int
    ) -> Reservation:
        card_id = loyalty.card.card_id
        now = self._desk.clock.now()
        is_live = loyalty.reserved_until is None or loyalty.reserved_until > now
        if loyalty.action is LoyaltyAction.SPEND and loyalty.reservation_id and is_live:
            known = Reservation(
                loyalty.reservation_id, loyalty.spend_minor, loyalty.reserved_until or now
            )
            try:
                return self._changed_hold(known, check, amount_minor)
            except RuleError as error:
                if error.code not in _HOLD_IS_OVER:
                    raise
        self._deliver_releases(order)
        return self._new_hold(card_id, check, amount_minor)

    def _changed_hold(self, known: Reservation, check: Check, amount_minor: int) -> Reservation:
        key = f"update_{known.reservation_id}_{self._desk.ids.new()}"
        held = self._gateway.update_reservation(
            known.reservation_id, amount_minor, check.amount_minor, key
        )
        return replace(known, amount_minor=held)

    def _new_hold(self, card_id: CardId, check: Check, amount_minor: int) -> Reservation:
        """Hold points; an earlier hold whose answer was lost is found again and changed."""
        lost = self._lost_holds.get((check.order_id, card_id))
        amount = amount_minor if lost is None else lost
        key = f"reserve_{check.order_id}_{self._desk.ids.new()}"
        try:
            held = self._gateway.reserve_points(card_id, check, amount, key)
        except TemporaryError:
            self._lost_holds[check.order_id, card_id] = amount
            raise
        except RuleError:
            self._lost_holds.pop((check.order_id, card_id), None)
            raise
        self._lost_holds.pop((check.order_id, card_id), None)
        if held.amount_minor == amount_minor:
            return held
        return self._changed_hold(held, check, amount_minor)

    def _redeemed(self, asked: Order, loyalty: SaleLoyalty, held: Reservation) -> Bound:
        """Put the hold on the order, if it is still the order and the guest that were asked about."""
        with self._desk.lock:
            order = self._desk.order
            now = order.loyalty
            is_same = (
                order.sale_id == asked.sale_id
                and now is not None
                and now.card.card_id == loyalty.card.card_id
                and order.state is not SaleState.PAYING
            )
            if not is_same:
                self._let_go(asked, held)
                raise texts.ORDER_CHANGED.rule_error("ORDER_CHANGED")
            assert now is not None
            changed = replace(
                now,
                action=LoyaltyAction.SPEND,
                spend_minor=held.amount_minor,
                reservation_id=held.reservation_id,
                reserved_until=held.expires_at,
            )
            state = self._desk.change(replace(order, loyalty=changed, points_lost_minor=0))
        spend = state.order.spend_minor
        if spend == held.amount_minor:
            return Bound(state)
        return Bound(state, texts.REDEEM_REDUCED.fill(amount=format_points(spend)))

    def _let_go(self, order: Order, held: Reservation) -> None:
        operation = self._desk.operations.reservation_cancel(
            held.reservation_id, order.sale_id, "order_changed", self._desk.clock.now()
        )
        with self._store.unit() as uow:
            uow.outbox.add(operation)
            uow.commit()
        self._desk.wake_sync()

    def _redeem_offline(self, order: Order, amount_minor: int) -> Bound:
        loyalty = self._guest_loyalty(order)
        if loyalty.reservation_id is not None and amount_minor <= loyalty.spend_minor:
            return self._less(order, amount_minor)  # less than is held needs no call
        left = offline_redeem.left_today(self._store, self._desk.house, loyalty.card.card_id)
        if left <= 0:
            raise texts.REDEEM_OFFLINE.temporary("REDEEM_OFFLINE")
        if amount_minor > left:
            words = texts.REDEEM_OFFLINE_LIMIT.fill(limit=format_points(left))
            raise words.rule_error("REDEEM_OFFLINE_LIMIT")
        return self._less(order, amount_minor)

    def _less(self, asked: Order, amount_minor: int) -> Bound:
        with self._desk.lock:
            order = self._desk.editable()
            loyalty = self._guest_loyalty(order)
            if order.sale_id != asked.sale_id:
                raise texts.ORDER_CHANGED.rule_error("ORDER_CHANGED")
            changed = replace(loyalty, action=LoyaltyAction.SPEND, spend_minor=amount_minor)
            return Bound(self._desk.change(replace(order, loyalty=changed)))

    def use_discount(self) -> Bound:
        """Take the tier's discount instead of points, where the rules grant one; held at the service.

        Raises:
            RuleError: The tier gives none, another discount is on, or the service refuses.
            TemporaryError: The service cannot be reached.
        """
        self._follow_local_card()
        with self._desk.lock:
            order = self._desk.editable()
            loyalty = self._guest_loyalty(order)
            if loyalty.action is LoyaltyAction.DISCOUNT:
                return Bound(self._desk.state())
            percent = self._discount_percent(order)
            check = self._check(order)
        if not self._is_online():
            raise texts.REDEEM_OFFLINE.temporary("REDEEM_OFFLINE")
        self._deliver_releases(order)
        key = f"reserve_{order.sale_id}_{self._desk.ids.new()}"
        held = self._gateway.reserve_discount(loyalty.card.card_id, check, percent, key)
        return self._discounted(order, held, percent)

    def _discount_percent(self, order: Order) -> int:
        calculation = self.preview()
        if calculation.refusal is not None:
            raise self._refusal(calculation)
        if calculation.benefit is not BenefitType.DISCOUNT:
            raise texts.DISCOUNT_NONE.rule_error("DISCOUNT_NONE")
        if order.cart.discount is not None:
            raise texts.DISCOUNT_TAKEN.rule_error("DISCOUNT_TAKEN")
        return calculation.discount_percent_bp

    def _discounted(self, asked: Order, held: Reservation, percent_bp: int) -> Bound:
        with self._desk.lock:
            order = self._desk.order
            loyalty = order.loyalty
            if order.sale_id != asked.sale_id or loyalty is None:
                self._let_go(asked, held)
                raise texts.ORDER_CHANGED.rule_error("ORDER_CHANGED")
            discount = Discount(percent_bp, reason=loyalty.card.level_name, given_by="loyalty")
            changed = replace(
                loyalty,
                action=LoyaltyAction.DISCOUNT,
                reservation_id=held.reservation_id,
                reserved_until=held.expires_at,
            )
            history = order.history.then(order.cart.set_discount(discount))
            return Bound(self._desk.change(replace(order, loyalty=changed, history=history)))

    # -------------------------------------------------------------- inside
    def _guest_order(self) -> Order:
        order = self._desk.order
        if order.loyalty is None:
            raise texts.GUEST_NONE.rule_error("GUEST_NONE")
        return order

    def _guest_loyalty(self, order: Order) -> SaleLoyalty:
        if order.loyalty is None:
            raise texts.GUEST_NONE.rule_error("GUEST_NONE")
        if order.loyalty.card.is_local:
            raise texts.GUEST_LOCAL.rule_error("GUEST_LOCAL")
        return order.loyalty

    def _check(self, order: Order) -> Check:
        priced = price_cart(order.cart, self._desk.house.tax_rates())
        return check_of(order.sale_id, order.cart.lines, priced.lines)

    def _check_amount(self, order: Order, amount_minor: int) -> None:
        calculation = self.preview()
        if calculation.refusal is not None:
            raise self._refusal(calculation)
        assert order.loyalty is not None
        most = calculation.max_spend_minor
        if most <= 0:
            raise texts.REDEEM_NONE.rule_error("REDEEM_NONE")
        if amount_minor < 0 or amount_minor > most:
            limit = format_points(most)
            raise texts.REDEEM_LIMIT.fill(limit=limit).input_error("REDEEM_LIMIT_EXCEEDED")
        step = self._desk.house.rules.redeem_step_minor
        if amount_minor != floor_to_step(amount_minor, step):
            raise texts.REDEEM_STEP.fill(step=format_points(step)).input_error("REDEEM_STEP")

    def _refusal(self, calculation: Calculation) -> RuleError:
        least = format_money(self._desk.house.rules.min_check_minor, kopecks=False)
        code = str(calculation.refusal)
        if code == "MIN_CHECK_AMOUNT":
            return texts.REDEEM_MIN_CHECK.fill(least=least).rule_error(code)
        return texts.REDEEM_OFF.rule_error(code)

    def _follow_local_card(self) -> None:
        """Take over the service's card for one that was registered offline, if it is known now."""
        loyalty = self._desk.order.loyalty
        if loyalty is None or not loyalty.card.is_local:
            return
        with self._store.reader() as db:
            card = db.guests.find_by_card(loyalty.card.card_id)
        if card is None or card.is_local:
            return
        with self._desk.lock:
            order = self._desk.editable()
            if order.loyalty is not None and order.loyalty.card.card_id == loyalty.card.card_id:
                self._desk.change(replace(order, loyalty=replace(order.loyalty, card=card)))

    def _deliver_releases(self, order: Order) -> None:
        """Give back what this order still holds at the service before something new is held."""
        with self._store.reader() as db:
            waiting = [
                operation
                for operation in db.outbox.list_unsent()
                if operation.order_key == order.sale_id
                and operation.type == "reservation.cancel"
                and operation.state is OperationState.PENDING
            ]
        self._hurry(waiting)

    def _hurry(self, released: "list[Operation]") -> None:
        """Give held points back at once if the service can be reached; the outbox has it anyway."""
        if not self._is_online():
            return
        for operation in released:
            reservation_id = operation.payload["reservationId"]
            try:
                self._gateway.cancel_reservation(
                    reservation_id, "till", key=f"cancel_{reservation_id}"
                )
                self._mark_sent(operation.operation_id)
            except (TemporaryError, InputError, RuleError) as error:
                log.info("the hold %s goes back by the queue: %s", reservation_id, error)
            except AppError:
                log.exception("the hold %s goes back by the queue", reservation_id)

    def _mark_sent(self, operation_id: OperationId) -> None:
        try:
            with self._store.unit() as uow:
                if uow.outbox.get(operation_id).state is OperationState.PENDING:
                    uow.outbox.mark_done(operation_id, self._desk.clock.now())
                    uow.commit()
        except NotStoredError:
            log.debug("operation %s is gone already", operation_id)


def _full_forms(typed: str) -> tuple[str, ...]:
    """Return the phones that typed digits may begin: with and without the leading 7 or 8."""
    if typed[0] in "78" and len(typed) > SEARCH_DIGITS_MIN:
        return (f"7{typed[1:]}", f"7{typed}")
    return (f"7{typed}",)
