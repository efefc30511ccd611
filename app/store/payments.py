"""Money movements by devices: the intent before the device is asked, the result after (T31, T68)."""

from typing import Any, Final

from app.domain.sale import PaymentIntent, PaymentState
from app.domain.tender import TenderKind
from app.kernel.clock import from_iso, to_iso
from app.kernel.ids import PaymentId, SaleId
from app.store.codec import tenders_from_json, tenders_to_json
from app.store.errors import NotStoredError
from app.store.session import Session, Topic

_COLUMNS: Final = (
    "payment_id, sale_id, amount_minor, state, started_at, receipt_no_before, reference, kind, code"
)


class PaymentRepository:
    """Intents with their results. Write them in durable units only."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._db = session.connection

    def add(self, intent: PaymentIntent) -> None:
        """Write an intent, before the device is asked.

        Raises:
            AlreadyStoredError: The payment's id was used before (raised when the unit ends).
        """
        self._db.execute(
            f"INSERT INTO payments ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", _values(intent)
        )
        self._session.touch(Topic.PAYMENTS)

    def update(self, intent: PaymentIntent) -> None:
        """Write what became of it.

        Raises:
            NotStoredError: There was no intent.
        """
        payment_id, *rest = _values(intent)
        done = self._db.execute(
            "UPDATE payments SET sale_id = ?, amount_minor = ?, state = ?, started_at = ?, "
            "receipt_no_before = ?, reference = ?, kind = ?, code = ? WHERE payment_id = ?",
            (*rest, payment_id),
        )
        if done.rowcount != 1:
            raise NotStoredError("payment", intent.payment_id)
        self._session.touch(Topic.PAYMENTS)

    def find(self, payment_id: PaymentId) -> PaymentIntent | None:
        """Return an intent, or None."""
        row = self._db.execute(
            f"SELECT {_COLUMNS} FROM payments WHERE payment_id = ?", (payment_id,)
        ).fetchone()
        return None if row is None else _intent(row)

    def list_open(self) -> tuple[PaymentIntent, ...]:
        """Return what must be resolved by asking the device: intents and unknown outcomes."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM payments WHERE state IN ('intent', 'unknown') "
            "ORDER BY started_at, payment_id"
        ).fetchall()
        return tuple(_intent(row) for row in rows)

    def list_marked(self, *marks: str) -> tuple[PaymentIntent, ...]:
        """Return payments by phone whose code has one of the marks, the oldest first."""
        has_mark = " OR ".join("json_extract(code, ?) IS NOT NULL" for _mark in marks)
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM payments WHERE kind = 'sbp' AND code != '' "
            f"AND ({has_mark}) ORDER BY started_at, payment_id",
            tuple(f"$.{mark}" for mark in marks),
        ).fetchall()
        return tuple(_intent(row) for row in rows)

    def list_by_sale(self, sale_id: SaleId) -> tuple[PaymentIntent, ...]:
        """Return all intents of a sale, the oldest first."""
        rows = self._db.execute(
            f"SELECT {_COLUMNS} FROM payments WHERE sale_id = ? ORDER BY started_at, payment_id",
            (sale_id,),
        ).fetchall()
        return tuple(_intent(row) for row in rows)


def _values(intent: PaymentIntent) -> tuple[Any, ...]:
    reference = tenders_to_json((intent.reference,)) if intent.reference else None
    return (
        intent.payment_id,
        intent.sale_id,
        intent.amount_minor,
        intent.state.value,
        to_iso(intent.started_at),
        intent.receipt_no_before,
        reference,
        intent.kind.value,
        intent.code,
    )


def _intent(row: tuple[Any, ...]) -> PaymentIntent:
    return PaymentIntent(
        payment_id=PaymentId(row[0]),
        sale_id=SaleId(row[1]),
        amount_minor=row[2],
        state=PaymentState(row[3]),
        started_at=from_iso(row[4]),
        receipt_no_before=row[5],
        reference=tenders_from_json(row[6])[0] if row[6] else None,
        kind=TenderKind(row[7]),
        code=row[8],
    )
