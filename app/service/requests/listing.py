"""The request log as its list, one entry, and usage of a key."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from app.contracts.errors import ErrorCode
from app.contracts.requests import (
    DayUsage,
    EndpointUsage,
    KeyUsageResponse,
    RequestLogDetails,
    RequestLogView,
    UsageFigures,
)
from app.service.kit.list_values import Kind, parameter_problem, read_value
from app.service.kit.lists import ListColumn, Listing, Row, dated_column
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.requests.models import key_usage, request_logs
from app.service.tills.models import api_keys

_R, _U = request_logs.c, key_usage.c
_DAYS_DEFAULT: Final = 30
_DAYS_MAX: Final = 400


def get_request(work: Work, request_id: str) -> RequestLogDetails:
    """Return an entry with its bodies.

    Raises:
        ProblemError: REQUEST_NOT_FOUND.
    """
    row = work.connection.execute(
        sa.select(request_logs).where(_R.tenant_id == work.tenant_id, _R.id == request_id)
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.REQUEST_NOT_FOUND)
    return RequestLogDetails(
        **_common(row), request_body=row.request_body, response_body=row.response_body
    )


def read_usage(work: Work, key_id: str, parameters: Sequence[tuple[str, str]]) -> KeyUsageResponse:
    """Return how often a key was used, by endpoint and by day.

    Raises:
        ProblemError: API_KEY_NOT_FOUND, or VALIDATION_ERROR for wrong dates.
    """
    known = sa.select(api_keys.c.id).where(
        api_keys.c.tenant_id == work.tenant_id, api_keys.c.id == key_id
    )
    if work.connection.execute(known).first() is None:
        raise ProblemError(ErrorCode.API_KEY_NOT_FOUND)
    first, last = _read_days(work, parameters)
    rows = work.connection.execute(
        sa.select(_U.day, _U.endpoint, _U.requests, _U.failures, _U.throttled, _U.duration_us)
        .where(
            _U.tenant_id == work.tenant_id,
            _U.key_id == key_id,
            _U.day >= _midnight(first),
            _U.day <= _midnight(last),
        )
        .order_by(_U.day, _U.endpoint)
    ).all()
    endpoints = sorted({row.endpoint for row in rows})
    days = sorted({row.day for row in rows})
    return KeyUsageResponse(
        key_id=key_id,
        date_from=first,
        date_to=last,
        total=UsageFigures(**_figures(rows)),
        endpoints=tuple(
            EndpointUsage(endpoint=name, **_figures(r for r in rows if r.endpoint == name))
            for name in endpoints
        ),
        days=tuple(
            DayUsage(day=day.date(), **_figures(r for r in rows if r.day == day)) for day in days
        ),
    )


def _read_days(work: Work, parameters: Sequence[tuple[str, str]]) -> tuple[date, date]:
    given = dict(parameters)
    for name in given:
        if name not in {"dateFrom", "dateTo", "tenantId", "strict"}:
            raise parameter_problem(name, "unknown_parameter", "there is no such parameter")
    last = work.now.date()
    if "dateTo" in given:
        last = read_value("dateTo", Kind.MOMENT, given["dateTo"]).date()
    first = last - timedelta(days=_DAYS_DEFAULT - 1)
    if "dateFrom" in given:
        first = read_value("dateFrom", Kind.MOMENT, given["dateFrom"]).date()
    if not timedelta(0) <= last - first < timedelta(days=_DAYS_MAX):
        raise parameter_problem(
            "dateFrom", "range", f"must begin 0 to {_DAYS_MAX} days before dateTo"
        )
    return first, last


def _midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC)


def _figures(rows: Iterable[Row]) -> dict[str, Any]:
    found = list(rows)
    requests = sum(row.requests for row in found)
    spent_us = sum(row.duration_us for row in found)
    return {
        "requests": requests,
        "failures": sum(row.failures for row in found),
        "throttled": sum(row.throttled for row in found),
        "average_ms": round(spent_us / requests / 1000, 2) if requests else 0.0,
    }


def _views(_work: Work, rows: Sequence[Row]) -> list[RequestLogView]:
    return [RequestLogView(**_common(row)) for row in rows]


def _common(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "method": row.method,
        "path": row.path,
        "endpoint": row.endpoint,
        "query": row.query,
        "status": row.status,
        "error_code": row.error_code,
        "duration_ms": row.duration_us / 1000,
        "user_agent": row.user_agent,
        "installation_id": row.installation_id,
        "key_id": row.key_id,
        "staff_id": row.staff_id,
        "created_at": row.created_at,
    }


def _begins(text: str) -> sa.ColumnElement[bool]:
    return _R.path.startswith(text, autoescape=True)


def _search(text: str) -> sa.ColumnElement[bool]:
    return sa.or_(_R.id == text, _R.path.contains(text, autoescape=True), _R.error_code == text)


REQUEST_LOGS: Final = Listing(
    name="request-logs",
    model=RequestLogView,
    statement=sa.select(*(c for c in _R if not c.name.endswith("_body"))),
    tenant=_R.tenant_id,
    identity=_R.id,
    counted=request_logs,
    sort="createdAt",
    search=_search,
    views=_views,
    columns=(
        dated_column("createdAt", _R.created_at, walks=True),
        ListColumn(name="id", column=_R.id, filters=True, picks=True),
        ListColumn(name="method", column=_R.method, filters=True),
        ListColumn(name="path", column=_R.path, filters=True, matches=_begins),
        ListColumn(name="endpoint", column=_R.endpoint, filters=True),
        ListColumn(
            name="status", column=_R.status, kind=Kind.COUNT, filters=True, sorts=True,
            least="minStatus", most="maxStatus",
        ),
        ListColumn(name="errorCode", column=_R.error_code, filters=True),
        ListColumn(name="keyId", column=_R.key_id, filters=True),
        ListColumn(name="staffId", column=_R.staff_id, filters=True),
        ListColumn(name="installationId", column=_R.installation_id, filters=True),
        ListColumn(name="durationMs", column=_R.duration_us, sorts=True),
    ),
)  # fmt: skip
