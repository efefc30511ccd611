"""Registers of the company: added with their till and its key, changed, closed."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from app.contracts.company import (
    AddRegisterRequest,
    ChangeRegisterRequest,
    RegisterAdded,
    RegisterView,
)
from app.contracts.errors import ErrorCode
from app.service.api_keys.service import end_keys, issue_key
from app.service.audit_log.service import record
from app.service.kit.list_values import Kind
from app.service.kit.lists import ListColumn, Listing
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.limits import quotas
from app.service.limits.quotas import require_room
from app.service.tills.models import api_keys, installations, registers
from app.service.tills.places import location_row
from app.service.tills.versions import raise_version

_TILL: Final = (
    sa.select(sa.func.min(installations.c.id))
    .where(installations.c.register_id == registers.c.id, installations.c.kind == "till")
    .scalar_subquery()
)
_QUERY: Final = sa.select(registers, _TILL.label("installation_id"))


def _views(_work: Work, rows: Sequence[Any]) -> Sequence[RegisterView]:
    return [_view(row) for row in rows]


REGISTERS: Final = Listing(
    name="registers",
    model=RegisterView,
    statement=_QUERY,
    tenant=registers.c.tenant_id,
    identity=registers.c.id,
    columns=(
        ListColumn(name="number", column=registers.c.number, kind=Kind.COUNT, sorts=True),
        ListColumn(name="name", column=registers.c.name, sorts=True),
        ListColumn(name="locationId", column=registers.c.location_id, filters=True),
    ),
    views=_views,
    sort="number",
    descending=False,
    search=lambda text: registers.c.name.icontains(text, autoescape=True),
)


def get_register(work: Work, register_id: str) -> RegisterView:
    """Return one register of the company.

    Raises:
        ProblemError: REGISTER_NOT_FOUND.
    """
    return _view(_row(work, register_id))


def add_register(work: Work, asked: AddRegisterRequest) -> RegisterAdded:
    """Add a register with the installation of its till; the till's key is shown once.

    Raises:
        ProblemError: LOCATION_NOT_FOUND, DUPLICATE_REGISTER, TENANT_LIMIT_REACHED, or IN_USE for a
            closed place.
    """
    require_room(work, quotas.REGISTERS)
    # Locked, so that two registers added at once do not take one number.
    place = location_row(work, asked.location_id, locked=True)
    if place.closed_at is not None:
        raise ProblemError(ErrorCode.IN_USE, "The place is closed", "Точка закрыта")
    number = asked.number or _next_number(work, asked.location_id)
    _refuse_taken(work, asked.location_id, number, but=None)
    register_id, installation_id = work.ids.new(), work.ids.new()
    work.connection.execute(
        sa.insert(registers).values(
            id=register_id,
            tenant_id=work.tenant_id,
            location_id=asked.location_id,
            name=asked.name,
            number=number,
        )
    )
    work.connection.execute(
        sa.insert(installations).values(
            id=installation_id,
            tenant_id=work.tenant_id,
            location_id=asked.location_id,
            register_id=register_id,
            kind="till",
            name=asked.name,
            created_at=work.now,
        )
    )
    key = issue_key(work, installation_id, "till", name=asked.name, scopes=None)
    raise_version(work.connection, work.tenant_id, "config")
    record(work, "register.added", "register", register_id, {"name": asked.name, "number": number})
    return RegisterAdded(register_=get_register(work, register_id), till_key=key.secret)


def change_register(work: Work, register_id: str, asked: ChangeRegisterRequest) -> RegisterView:
    """Change what is named.

    Raises:
        ProblemError: REGISTER_NOT_FOUND or DUPLICATE_REGISTER.
    """
    row = _row(work, register_id)
    values = asked.model_dump(exclude_none=True)
    if asked.number is not None:
        location_row(work, row.location_id, locked=True)
        _refuse_taken(work, row.location_id, asked.number, but=register_id)
    if values:
        work.connection.execute(
            sa.update(registers).where(registers.c.id == register_id).values(**values)
        )
        raise_version(work.connection, work.tenant_id, "config")
        record(work, "register.changed", "register", register_id, values)
    return get_register(work, register_id)


def close_register(work: Work, register_id: str) -> RegisterView:
    """Close a register: the keys of its installations end now, its sales stay.

    Raises:
        ProblemError: REGISTER_NOT_FOUND.
    """
    row = _row(work, register_id)
    if row.closed_at is None:
        work.connection.execute(
            sa.update(registers).where(registers.c.id == register_id).values(closed_at=work.now)
        )
        bound = sa.select(installations.c.id).where(installations.c.register_id == register_id)
        ended = end_keys(work, api_keys.c.installation_id.in_(bound))
        raise_version(work.connection, work.tenant_id, "config")
        record(work, "register.closed", "register", register_id, {"keysEnded": ended})
    return get_register(work, register_id)


def _next_number(work: Work, location_id: str) -> int:
    highest = work.connection.execute(
        sa.select(sa.func.max(registers.c.number)).where(registers.c.location_id == location_id)
    ).scalar()
    return (highest or 0) + 1


def _refuse_taken(work: Work, location_id: str, number: int, *, but: str | None) -> None:
    taken = sa.select(registers.c.id).where(
        registers.c.location_id == location_id,
        registers.c.number == number,
        registers.c.closed_at.is_(None),
    )
    if but is not None:
        taken = taken.where(registers.c.id != but)
    if work.connection.execute(taken).first() is not None:
        raise ProblemError(ErrorCode.DUPLICATE_REGISTER)


def _row(work: Work, register_id: str) -> "sa.Row[*tuple[Any, ...]]":
    row = work.connection.execute(
        _QUERY.where(registers.c.id == register_id, registers.c.tenant_id == work.tenant_id)
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.REGISTER_NOT_FOUND)
    return row


def _view(row: Any) -> RegisterView:  # noqa: ANN401 - a row of the table
    return RegisterView(
        id=row.id,
        location_id=row.location_id,
        name=row.name,
        number=row.number,
        installation_id=row.installation_id,
        closed_at=row.closed_at,
    )
