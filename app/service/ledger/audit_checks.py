"""The explicit table of what the audit command proves; each noun adds its own check.

A check reads through a streaming cursor, changes nothing, and returns what it has seen and what is
broken. All checks run on one snapshot.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy.engine import Connection

from app.service.gift_cards.audit import audit_gift_cards
from app.service.ledger.audit import AuditResult, audit_cards, audit_orders


class AuditCheck(NamedTuple):
    """A named proof over the whole database."""

    name: str
    run: Callable[[Connection], AuditResult]


CHECKS: Final = (
    AuditCheck("points", audit_cards),
    AuditCheck("orders", audit_orders),
    AuditCheck("giftCards", audit_gift_cards),
)


@dataclass(frozen=True, slots=True)
class Proof:
    """What all checks found: the broken together, and each check's own result by its name."""

    all: AuditResult
    by_check: dict[str, AuditResult]


def prove(connection: Connection) -> Proof:
    """Run every check on the connection's snapshot."""
    by_check = {check.name: check.run(connection) for check in CHECKS}
    whole = AuditResult(by_check["points"].cards, by_check["points"].entries)
    for result in by_check.values():
        whole.include(result)
    return Proof(whole, by_check)
