"""Bulk exports: `/api/v1/exports`."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from app.contracts.amounts import SignedAmount
from app.contracts.base import Count, Flag, Id, Line, Moment, WireModel

FIELDS_MAX = 100
FILTERS_MAX = 30


class ExportKind(StrEnum):
    """What can be exported: sales, closed checks with loyalty, movements of points, and so on."""

    GUESTS = "GUESTS"
    TRANSACTIONS = "TRANSACTIONS"
    MOVEMENTS = "MOVEMENTS"
    ORDERS = "ORDERS"
    GIFT_CARDS = "GIFT_CARDS"
    SHORTFALLS = "SHORTFALLS"


class ExportFormat(StrEnum):
    """Kinds of files."""

    CSV = "CSV"
    JSON = "JSON"
    XLSX = "XLSX"


class ExportState(StrEnum):
    """How far a job is; DELETED when its file was kept long enough."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    READY = "READY"
    FAILED = "FAILED"
    DELETED = "DELETED"


def _filter_text(value: Any) -> str:  # noqa: ANN401 - JSON is anything
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal | float):
        return format(Decimal(str(value)), "f")
    if isinstance(value, str):
        return value
    raise PydanticCustomError("filter_type", "must be text, a number, or yes or no")


FilterText = Annotated[str, BeforeValidator(_filter_text), Field(max_length=200)]
"""The value of a filter as the list of that kind takes it in its address."""


class CreateExportRequest(WireModel):
    """What to export: filters by the names of the list of that kind, fields by dotted paths."""

    kind: ExportKind
    format: ExportFormat
    filters: Annotated[dict[Line, FilterText], Field(max_length=FILTERS_MAX, default_factory=dict)]
    fields: Annotated[tuple[Line, ...], Field(max_length=FIELDS_MAX)] = ()


class ExportView(WireModel):
    """A job; once READY with a link that opens without a key until `url_expires_at`."""

    id: Id
    kind: ExportKind
    format: ExportFormat
    filters: dict[str, str]
    fields: tuple[str, ...]
    state: ExportState
    row_count: Count | None = None
    byte_count: Annotated[int, Field(ge=0)] | None = None
    error: str | None = None
    created_at: Moment
    started_at: Moment | None = None
    finished_at: Moment | None = None
    expires_at: Moment | None = None
    url: str | None = None
    url_expires_at: Moment | None = None
    already_processed: Flag = False


class OrderExport(WireModel):
    """A sale as a till has told it."""

    id: Id
    order_number: str
    installation_id: Id
    shift_id: Id
    cashier_id: Id
    occurred_at: Moment
    gross: SignedAmount
    discount: SignedAmount
    points: SignedAmount
    rounding: SignedAmount
    due: SignedAmount
    tax: SignedAmount
    refunded: SignedAmount
    guest_card_id: Id | None = None
    note: str
    created_at: Moment
