"""What subscribers are sent: the envelope, and the data of every type of event with an example.

Inside the service an event's data is stored with points and money in integer hundredths; `wire_data`
turns it into what travels, in units. Fields may be added; receivers ignore what they do not know.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from app.contracts.amounts import Amount, Points, SignedPoints
from app.contracts.base import Flag, Id, Line, Moment, Text, WireModel

API_VERSION: Final = "v1"


class EventEnvelope(WireModel):
    """The body of a delivery; `id` is also its `webhook-id` and stays the same on every attempt.

    `data` is one of the models of the catalogue, by `type`. Test events carry examples.
    """

    id: Id
    type: Line
    api_version: Line
    created_at: Moment
    tenant_id: Id
    restaurant_id: Id | None = None
    is_test: Flag | None = None
    data: dict[str, Any]


class GuestEventData(WireModel):
    """A guest and his card."""

    guest_id: Id
    guest_card_id: Id | None = None
    # guest.updated: the names of the fields that changed.
    changed: tuple[Line, ...] | None = None


class GuestMergedData(WireModel):
    """Two guests became one: the first stays, the merged one is gone."""

    guest_id: Id
    guest_card_id: Id | None = None
    merged_guest_id: Id
    merged_guest_card_id: Id | None = None


class TransactionData(WireModel):
    """Points earned or redeemed with a check, or expired; always above zero."""

    guest_card_id: Id
    guest_id: Id | None = None
    order_id: Id | None = None
    points: Points


class TransactionRefundData(WireModel):
    """A check given back: earned points taken back, redeemed points returned."""

    guest_card_id: Id
    guest_id: Id | None = None
    order_id: Id
    refund_id: Id
    reversed: Points
    returned: Points


class TransactionManualData(WireModel):
    """Points given or taken by an administrator or a transfer; taken ones are below zero."""

    guest_card_id: Id
    guest_id: Id | None = None
    points: SignedPoints
    reason: Text | None = None
    staff_id: Id | None = None


class PointsExpiringData(WireModel):
    """Points will end soon; each end is told once. `kind` is REGULAR or PROMO."""

    guest_card_id: Id
    guest_id: Id | None = None
    kind: Line
    points: Points
    expires_at: Moment


class LevelUpgradedData(WireModel):
    """A guest reached a higher level."""

    guest_card_id: Id
    guest_id: Id | None = None
    order_id: Id | None = None
    level: Id


class PromoData(WireModel):
    """A promotion, promo code or promo points began or ended, for all or for one guest."""

    promotion_id: Id | None = None
    name: Line | None = None
    code: Line | None = None
    guest_card_id: Id | None = None
    guest_id: Id | None = None
    order_id: Id | None = None
    points: Points | None = None


class PosCheckData(WireModel):
    """A check of another point of sale was taken in."""

    pos_check_id: Id
    guest_card_id: Id | None = None
    guest_id: Id | None = None
    check_amount: Amount
    points_earned: Points | None = None
    points_spent: Points | None = None


class PosSyncFailedData(WireModel):
    """An operation that a till or plugin sent was not accepted."""

    installation_id: Id
    operation_id: Id | None = None
    error_code: Line
    detail: Text | None = None


class SubscriptionData(WireModel):
    """The company's own plan began, goes on, will end or has ended; no `periodEnd`: without an end."""

    subscription_id: Id
    plan: Line
    period_end: Moment | None = None


class PaymentData(WireModel):
    """A payment for the company's subscription went through or failed."""

    payment_id: Id
    subscription_id: Id | None = None
    amount: Amount
    currency: Line
    reason: Text | None = None


class EventType(NamedTuple):
    """One type of event: its data, what it says, and an example in wire form."""

    model: type[WireModel]
    title_en: str
    title_ru: str
    example: Mapping[str, Any]
    # Who writes it: the service itself, or a billing system; there is none yet, so nobody does.
    source: str = "service"


_GUEST: Final = {"guestId": "gst-01", "guestCardId": "card-gst-01"}
_POINTS: Final = _GUEST | {"orderId": "order-1001", "points": 45.5}
_SUBSCRIPTION: Final = {
    "subscriptionId": "sub-01",
    "plan": "pro",
    "periodEnd": "2026-12-20T00:00:00.000Z",
}
_PAYMENT: Final = {
    "paymentId": "pay-01",
    "subscriptionId": "sub-01",
    "amount": 4900,
    "currency": "RUB",
}
_BILLING: Final = "billing"

EVENT_TYPES: Final[Mapping[str, EventType]] = {
    "guest.created": EventType(
        GuestEventData, "A guest was registered", "Зарегистрирован гость", _GUEST
    ),
    "guest.updated": EventType(
        GuestEventData,
        "A guest's data changed",
        "Изменены данные гостя",
        _GUEST | {"changed": ["firstName"]},
    ),
    "guest.deleted": EventType(
        GuestEventData, "A guest was deleted and anonymised", "Гость удалён и обезличен", _GUEST
    ),
    "guest.merged": EventType(
        GuestMergedData,
        "Two guests were merged",
        "Объединены карточки гостя",
        _GUEST | {"mergedGuestId": "gst-02", "mergedGuestCardId": "card-gst-02"},
    ),
    "transaction.earn": EventType(
        TransactionData, "Points were earned", "Начислены баллы", _POINTS
    ),
    "transaction.redeem": EventType(
        TransactionData, "Points were redeemed", "Списаны баллы", _POINTS
    ),
    "transaction.refund": EventType(
        TransactionRefundData,
        "A check was given back",
        "Оформлен возврат чека",
        _GUEST
        | {"orderId": "order-1001", "refundId": "refund-7", "reversed": 45.5, "returned": 100},
    ),
    "transaction.manual": EventType(
        TransactionManualData,
        "Points were adjusted by hand",
        "Баллы изменены вручную",
        _GUEST | {"points": -20, "reason": "correction"},
    ),
    "transaction.expire": EventType(
        TransactionData, "Points expired", "Сгорели баллы", _GUEST | {"points": 120}
    ),
    "points.expiring": EventType(
        PointsExpiringData,
        "Points end soon",
        "Баллы скоро сгорят",
        _GUEST | {"kind": "PROMO", "points": 150, "expiresAt": "2026-12-04T20:59:59.000Z"},
    ),
    "level.upgraded": EventType(
        LevelUpgradedData,
        "A guest reached a higher level",
        "Гость перешёл на новый уровень",
        _GUEST | {"orderId": "order-1001", "level": "gold"},
    ),
    "promo.activated": EventType(
        PromoData,
        "A promotion or promo code took effect",
        "Сработала акция или промокод",
        _GUEST | {"promotionId": "promo-3", "name": "Happy hours", "orderId": "order-1001"},
    ),
    "promo.expired": EventType(
        PromoData,
        "A promotion, promo code or promo points ended",
        "Закончилась акция, промокод или промобаллы",
        _GUEST | {"points": 50},
    ),
    "pos.check.processed": EventType(
        PosCheckData,
        "A check of another point of sale was processed",
        "Обработан чек внешней кассы",
        _GUEST | {"posCheckId": "iiko-5001", "checkAmount": 1250.5, "pointsEarned": 62},
    ),
    "pos.sync.failed": EventType(
        PosSyncFailedData,
        "An operation of a till was not accepted",
        "Операция кассы не принята",
        {
            "installationId": "inst-till-01",
            "operationId": "op-17",
            "errorCode": "TOTALS_MISMATCH",
            "detail": "The sums of the operation do not agree",
        },
    ),
    "subscription.created": EventType(
        SubscriptionData, "A subscription began", "Оформлена подписка", _SUBSCRIPTION
    ),
    "subscription.renewed": EventType(
        SubscriptionData, "A subscription was renewed", "Подписка продлена", _SUBSCRIPTION
    ),
    "subscription.cancelled": EventType(
        SubscriptionData,
        "A subscription was cancelled",
        "Подписка отменена",
        _SUBSCRIPTION,
    ),
    "subscription.expired": EventType(
        SubscriptionData, "A subscription ran out", "Подписка закончилась", _SUBSCRIPTION
    ),
    "payment.succeeded": EventType(
        PaymentData, "A payment went through", "Платёж прошёл", _PAYMENT, _BILLING
    ),
    "payment.failed": EventType(
        PaymentData,
        "A payment failed",
        "Платёж не прошёл",
        _PAYMENT | {"reason": "The card was declined"},
        _BILLING,
    ),
}
"""Every type of event there is (spec W1)."""


def wire_data(event_type: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return an event's data as it travels, from how it is stored.

    Raises:
        KeyError: There is no such type.
        pydantic.ValidationError: What is stored is not of the type's model.
    """
    return EVENT_TYPES[event_type].model.model_validate(dict(stored)).to_wire()


def stored_example(event_type: str) -> dict[str, Any]:
    """Return the example of a type as the service stores it.

    Raises:
        KeyError: There is no such type.
    """
    kind = EVENT_TYPES[event_type]
    model = kind.model.from_wire(dict(kind.example))
    kept = model.model_dump(by_alias=True, exclude_none=True)
    return {name: _plain(value, kind.example[name]) for name, value in kept.items()}


def _plain(value: Any, said: Any) -> Any:  # noqa: ANN401 - whatever the field holds
    # Amounts become integer hundredths; moments and texts stay as they are said.
    return value if isinstance(value, int) else said
