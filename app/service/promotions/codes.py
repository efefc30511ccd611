"""Promo codes: finding one that a guest names, making one or many, switching them off."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from app.contracts.errors import ErrorCode, FieldProblem
from app.contracts.promotions import (
    CreatePromoCodeBatchRequest,
    CreatePromoCodeRequest,
    PromoCodeBatchResponse,
    PromoCodeState,
    PromoCodeView,
    PromotionState,
    normalize_code,
)
from app.domain.loyalty import Explanation
from app.service.audit_log.service import record
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.promotions.models import promo_codes
from app.service.promotions.repository import Row, find_promotion

_CODE_LENGTH: Final = 8
_CHUNK: Final = 500


@dataclass(frozen=True, slots=True)
class NamedCode:
    """A code as a guest named it; without `row` there is no such one, with `fault` it is not good."""

    text: str
    row: Row | None = None
    fault: ErrorCode | None = None
    note: Explanation | None = None

    @property
    def is_good(self) -> bool:
        """Tell whether it may be used."""
        return self.row is not None and self.fault is None


def find_code(work: Work, said: str, at: datetime, own_code_ids: Iterable[str] = ()) -> NamedCode:
    """Look at a code.

    Args:
        work: The transaction.
        said: As the guest said it.
        at: When it is used.
        own_code_ids: Codes of which the order holds a place already.
    """
    text = normalize_code(said)
    row = work.connection.execute(
        sa.select(promo_codes).where(
            promo_codes.c.tenant_id == work.tenant_id, promo_codes.c.code == text
        )
    ).first()
    if row is None:
        return _bad(text, None, ErrorCode.PROMO_CODE_NOT_FOUND, "не найден", "is not known")
    if row.disabled_at is not None and row.disabled_at <= at:
        return _bad(text, row, ErrorCode.PROMO_CODE_DISABLED, "выключен", "is switched off")
    if row.valid_from is not None and at < row.valid_from:
        when = f"{row.valid_from:%d.%m.%Y}"
        return _bad(
            text, row, ErrorCode.PROMO_CODE_EXPIRED, f"действует с {when}", f"is valid from {when}"
        )
    if row.valid_until is not None and at >= row.valid_until:
        when = f"{row.valid_until:%d.%m.%Y}"
        return _bad(text, row, ErrorCode.PROMO_CODE_EXPIRED, f"истёк {when}", f"expired on {when}")
    used = row.used_count - (row.id in set(own_code_ids))
    if row.max_uses is not None and used >= row.max_uses:
        facts = f"{used} / {row.max_uses}"
        return _bad(
            text,
            row,
            ErrorCode.PROMO_CODE_USED,
            f"уже использован ({facts})",
            f"has been used ({facts})",
        )
    return NamedCode(text, row)


def switched_off(code: NamedCode) -> NamedCode:
    """Return a good code whose promotion is switched off as one that is not good."""
    return _bad(
        code.text,
        code.row,
        ErrorCode.PROMO_CODE_DISABLED,
        "сейчас не действует: акция выключена",
        "does not work now: its promotion is switched off",
    )


def _bad(text: str, row: Row | None, fault: ErrorCode, ru: str, en: str) -> NamedCode:
    note = Explanation(fault.value, 0, f"Промокод {text} {ru}", f"Promo code {text} {en}")
    return NamedCode(text, row, fault, note)


def create_code(work: Work, request: CreatePromoCodeRequest) -> PromoCodeView:
    """Make one code.

    Raises:
        ProblemError: PROMOTION_NOT_FOUND, PROMOTION_STATE, PROMO_CODE_TAKEN.
    """
    _require_coded(work, request.promotion_id)
    text = request.code or _draw(work, "", _CODE_LENGTH, set())
    if _taken(work, [text]):
        raise ProblemError(ErrorCode.PROMO_CODE_TAKEN)
    code_id = insert_code(work, request, text)
    record(work, "promo_code.created", "promo_code", code_id, {"code": text})
    return get_code(work, code_id)


def insert_code(work: Work, request: CreatePromoCodeRequest, text: str) -> str:
    """Write a new code and return its id."""
    row = _row(work, request, text, None)
    work.connection.execute(sa.insert(promo_codes).values(row))
    return str(row["id"])


def create_batch(work: Work, request: CreatePromoCodeBatchRequest) -> PromoCodeBatchResponse:
    """Draw many codes at once.

    Raises:
        ProblemError: PROMOTION_NOT_FOUND or PROMOTION_STATE.
    """
    _require_coded(work, request.promotion_id)
    batch_id, prefix = work.ids.new(), normalize_code(request.prefix)
    drawn: set[str] = set()
    while len(drawn) < request.count:
        fresh = [
            _draw(work, prefix, request.length, drawn) for _ in range(request.count - len(drawn))
        ]
        drawn |= set(fresh) - _taken(work, fresh)
    codes = sorted(drawn)
    work.connection.execute(
        sa.insert(promo_codes), [_row(work, request, text, batch_id) for text in codes]
    )
    details = {"count": len(codes), "promotionId": request.promotion_id}
    record(work, "promo_code.batch_created", "promo_code_batch", batch_id, details)
    return PromoCodeBatchResponse(batch_id=batch_id, codes=tuple(codes))


def _draw(work: Work, prefix: str, length: int, drawn: set[str]) -> str:
    while (text := prefix + work.ids.token(length)) in drawn:
        pass
    return text


def _taken(work: Work, texts: list[str]) -> set[str]:
    found: set[str] = set()
    for begin in range(0, len(texts), _CHUNK):
        rows = work.connection.execute(
            sa.select(promo_codes.c.code).where(
                promo_codes.c.tenant_id == work.tenant_id,
                promo_codes.c.code.in_(texts[begin : begin + _CHUNK]),
            )
        )
        found |= set(rows.scalars())
    return found


def _row(
    work: Work,
    request: CreatePromoCodeRequest | CreatePromoCodeBatchRequest,
    text: str,
    batch_id: str | None,
) -> dict[str, Any]:
    return {
        "id": work.ids.new(),
        "tenant_id": work.tenant_id,
        "promotion_id": request.promotion_id,
        "code": text,
        "batch_id": batch_id,
        "max_uses": request.max_uses,
        "used_count": 0,
        "valid_from": request.valid_from,
        "valid_until": request.valid_until,
        "disabled_at": None,
        "created_at": work.now,
    }


def _require_coded(work: Work, promotion_id: str) -> None:
    row = find_promotion(work, promotion_id)
    if row is None:
        field = FieldProblem(
            pointer="/promotionId", code="unknown", detail="there is no such promotion"
        )
        raise ProblemError(ErrorCode.PROMOTION_NOT_FOUND, errors=(field,))
    if row.state == PromotionState.ARCHIVED.value:
        raise ProblemError(ErrorCode.PROMOTION_STATE)
    if not row.needs_code:
        raise ProblemError(
            ErrorCode.PROMOTION_STATE,
            "The promotion applies without a code; set needsCode first",
            "Акция действует без промокода, сначала включите needsCode",
        )


def get_code(work: Work, code_id: str) -> PromoCodeView:
    """Return a code.

    Raises:
        ProblemError: PROMO_CODE_NOT_FOUND.
    """
    row = work.connection.execute(
        sa.select(promo_codes).where(
            promo_codes.c.id == code_id, promo_codes.c.tenant_id == work.tenant_id
        )
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.PROMO_CODE_NOT_FOUND)
    return code_view(work, row)


def code_view(work: Work, row: Row) -> PromoCodeView:
    """Return the wire form of a code's row."""
    return PromoCodeView(
        id=row.id,
        code=row.code,
        promotion_id=row.promotion_id,
        state=_state(row, work.now),
        max_uses=row.max_uses,
        used_count=row.used_count,
        batch_id=row.batch_id,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        disabled_at=row.disabled_at,
        created_at=row.created_at,
    )


def _state(row: Row, now: datetime) -> PromoCodeState:
    if row.disabled_at is not None:
        return PromoCodeState.DISABLED
    if row.valid_until is not None and now >= row.valid_until:
        return PromoCodeState.EXPIRED
    if row.max_uses is not None and row.used_count >= row.max_uses:
        return PromoCodeState.USED_UP
    return PromoCodeState.ACTIVE


def disable_code(work: Work, code_id: str) -> PromoCodeView:
    """Switch a code off; one that is off already stays as it is.

    Raises:
        ProblemError: PROMO_CODE_NOT_FOUND.
    """
    get_code(work, code_id)
    changed = _disable(work, promo_codes.c.id == code_id)
    if changed:
        record(work, "promo_code.disabled", "promo_code", code_id)
    return get_code(work, code_id)


def disable_batch(work: Work, batch_id: str) -> int:
    """Switch all codes of a batch off; return how many were on.

    Raises:
        ProblemError: PROMO_CODE_NOT_FOUND when there is no such batch.
    """
    of_batch = sa.and_(
        promo_codes.c.batch_id == batch_id, promo_codes.c.tenant_id == work.tenant_id
    )
    known = work.connection.execute(sa.select(promo_codes.c.id).where(of_batch).limit(1)).first()
    if known is None:
        raise ProblemError(ErrorCode.PROMO_CODE_NOT_FOUND)
    changed = _disable(work, of_batch)
    details = {"count": changed}
    record(work, "promo_code.batch_disabled", "promo_code_batch", batch_id, details)
    return changed


def _disable(work: Work, which: sa.ColumnElement[bool]) -> int:
    changed = work.connection.execute(
        sa.update(promo_codes)
        .where(
            which, promo_codes.c.tenant_id == work.tenant_id, promo_codes.c.disabled_at.is_(None)
        )
        .values(disabled_at=work.now)
    )
    return changed.rowcount
