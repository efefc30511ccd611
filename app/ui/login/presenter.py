"""Signing in and the quick change of cashier.

The PIN is checked without Enter: at once on the sixth digit, and after a short pause on the fourth
or fifth, because a PIN may have four to six digits and its hash does not tell how many.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject, QTimer
from typing_extensions import override

from app.kernel.errors import AppError
from app.kernel.ids import StaffId
from app.till.order import OrderState
from app.till.payment_states import Phase
from app.till.session import RECENT_MAX
from app.till.session import Person as Member
from app.till.till import Till
from app.till.words import Words
from app.ui.bridge import Tone
from app.ui.frame.screen import BaseScreen, Placement, ScreenId
from app.ui.frame.tools import Tools
from app.ui.login.state import HealthFact, LoginState, Person
from app.ui.login.view import LoginView
from app.ui.ops import Lane
from app.ui.text import Language, language, set_language, tr

PIN_MIN: Final = 4
PIN_MAX: Final = 6
PAUSE_MS: Final = 350
_WATCHED: Final = frozenset({"staff", "config", "shifts"})


@dataclass(frozen=True, slots=True)
class About:
    """What stands at the foot of the login screen."""

    version: str
    support: str = ""


@dataclass(frozen=True, slots=True)
class _House:
    people: tuple[Member, ...]
    is_pin_only: bool
    shift_number: int
    shift_since: datetime | None
    shift_owner: str
    place: str
    register: str


@dataclass(frozen=True, slots=True)
class _Next:
    order: OrderState
    has_shift: bool
    is_paying: bool


class LoginPresenter(QObject, BaseScreen):
    """Shows who may sign in and takes the PIN.

    Args:
        tools: Lanes, window and the rest.
        till: The use cases.
        about: Version and support.
        health: Tells how connection and devices are.
        speak: Changes the language of the program.
    """

    screen_id = ScreenId.LOGIN
    placement = Placement.WINDOW

    def __init__(
        self,
        tools: Tools,
        till: Till,
        about: About,
        health: Callable[[], tuple[HealthFact, ...]] = tuple,
        speak: Callable[[Language], object] = set_language,
    ) -> None:
        super().__init__()
        self._tools, self._till, self._health = tools, till, health
        self._speak = speak
        self._pin = ""
        self._members: tuple[Member, ...] = ()
        self._is_pin_only = False
        self._shows_all = False
        self._state = LoginState(
            place="",
            register="",
            version=about.version,
            support=about.support,
            now=self._now(),
        )
        self.view = LoginView()
        self._tick = QTimer(self)
        self._tick.setInterval(1_000)
        self._tick.timeout.connect(self._on_tick)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self.submit)
        self._connect_signals()

    @property
    def state(self) -> LoginState:
        """Return what is shown."""
        return self._state

    # ------------------------------------------------------------ screen

    @override
    def on_enter(self) -> None:
        """Show the people of this till and begin with an empty PIN."""
        self._pin, self._shows_all = "", False
        self._set(
            entered=0, error=None, busy=False, can_leave=self._till.session.person is not None
        )
        self._tick.start()
        self._load()
        self.view.setFocus()

    @override
    def on_leave(self) -> None:
        """Forget what was typed."""
        self._pin = ""
        self._tick.stop()
        self._pause.stop()

    @override
    def on_key(self, key: str) -> bool:
        """Take digits, Backspace, Enter and Esc; other keys mean nothing here."""
        if len(key) == 1 and key.isdigit():
            self.type_digit(key)
        elif key == "Backspace":
            self.erase()
        elif key == "Enter":
            self.submit()
        elif key == "Esc":
            self._leave()
        return True

    @override
    def on_scan(self, text: str) -> bool:
        """Take no codes: nobody is signed in."""
        del text
        self._tools.bridge.toast(tr("Sign in first, then scan"), tone=Tone.WARNING)
        return True

    # ------------------------------------------------------------ typing

    def choose(self, staff_id: str) -> None:
        """Sign in as this person."""
        self._pin = ""
        self._pause.stop()
        self._set(chosen_id=staff_id, entered=0, error=None, locked_s=self._locked_s(staff_id))

    def type_digit(self, digit: str) -> None:
        """Add a digit of the PIN."""
        if not self._state.can_type or not (self._state.chosen_id or self._is_pin_only):
            return
        self._pin = (self._pin + digit)[:PIN_MAX]
        self._set(entered=len(self._pin), error=None)
        if len(self._pin) == PIN_MAX:
            self.submit()
        elif len(self._pin) >= PIN_MIN:
            self._pause.start()

    def erase(self) -> None:
        """Take the last digit away."""
        self._pause.stop()
        self._pin = self._pin[:-1]
        self._set(entered=len(self._pin))
        if len(self._pin) >= PIN_MIN:
            self._pause.start()

    def submit(self) -> None:
        """Check what is typed."""
        self._pause.stop()
        if not self._pin or self._state.busy:
            return
        pin, who = self._pin, StaffId(self._state.chosen_id)
        session = self._till.session
        self._set(busy=True)
        self._tools.ops.run(
            lambda: session.sign_in(who, pin) if who else session.sign_in_by_pin(pin),
            success=lambda _person: self._on_signed_in(),
            failure=self._on_refused,
            lane=Lane.QUERY,
        )

    def _on_signed_in(self) -> None:
        self._pin = ""
        self._tools.ops.run(self._look_ahead, success=self._on_next)

    def _look_ahead(self) -> _Next:
        order = self._till.sale.state()
        phase = self._till.checkout.state().phase
        is_paying = phase in (Phase.UNKNOWN, Phase.TERMINAL) or bool(order.order.tenders)
        return _Next(order, self._till.shift.current is not None, is_paying)

    def _on_next(self, found: _Next) -> None:
        self._set(entered=0, busy=False)
        self._tools.board.publish(found.order)
        if not found.has_shift:
            self._tools.stage.go(ScreenId.OPEN_SHIFT)
        elif found.is_paying:
            self._tools.stage.go(ScreenId.PAYMENT)
        else:
            self._tools.stage.go(ScreenId.SALE)

    def _on_refused(self, error: AppError) -> None:
        self._pin = ""
        self._set(entered=0, busy=False, error=Words(error.ru, error.en))
        self._load()

    # ------------------------------------------------------------ people and house

    def _load(self) -> None:
        self._tools.ops.run(self._read, success=self._on_read, lane=Lane.QUERY)

    def _read(self) -> _House:
        till = self._till
        shift = till.shift.current
        venue = till.house.venue
        place = ", ".join(part for part in (venue.name, venue.address) if part)
        return _House(
            people=till.session.people(),
            is_pin_only=till.session.is_pin_only,
            shift_number=shift.number if shift else 0,
            shift_since=shift.opened_at.astimezone(till.house.zone) if shift else None,
            shift_owner=shift.cashier_name if shift else "",
            place=place,
            register=venue.register_name,
        )

    def _on_read(self, house: _House) -> None:
        self._members, self._is_pin_only = house.people, house.is_pin_only
        chosen = self._state.chosen_id
        if not house.is_pin_only and chosen not in {m.staff_id for m in house.people}:
            chosen = house.people[0].staff_id if house.people else ""
        self._set(
            place=house.place,
            register=house.register,
            shift_number=house.shift_number,
            shift_since=house.shift_since,
            shift_owner=house.shift_owner,
            health=self._health(),
            chosen_id="" if house.is_pin_only else chosen,
            locked_s=self._locked_s(chosen),
        )
        self._show_people()

    def _show_people(self) -> None:
        shown = self._members if self._shows_all else self._members[:RECENT_MAX]
        people = tuple(
            Person(
                member.staff_id,
                member.name,
                member.role.value,
                has_shift=member.name == self._state.shift_owner,
            )
            for member in shown
        )
        self._set(people=people, has_more=len(shown) < len(self._members))

    def _on_all_wanted(self) -> None:
        self._shows_all = True
        self._show_people()

    def _locked_s(self, staff_id: str) -> int:
        now = self._tools.clock.now()
        for member in self._members:
            if member.staff_id == staff_id and member.locked_until is not None:
                return max(0, -int(-(member.locked_until - now).total_seconds() // 1))
        return 0

    # ------------------------------------------------------------ the rest

    def _on_tick(self) -> None:
        locked = self._locked_s(self._state.chosen_id)
        error = self._state.error
        if self._state.locked_s and not locked:
            error = None
        self._set(now=self._now(), locked_s=locked, error=error, health=self._health())

    def _now(self) -> datetime:
        return self._tools.clock.now().astimezone(self._till.house.zone)

    def _on_changes(self, topics: object) -> None:
        """Show people and shift anew when the service or another screen changed them."""
        if self._tick.isActive() and isinstance(topics, frozenset) and topics & _WATCHED:
            self._load()

    def _on_forgotten(self) -> None:
        self._tools.bridge.toast(
            tr("Ask the manager for a new PIN"),
            detail=tr("It is set in the office and reaches the till with the next exchange"),
        )

    def _on_language_toggled(self) -> None:
        self._speak("en" if language() == "ru" else "ru")

    def _leave(self) -> None:
        if self._state.can_leave and not self._state.busy:
            self._tools.stage.go(ScreenId.SALE)

    def _set(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # fields of LoginState
        self.view.render(self._state)

    def _connect_signals(self) -> None:
        view = self.view
        view.person_chosen.connect(self.choose)
        view.all_wanted.connect(self._on_all_wanted)
        view.digit_typed.connect(self.type_digit)
        view.erased.connect(self.erase)
        view.forgotten.connect(self._on_forgotten)
        view.language_toggled.connect(self._on_language_toggled)
        view.left.connect(self._leave)
        self._tools.changes.happened.connect(self._on_changes)
