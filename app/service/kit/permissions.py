"""What a key or a person may do: scopes of keys, permissions of people, and the roles that grant them.

An API key holds scopes (spec A10); `admin` includes all others. A person holds the permissions of his
role and those given to him alone. A till's own rights (discounts, voids) are another matter: see
`app.till.permissions`.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from app.contracts.permissions import Permission, Scope, StaffRole

__all__ = ["ROLE_PERMISSIONS", "Permission", "Scope", "StaffRole", "permissions_of"]

_P = Permission

_KITCHEN: Final = frozenset({_P.CATALOG_READ, _P.ORDERS_READ})
_WAITER: Final = _KITCHEN | {
    _P.GUESTS_READ,
    _P.PROMOTIONS_READ,
    _P.ORDERS_WRITE,
}
_CASHIER: Final = _WAITER | {
    _P.GUESTS_WRITE,
    _P.TRANSACTIONS_READ,
    _P.TRANSACTIONS_WRITE,
    _P.GIFT_CARDS_READ,
}
_MANAGER: Final = _CASHIER | {
    _P.LOYALTY_ADJUST,
    _P.PROMOTIONS_MANAGE,
    _P.GIFT_CARDS_MANAGE,
    _P.CATALOG_MANAGE,
    _P.ANALYTICS_READ,
    _P.EXPORTS_CREATE,
    _P.LOCATIONS_READ,
    _P.STAFF_READ,
    _P.AUDIT_READ,
}
_ADMIN: Final = _MANAGER | {
    _P.GUESTS_DELETE,
    _P.GUESTS_EXPORT,
    _P.LOYALTY_RULES,
    _P.WEBHOOKS_MANAGE,
    _P.KEYS_MANAGE,
    _P.PLUGINS_MANAGE,
    _P.LOCATIONS_MANAGE,
    _P.STAFF_MANAGE,
}

ROLE_PERMISSIONS: Final[Mapping[StaffRole, frozenset[Permission]]] = {
    StaffRole.OWNER: frozenset(Permission),
    StaffRole.ADMIN: _ADMIN,
    StaffRole.MANAGER: _MANAGER,
    StaffRole.CASHIER: _CASHIER,
    StaffRole.WAITER: _WAITER,
    StaffRole.KITCHEN: _KITCHEN,
}
"""What each role grants; a test holds every route against it."""

_BY_NAME: Final = {role.value: granted for role, granted in ROLE_PERMISSIONS.items()}


def permissions_of(role: str, extra: Iterable[str] = ()) -> frozenset[str]:
    """Return what a person may do: by the role, and by rights of his own; unknown names grant nothing."""
    known = {permission.value for permission in Permission}
    granted = _BY_NAME.get(role, frozenset())
    return frozenset(permission.value for permission in granted) | (known & set(extra))
