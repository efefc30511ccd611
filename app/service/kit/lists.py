"""Lists, declared once: what may be sorted, filtered, searched; pages by offset and by cursor.

A noun makes a :class:`Listing` and answers with `list_answer` or `cursor_answer` of
`app.service.http.listing`. Every parameter that nobody declared is refused with a pointer to it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from app.contracts.base import WireModel
from app.contracts.lists import LIMIT_DEFAULT, LIMIT_MAX
from app.service.kit.fields import FIELDS_MAX, Wanted, field_paths, pick, wanted_tree
from app.service.kit.list_values import (
    EXACT_TOTAL,
    Kind,
    parameter_problem,
    read_end,
    read_text,
    read_value,
    read_whole,
)
from app.service.kit.work import Work

M = TypeVar("M", bound=WireModel)
Row = sa.Row[*tuple[Any, ...]]

_OFFSET_MAX = 1_000_000_000
_VALUES_MAX = 50
#: Rows are counted so far unless a request wants all of them counted: what a list costs must not
#: grow with the company.
TOTAL_MAX = 10_000
Condition = sa.ColumnElement[bool] | Callable[[str], sa.ColumnElement[bool]]
"""What a row has to fulfil; what has to name the tenant itself is made with his id."""

# The key names the tenant, whatever a request says; `strict` is read elsewhere.
_IGNORED = frozenset({"tenantId", "strict"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ListColumn:
    """A field of the list by its name on the wire, and what may be done with it.

    Attributes:
        name: Dotted path, as in `fields`; also the value of `sortBy` and the filter's name.
        column: What it is in the database.
        kind: How values are read.
        sorts: Whether the list may be sorted by it.
        walks: Whether cursors may walk by it: never null, and an index leads over it and the id.
        filters: Whether `name=value` (or several values with commas) picks rows.
        choices: The values there are, if they are few.
        matches: Makes the filter's condition from its text, where it is no plain equality.
        picks: Whether one value has few rows, which an index of its own finds.
        picks_alone: The same with an index that does not begin with the tenant.
        least: Name of the parameter that is the lower end of a range.
        most: Name of the parameter that is its upper end.
    """

    name: str
    column: sa.ColumnElement[Any]
    kind: Kind = Kind.TEXT
    sorts: bool = False
    walks: bool = False
    filters: bool = False
    choices: tuple[str, ...] = ()
    matches: Callable[[str], Condition] | None = None
    picks: bool = False
    picks_alone: bool = False
    least: str | None = None
    most: str | None = None


def dated_column(name: str, column: sa.ColumnElement[Any], *, walks: bool = False) -> ListColumn:
    """Return the column of when a row began: sorted by, and cut to `dateFrom` and `dateTo`."""
    return ListColumn(
        name=name,
        column=column,
        kind=Kind.MOMENT,
        sorts=True,
        walks=walks,
        least="dateFrom",
        most="dateTo",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing(Generic[M]):
    """A list resource.

    Attributes:
        name: What it is called in cursors and in the description.
        model: The message of one item.
        statement: What selects the rows, without tenant, order and limit.
        tenant: The column that says whose row it is.
        identity: The row's own id, which makes every order total.
        columns: What may be sorted and filtered.
        views: Makes the items from the rows.
        sort: The column to sort by if nobody says; it comes first and last where `walks` is needed.
        descending: Whether that order is from the largest.
        search: Makes the condition of `search`; None where there is no search.
        always: Conditions beside that of the tenant.
        counted: A table that alone holds all rows: counted without joins if the filters allow it.
    """

    name: str
    model: type[M]
    statement: "sa.Select[*tuple[Any, ...]]"
    tenant: sa.ColumnElement[str]
    identity: sa.ColumnElement[str]
    columns: tuple[ListColumn, ...]
    views: Callable[[Work, Sequence[Row]], Sequence[M]]
    sort: str
    descending: bool = True
    search: Callable[[str], sa.ColumnElement[bool]] | None = None
    always: tuple[sa.ColumnElement[bool], ...] = ()
    counted: sa.Table | None = None

    def conditions(self, work: Work, query: "ListQuery") -> tuple[sa.ColumnElement[bool], ...]:
        """Return all that a row has to fulfil, that it is the caller's before all."""
        # By an expression where the tenant's index would be taken for the better one.
        tenant = self.tenant.concat("") if query.is_alone else self.tenant
        made = (
            condition if isinstance(condition, sa.ColumnElement) else condition(work.tenant_id)
            for condition in query.conditions
        )
        return (tenant == work.tenant_id, *self.always, *made)

    def column(self, name: str) -> ListColumn:
        """Return a declared column."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What a request asks of a list."""

    limit: int
    offset: int
    sort: ListColumn
    descending: bool
    conditions: tuple[Condition, ...]
    wanted: Wanted | None
    # The parameters that pick rows, for cursors: another filter is another walk.
    picked: Mapping[str, str] = field(default_factory=dict)
    cursor: str | None = None
    # Whether something picks few rows by an index of its own: a search, or a filter that says so.
    is_narrow: bool = False
    is_alone: bool = False
    # Whether all rows are to be counted, however many.
    wants_exact: bool = False


@dataclass(frozen=True, slots=True)
class ListPage:
    """Items ready for JSON, whether more follow, and how many there are in all: at least or exactly."""

    data: tuple[Any, ...]
    total: int
    is_exact: bool
    has_next: bool


def read_query(
    listing: Listing[Any], parameters: Sequence[tuple[str, str]], *, by_cursor: bool = False
) -> ListQuery:
    """Read the parameters of a request.

    Args:
        listing: The list that is asked for.
        parameters: Pairs in the order they came.
        by_cursor: Whether pages go on from a cursor and not from an offset.

    Raises:
        ProblemError: VALIDATION_ERROR with a pointer to the parameter.
    """
    given = _once(parameters)
    limit = read_whole("limit", given.pop("limit", str(LIMIT_DEFAULT)), 1, LIMIT_MAX)
    offset, wants_exact = 0, False
    if not by_cursor:
        offset = read_whole("offset", given.pop("offset", "0"), 0, _OFFSET_MAX)
        wants_exact = read_value(EXACT_TOTAL, Kind.FLAG, given.pop(EXACT_TOTAL, "false"))
    cursor = given.pop("cursor", None) if by_cursor else None
    sort, descending = _read_sort(listing, given, by_cursor=by_cursor)
    wanted = _read_fields(listing.model, given.pop("fields", None))
    picked = dict(given)
    conditions = _read_conditions(listing, given)
    for name in given:
        raise parameter_problem(name, "unknown_parameter", "there is no such parameter")
    named = [column for column in listing.columns if column.name in picked]
    is_alone = any(column.picks_alone for column in named)
    is_narrow = is_alone or "search" in picked or any(column.picks for column in named)
    return ListQuery(
        limit=limit,
        offset=offset,
        sort=sort,
        descending=descending,
        conditions=conditions,
        wanted=wanted,
        picked=picked,
        cursor=cursor,
        is_narrow=is_narrow,
        is_alone=is_alone,
        wants_exact=wants_exact,
    )


def read_page(work: Work, listing: Listing[Any], query: ListQuery) -> ListPage:
    """Return the page that is asked for, with the total."""
    conditions = listing.conditions(work, query)
    found = work.connection.execute(_page(listing, query, conditions)).all()
    rows, has_next = found[: query.limit], len(found) > query.limit
    total, is_exact = _total(work, listing, query, found)
    return ListPage(items_of(work, listing, query, rows), total, is_exact, has_next)


def _total(
    work: Work, listing: Listing[Any], query: ListQuery, found: Sequence[Row]
) -> tuple[int, bool]:
    """Return how many rows there are, and whether that is all of them."""
    seen = query.offset + len(found)
    if len(found) <= query.limit and (found or not query.offset):
        return seen, True  # the last page tells the total by itself
    conditions = listing.conditions(work, query)
    if query.wants_exact:
        return work.connection.scalars(_count(listing, conditions, None)).one(), True
    if found and seen > TOTAL_MAX:
        return seen, False  # what this page has seen is more than would be counted
    total = work.connection.scalars(_count(listing, conditions, TOTAL_MAX + 1)).one()
    return min(total, TOTAL_MAX), total <= TOTAL_MAX


def items_of(
    work: Work, listing: Listing[Any], query: ListQuery, rows: Sequence[Row]
) -> tuple[Any, ...]:
    """Return rows as JSON-ready items with the wanted fields."""
    items = tuple(view.to_wire() for view in listing.views(work, rows))
    if query.wanted is None:
        return items
    return tuple(pick(item, query.wanted) for item in items)


def order_of(listing: Listing[Any], query: ListQuery) -> tuple[sa.ColumnElement[Any], ...]:
    """Return a total order: the wanted column, then the id, both in one direction.

    Where few rows are picked they are sorted as they are found. Otherwise a database may walk the
    index of the order from its end and look at every row whether it is one of the few.
    """
    column = _fenced(query.sort) if query.is_narrow else query.sort.column
    first = column.desc() if query.descending else column.asc()
    if not query.sort.walks:
        # Databases differ about where nothing stands; a join may leave any column without a value.
        first = first.nulls_last()
    if query.sort.column is listing.identity:
        return (first,)
    return (first, listing.identity.desc() if query.descending else listing.identity.asc())


def _fenced(column: ListColumn) -> sa.ColumnElement[Any]:
    # The same value, but nothing that an index is sorted by.
    plain = sa.type_coerce(column.column, sa.Text if column.kind is Kind.TEXT else sa.BigInteger)
    return plain.concat("") if column.kind is Kind.TEXT else plain + 0


def _once(parameters: Sequence[tuple[str, str]]) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in parameters:
        if name in given:
            raise parameter_problem(name, "repeated", "is given twice")
        given[name] = value
    return {name: value for name, value in given.items() if name not in _IGNORED}


def _read_sort(
    listing: Listing[Any], given: dict[str, str], *, by_cursor: bool
) -> tuple[ListColumn, bool]:
    name, order = given.pop("sortBy", None), given.pop("sortOrder", None)
    known = {c.name: c for c in listing.columns if (c.walks if by_cursor else c.sorts)}
    column = known.get(name or listing.sort)
    if column is None:
        raise parameter_problem("sortBy", "choice", f"must be one of {', '.join(sorted(known))}")
    if order not in (None, "asc", "desc"):
        raise parameter_problem("sortOrder", "choice", "must be asc or desc")
    if order is None:
        return column, listing.descending if name in (None, listing.sort) else False
    return column, order == "desc"


def _read_fields(model: type[WireModel], said: str | None) -> Wanted | None:
    # Empty names are left out: `fields=id,,phone` and `fields=` are what careless programs send.
    names = [name.strip() for name in (said or "").split(",") if name.strip()]
    if not names:
        return None
    if len(names) > FIELDS_MAX:
        raise parameter_problem("fields", "length", f"at most {FIELDS_MAX} fields")
    known = field_paths(model)
    for name in names:
        if name not in known:
            raise parameter_problem("fields", "unknown_field", f"there is no field {name[:100]!r}")
    return wanted_tree(names)


def _read_conditions(listing: Listing[Any], given: dict[str, str]) -> tuple[Condition, ...]:
    conditions = [made for c in listing.columns for made in _conditions_of(c, given)]
    if listing.search is not None and "search" in given:
        conditions.append(listing.search(read_text("search", given.pop("search"))))
    return tuple(conditions)


def _conditions_of(column: ListColumn, given: dict[str, str]) -> list[Condition]:
    made: list[Condition] = []
    if column.filters and column.name in given:
        made.append(_equals(column, given.pop(column.name)))
    if column.least is not None and column.least in given:
        made.append(column.column >= read_value(column.least, column.kind, given.pop(column.least)))
    if column.most is not None and column.most in given:
        end, is_within = read_end(column.most, column.kind, given.pop(column.most))
        made.append(column.column <= end if is_within else column.column < end)
    return made


def _equals(column: ListColumn, said: str) -> Condition:
    if column.matches is not None:
        return column.matches(read_text(column.name, said))
    texts = said.split(",") if column.choices else [said]
    if len(texts) > _VALUES_MAX:
        raise parameter_problem(column.name, "length", f"at most {_VALUES_MAX} values")
    for text in texts:
        if column.choices and text not in column.choices:
            known = ", ".join(column.choices)
            raise parameter_problem(column.name, "choice", f"must be one of {known}")
    values = [read_value(column.name, column.kind, text) for text in texts]
    if len(values) == 1:
        result: sa.ColumnElement[bool] = column.column == values[0]
        return result
    return column.column.in_(values)


def _page(
    listing: Listing[Any], query: ListQuery, conditions: tuple[sa.ColumnElement[bool], ...]
) -> "sa.Select[*tuple[Any, ...]]":
    # One row more than the page has tells whether another follows.
    order, counted, limit = order_of(listing, query), listing.counted, query.limit + 1
    if counted is None or not all(_is_of(counted, part) for part in (*conditions, *order)):
        statement = listing.statement.where(*conditions).order_by(*order)
        return statement.limit(limit).offset(query.offset)
    # What is passed over or sorted away is looked at in one table; only the page itself is joined.
    ids = sa.select(listing.identity).where(*conditions).order_by(*order)
    ids = ids.limit(limit).offset(query.offset)
    return listing.statement.where(listing.identity.in_(ids)).order_by(*order)


def _count(
    listing: Listing[Any], conditions: tuple[sa.ColumnElement[bool], ...], most: int | None
) -> "sa.Select[int]":
    counted = listing.counted
    if counted is not None and all(_is_of(counted, condition) for condition in conditions):
        inner = sa.select(listing.identity).where(*conditions)
    else:
        inner = listing.statement.where(*conditions).with_only_columns(listing.identity)
    return sa.select(sa.func.count()).select_from(inner.limit(most).subquery())


def _is_of(table: sa.Table, condition: sa.ColumnElement[Any]) -> bool:
    return all(
        part.table is table for part in visitors.iterate(condition) if isinstance(part, sa.Column)
    )
