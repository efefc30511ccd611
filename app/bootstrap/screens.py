"""The screens after the first one: made when they are shown first, or when the till is idle.

Signing in and selling are made at the start; to load and make the others takes as long again. Each
is made on the GUI thread, their modules are loaded by a lane before.
"""

from collections.abc import Callable, Generator, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Final, TypeAlias

from app.bootstrap.core import Core
from app.kernel.late import LateModule
from app.till.camera import CameraEye
from app.till.equipment import Equipment
from app.till.equipment_ports import ScannerCalibrator
from app.till.till import Till
from app.ui.frame.screen import Screen, ScreenId, ScreenMaker
from app.ui.frame.tools import Tools

if TYPE_CHECKING:
    from app.ui.devices import presenter as devices
    from app.ui.devices import view as devices_view
    from app.ui.devices.guest_screen import GuestScreen
    from app.ui.guest import presenter as guest
    from app.ui.guest import search_presenter as guest_search
    from app.ui.guest import search_view as guest_search_view
    from app.ui.guest import view as guest_view
    from app.ui.orders import presenter as orders
    from app.ui.orders import refund_presenter as refund
    from app.ui.orders import refund_view
    from app.ui.orders import view as orders_view
    from app.ui.payment import presenter as payment
    from app.ui.payment import view as payment_view
    from app.ui.shift import open_presenter as open_shift
    from app.ui.shift import open_view
    from app.ui.shift import presenter as shift
    from app.ui.shift import view as shift_view
    from app.ui.shift.open_state import Check
    from app.ui.sync import presenter as sync
    from app.ui.sync import view as sync_view
    from app.ui.sync.state import Exchange
else:
    devices = LateModule("app.ui.devices.presenter")
    devices_view = LateModule("app.ui.devices.view")
    guest = LateModule("app.ui.guest.presenter")
    guest_search = LateModule("app.ui.guest.search_presenter")
    guest_search_view = LateModule("app.ui.guest.search_view")
    guest_view = LateModule("app.ui.guest.view")
    orders = LateModule("app.ui.orders.presenter")
    orders_view = LateModule("app.ui.orders.view")
    refund = LateModule("app.ui.orders.refund_presenter")
    refund_view = LateModule("app.ui.orders.refund_view")
    payment = LateModule("app.ui.payment.presenter")
    payment_view = LateModule("app.ui.payment.view")
    open_shift = LateModule("app.ui.shift.open_presenter")
    open_view = LateModule("app.ui.shift.open_view")
    shift = LateModule("app.ui.shift.presenter")
    shift_view = LateModule("app.ui.shift.view")
    sync = LateModule("app.ui.sync.presenter")
    sync_view = LateModule("app.ui.sync.view")

_Making: TypeAlias = Generator[None, None, Screen]
_MODULES: Final = (
    "app.ui.sale.discount",
    "app.ui.sale.mark_panel",
    "app.ui.shift.open_presenter",
    "app.ui.payment.presenter",
    "app.ui.guest.search_presenter",
    "app.ui.guest.presenter",
    "app.ui.orders.refund_presenter",
    "app.ui.orders.presenter",
    "app.ui.shift.presenter",
    "app.ui.sync.presenter",
    "app.ui.customer.presenter",
    "app.ui.devices.presenter",
)


def late_screens(
    core: Core,
    tools: Tools,
    *,
    checks: "Callable[[], tuple[Check, ...]]",
    exchange: "Callable[[], Exchange]",
) -> Mapping[ScreenId, ScreenMaker]:
    """Return what makes each screen, the soonest needed first.

    Args:
        core: Open.
        tools: What the screens share.
        checks: Tells how the devices are, for the opening of a shift.
        exchange: Tells how the sync stands.
    """
    till, camera = core.till, core.rig.camera

    def make_open_shift() -> _Making:
        parts = open_view.OpenShiftParts()
        yield from parts.steps()
        view = open_view.OpenShiftView(parts)
        yield
        return open_shift.OpenShiftPresenter(tools, till, checks, view)

    def make_payment() -> _Making:
        parts = payment_view.PaymentParts()
        yield from parts.steps()
        return payment.PaymentPresenter(tools, till, payment_view.PaymentView(parts))

    def make_search() -> _Making:
        parts = guest_search_view.SearchParts()
        yield from parts.steps()
        eye = CameraEye(camera, core.clock) if camera is not None else None
        view = guest_search_view.SearchView(parts)
        return guest_search.SearchPresenter(tools, till, eye, view)

    def make_guest() -> _Making:
        parts = guest_view.GuestParts()
        yield from parts.steps()
        return guest.GuestPresenter(tools, till, guest_view.GuestView(parts))

    def make_shift() -> _Making:
        parts = shift_view.ShiftParts()
        yield from parts.steps()
        reports = core.settings.home / "reports"
        return shift.ShiftPresenter(tools, till, reports, shift_view.ShiftView(parts))

    def make_sync() -> _Making:
        parts = sync_view.SyncParts()
        yield from parts.steps()
        view = sync_view.SyncView(parts)
        yield
        return sync.SyncPresenter(tools, till, exchange, view)

    return {
        ScreenId.OPEN_SHIFT: make_open_shift,
        ScreenId.PAYMENT: make_payment,
        ScreenId.GUEST_SEARCH: make_search,
        ScreenId.GUEST: make_guest,
        **_screens_of_orders(tools, till),
        ScreenId.SHIFT: make_shift,
        ScreenId.SYNC: make_sync,
    }


def devices_screen(
    core: Core,
    tools: Tools,
    equipment: Equipment,
    screen: "GuestScreen",
    calibrator: ScannerCalibrator,
) -> Mapping[ScreenId, ScreenMaker]:
    """Return what makes the screen of the devices.

    Args:
        core: Open.
        tools: What the screens share.
        equipment: The use cases.
        screen: The guest's display.
        calibrator: Learns scanners.
    """

    def eye_of(device_id: str) -> CameraEye | None:
        camera = core.rig.eye(device_id)
        return CameraEye(camera, core.clock) if camera is not None else None

    def make_devices() -> _Making:
        parts = devices_view.DevicesParts()
        yield from parts.steps()
        view = devices_view.DevicesView(parts)
        yield
        return devices.DevicesPresenter(tools, equipment, screen, eye_of, calibrator, view)

    return {ScreenId.DEVICES: make_devices}


def _screens_of_orders(tools: Tools, till: Till) -> Mapping[ScreenId, ScreenMaker]:
    """Return what makes the refund and the orders, which lead to it."""

    @cache
    def refund_parts() -> "refund_view.RefundParts":
        return refund_view.RefundParts()

    @cache
    def refund_screen() -> "refund.RefundPresenter":
        return refund.RefundPresenter(tools, till, refund_view.RefundView(refund_parts()))

    def make_refund() -> _Making:
        yield from refund_parts().steps()
        return refund_screen()

    def make_orders() -> _Making:
        parts = orders_view.OrdersParts()
        yield from parts.steps()
        view = orders_view.OrdersView(parts)
        yield
        return orders.OrdersPresenter(tools, till, refund_screen(), view)

    return {ScreenId.REFUND: make_refund, ScreenId.ORDERS: make_orders}


def load_late_screens() -> None:
    """Load the modules of the screens; on a lane, it takes a good part of a second."""
    for module in _MODULES:
        import_module(module)
