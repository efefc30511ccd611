"""Places of the company: added, changed, closed; tills read the change at their next look."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from app.contracts.company import AddLocationRequest, ChangeLocationRequest, LocationView
from app.contracts.errors import ErrorCode
from app.service.audit_log.service import record
from app.service.kit.list_values import Kind
from app.service.kit.lists import ListColumn, Listing
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.limits import quotas
from app.service.limits.quotas import require_room
from app.service.tills.models import locations, registers
from app.service.tills.versions import raise_version


def _views(_work: Work, rows: Sequence[Any]) -> Sequence[LocationView]:
    return [_view(row) for row in rows]


LOCATIONS: Final = Listing(
    name="locations",
    model=LocationView,
    statement=sa.select(locations),
    tenant=locations.c.tenant_id,
    identity=locations.c.id,
    columns=(
        ListColumn(name="name", column=locations.c.name, sorts=True),
        ListColumn(name="taxpayerId", column=locations.c.taxpayer_id, filters=True),
        ListColumn(name="closedAt", column=locations.c.closed_at, kind=Kind.MOMENT, sorts=True),
    ),
    views=_views,
    sort="name",
    descending=False,
    search=lambda text: sa.or_(
        locations.c.name.icontains(text, autoescape=True),
        locations.c.address.icontains(text, autoescape=True),
    ),
)


def get_location(work: Work, location_id: str) -> LocationView:
    """Return one place of the company.

    Raises:
        ProblemError: LOCATION_NOT_FOUND.
    """
    return _view(location_row(work, location_id))


def add_location(work: Work, asked: AddLocationRequest) -> LocationView:
    """Add a place.

    Raises:
        ProblemError: TENANT_LIMIT_REACHED.
    """
    require_room(work, quotas.LOCATIONS)
    location_id = work.ids.new()
    work.connection.execute(
        sa.insert(locations).values(
            id=location_id, tenant_id=work.tenant_id, **_columns(asked.model_dump())
        )
    )
    raise_version(work.connection, work.tenant_id, "config")
    record(work, "location.added", "location", location_id, {"name": asked.name})
    return get_location(work, location_id)


def change_location(work: Work, location_id: str, asked: ChangeLocationRequest) -> LocationView:
    """Change what is named.

    Raises:
        ProblemError: LOCATION_NOT_FOUND.
    """
    location_row(work, location_id)
    values = _columns(asked.model_dump(exclude_none=True))
    if values:
        work.connection.execute(
            sa.update(locations).where(locations.c.id == location_id).values(**values)
        )
        raise_version(work.connection, work.tenant_id, "config")
        record(work, "location.changed", "location", location_id, values)
    return get_location(work, location_id)


def close_location(work: Work, location_id: str) -> LocationView:
    """Close a place; its sales stay.

    Raises:
        ProblemError: LOCATION_NOT_FOUND, or IN_USE while it has open registers.
    """
    row = location_row(work, location_id)
    in_use = work.connection.execute(
        sa.select(registers.c.id).where(
            registers.c.location_id == location_id,
            registers.c.tenant_id == work.tenant_id,
            registers.c.closed_at.is_(None),
        )
    ).first()
    if in_use is not None:
        raise ProblemError(ErrorCode.IN_USE, "Close its registers first", "Сначала закройте кассы")
    if row.closed_at is None:
        work.connection.execute(
            sa.update(locations).where(locations.c.id == location_id).values(closed_at=work.now)
        )
        raise_version(work.connection, work.tenant_id, "config")
        record(work, "location.closed", "location", location_id)
    return get_location(work, location_id)


def location_row(
    work: Work, location_id: str, *, locked: bool = False
) -> "sa.Row[*tuple[Any, ...]]":
    """Return a place of the company as it is in the database.

    Raises:
        ProblemError: LOCATION_NOT_FOUND.
    """
    query = sa.select(locations).where(
        locations.c.id == location_id, locations.c.tenant_id == work.tenant_id
    )
    row = work.connection.execute(query.with_for_update() if locked else query).first()
    if row is None:
        raise ProblemError(ErrorCode.LOCATION_NOT_FOUND)
    return row


def _columns(named: dict[str, Any]) -> dict[str, Any]:
    # JSON columns hold lists.
    return {name: list(v) if isinstance(v, tuple) else v for name, v in named.items()}


def _view(row: Any) -> LocationView:  # noqa: ANN401 - a row of the table
    return LocationView(
        id=row.id,
        name=row.name,
        address=row.address,
        legal_name=row.legal_name,
        taxpayer_id=row.taxpayer_id,
        receipt_header=tuple(row.receipt_header),
        receipt_footer=tuple(row.receipt_footer),
        timezone=row.timezone,
        closed_at=row.closed_at,
    )
