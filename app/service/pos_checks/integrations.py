"""Integrations: made, given a new secret, stopped; and the secrets, which are kept nowhere.

A secret is worked out from the service's own key, the integration's id and a number that each new
secret raises. The one before stays good for a day, so that the other side can change over in peace.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.contracts import pos_checks as wire
from app.contracts.errors import ErrorCode
from app.service.audit_log.service import record
from app.service.kit.list_values import Kind
from app.service.kit.lists import ListColumn, Listing
from app.service.kit.problems import ProblemError
from app.service.kit.signing import signing_key
from app.service.kit.work import Caller, Work
from app.service.pos_checks.models import pos_integrations
from app.service.tenants.models import tenants
from app.service.tills.models import installations, locations

PREFIX: Final = "posk_"
PREVIOUS_LIVES: Final = timedelta(hours=24)

Row = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Integration:
    """A working integration, for judging a request: who calls and which secrets are good."""

    integration_id: str
    caller: Caller
    secrets: tuple[str, ...]


def create_integration(
    work: Work, request: wire.CreatePosIntegrationRequest
) -> wire.PosIntegrationSecret:
    """Make an integration; the answer is without the secret, as it is kept: see `with_secret`.

    Raises:
        ProblemError: NOT_FOUND if there is no such location.
    """
    _require_location(work, request.location_id)
    integration_id, installation_id = work.ids.new(), work.ids.new()
    work.connection.execute(
        sa.insert(installations).values(
            id=installation_id,
            tenant_id=work.tenant_id,
            location_id=request.location_id,
            kind="api",
            name=request.name,
            created_at=work.now,
        )
    )
    work.connection.execute(
        sa.insert(pos_integrations).values(
            id=integration_id,
            tenant_id=work.tenant_id,
            installation_id=installation_id,
            name=request.name,
            system=request.system,
            secret_version=1,
            created_at=work.now,
        )
    )
    record(work, "pos_integration.created", "pos_integration", integration_id)
    return wire.PosIntegrationSecret(integration=get_integration(work, integration_id))


def rotate_secret(work: Work, integration_id: str) -> wire.PosIntegrationSecret:
    """Give an integration a new secret; the old one is taken for a day more.

    Raises:
        ProblemError: POS_INTEGRATION_NOT_FOUND.
    """
    row = _lock(work, integration_id)
    values = {
        "secret_version": row.secret_version + 1,
        "previous_until": work.now + PREVIOUS_LIVES,
        "rotated_at": work.now,
    }
    _update(work, integration_id, values)
    record(work, "pos_integration.secret_rotated", "pos_integration", integration_id)
    return wire.PosIntegrationSecret(integration=get_integration(work, integration_id))


def revoke_integration(work: Work, integration_id: str) -> wire.PosIntegrationChanged:
    """Stop an integration at once and for good.

    Raises:
        ProblemError: POS_INTEGRATION_NOT_FOUND.
    """
    _lock(work, integration_id)
    _update(work, integration_id, {"revoked_at": work.now})
    record(work, "pos_integration.revoked", "pos_integration", integration_id)
    return wire.PosIntegrationChanged(integration=get_integration(work, integration_id))


def with_secret(work: Work, made: wire.PosIntegrationSecret) -> wire.PosIntegrationSecret:
    """Put the secret into an answer to whoever asked for it, the first time or again."""
    about = made.integration
    secret = _secret(signing_key(work.connection), about.id, about.secret_version)
    return made.model_copy(update={"secret": secret})


def get_integration(work: Work, integration_id: str) -> wire.PosIntegrationView:
    """Return an integration of the caller's company.

    Raises:
        ProblemError: POS_INTEGRATION_NOT_FOUND.
    """
    row = work.connection.execute(
        _STATEMENT.where(
            pos_integrations.c.id == integration_id,
            pos_integrations.c.tenant_id == work.tenant_id,
        )
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.POS_INTEGRATION_NOT_FOUND)
    return _view(row)


def find_working(connection: Connection, integration_id: str, now: datetime) -> Integration:
    """Return an integration of any company with its secrets, the newest first.

    Raises:
        ProblemError: POS_INTEGRATION_NOT_FOUND if there is none or it was stopped.
    """
    row = connection.execute(
        _STATEMENT.add_columns(tenants.c.plan, tenants.c.plan_ends_at)
        .join(tenants, tenants.c.id == pos_integrations.c.tenant_id)
        .where(pos_integrations.c.id == integration_id, pos_integrations.c.revoked_at.is_(None))
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.POS_INTEGRATION_NOT_FOUND)
    service_key = signing_key(connection)
    versions = [row.secret_version]
    if row.previous_until is not None and now < row.previous_until:
        versions.append(row.secret_version - 1)
    return Integration(
        integration_id=row.id,
        caller=Caller(
            row.tenant_id,
            row.installation_id,
            "api",
            row.location_id,
            None,
            plan=row.plan,
            plan_ends_at=row.plan_ends_at,
        ),
        secrets=tuple(_secret(service_key, row.id, version) for version in versions),
    )


def _secret(service_key: bytes, integration_id: str, version: int) -> str:
    said = f"pos-integration\0{integration_id}\0{version}".encode()
    return PREFIX + hmac.digest(service_key, said, hashlib.sha256).hex()


def _require_location(work: Work, location_id: str | None) -> None:
    if location_id is None:
        return
    found = sa.select(locations.c.id).where(
        locations.c.id == location_id, locations.c.tenant_id == work.tenant_id
    )
    if work.connection.execute(found).first() is None:
        raise ProblemError(ErrorCode.NOT_FOUND, "There is no such location", "Такого места нет")


def _lock(work: Work, integration_id: str) -> Row:
    row = work.connection.execute(
        sa.select(pos_integrations)
        .where(
            pos_integrations.c.id == integration_id,
            pos_integrations.c.tenant_id == work.tenant_id,
            pos_integrations.c.revoked_at.is_(None),
        )
        .with_for_update()
    ).first()
    if row is None:
        raise ProblemError(ErrorCode.POS_INTEGRATION_NOT_FOUND)
    return row


def _update(work: Work, integration_id: str, values: dict[str, Any]) -> None:
    work.connection.execute(
        sa.update(pos_integrations).where(pos_integrations.c.id == integration_id).values(values)
    )


def _view(row: Row) -> wire.PosIntegrationView:
    return wire.PosIntegrationView(
        id=row.id,
        installation_id=row.installation_id,
        name=row.name,
        system=row.system,
        secret_version=row.secret_version,
        created_at=row.created_at,
        location_id=row.location_id,
        rotated_at=row.rotated_at,
        previous_secret_until=row.previous_until,
        revoked_at=row.revoked_at,
    )


def _views(_work: Work, rows: Sequence[Row]) -> tuple[wire.PosIntegrationView, ...]:
    return tuple(_view(row) for row in rows)


_STATEMENT = sa.select(pos_integrations, installations.c.location_id).join(
    installations, installations.c.id == pos_integrations.c.installation_id
)

INTEGRATIONS: Final = Listing(
    name="pos-integrations",
    model=wire.PosIntegrationView,
    statement=_STATEMENT,
    tenant=pos_integrations.c.tenant_id,
    identity=pos_integrations.c.id,
    columns=(
        ListColumn(
            name="createdAt", column=pos_integrations.c.created_at, kind=Kind.MOMENT, sorts=True
        ),
        ListColumn(name="name", column=pos_integrations.c.name, sorts=True, filters=True),
        ListColumn(name="system", column=pos_integrations.c.system, sorts=True, filters=True),
    ),
    views=_views,
    sort="createdAt",
    search=lambda said: pos_integrations.c.name.icontains(said, autoescape=True),
    counted=pos_integrations,
)
"""The list of a company's integrations, stopped ones too."""
