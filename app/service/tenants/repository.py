"""Reading a tenant and the loyalty rules that were valid at a moment."""

from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts.pos import LoyaltyRulesView
from app.domain.loyalty import LoyaltyRules
from app.service.db.prepared import Prepared
from app.service.tenants.models import loyalty_rules


class RulesVersion(NamedTuple):
    """One version of a tenant's rules; versions are never changed."""

    rules_id: str
    rules: LoyaltyRules


_VERSIONS: Final = sa.select(loyalty_rules.c.id, loyalty_rules.c.body).where(
    loyalty_rules.c.tenant_id == sa.bindparam("tenant")
)
_VALID: Final = Prepared(
    _VERSIONS.where(loyalty_rules.c.valid_from <= sa.bindparam("at"))
    .order_by(loyalty_rules.c.valid_from.desc())
    .limit(sa.literal_column("1"))
)
_FIRST: Final = Prepared(
    _VERSIONS.order_by(loyalty_rules.c.valid_from).limit(sa.literal_column("1"))
)


@lru_cache(maxsize=1024)
def _parse(rules_id: str, body: str) -> RulesVersion:
    return RulesVersion(rules_id, LoyaltyRulesView.from_wire(body).to_domain())


def ask_rules_ahead(connection: Connection, tenant_id: str, at: datetime) -> None:
    """Begin to look for the rules that are valid at a moment."""
    _VALID.ahead(connection, {"tenant": tenant_id, "at": at})


def get_rules(connection: Connection, tenant_id: str, at: datetime) -> RulesVersion:
    """Return the rules valid at a moment; before the first version, the first one."""
    row = _VALID.first(connection, {"tenant": tenant_id, "at": at})
    if row is None:
        row = _FIRST.first(connection, {"tenant": tenant_id})
    assert row is not None, "every tenant is made with rules"
    return _parse(row.id, row.body)
