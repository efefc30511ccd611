"""Whether the sums of an operation agree with each other."""

from collections.abc import Sequence

from app.contracts import sync
from app.contracts.errors import ErrorCode, FieldProblem
from app.kernel.text import format_money
from app.service.kit.problems import ProblemError


def check_sale(payload: sync.SalePayload) -> None:
    """Refuse a sale whose lines, totals and payments tell different stories.

    Raises:
        ProblemError: TOTALS_MISMATCH, saying which sums differ; VALIDATION_ERROR for doubled ids.
    """
    totals = payload.totals
    _unlike("/lines", [line.line_id for line in payload.lines])
    _unlike("/tenders", [tender.payment_id for tender in payload.tenders])
    for line in payload.lines:
        _same(f"line {line.line_id}", line.total, line.gross - line.discount - line.points_share)
    _same("gross", totals.gross, sum(line.gross for line in payload.lines))
    _same("discount", totals.discount, sum(line.discount for line in payload.lines))
    _same("points", totals.points, sum(line.points_share for line in payload.lines))
    due = totals.gross - totals.discount - totals.points + totals.rounding
    _same("due", totals.due, due)
    _same("payments", sum(tender.amount for tender in payload.tenders), totals.due)
    spent = payload.loyalty.points_spent if payload.loyalty else 0
    _same("points spent", spent, totals.points)


def check_refund(payload: sync.RefundPayload) -> None:
    """Refuse a refund whose payments are not its amount.

    Raises:
        ProblemError: TOTALS_MISMATCH.
    """
    _same("payments", sum(tender.amount for tender in payload.tenders), payload.amount)


def _unlike(pointer: str, ids: Sequence[str]) -> None:
    if len(set(ids)) == len(ids):
        return
    detail = "the same id stands there twice"
    field = FieldProblem(pointer=pointer, code="doubled", detail=detail)
    raise ProblemError(ErrorCode.VALIDATION_ERROR, f"{pointer}: {detail}", errors=(field,))


def _same(name: str, told: int, should: int) -> None:
    if told != should:
        raise ProblemError(
            ErrorCode.TOTALS_MISMATCH,
            f"{name}: {format_money(told)} was sent, {format_money(should)} is expected",
            f"Суммы не сходятся ({name}): {format_money(told)} вместо {format_money(should)}",
        )
