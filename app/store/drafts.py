"""Orders that are not paid yet: open, held, or with money moving."""

from dataclasses import replace
from itertools import compress, count
from operator import is_not
from typing import Any, Final

from app.domain.cart import Cart, CartHistory, CartLine
from app.domain.sale import SaleState
from app.kernel.clock import from_iso, to_iso
from app.kernel.ids import CardId, SaleId, ShiftId, StaffId
from app.store.codec import (
    dumps,
    history_from_json,
    history_to_json,
    line_from_json,
    line_to_json,
    loads,
    loyalty_from_json,
    loyalty_to_json,
    tenders_from_json,
    tenders_to_json,
)
from app.store.errors import NotStoredError
from app.store.rows import Draft
from app.store.session import Session, Topic

_COLUMNS: Final = (
    "sale_id, number, state, name, owner_id, owner_name, shift_id, opened_at, updated_at, history, "
    "loyalty, tenders, rounding_minor, step, extra"
)


class DraftRepository:
    """Drafts, the oldest first. Saving one may go without waiting for the disk."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._db = session.connection

    def save(self, draft: Draft, before: Cart | None = None) -> None:
        """Write an order, new or changed.

        Args:
            draft: The order.
            before: The cart that the last `save` of this order wrote, if nothing else was written
                of it since: then only the lines that changed are written. None writes all.
        """
        assert draft.state in {SaleState.OPEN, SaleState.HELD, SaleState.PAYING}
        history = draft.history
        if history.past:
            self._remove_lines(draft.sale_id)
        else:
            self._save_lines(draft.sale_id, history.cart.lines, before.lines if before else None)
            history = CartHistory(replace(history.cart, lines=()))
        card_id = draft.loyalty.card.card_id if draft.loyalty else None
        self._db.execute(
            f"REPLACE INTO drafts ({_COLUMNS}, card_id) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                draft.sale_id,
                draft.number,
                draft.state.value,
                draft.name,
                draft.owner_id,
                draft.owner_name,
                draft.shift_id,
                to_iso(draft.opened_at),
                to_iso(draft.updated_at),
                history_to_json(history),
                loyalty_to_json(draft.loyalty),
                tenders_to_json(draft.tenders),
                draft.rounding_minor,
                draft.step,
                dumps(draft.extra),
                card_id,
            ),
        )
        self._session.touch(Topic.DRAFTS)

    def find(self, sale_id: SaleId) -> Draft | None:
        """Return an order, or None."""
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM drafts WHERE sale_id = ?", (sale_id,)
        ).fetchone()
        return None if row is None else self._draft(row)

    def get(self, sale_id: SaleId) -> Draft:
        """Return an order.

        Raises:
            NotStoredError: There is none with this id.
        """
        draft = self.find(sale_id)
        if draft is None:
            raise NotStoredError("order", sale_id)
        return draft

    def list_all(self, *states: SaleState) -> tuple[Draft, ...]:
        """Return the orders in these states (all without any), the oldest first."""
        wanted = [state.value for state in states or tuple(SaleState)]
        marks = ", ".join("?" * len(wanted))
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM drafts WHERE state IN ({marks}) ORDER BY opened_at, sale_id",
            wanted,
        ).fetchall()
        return tuple(self._draft(row) for row in rows)

    def count(self, state: SaleState) -> int:
        """Return how many orders are in a state."""
        row = self._db.execute("SELECT count(*) FROM drafts WHERE state = ?", (state.value,))
        return int(row.fetchone()[0])

    def list_by_card(self, card_id: CardId) -> tuple[Draft, ...]:
        """Return the orders that a guest's card is bound to."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM drafts WHERE card_id = ?", (card_id,)
        ).fetchall()
        return tuple(self._draft(row) for row in rows)

    def remove(self, sale_id: SaleId) -> None:
        """Remove an order that became a sale or was dropped; a missing one is no error."""
        self._db.execute("DELETE FROM drafts WHERE sale_id = ?", (sale_id,))
        self._remove_lines(sale_id)
        self._session.touch(Topic.DRAFTS)

    # -------------------------------------------------------------- lines
    def _save_lines(
        self, sale_id: SaleId, lines: tuple[CartLine, ...], before: tuple[CartLine, ...] | None
    ) -> None:
        places = None if before is None else _grown_places(lines, before)
        if places is None:
            self._remove_lines(sale_id)
            places = list(range(len(lines)))
        self._db.executemany(
            "REPLACE INTO draft_lines (sale_id, position, document) VALUES (?, ?, ?)",
            [(sale_id, place, line_to_json(lines[place])) for place in places],
        )

    def _remove_lines(self, sale_id: SaleId) -> None:
        self._db.execute("DELETE FROM draft_lines WHERE sale_id = ?", (sale_id,))

    def _draft(self, row: tuple[Any, ...]) -> Draft:
        draft = _draft(row)
        if draft.history.past:
            return draft
        rows = self._db.execute(
            "SELECT document FROM draft_lines WHERE sale_id = ? ORDER BY position", (draft.sale_id,)
        ).fetchall()
        if not rows:
            return draft
        lines = tuple(line_from_json(text) for (text,) in rows)
        return replace(draft, history=CartHistory(replace(draft.history.cart, lines=lines)))


def _grown_places(lines: tuple[CartLine, ...], before: tuple[CartLine, ...]) -> list[int] | None:
    """Return which places were changed or added; None if lines were removed or moved."""
    if len(lines) < len(before):
        return None
    places = list(compress(count(), map(is_not, lines, before)))
    if any(lines[place].line_id != before[place].line_id for place in places):
        return None
    return [*places, *range(len(before), len(lines))]


def _draft(row: tuple[Any, ...]) -> Draft:
    return Draft(
        sale_id=SaleId(row[0]),
        number=row[1],
        state=SaleState(row[2]),
        name=row[3],
        owner_id=StaffId(row[4]),
        owner_name=row[5],
        shift_id=ShiftId(row[6]) if row[6] else None,
        opened_at=from_iso(row[7]),
        updated_at=from_iso(row[8]),
        history=history_from_json(row[9]),
        loyalty=loyalty_from_json(row[10]),
        tenders=tenders_from_json(row[11]),
        rounding_minor=row[12],
        step=row[13],
        extra=loads(row[14]),
    )
