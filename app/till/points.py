"""What is done with the points of the guest on the order: preview, hold, redeem, discount (T23, L4).

Calls of the service happen outside the desk's lock, and their answer is used only if the order is
still the one that was asked about; else the hold is let go.
"""

import logging
from dataclasses import dataclass, replace
from typing import Final

from app.domain.cart import Discount
from app.domain.loyalty import BenefitType, Calculation, split_spend
from app.domain.pricing import price_cart
from app.domain.sale import LoyaltyAction, SaleLoyalty, SaleState
from app.kernel.errors import AppError, InputError, RuleError, TemporaryError
from app.kernel.ids import CardId, OperationId
from app.kernel.money import floor_to_step
from app.kernel.text import format_money, format_points
from app.store.errors import NotStoredError
from app.store.rows import Operation, OperationState
from app.till import offline_redeem, texts
from app.till.guest_search import GuestSearcher
from app.till.loyalty_gateway import Check, Reservation, check_of
from app.till.order import Order, OrderState
from app.till.words import Words

log = logging.getLogger(__name__)

_HOLD_IS_OVER: Final = frozenset(
    {"RESERVATION_EXPIRED", "RESERVATION_NOT_ACTIVE", "RESERVATION_NOT_FOUND"}
)


@dataclass(frozen=True, slots=True)
class Bound:
    """The order with its guest, and a sentence for a toast if something is to be said."""

    state: OrderState
    words: Words | None = None


class PointsDesk(GuestSearcher):
    """Holds and redeems points."""

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
        bound = self._redeemed(order, loyalty, reservation)
        self._lost_holds.forget(order.sale_id)
        return bound

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
        wishes = self._lost_holds.of(check.order_id)
        for other_id, amount in wishes:
            if other_id != card_id:
                self._give_back_lost(other_id, check, amount)
        self._lost_holds.note(check.order_id, card_id, amount_minor)
        amounts = [amount for known_id, amount in wishes if known_id == card_id]
        refusal: RuleError | None = None
        for amount in dict.fromkeys((*amounts, amount_minor)):
            try:
                held = self._reserve(card_id, check, amount)
            except RuleError as error:
                refusal = error
                continue
            if held.amount_minor == amount_minor:
                return held
            return self._changed_hold(held, check, amount_minor)
        self._lost_holds.forget(check.order_id)
        assert refusal is not None
        raise refusal

    def _reserve(self, card_id: CardId, check: Check, amount_minor: int) -> Reservation:
        key = f"reserve_{check.order_id}_{self._desk.ids.new()}"
        return self._gateway.reserve_points(card_id, check, amount_minor, key)

    def _give_back_lost(self, card_id: CardId, check: Check, amount_minor: int) -> None:
        """Give back what may be held for a guest who is not on the order any more."""
        try:
            held = self._reserve(card_id, check, amount_minor)
            key = f"cancel_{held.reservation_id}"
            self._gateway.cancel_reservation(held.reservation_id, "guest_changed", key=key)
        except RuleError as error:
            log.info("nothing was held for the former guest: %s", error)

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
