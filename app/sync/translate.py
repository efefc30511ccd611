"""The service's configuration and menu as the store keeps them."""

from app.api_client.convert import UnknownGroupError, to_menu
from app.contracts import pos
from app.domain.catalog import Menu
from app.kernel.ids import StaffId
from app.store.errors import MenuRefusedError
from app.store.rows import Hall, StaffMember, TableSpot, VenueConfig


def menu_from(view: pos.MenuResponse) -> Menu:
    """Return a menu.

    Raises:
        MenuRefusedError: A product names a modifier group that is not there.
    """
    try:
        return to_menu(view)
    except UnknownGroupError as error:
        raise MenuRefusedError(
            f"товар «{error.product}»",
            f"нет группы добавок {error.group_id}",
            f"there is no modifier group {error.group_id}",
        ) from error


def config_from(view: pos.ConfigResponse) -> VenueConfig:
    """Return the venue with its rules."""
    place = view.location
    return VenueConfig(
        version=view.version,
        tenant_id=view.tenant.id,
        tenant_name=view.tenant.name,
        location_id=place.id,
        location_name=place.name,
        address=place.address,
        legal_name=place.legal_name,
        taxpayer_id=place.taxpayer_id,
        timezone=place.timezone,
        register_id=view.register_.id,
        register_name=view.register_.name,
        register_number=view.register_.number,
        receipt_header=place.receipt_header,
        receipt_footer=place.receipt_footer,
        halls=tuple(_hall(hall) for hall in view.halls),
        rules=view.loyalty_rules.to_domain(),
        guest_qr_public_key=view.guest_qr_public_key,
    )


def _hall(hall: pos.HallView) -> Hall:
    tables = tuple(
        TableSpot(t.id, t.name, t.x, t.y, t.width, t.height, t.seats) for t in hall.tables
    )
    return Hall(hall.id, hall.name, tables, hall.width, hall.height)


def staff_from(view: pos.ConfigResponse) -> tuple[StaffMember, ...]:
    """Return the people who sign in."""
    return tuple(
        StaffMember(StaffId(s.id), s.name, s.role, s.pin_hash, frozenset(s.permissions))
        for s in view.staff
    )
