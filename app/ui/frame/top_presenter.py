"""Keeps the top bar true: the place we are at, held orders, exchange, cashier, clock."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal

from app.kernel.clock import Clock
from app.till.order import OrderState
from app.till.session import Person, Session
from app.till.till import Till
from app.ui.dates import clock_text
from app.ui.frame.order_board import OrderBoard
from app.ui.frame.screen import ScreenId
from app.ui.frame.top_bar import ChipState, TopBar, TopBarState
from app.ui.text import tr, tr_later

PLACES: Final = {
    ScreenId.SALE: "sale",
    ScreenId.DISCOUNT: "sale",
    ScreenId.GUEST: "sale",
    ScreenId.GUEST_SEARCH: "sale",
    ScreenId.PAYMENT: "sale",
    ScreenId.ORDERS: "orders",
    ScreenId.REFUND: "orders",
    ScreenId.OPEN_SHIFT: "shift",
    ScreenId.SHIFT: "shift",
    ScreenId.SYNC: "more",
    ScreenId.DEVICES: "more",
}
_ROLES: Final = {
    "owner": tr_later("owner"),
    "admin": tr_later("administrator"),
    "manager": tr_later("manager"),
    "cashier": tr_later("cashier"),
    "waiter": tr_later("waiter"),
    "kitchen": tr_later("kitchen"),
}


class LinkState(StrEnum):
    """How the exchange with the service goes (design, 8)."""

    ONLINE = "online"
    OFFLINE = "offline"
    TROUBLE = "trouble"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class SyncLight:
    """The exchange in one chip.

    Attributes:
        link: How it goes.
        waiting: Operations that are not sent yet.
        decisions: Operations that wait for a person.
        since: When the last exchange was, or since when there is no connection; venue's zone.
    """

    link: LinkState
    waiting: int = 0
    decisions: int = 0
    since: datetime | None = None


class TopPresenter(QObject):
    """Renders the top bar.

    Args:
        bar: The bar.
        board: Tells of held orders.
        till: Tells who is signed in and the number of the till.
        clock: The time.
    """

    _person_changed = Signal(object)

    def __init__(self, bar: TopBar, board: OrderBoard, till: Till, clock: Clock) -> None:
        super().__init__()
        self._bar, self._clock, self._till = bar, clock, till
        self._session: Session = till.session
        self._sync: SyncLight | None = None
        self._receipts = (0, 0)
        self._state = TopBarState()
        board.changed.connect(self._on_order)
        # The session tells on whatever thread signed somebody in.
        self._session.listen(self._person_changed.emit)
        self._person_changed.connect(self._on_person, Qt.ConnectionType.QueuedConnection)
        self.render()

    def show_screen(self, screen_id: str) -> None:
        """Mark the place that a screen belongs to."""
        self._state = replace(self._state, current=PLACES.get(ScreenId(screen_id), ""))
        self.render()

    def show_sync(self, light: SyncLight) -> None:
        """Show how the exchange goes."""
        self._sync = light
        self.render()

    def show_receipts(self, waiting: int, decisions: int) -> None:
        """Count receipts that wait for the register, and those that wait for a person."""
        self._receipts = (waiting, decisions)
        self.render()

    def show_unread(self, count: int) -> None:
        """Show how many messages are unread."""
        self._state = replace(self._state, unread=count)
        self.render()

    def show_training(self, *, is_training: bool) -> None:
        """Say on every screen that nothing is real."""
        self._state = replace(self._state, is_training=is_training)
        self.render()

    def render(self) -> None:
        """Show everything again: each second for the clock, and in another language."""
        person = self._session.person
        self._state = replace(
            self._state,
            place=ChipState("bolt", "text", tr("Quick"), tr("sale")),
            sync=sync_chip(with_receipts(self._sync, *self._receipts))
            if self._sync
            else ChipState(),
            cashier=person.name.split(" ")[0] if person else "",
            cashier_detail=self._detail(person),
            clock=clock_text(self._clock.now().astimezone(self._till.house.zone)),
        )
        self._bar.set_state(self._state)

    def _detail(self, person: Person | None) -> str:
        if person is None:
            return ""
        role = tr(_ROLES[person.role.value])
        config = self._till.house.config
        if config is None:
            return role
        return tr("{role} · till {number}", role=role, number=config.register_number)

    def _on_person(self, _person: object) -> None:
        self.render()

    def _on_order(self, state: object) -> None:
        if isinstance(state, OrderState) and state.held_count != self._state.held:
            self._state = replace(self._state, held=state.held_count)
            self.render()


def with_receipts(light: SyncLight, waiting: int, decisions: int) -> SyncLight:
    """Return the exchange with the receipts that wait counted in; a decision comes before all."""
    link = LinkState.DECISION if decisions else light.link
    return replace(
        light,
        link=link,
        waiting=light.waiting + waiting,
        decisions=light.decisions + decisions,
    )


def sync_chip(light: SyncLight) -> ChipState:
    """Return the chip of the exchange: colour, icon and word together (T40)."""
    at = clock_text(light.since) if light.since else ""
    waiting = str(light.waiting) if light.waiting else ""
    match light.link:
        case LinkState.ONLINE:
            detail = tr("exchange {time}", time=at) if at else ""
            return ChipState("cloud-check", "ok", tr("Online"), detail, waiting)
        case LinkState.OFFLINE:
            detail = tr("since {time}", time=at) if at else ""
            return ChipState("cloud-off", "warn-line", tr("Offline"), detail, waiting)
        case LinkState.TROUBLE:
            return ChipState(
                "refresh-alert", "danger", tr("Exchange error"), tr("help is needed"), waiting
            )
        case LinkState.DECISION:
            count = str(light.decisions)
            words = tr("Decide")
            return ChipState("refresh-alert", "danger", words, tr("by hand"), count, "danger")
