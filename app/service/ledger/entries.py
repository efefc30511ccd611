"""Adding entries to the ledger: the only way in which points appear or disappear."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

import sqlalchemy as sa

from app.service.db.prepared import Prepared
from app.service.kit.work import Work
from app.service.ledger.lots import Lot, lots_to_text
from app.service.ledger.models import ledger_entries


class EntryKind(StrEnum):
    """Why the points moved."""

    EARN = "EARN"
    REDEEM = "REDEEM"
    REFUND = "REFUND"
    MANUAL = "MANUAL"
    EXPIRE = "EXPIRE"
    TRANSFER = "TRANSFER"
    PROMO = "PROMO"


class Cause(NamedTuple):
    """What an entry is about, for whoever asks later where the points went."""

    occurred_at: datetime
    order_id: str | None = None
    refund_id: str | None = None
    installation_id: str | None = None
    cashier_id: str | None = None
    rules_id: str | None = None
    level_id: str | None = None
    reverses_id: str | None = None
    reason: str | None = None


class Entry(NamedTuple):
    """One movement of one card. `natural_key` can be booked once, for ever.

    `dated` is what moved in lots with a date of their own; the balances before include what is held.
    """

    entry_id: str
    card_id: str
    card_seq: int
    kind: EntryKind
    regular_delta_minor: int
    promo_delta_minor: int
    balance_before_minor: int
    promo_before_minor: int
    natural_key: str
    cause: Cause
    dated: tuple[Lot, ...] = ()

    @property
    def balance_after_minor(self) -> int:
        """Return what the card owns after the entry."""
        return self.balance_before_minor + self.regular_delta_minor + self.promo_delta_minor

    @property
    def promo_after_minor(self) -> int:
        """Return how much of it are promo points."""
        return self.promo_before_minor + self.promo_delta_minor


_WRITE: Final = Prepared(
    sa.insert(ledger_entries), [column.name for column in ledger_entries.columns]
)


def write_entries(work: Work, entries: Sequence[Entry]) -> None:
    """Add entries."""
    for entry in entries:
        assert entry.balance_after_minor >= entry.promo_after_minor >= 0, "a card never owes points"
        assert entry.regular_delta_minor or entry.promo_delta_minor, "an entry moves something"
        cause = entry.cause
        _WRITE.run(
            work.connection,
            {
                "id": entry.entry_id,
                "tenant_id": work.tenant_id,
                "card_id": entry.card_id,
                "card_seq": entry.card_seq,
                "kind": entry.kind.value,
                "regular_delta_minor": entry.regular_delta_minor,
                "promo_delta_minor": entry.promo_delta_minor,
                "balance_before_minor": entry.balance_before_minor,
                "balance_after_minor": entry.balance_after_minor,
                "promo_after_minor": entry.promo_after_minor,
                "lots": lots_to_text(entry.dated),
                "order_id": cause.order_id,
                "refund_id": cause.refund_id,
                "installation_id": cause.installation_id,
                "cashier_id": cause.cashier_id,
                "rules_id": cause.rules_id,
                "level_id": cause.level_id,
                "reverses_id": cause.reverses_id,
                "natural_key": entry.natural_key,
                "reason": cause.reason,
                "occurred_at": cause.occurred_at,
                "created_at": work.now,
            },
        )
