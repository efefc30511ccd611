"""What an installation is to work with: its place, the rules it must know, how it looks (M6)."""

import sqlalchemy as sa

from app.contracts.guest_qr import public_key_of
from app.contracts.plugin_life import (
    CommandType,
    LoyaltySwitches,
    PluginConfigResponse,
    ReleaseChannel,
    UiSettings,
)
from app.service.kit.work import Work
from app.service.plugins.command_queue import enqueue
from app.service.plugins.repository import change_installation, get_installation
from app.service.tenants.models import tenants
from app.service.tenants.repository import get_rules
from app.service.tills.models import locations, registers
from app.service.tills.versions import get_version


def get_plugin_config(work: Work) -> PluginConfigResponse:
    """Return the configuration of the calling installation."""
    installation = get_installation(work, work.caller.installation_id)
    tenant = work.connection.execute(
        sa.select(tenants.c.name, tenants.c.currency, tenants.c.qr_private_key).where(
            tenants.c.id == work.tenant_id
        )
    ).one()
    place = work.connection.execute(
        sa.select(locations.c.name, locations.c.timezone).where(
            locations.c.id == installation.location_id, locations.c.tenant_id == work.tenant_id
        )
    ).first()
    register = work.connection.execute(
        sa.select(registers.c.name).where(
            registers.c.id == installation.register_id, registers.c.tenant_id == work.tenant_id
        )
    ).scalar()
    rules = get_rules(work.connection, work.tenant_id, work.now)
    number = get_version(work.connection, work.tenant_id, "config")
    return PluginConfigResponse(
        version=f"{number}.{installation.settings_version}",
        installation_id=installation.id,
        kind=installation.kind,
        status=installation.status,
        tenant_name=tenant.name,
        currency=tenant.currency,
        restaurant_id=installation.location_id,
        restaurant_name=place.name if place else "",
        register_name=register or "",
        timezone=place.timezone if place else "",
        channel=ReleaseChannel(installation.channel),
        guest_qr_public_key=public_key_of(tenant.qr_private_key),
        loyalty=LoyaltySwitches(
            is_enabled=rules.rules.is_enabled,
            rules_version=rules.rules_id,
            offline_redeem_limit=rules.rules.offline_redeem_limit_minor,
        ),
        ui_settings=UiSettings.from_wire(installation.ui_settings or {}),
    )


def change_settings(work: Work, installation_id: str, settings: UiSettings) -> UiSettings:
    """Set how an installation looks and behaves; it is told to read it with its next heartbeat.

    Raises:
        ProblemError: INSTALLATION_NOT_FOUND.
    """
    installation = get_installation(work, installation_id, lock=True)
    change_installation(
        work,
        installation_id,
        ui_settings=settings.to_wire(),
        settings_version=installation.settings_version + 1,
    )
    enqueue(work, installation_id, CommandType.RELOAD_CONFIG)
    return settings
