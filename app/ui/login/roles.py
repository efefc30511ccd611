"""Names of the roles for the screen."""

from app.till.permissions import Role, role_of
from app.ui.text import tr


def role_text(role: str) -> str:
    """Return what a role is called."""
    match role_of(role):
        case Role.OWNER:
            return tr("owner")
        case Role.ADMIN:
            return tr("administrator")
        case Role.MANAGER:
            return tr("manager")
        case Role.CASHIER:
            return tr("cashier")
        case Role.WAITER:
            return tr("waiter")
        case Role.KITCHEN:
            return tr("kitchen")
