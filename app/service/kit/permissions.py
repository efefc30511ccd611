"""What a key or a person may do: scopes of keys, permissions of people, and the roles that grant them.

An API key holds scopes (spec A10); `admin` includes all others. A person holds the permissions of his
role and those given to him alone. A till's own rights (discounts, voids) are another matter: see
`app.till.permissions`.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Final


class Scope(StrEnum):
    """What an API key may be allowed to do."""

    GUESTS_READ = "guests:read"
    GUESTS_WRITE = "guests:write"
    GUESTS_DELETE = "guests:delete"
    TRANSACTIONS_READ = "transactions:read"
    TRANSACTIONS_WRITE = "transactions:write"
    WEBHOOKS_MANAGE = "webhooks:manage"
    ANALYTICS_READ = "analytics:read"
    ADMIN = "admin"


class Permission(StrEnum):
    """What a person may be allowed to do through the service."""

    GUESTS_READ = "guests:read"
    GUESTS_WRITE = "guests:write"
    GUESTS_DELETE = "guests:delete"
    GUESTS_EXPORT = "guests:export"
    TRANSACTIONS_READ = "transactions:read"
    TRANSACTIONS_WRITE = "transactions:write"
    LOYALTY_ADJUST = "loyalty:adjust"
    LOYALTY_RULES = "loyalty:rules"
    PROMOTIONS_READ = "promotions:read"
    PROMOTIONS_MANAGE = "promotions:manage"
    GIFT_CARDS_READ = "gift-cards:read"
    GIFT_CARDS_MANAGE = "gift-cards:manage"
    CATALOG_READ = "catalog:read"
    CATALOG_MANAGE = "catalog:manage"
    ORDERS_READ = "orders:read"
    ORDERS_WRITE = "orders:write"
    ANALYTICS_READ = "analytics:read"
    EXPORTS_CREATE = "exports:create"
    WEBHOOKS_MANAGE = "webhooks:manage"
    KEYS_MANAGE = "keys:manage"
    PLUGINS_MANAGE = "plugins:manage"
    LOCATIONS_READ = "locations:read"
    LOCATIONS_MANAGE = "locations:manage"
    STAFF_READ = "staff:read"
    STAFF_MANAGE = "staff:manage"
    AUDIT_READ = "audit:read"
    TENANT_MANAGE = "tenant:manage"


class StaffRole(StrEnum):
    """The roles people may have; the same names as in the till."""

    OWNER = "owner"
    ADMIN = "admin"
    MANAGER = "manager"
    CASHIER = "cashier"
    WAITER = "waiter"
    KITCHEN = "kitchen"


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


def permissions_of(role: str, extra: Iterable[str] = ()) -> frozenset[str]:
    """Return what a person may do: by the role, and by rights of his own; unknown names grant nothing."""
    known = {permission.value for permission in Permission}
    granted = ROLE_PERMISSIONS[StaffRole(role)] if role in StaffRole else frozenset()
    return frozenset(permission.value for permission in granted) | (known & set(extra))
