"""The names of scopes, permissions and roles, as they are on the wire."""

from enum import StrEnum


class Scope(StrEnum):
    """What an API key may be allowed to do."""

    GUESTS_READ = "guests:read"
    GUESTS_WRITE = "guests:write"
    GUESTS_DELETE = "guests:delete"
    TRANSACTIONS_READ = "transactions:read"
    TRANSACTIONS_WRITE = "transactions:write"
    LOYALTY_ADJUST = "loyalty:adjust"
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
