"""Imports every noun's tables, so that `metadata` is whole for migrations and tests."""

from app.service.audit_log import models as audit_log
from app.service.auth import models as auth
from app.service.catalog import models as catalog
from app.service.db.schema import metadata
from app.service.exports import models as exports
from app.service.gift_cards import models as gift_cards
from app.service.guests import models as guests
from app.service.jobs import models as jobs
from app.service.kit import models as kit
from app.service.ledger import models as ledger
from app.service.limits import models as limits
from app.service.loyalty import models as loyalty
from app.service.orders import models as orders
from app.service.plugins import models as plugins
from app.service.pos_checks import models as pos_checks
from app.service.privacy import models as privacy
from app.service.promotions import models as promotions
from app.service.requests import models as requests
from app.service.staff import models as staff
from app.service.tenants import models as tenants
from app.service.tills import models as tills
from app.service.webhooks import models as webhooks

__all__ = [
    "audit_log",
    "auth",
    "catalog",
    "exports",
    "gift_cards",
    "guests",
    "jobs",
    "kit",
    "ledger",
    "limits",
    "loyalty",
    "metadata",
    "orders",
    "plugins",
    "pos_checks",
    "privacy",
    "promotions",
    "requests",
    "staff",
    "tenants",
    "tills",
    "webhooks",
]
