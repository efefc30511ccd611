"""Who may do what: roles, actions and the table between them (T1).

An action that a role lacks is not refused for good: a supervisor's PIN allows it once, and both
people are recorded. Rights given to one person by the service are added to those of the role.
"""

from collections.abc import Iterable
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Role(StrEnum):
    """What a person is in the house."""

    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    CASHIER = "cashier"
    WAITER = "waiter"
    KITCHEN = "kitchen"


class Action(StrEnum):
    """Something that may need a right. The value is the name of the permission at the service."""

    SELL = "sale.create"
    TAKE_PAYMENT = "payment.take"
    HOLD = "sale.hold"
    DISCOUNT = "discount.give"
    DISCOUNT_ANY = "discount.any"
    CANCEL_ORDER = "sale.cancel"
    VOID_SENT = "sale.void_sent"
    OTHERS_ORDERS = "sale.others"
    REFUND = "refund.create"
    REFUND_CASH_FOR_CARD = "refund.cash_for_card"
    MANUAL_PAYMENT = "payment.manual"
    SELL_UNMARKED = "mark.skip"
    OPEN_SHIFT = "shift.open"
    CLOSE_SHIFT = "shift.close"
    CLOSE_OTHERS_SHIFT = "shift.close_others"
    CASH_IN_OUT = "cash.move"
    X_REPORT = "report.x"
    OPEN_DRAWER = "drawer.open"
    FISCAL_DECIDE = "fiscal.decide"
    STOP_LIST = "menu.stop"
    ATTACH_BARCODE = "menu.barcode"
    SETTINGS = "till.settings"
    QUEUE_GIVE_UP = "queue.give_up"
    APPROVE = "approve"


_WAITER: Final = frozenset({Action.SELL, Action.HOLD, Action.DISCOUNT})
_CASHIER: Final = _WAITER | {
    Action.TAKE_PAYMENT,
    Action.CANCEL_ORDER,
    Action.OPEN_SHIFT,
    Action.CLOSE_SHIFT,
    Action.CASH_IN_OUT,
    Action.X_REPORT,
    Action.OPEN_DRAWER,
}
_MANAGER: Final = _CASHIER | {
    Action.VOID_SENT,
    Action.OTHERS_ORDERS,
    Action.REFUND,
    Action.REFUND_CASH_FOR_CARD,
    Action.MANUAL_PAYMENT,
    Action.SELL_UNMARKED,
    Action.CLOSE_OTHERS_SHIFT,
    Action.FISCAL_DECIDE,
    Action.STOP_LIST,
    Action.ATTACH_BARCODE,
    Action.QUEUE_GIVE_UP,
    Action.APPROVE,
}
_ALL: Final = frozenset(Action)

RIGHTS: Final = MappingProxyType(
    {
        Role.OWNER: _ALL,
        Role.ADMIN: _ALL,
        Role.MANAGER: _MANAGER,
        Role.CASHIER: _CASHIER,
        Role.WAITER: _WAITER,
        Role.KITCHEN: frozenset[Action](),
    }
)

#: The largest discount each role may give alone, in basis points.
DISCOUNT_LIMIT_BP: Final = MappingProxyType(
    {
        Role.OWNER: 10_000,
        Role.ADMIN: 10_000,
        Role.MANAGER: 5_000,
        Role.CASHIER: 1_500,
        Role.WAITER: 500,
        Role.KITCHEN: 0,
    }
)


def role_of(name: str) -> Role:
    """Return the role with this name; a name that is not known has the least rights."""
    try:
        return Role(name)
    except ValueError:
        return Role.KITCHEN


def is_allowed(role: Role, extra: Iterable[str], action: Action) -> bool:
    """Tell whether a person may do something: by the role, or by a right of his own."""
    return action in RIGHTS[role] or action.value in frozenset(extra)


def discount_limit_bp(role: Role, extra: Iterable[str]) -> int:
    """Return the largest discount a person may give alone, in basis points."""
    return 10_000 if is_allowed(role, extra, Action.DISCOUNT_ANY) else DISCOUNT_LIMIT_BP[role]
