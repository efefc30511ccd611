"""Paid sales and refunds: written once, never changed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from app.domain.sale import Refund, Sale
from app.domain.tender import Tender
from app.kernel.clock import from_iso, to_iso
from app.kernel.ids import LineId, RefundId, SaleId, ShiftId
from app.store.errors import NotStoredError
from app.store.rows import RefundedLine, SaleHead, SalesTotals
from app.store.sale_codec import refund_from_json, refund_to_json, sale_from_json, sale_to_json
from app.store.session import Session, Topic

_HEAD: Final = """
SELECT sale_id, number, shift_id, cashier_name, paid_at, due_minor, guest_name, line_count,
    (SELECT coalesce(sum(amount_minor), 0) FROM refunds WHERE refunds.sale_id = sales.sale_id)
FROM sales
"""


class SaleRepository:
    """Sales and what was given back of them."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._db = session.connection

    # -------------------------------------------------------------- sales
    def add(self, sale: Sale) -> None:
        """Write a paid sale.

        Raises:
            AlreadyStoredError: It was written before (raised when the unit ends).
        """
        assert sum(tender.amount_minor for tender in sale.tenders) == sale.due_minor
        self._db.execute(
            "INSERT INTO sales (sale_id, number, shift_id, cashier_name, paid_at, due_minor, "
            "discount_minor, points_minor, guest_name, line_count, document) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                sale.sale_id,
                sale.number,
                sale.shift_id,
                sale.cashier_name,
                to_iso(sale.paid_at),
                sale.due_minor,
                sale.priced.discount_minor,
                sale.priced.points_minor,
                sale.loyalty.card.first_name if sale.loyalty else "",
                len(sale.lines),
                sale_to_json(sale),
            ),
        )
        self._add_tenders(sale.sale_id, sale.shift_id, sale.tenders, is_refund=False)
        codes = [line.mark.identity for line in sale.lines if line.mark and line.mark.has_code]
        self._db.executemany(
            "REPLACE INTO sold_marks (identity, sale_id) VALUES (?, ?)",
            [(identity, sale.sale_id) for identity in codes],
        )
        self._session.touch(Topic.SALES)

    def find(self, sale_id: SaleId) -> Sale | None:
        """Return a sale, or None."""
        row = self._db.execute(
            "SELECT document FROM sales WHERE sale_id = ?", (sale_id,)
        ).fetchone()
        return None if row is None else sale_from_json(row[0])

    def get(self, sale_id: SaleId) -> Sale:
        """Return a sale.

        Raises:
            NotStoredError: This till did not make it.
        """
        sale = self.find(sale_id)
        if sale is None:
            raise NotStoredError("sale", sale_id)
        return sale

    def find_last(self) -> Sale | None:
        """Return the latest sale, or None."""
        row = self._db.execute(
            "SELECT document FROM sales ORDER BY sequence DESC LIMIT 1"
        ).fetchone()
        return None if row is None else sale_from_json(row[0])

    def find_by_mark(self, identity: str) -> SaleId | None:
        """Return the sale in which a marking code went away and did not come back, or None."""
        row = self._db.execute(
            "SELECT sale_id FROM sold_marks WHERE identity = ?", (identity,)
        ).fetchone()
        return None if row is None else SaleId(row[0])

    def list_by_shift(self, shift_id: ShiftId) -> tuple[Sale, ...]:
        """Return the whole sales of a shift, the oldest first."""
        rows = self._db.execute(
            "SELECT document FROM sales WHERE shift_id = ? ORDER BY sequence", (shift_id,)
        ).fetchall()
        return tuple(sale_from_json(row[0]) for row in rows)

    def list_heads(
        self,
        *,
        shift_id: ShiftId | None = None,
        number: int | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> tuple[SaleHead, ...]:
        """Return sales without their lines, the newest first; conditions narrow the list."""
        conditions, values = ["1 = 1"], []
        for condition, value in (
            ("shift_id = ?", shift_id),
            ("number = ?", number),
            ("paid_at >= ?", to_iso(since) if since else None),
            ("paid_at < ?", to_iso(until) if until else None),
        ):
            if value is not None:
                conditions.append(condition)
                values.append(value)
        rows = self._db.execute(
            f"{_HEAD} WHERE {' AND '.join(conditions)} ORDER BY sequence DESC LIMIT ? OFFSET ?",
            (*values, limit, offset),
        ).fetchall()
        return tuple(_head(row) for row in rows)

    # -------------------------------------------------------------- refunds
    def add_refund(self, refund: Refund) -> None:
        """Write a refund of a sale that this till made.

        Raises:
            AlreadyStoredError: It was written before, or the sale is not here (when the unit ends).
        """
        assert sum(tender.amount_minor for tender in refund.tenders) == refund.amount_minor
        self._db.execute(
            "INSERT INTO refunds (refund_id, sale_id, shift_id, refunded_at, amount_minor, "
            "document) VALUES (?, ?, ?, ?, ?, ?)",
            (
                refund.refund_id,
                refund.sale_id,
                refund.shift_id,
                to_iso(refund.refunded_at),
                refund.amount_minor,
                refund_to_json(refund),
            ),
        )
        self._db.executemany(
            "INSERT INTO refund_lines (sale_id, line_id, refund_id, quantity_milli, amount_minor) "
            "VALUES (?, ?, ?, ?, ?)",
            [
                (
                    refund.sale_id,
                    line.line_id,
                    refund.refund_id,
                    line.quantity_milli,
                    line.amount_minor,
                )
                for line in refund.lines
            ],
        )
        self._add_tenders(refund.sale_id, refund.shift_id, refund.tenders, is_refund=True)
        codes = [line.mark.identity for line in refund.lines if line.mark and line.mark.has_code]
        self._db.executemany(
            "DELETE FROM sold_marks WHERE identity = ? AND sale_id = ?",
            [(identity, refund.sale_id) for identity in codes],
        )
        self._session.touch(Topic.SALES)

    def find_refund(self, refund_id: RefundId) -> Refund | None:
        """Return a refund, or None."""
        row = self._db.execute(
            "SELECT document FROM refunds WHERE refund_id = ?", (refund_id,)
        ).fetchone()
        return None if row is None else refund_from_json(row[0])

    def list_refunds(self, sale_id: SaleId) -> tuple[Refund, ...]:
        """Return the refunds of a sale, the oldest first."""
        rows = self._db.execute(
            "SELECT document FROM refunds WHERE sale_id = ? ORDER BY refunded_at, refund_id",
            (sale_id,),
        ).fetchall()
        return tuple(refund_from_json(row[0]) for row in rows)

    def list_refunds_by_shift(self, shift_id: ShiftId) -> tuple[Refund, ...]:
        """Return the refunds made in a shift, the oldest first."""
        rows = self._db.execute(
            "SELECT document FROM refunds WHERE shift_id = ? ORDER BY refunded_at, refund_id",
            (shift_id,),
        ).fetchall()
        return tuple(refund_from_json(row[0]) for row in rows)

    def refunded_lines(self, sale_id: SaleId) -> dict[LineId, RefundedLine]:
        """Return how much of each line was given back; lines without refunds are not in it."""
        rows = self._db.execute(
            "SELECT line_id, sum(quantity_milli), sum(amount_minor) FROM refund_lines "
            "WHERE sale_id = ? GROUP BY line_id",
            (sale_id,),
        ).fetchall()
        return {LineId(row[0]): RefundedLine(LineId(row[0]), row[1], row[2]) for row in rows}

    # -------------------------------------------------------------- sums
    def totals(self, shift_id: ShiftId) -> SalesTotals:
        """Return the sums of a shift, computed from its rows."""
        sales = self._db.execute(
            "SELECT count(*), coalesce(sum(due_minor), 0), coalesce(sum(discount_minor), 0), "
            "coalesce(sum(points_minor), 0) FROM sales WHERE shift_id = ?",
            (shift_id,),
        ).fetchone()
        refunds = self._db.execute(
            "SELECT count(*), coalesce(sum(amount_minor), 0) FROM refunds WHERE shift_id = ?",
            (shift_id,),
        ).fetchone()
        kinds: tuple[dict[str, int], dict[str, int]] = ({}, {})
        for is_refund, kind, amount in self._db.execute(
            "SELECT is_refund, kind, sum(amount_minor) FROM tenders WHERE shift_id = ? "
            "GROUP BY is_refund, kind",
            (shift_id,),
        ).fetchall():
            kinds[is_refund][kind] = amount
        return SalesTotals(
            sales_count=sales[0],
            sales_minor=sales[1],
            refunds_count=refunds[0],
            refunds_minor=refunds[1],
            discounts_minor=sales[2],
            points_minor=sales[3],
            sales_by_kind=kinds[0],
            refunds_by_kind=kinds[1],
        )

    def _add_tenders(
        self, sale_id: SaleId, shift_id: ShiftId, tenders: Iterable[Tender], *, is_refund: bool
    ) -> None:
        self._db.executemany(
            "INSERT INTO tenders (sale_id, shift_id, is_refund, kind, amount_minor) "
            "VALUES (?, ?, ?, ?, ?)",
            [(sale_id, shift_id, is_refund, t.kind.value, t.amount_minor) for t in tenders],
        )


def _head(row: tuple[Any, ...]) -> SaleHead:
    return SaleHead(
        sale_id=SaleId(row[0]),
        number=row[1],
        shift_id=ShiftId(row[2]),
        cashier_name=row[3],
        paid_at=from_iso(row[4]),
        due_minor=row[5],
        refunded_minor=row[8],
        guest_name=row[6],
        line_count=row[7],
    )
