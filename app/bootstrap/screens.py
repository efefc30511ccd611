"""The screens after the first one: made when they are shown first, or when the till is idle.

Signing in and selling are made at the start; to load and make the others takes as long again. Each
is made on the GUI thread, their modules are loaded by a lane before.
"""

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

from app.bootstrap.core import Core
from app.kernel.late import LateModule
from app.till.camera import CameraEye
from app.ui.frame.screen import Screen, ScreenId
from app.ui.frame.tools import Tools

if TYPE_CHECKING:
    from app.ui.guest import presenter as guest
    from app.ui.guest import search_presenter as guest_search
    from app.ui.orders import presenter as orders
    from app.ui.orders import refund_presenter as refund
    from app.ui.payment import presenter as payment
    from app.ui.shift import open_presenter as open_shift
    from app.ui.shift import presenter as shift
    from app.ui.shift.open_state import Check
    from app.ui.sync import presenter as sync
    from app.ui.sync.state import Exchange
else:
    guest = LateModule("app.ui.guest.presenter")
    guest_search = LateModule("app.ui.guest.search_presenter")
    orders = LateModule("app.ui.orders.presenter")
    refund = LateModule("app.ui.orders.refund_presenter")
    payment = LateModule("app.ui.payment.presenter")
    open_shift = LateModule("app.ui.shift.open_presenter")
    shift = LateModule("app.ui.shift.presenter")
    sync = LateModule("app.ui.sync.presenter")

_MODULES: Final = (
    "app.ui.shift.open_presenter",
    "app.ui.payment.presenter",
    "app.ui.guest.search_presenter",
    "app.ui.guest.presenter",
    "app.ui.orders.refund_presenter",
    "app.ui.orders.presenter",
    "app.ui.shift.presenter",
    "app.ui.sync.presenter",
)


def late_screens(
    core: Core,
    tools: Tools,
    *,
    checks: "Callable[[], tuple[Check, ...]]",
    exchange: "Callable[[], Exchange]",
) -> Mapping[ScreenId, Callable[[], Screen]]:
    """Return what makes each screen, the soonest needed first.

    Args:
        core: Open.
        tools: What the screens share.
        checks: Tells how the devices are, for the opening of a shift.
        exchange: Tells how the sync stands.
    """
    till, camera = core.till, core.device_set.camera

    @cache
    def make_refund() -> "refund.RefundPresenter":
        return refund.RefundPresenter(tools, till)

    def make_search() -> Screen:
        eye = CameraEye(camera, core.clock) if camera is not None else None
        return guest_search.SearchPresenter(tools, till, eye)

    return {
        ScreenId.OPEN_SHIFT: lambda: open_shift.OpenShiftPresenter(tools, till, checks),
        ScreenId.PAYMENT: lambda: payment.PaymentPresenter(tools, till),
        ScreenId.GUEST_SEARCH: make_search,
        ScreenId.GUEST: lambda: guest.GuestPresenter(tools, till),
        ScreenId.REFUND: make_refund,
        ScreenId.ORDERS: lambda: orders.OrdersPresenter(tools, till, make_refund()),
        ScreenId.SHIFT: lambda: shift.ShiftPresenter(tools, till, core.settings.home / "reports"),
        ScreenId.SYNC: lambda: sync.SyncPresenter(tools, till, exchange),
    }


def load_late_screens() -> None:
    """Load the modules of the screens; on a lane, it takes a good part of a second."""
    for module in _MODULES:
        import_module(module)
