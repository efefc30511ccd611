"""Reading what a till needs at start: its place, register, people, halls and rules."""

from collections import defaultdict

import sqlalchemy as sa

from app.contracts import pos
from app.contracts.errors import ErrorCode
from app.contracts.guest_qr import public_key_of
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.staff.models import staff
from app.service.tenants.models import tenants
from app.service.tenants.repository import get_rules
from app.service.tills import models
from app.service.tills.versions import get_version


def get_config(work: Work) -> pos.ConfigResponse:
    """Return the configuration of the calling till.

    Raises:
        ProblemError: INSUFFICIENT_PERMISSIONS if the installation has no place and register.
    """
    caller = work.caller
    if caller.location_id is None or caller.register_id is None:
        raise ProblemError(
            ErrorCode.INSUFFICIENT_PERMISSIONS,
            "This installation is not bound to a register",
            "Эта установка не привязана к кассе",
        )
    tenant = work.connection.execute(sa.select(tenants).where(tenants.c.id == work.tenant_id)).one()
    version = get_rules(work.connection, work.tenant_id, work.now)
    rules = pos.LoyaltyRulesView.from_domain(version.rules, version.rules_id)
    return pos.ConfigResponse(
        version=get_version(work.connection, work.tenant_id, "config"),
        tenant=pos.TillTenantView(id=tenant.id, name=tenant.name, currency=tenant.currency),
        location=_location(work, caller.location_id),
        register_=_register(work, caller.register_id),
        staff=_staff(work),
        halls=_halls(work, caller.location_id),
        loyalty_rules=rules,
        offline_redeem_limit=rules.offline_redeem_limit,
        guest_qr_public_key=public_key_of(tenant.qr_private_key),
    )


def _location(work: Work, location_id: str) -> pos.TillLocationView:
    row = work.connection.execute(
        sa.select(models.locations).where(models.locations.c.id == location_id)
    ).one()
    return pos.TillLocationView(
        id=row.id,
        name=row.name,
        address=row.address,
        legal_name=row.legal_name,
        taxpayer_id=row.taxpayer_id,
        receipt_header=tuple(row.receipt_header),
        receipt_footer=tuple(row.receipt_footer),
        timezone=row.timezone,
    )


def _register(work: Work, register_id: str) -> pos.TillRegisterView:
    row = work.connection.execute(
        sa.select(models.registers).where(models.registers.c.id == register_id)
    ).one()
    return pos.TillRegisterView(id=row.id, name=row.name, number=row.number)


def _staff(work: Work) -> tuple[pos.TillStaffView, ...]:
    rows = work.connection.execute(
        sa.select(staff)
        # Who has no PIN does not sign in at tills.
        .where(staff.c.tenant_id == work.tenant_id, staff.c.is_active, staff.c.pin_hash != "")
        .order_by(staff.c.name)
    )
    return tuple(
        pos.TillStaffView(
            id=row.id,
            name=row.name,
            role=row.role,
            pin_hash=row.pin_hash,
            permissions=tuple(row.permissions),
        )
        for row in rows
    )


def _halls(work: Work, location_id: str) -> tuple[pos.HallView, ...]:
    halls, tables = models.halls, models.hall_tables
    by_hall: dict[str, list[pos.TableView]] = defaultdict(list)
    for row in work.connection.execute(
        sa.select(tables)
        .join(halls, halls.c.id == tables.c.hall_id)
        .where(halls.c.location_id == location_id)
        .order_by(tables.c.position, tables.c.id)
    ):
        by_hall[row.hall_id].append(
            pos.TableView(
                id=row.id,
                name=row.name,
                seats=row.seats,
                x=row.x,
                y=row.y,
                width=row.width,
                height=row.height,
            )
        )
    rows = work.connection.execute(
        sa.select(halls)
        .where(halls.c.location_id == location_id)
        .order_by(halls.c.position, halls.c.id)
    )
    return tuple(
        pos.HallView(
            id=row.id,
            name=row.name,
            width=row.width,
            height=row.height,
            tables=tuple(by_hall[row.id]),
        )
        for row in rows
    )
