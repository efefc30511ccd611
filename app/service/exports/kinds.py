"""What can be exported: the lists of the nouns, read whole instead of by pages."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from types import UnionType
from typing import Any, Final, NamedTuple, Union, get_args, get_origin

import sqlalchemy as sa

from app.contracts.base import WireModel
from app.contracts.exports import ExportKind, OrderExport
from app.service.gift_cards.reading import GIFT_CARDS
from app.service.guests.listing import GUESTS
from app.service.kit.access import Access, by_key_or_staff
from app.service.kit.list_values import Kind, parameter_problem
from app.service.kit.lists import ListColumn, Listing, ListQuery, Row, dated_column, read_query
from app.service.kit.permissions import Permission, Scope
from app.service.kit.work import Work
from app.service.loyalty.shortfalls import SHORTFALLS
from app.service.loyalty.transaction_lists import MOVEMENTS, TRANSACTIONS
from app.service.orders.models import orders

_O = orders.c
# They shape a page, or are the answer's own.
_NOT_FILTERS: Final = frozenset({"limit", "offset", "cursor", "fields", "sortBy", "sortOrder"})
_NOT_FIELDS: Final = frozenset({"alreadyProcessed"})


def _orders(_work: Work, rows: Sequence[Row]) -> list[OrderExport]:
    return [
        OrderExport(
            id=row.id,
            order_number=row.order_number,
            installation_id=row.installation_id,
            shift_id=row.shift_id,
            cashier_id=row.cashier_id,
            occurred_at=row.occurred_at,
            gross=row.gross_minor,
            discount=row.discount_minor,
            points=row.points_minor,
            rounding=row.rounding_minor,
            due=row.due_minor,
            tax=row.tax_minor,
            refunded=row.refunded_minor,
            guest_card_id=row.card_id,
            note=row.note,
            created_at=row.created_at,
        )
        for row in rows
    ]


_SALES: Final = Listing(
    name="orders-export",
    model=OrderExport,
    statement=sa.select(orders),
    tenant=_O.tenant_id,
    identity=_O.id,
    sort="occurredAt",
    views=_orders,
    columns=(
        dated_column("occurredAt", _O.occurred_at),
        ListColumn(name="installationId", column=_O.installation_id, filters=True),
        ListColumn(name="shiftId", column=_O.shift_id, filters=True),
        ListColumn(name="cashierId", column=_O.cashier_id, filters=True),
        ListColumn(name="guestCardId", column=_O.card_id, filters=True),
        ListColumn(
            name="due", column=_O.due_minor, kind=Kind.AMOUNT, least="minAmount", most="maxAmount"
        ),
    ),
)


class ExportSource(NamedTuple):
    """A list to read, and who may have all of it."""

    listing: Listing[Any]
    access: Access


_GUESTS_MAY: Final = by_key_or_staff(Scope.GUESTS_READ, Permission.GUESTS_EXPORT)
_POINTS_MAY: Final = by_key_or_staff(Scope.TRANSACTIONS_READ, Permission.EXPORTS_CREATE)

SOURCES: Final[Mapping[ExportKind, ExportSource]] = {
    ExportKind.GUESTS: ExportSource(GUESTS, _GUESTS_MAY),
    ExportKind.TRANSACTIONS: ExportSource(TRANSACTIONS, _POINTS_MAY),
    ExportKind.MOVEMENTS: ExportSource(MOVEMENTS, _POINTS_MAY),
    ExportKind.ORDERS: ExportSource(_SALES, _POINTS_MAY),
    ExportKind.GIFT_CARDS: ExportSource(GIFT_CARDS, _POINTS_MAY),
    ExportKind.SHORTFALLS: ExportSource(SHORTFALLS, _POINTS_MAY),
}

ANY_EXPORT: Final = (
    by_key_or_staff(Scope.GUESTS_READ, Permission.EXPORTS_CREATE) | _GUESTS_MAY | _POINTS_MAY
)
"""Who may make any export at all; each kind is looked at again."""


def query_of(kind: ExportKind, filters: Mapping[str, str], fields: Sequence[str]) -> ListQuery:
    """Read filters and fields as the list of that kind reads its address.

    Raises:
        ProblemError: VALIDATION_ERROR with a pointer to the filter.
    """
    for name in filters:
        if name in _NOT_FILTERS:
            raise parameter_problem(name, "unknown_parameter", "is no filter")
    parameters = [*filters.items(), ("fields", ",".join(fields))]
    return read_query(SOURCES[kind].listing, parameters)


def columns_of(kind: ExportKind, fields: Sequence[str]) -> tuple[str, ...]:
    """Return the dotted paths of a file's columns, in the order of the fields or of the message."""
    model: type[WireModel] = SOURCES[kind].listing.model
    every = leaf_paths(model)
    if not fields:
        return every
    wanted = [
        leaf
        for field in dict.fromkeys(fields)
        for leaf in every
        if leaf == field or leaf.startswith(f"{field}.")
    ]
    return tuple(dict.fromkeys(wanted))


@cache
def leaf_paths(model: type[WireModel]) -> tuple[str, ...]:
    """Return the dotted paths of a message down to its plain values and lists."""
    paths: list[str] = []
    for name, info in model.model_fields.items():
        wire_name = info.alias or name
        inner = _object_in(info.annotation)
        if inner is not None:
            paths += [f"{wire_name}.{path}" for path in leaf_paths(inner)]
        elif wire_name not in _NOT_FIELDS:
            paths.append(wire_name)
    return tuple(paths)


def _object_in(annotation: Any) -> type[WireModel] | None:  # noqa: ANN401 - any annotation
    if isinstance(annotation, type) and issubclass(annotation, WireModel):
        return annotation
    if get_origin(annotation) in (Union, UnionType):
        return next((m for part in get_args(annotation) if (m := _object_in(part))), None)
    return None


def cells(item: Mapping[str, Any], columns: Iterable[tuple[str, ...]]) -> list[Any]:
    """Return the values of one row; what a message leaves out is None."""
    row = []
    for path in columns:
        value: Any = item
        for name in path:
            value = value.get(name) if isinstance(value, Mapping) else None
        row.append(value)
    return row
