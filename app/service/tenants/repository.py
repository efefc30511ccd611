"""Reading a tenant and the loyalty rules that were valid at a moment."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.pos import LoyaltyRulesView
from app.domain.loyalty import LoyaltyRules
from app.service.tenants.models import loyalty_rules


@dataclass(frozen=True, slots=True)
class RulesVersion:
    """One version of a tenant's rules; versions are never changed."""

    rules_id: str
    rules: LoyaltyRules


@lru_cache(maxsize=1024)
def _parse(rules_id: str, body: str) -> RulesVersion:
    return RulesVersion(rules_id, LoyaltyRulesView.from_wire(body).to_domain())


def get_rules(connection: Connection, tenant_id: str, at: datetime) -> RulesVersion:
    """Return the rules valid at a moment; before the first version, the first one."""
    versions = sa.select(loyalty_rules.c.id, loyalty_rules.c.body)
    versions = versions.where(loyalty_rules.c.tenant_id == tenant_id)
    valid = versions.where(loyalty_rules.c.valid_from <= at)
    row = connection.execute(valid.order_by(loyalty_rules.c.valid_from.desc()).limit(1)).first()
    if row is None:
        row = connection.execute(versions.order_by(loyalty_rules.c.valid_from).limit(1)).first()
    assert row is not None, "every tenant is made with rules"
    return _parse(row.id, row.body)
