"""Reading and replacing a tenant's loyalty rules: versions, each valid from a moment on.

A version is never changed and never begins in the past: sales that arrive late are booked by the rules
of their own time.
"""

from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from app.contracts.errors import ErrorCode, FieldProblem
from app.contracts.pos import LoyaltyRulesView
from app.contracts.transactions import (
    PutRulesRequest,
    RulesInput,
    RulesResponse,
    RulesVersionView,
)
from app.kernel.money import BASIS_POINTS
from app.service.audit_log.service import record
from app.service.catalog.models import categories
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.tenants.models import loyalty_rules
from app.service.tills.versions import raise_version

_LEVELS_MAX = 20
_SPAN_MAX_S = 7 * 86_400
_UPCOMING_MAX = 50
_T = loyalty_rules.c


def read_rules(work: Work) -> RulesResponse:
    """Return the rules that are valid now, and the versions that are to come."""
    versions = sa.select(loyalty_rules).where(_T.tenant_id == work.tenant_id)
    coming = versions.where(_T.valid_from > work.now).order_by(_T.valid_from).limit(_UPCOMING_MAX)
    upcoming = [_view(row) for row in work.connection.execute(coming)]
    return RulesResponse(current=_current(work), upcoming=tuple(upcoming))


def put_rules(work: Work, request: PutRulesRequest) -> RulesVersionView:
    """Add a version of the rules that is valid from a moment on.

    Raises:
        ProblemError: VALIDATION_ERROR, or RULES_VERSION_EXISTS for a moment that has a version.
    """
    valid_from = request.valid_from or work.now
    if valid_from < work.now:
        raise _wrong("/validFrom", "past", "must not lie in the past")
    check_rules(request.rules, _current(work).rules)
    _check_categories(work, request.rules)
    taken = sa.select(_T.id).where(_T.tenant_id == work.tenant_id, _T.valid_from == valid_from)
    if work.connection.execute(taken).first() is not None:
        raise ProblemError(ErrorCode.RULES_VERSION_EXISTS)
    rules_id = work.ids.new()
    begins = valid_from <= work.now
    work.connection.execute(
        sa.insert(loyalty_rules).values(
            id=rules_id,
            tenant_id=work.tenant_id,
            valid_from=valid_from,
            body=request.rules.model_copy(update={"version": rules_id}).to_wire_json(),
            created_at=work.now,
            announced_at=work.now if begins else None,
        )
    )
    if begins:
        raise_version(work.connection, work.tenant_id, "config")
    record(
        work,
        "loyalty_rules.added",
        "loyalty_rules",
        rules_id,
        {"levels": len(request.rules.levels)},
    )
    made = work.connection.execute(sa.select(loyalty_rules).where(_T.id == rules_id)).one()
    return _view(made)


def check_rules(rules: RulesInput, before: LoyaltyRulesView) -> None:
    """Look at what no single field can tell.

    Raises:
        ProblemError: VALIDATION_ERROR with a pointer to what does not fit.
    """
    levels = rules.levels
    if len(levels) > _LEVELS_MAX:
        raise _wrong("/rules/levels", "length", f"at most {_LEVELS_MAX} levels")
    if levels[0].threshold != 0:
        raise _wrong("/rules/levels/0/threshold", "first", "the first level is open to everybody")
    for place, (lower, higher) in enumerate(pairwise(levels), 1):
        if higher.threshold <= lower.threshold:
            pointer = f"/rules/levels/{place}/threshold"
            raise _wrong(pointer, "order", "levels must stand in rising order")
    ids = [level.id for level in levels]
    if len(set(ids)) != len(ids):
        raise _wrong("/rules/levels", "unique", "each level needs an id of its own")
    # Guests have these levels: without them they would fall to the first one.
    missing = sorted({level.id for level in before.levels} - set(ids))
    if missing:
        raise _wrong("/rules/levels", "missing", f"levels are in use: {', '.join(missing)}")
    _check_figures(rules)


def _check_categories(work: Work, rules: RulesInput) -> None:
    """Refuse categories that are not in the company's menu.

    Raises:
        ProblemError: VALIDATION_ERROR with a pointer to each.
    """
    named = {
        "categoriesExcludedFromEarning": rules.categories_excluded_from_earning,
        "categoriesExcludedFromRedeeming": rules.categories_excluded_from_redeeming,
    }
    asked = {one for ids in named.values() for one in ids}
    if not asked:
        return
    there = sa.select(categories.c.id).where(
        categories.c.tenant_id == work.tenant_id, categories.c.id.in_(asked)
    )
    known = set(work.connection.execute(there).scalars())
    for name, ids in named.items():
        for place, one in enumerate(ids):
            if one not in known:
                pointer = f"/rules/{name}/{place}"
                raise _wrong(pointer, "unknown", "there is no such category in the menu")


def _check_figures(rules: RulesInput) -> None:
    for place, level in enumerate(rules.levels):
        if level.percent_bp > BASIS_POINTS:
            raise _wrong(f"/rules/levels/{place}/percentBp", "range", "at most 10000")
    if rules.max_redeem_percent_bp > BASIS_POINTS:
        raise _wrong("/rules/maxRedeemPercentBp", "range", "at most 10000")
    if rules.redeem_step <= 0:
        raise _wrong("/rules/redeemStep", "range", "must be greater than zero")
    if not 0 < rules.reservation_ttl_s <= _SPAN_MAX_S:
        raise _wrong("/rules/reservationTtlS", "range", f"from 1 to {_SPAN_MAX_S}")
    if rules.reservation_grace_s > _SPAN_MAX_S:
        raise _wrong("/rules/reservationGraceS", "range", f"at most {_SPAN_MAX_S}")


def announce_rules(work: Work) -> int:
    """Tell tills of versions that have begun since the last time; return of how many."""
    begun = sa.select(_T.id, _T.tenant_id).where(
        _T.announced_at.is_(None), _T.valid_from <= work.now
    )
    rows = work.connection.execute(begun.limit(_UPCOMING_MAX)).all()
    for row in rows:
        raise_version(work.connection, row.tenant_id, "config")
        work.connection.execute(
            sa.update(loyalty_rules).where(_T.id == row.id).values(announced_at=work.now)
        )
    return len(rows)


def _current(work: Work) -> RulesVersionView:
    versions = sa.select(loyalty_rules).where(_T.tenant_id == work.tenant_id)
    valid = versions.where(_T.valid_from <= work.now).order_by(_T.valid_from.desc())
    row = work.connection.execute(valid.limit(1)).first()
    if row is None:
        row = work.connection.execute(versions.order_by(_T.valid_from).limit(1)).one()
    return _view(row)


def _view(row: "sa.Row[*tuple[Any, ...]]") -> RulesVersionView:
    rules = LoyaltyRulesView.from_wire(row.body)
    return RulesVersionView(
        id=row.id,
        valid_from=row.valid_from,
        created_at=row.created_at,
        rules=rules.model_copy(update={"version": row.id}),
    )


def _wrong(pointer: str, code: str, detail: str) -> ProblemError:
    field = FieldProblem(pointer=pointer, code=code, detail=detail)
    return ProblemError(ErrorCode.VALIDATION_ERROR, f"{pointer}: {detail}", errors=(field,))
