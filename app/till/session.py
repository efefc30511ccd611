"""Who stands at the till: sign-in by PIN, rights, a supervisor's approval, locking (T1).

PINs are checked against argon2id hashes that the service gave out, so that signing in works
offline. Five wrong PINs lock that person for a minute, the next five for two, and so on. Checking a
hash takes tens of milliseconds on purpose; it happens on the caller's thread, without any lock.
"""

import json
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from app.kernel.clock import Clock, from_iso, to_iso
from app.kernel.errors import RuleError
from app.kernel.ids import StaffId
from app.kernel.late import LateModule
from app.store.engine import Store
from app.store.errors import NotStoredError
from app.store.rows import StaffMember
from app.till import texts
from app.till.order import Approval
from app.till.permissions import (
    DISCOUNT_LIMIT_BP,
    Action,
    Role,
    discount_limit_bp,
    is_allowed,
    role_of,
)

if TYPE_CHECKING:
    import argon2.exceptions
else:
    argon2 = LateModule("argon2")  # the first PIN comes after the first screen

log = logging.getLogger(__name__)

TRIES_BEFORE_LOCK: Final = 5
LOCK_FIRST: Final = timedelta(seconds=60)
LOCK_LONGEST: Final = timedelta(hours=1)
RECENT_MAX: Final = 5
_RECENT_SETTING: Final = "session_recent"
#: Wrong tries on the keypad itself, when the PIN alone tells who it is.
_PAD_SETTING: Final = "session_pad_failures"
_PIN_ONLY_SETTING: Final = "session_pin_only"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may be signed in."""

    staff_id: StaffId
    name: str
    role: Role
    permissions: frozenset[str] = frozenset()
    locked_until: datetime | None = None

    def may(self, action: Action) -> bool:
        """Tell whether the person may do something alone."""
        return is_allowed(self.role, self.permissions, action)

    @property
    def discount_limit_bp(self) -> int:
        """Return the largest discount the person may give alone, in basis points."""
        return discount_limit_bp(self.role, self.permissions)


class ApprovalNeeded(RuleError):  # noqa: N818 -- an invitation to enter a PIN, not a failure
    """The person may not do this alone; a supervisor's PIN allows it once.

    Attributes:
        action: What was asked.
        needs_limit_bp: The discount that the supervisor must be allowed to give, else 0.
    """

    def __init__(self, action: Action, *, ru: str, en: str, needs_limit_bp: int = 0) -> None:
        super().__init__("APPROVAL_NEEDED", ru, en)
        self.action = action
        self.needs_limit_bp = needs_limit_bp


PersonChanged = Callable[[Person | None], None]


class Session:
    """Who is signed in and what that person may do. Any thread.

    Args:
        store: Staff, their wrong tries and the till's settings.
        clock: For locks.
        hasher: Checks PINs; tests give a cheap one.
    """

    def __init__(
        self, store: Store, clock: Clock, hasher: "argon2.PasswordHasher | None" = None
    ) -> None:
        self._store = store
        self._clock = clock
        self._hasher = hasher
        self._lock = threading.Lock()
        self._person: Person | None = None
        self._listeners: list[PersonChanged] = []

    # -------------------------------------------------------------- who
    @property
    def person(self) -> Person | None:
        """Return who is signed in, or None."""
        return self._person

    def signed_in(self) -> Person:
        """Return who is signed in.

        Raises:
            RuleError: Nobody is.
        """
        if self._person is None:
            raise texts.NOT_SIGNED_IN.rule_error("NOT_SIGNED_IN")
        return self._person

    def listen(self, listener: PersonChanged) -> None:
        """Have somebody told when another person signs in or the till is locked."""
        self._listeners.append(listener)

    def people(self) -> tuple[Person, ...]:
        """Return everybody who may sign in, those who did last first."""
        with self._store.reader() as db:
            members = db.staff.list_all()
            recent = _read_list(db.settings.find(_RECENT_SETTING))
        order = {staff_id: place for place, staff_id in enumerate(recent)}
        people = [_person(member) for member in members]
        return tuple(sorted(people, key=lambda p: (order.get(p.staff_id, len(order)), p.name)))

    def recent(self) -> tuple[Person, ...]:
        """Return the last five people of this till, filled up with others."""
        return self.people()[:RECENT_MAX]

    @property
    def is_pin_only(self) -> bool:
        """Tell whether the PIN alone tells who it is, without choosing a name."""
        with self._store.reader() as db:
            return db.settings.find(_PIN_ONLY_SETTING) == "1"

    def set_pin_only(self, on: bool) -> None:
        """Switch the choosing of a name off or on."""
        with self._store.unit() as uow:
            uow.settings.put(_PIN_ONLY_SETTING, "1" if on else "0")
            uow.commit()

    # -------------------------------------------------------------- in and out
    def sign_in(self, staff_id: StaffId, pin: str) -> Person:
        """Sign a person in; also the quick change of cashier.

        Raises:
            InputError: The PIN is wrong or no PIN.
            RuleError: The person is unknown, or locked after too many tries.
        """
        return self._enter(self._verified(staff_id, pin))

    def sign_in_by_pin(self, pin: str) -> Person:
        """Sign in by the PIN alone, when the till is set so.

        Raises:
            InputError: Nobody has this PIN.
            RuleError: Too many tries.
        """
        return self._enter(self._found_by_pin(pin))

    def lock(self) -> None:
        """Sign out; orders stay where they are."""
        self._set(None)

    def _enter(self, person: Person) -> Person:
        with self._store.unit() as uow:
            recent = _read_list(uow.settings.find(_RECENT_SETTING))
            recent = [person.staff_id, *(x for x in recent if x != person.staff_id)][:RECENT_MAX]
            uow.settings.put(_RECENT_SETTING, json.dumps(recent))
            uow.commit()
        log.info("signed in: %s", person.staff_id)
        self._set(person)
        return person

    def _set(self, person: Person | None) -> None:
        with self._lock:
            self._person = person
        for listener in tuple(self._listeners):
            listener(person)

    # -------------------------------------------------------------- rights
    def allowed(self, action: Action) -> bool:
        """Tell whether the person at the till may do something alone."""
        person = self._person
        return person is not None and person.may(action)

    def require(self, action: Action, approval: Approval | None = None) -> Person:
        """Return who is signed in if the action is allowed, alone or by an approval.

        Raises:
            ApprovalNeeded: A supervisor's PIN is needed.
            RuleError: Nobody is signed in.
        """
        person = self.signed_in()
        if person.may(action):
            return person
        if approval is not None and approval.action == action.value:
            return person
        raise ApprovalNeeded(action, ru=texts.NOT_ALLOWED.ru, en=texts.NOT_ALLOWED.en)

    def require_discount(self, percent_bp: int, approval: Approval | None = None) -> Person:
        """Return who is signed in if a discount of this size is allowed.

        Raises:
            ApprovalNeeded: It is above the person's limit.
        """
        person = self.require(Action.DISCOUNT, approval)
        if percent_bp <= person.discount_limit_bp:
            return person
        if approval is not None and approval.action == Action.DISCOUNT.value:
            approver = self._member(approval.approved_by)
            if percent_bp <= _person(approver).discount_limit_bp:
                return person
        limit = f"{person.discount_limit_bp // 100}\u00a0%"
        words = texts.DISCOUNT_LIMIT.fill(limit=limit)
        raise ApprovalNeeded(Action.DISCOUNT, ru=words.ru, en=words.en, needs_limit_bp=percent_bp)

    def approve(self, staff_id: StaffId | None, pin: str, action: Action) -> Approval:
        """Let a supervisor allow one action; nobody is signed in or out by it.

        Args:
            staff_id: Who approves; None finds the person by the PIN.
            pin: The approver's PIN.
            action: What is to be allowed.

        Raises:
            InputError: Wrong PIN.
            RuleError: The approver lacks the right, or is locked.
        """
        asked_by = self.signed_in()
        found = self._found_by_pin(pin) if staff_id is None else self._verified(staff_id, pin)
        is_senior = found.discount_limit_bp > DISCOUNT_LIMIT_BP[Role.CASHIER]
        if not (found.may(action) and (action is not Action.DISCOUNT or is_senior)):
            raise texts.APPROVER_LACKS.fill(name=found.name).rule_error("APPROVER_LACKS_RIGHT")
        log.info("approved: %s for %s by %s", action, asked_by.staff_id, found.staff_id)
        return Approval(
            action=action.value,
            asked_by=asked_by.staff_id,
            approved_by=found.staff_id,
            approver_name=found.name,
            at=self._clock.now(),
        )

    # -------------------------------------------------------------- PINs
    def _member(self, staff_id: StaffId) -> StaffMember:
        try:
            with self._store.reader() as db:
                return db.staff.get(staff_id)
        except NotStoredError as error:
            raise texts.STAFF_UNKNOWN.rule_error("STAFF_UNKNOWN") from error

    def _verified(self, staff_id: StaffId, pin: str) -> Person:
        _check_form(pin)
        member = self._member(staff_id)
        self._refuse_if_locked(member.locked_until)
        if self._matches(member, pin):
            if member.failed_attempts:
                self._note(staff_id, 0, None)
            return _person(member)
        failures = member.failed_attempts + 1
        self._note(staff_id, failures, self._lock_after(failures))
        left = TRIES_BEFORE_LOCK - failures % TRIES_BEFORE_LOCK
        if left == TRIES_BEFORE_LOCK:
            raise _locked(_lock_span(failures))
        raise texts.PIN_WRONG.fill(left=left).input_error("PIN_WRONG")

    def _found_by_pin(self, pin: str) -> Person:
        _check_form(pin)
        with self._store.reader() as db:
            members = db.staff.list_all()
            failures, locked_until = _read_pad(db.settings.find(_PAD_SETTING))
        self._refuse_if_locked(locked_until)
        now = self._clock.now()
        for member in members:
            if member.locked_until is not None and member.locked_until > now:
                continue
            if self._matches(member, pin):
                if failures:
                    self._note(None, 0, None)
                return _person(member)
        failures += 1
        self._note(None, failures, self._lock_after(failures))
        if failures % TRIES_BEFORE_LOCK == 0:
            raise _locked(_lock_span(failures))
        raise texts.PIN_UNKNOWN.input_error("PIN_WRONG")

    def _matches(self, member: StaffMember, pin: str) -> bool:
        hasher = self._hasher = self._hasher or argon2.PasswordHasher()
        wrong = argon2.exceptions
        try:
            return hasher.verify(member.pin_hash, pin)
        except wrong.VerifyMismatchError:
            return False
        except (wrong.InvalidHashError, wrong.VerificationError):
            log.warning("the PIN hash of %s cannot be used", member.staff_id)
            return False

    def _refuse_if_locked(self, locked_until: datetime | None) -> None:
        now = self._clock.now()
        if locked_until is not None and locked_until > now:
            raise _locked(locked_until - now)

    def _lock_after(self, failures: int) -> datetime | None:
        if failures % TRIES_BEFORE_LOCK:
            return None
        return self._clock.now() + _lock_span(failures)

    def _note(self, staff_id: StaffId | None, failures: int, until: datetime | None) -> None:
        if until is not None:
            log.warning("too many wrong PINs: %s", staff_id or "keypad")
        with self._store.unit() as uow:
            if staff_id is not None:
                uow.staff.set_lock(staff_id, failures, until)
            else:
                uow.settings.put(_PAD_SETTING, f"{failures} {to_iso(until) if until else ''}")
            uow.commit()


def _check_form(pin: str) -> None:
    if not (4 <= len(pin) <= 6 and pin.isascii() and pin.isdigit()):
        raise texts.PIN_FORMAT.input_error("PIN_FORMAT")


def _lock_span(failures: int) -> timedelta:
    rounds = failures // TRIES_BEFORE_LOCK
    return min(LOCK_FIRST * (1 << min(rounds - 1, 10)), LOCK_LONGEST)


def _locked(span: timedelta) -> RuleError:
    seconds = max(1, -(-span // timedelta(seconds=1)))
    return texts.PIN_LOCKED.fill(seconds=seconds).rule_error("PIN_LOCKED")


def _person(member: StaffMember) -> Person:
    return Person(
        staff_id=member.staff_id,
        name=member.name,
        role=role_of(member.role),
        permissions=member.permissions,
        locked_until=member.locked_until,
    )


def _read_list(text: str | None) -> list[StaffId]:
    try:
        value = json.loads(text) if text else []
    except ValueError:
        return []
    return [StaffId(item) for item in value if isinstance(item, str)]


def _read_pad(text: str | None) -> tuple[int, datetime | None]:
    count, _, until = (text or "0 ").partition(" ")
    return int(count), from_iso(until) if until else None
