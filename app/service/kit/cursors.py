"""Walking a large list by cursor: each page begins behind the last row of the one before.

A cursor is opaque and signed. It holds the last row's sort value and id, so that a page costs the
same wherever it lies, and belongs to one tenant, list, order and filter.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from app.kernel.clock import from_iso, to_iso
from app.service.kit.list_values import Kind, parameter_problem
from app.service.kit.lists import Listing, ListQuery, Row, items_of, order_of
from app.service.kit.signing import seal, signing_key, unseal
from app.service.kit.work import Work

_PURPOSE = "cursor"
_SORT, _IDENTITY = "walk_sort", "walk_identity"


@dataclass(frozen=True, slots=True)
class CursorPage:
    """Items ready for JSON, and the cursor of the next page; None on the last one."""

    data: tuple[Any, ...]
    next_cursor: str | None


def read_cursor_page(work: Work, listing: Listing[Any], query: ListQuery) -> CursorPage:
    """Return the page behind a cursor, or the first one.

    Raises:
        ProblemError: VALIDATION_ERROR when the cursor is not of this walk.
    """
    key = signing_key(work.connection)
    mark = _mark(work, listing, query)
    statement = listing.statement.where(*listing.conditions(work, query))
    if query.cursor is not None:
        statement = statement.where(_behind(listing, query, _open(key, query, mark)))
    statement = statement.add_columns(
        query.sort.column.label(_SORT), listing.identity.label(_IDENTITY)
    )
    statement = statement.order_by(*order_of(listing, query)).limit(query.limit + 1)
    rows = work.connection.execute(statement).all()
    shown = rows[: query.limit]
    following = _close(key, mark, shown[-1]) if len(rows) > query.limit else None
    return CursorPage(items_of(work, listing, query, shown), following)


def _mark(work: Work, listing: Listing[Any], query: ListQuery) -> str:
    walk = [work.tenant_id, listing.name, query.sort.name, query.descending]
    said = json.dumps([*walk, sorted(query.picked.items())])
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _close(key: bytes, mark: str, row: Row) -> str:
    last = row._mapping[_SORT]  # noqa: SLF001 - SQLAlchemy's public name for it
    said = to_iso(last) if isinstance(last, datetime) else last
    return seal(key, _PURPOSE, json.dumps([mark, said, row._mapping[_IDENTITY]]))  # noqa: SLF001 - as above, it is public


def _open(key: bytes, query: ListQuery, mark: str) -> tuple[Any, str]:
    assert query.cursor is not None, "looked at before"
    text = unseal(key, _PURPOSE, query.cursor)
    if text is None:
        raise parameter_problem("cursor", "cursor", "is not a cursor of this service")
    made_for, said, identity = json.loads(text)
    if made_for != mark:
        detail = "belongs to another list, order or filter; begin without a cursor"
        raise parameter_problem("cursor", "cursor", detail)
    return (from_iso(said) if query.sort.kind is Kind.MOMENT else said), identity


def _behind(
    listing: Listing[Any], query: ListQuery, last: tuple[Any, str]
) -> sa.ColumnElement[bool]:
    # Rows are compared as pairs, which both databases answer from an index over the pair.
    here = sa.tuple_(query.sort.column, listing.identity)
    there = sa.tuple_(
        sa.literal(last[0], query.sort.column.type), sa.literal(last[1], listing.identity.type)
    )
    return here < there if query.descending else here > there
