"""Who may make a call, said where the call is declared.

    READ = by_key_or_staff("guests:read", "guests:read")
    answer = await runtime.read(request, READ, lambda work: list_guests(work))

Three kinds of callers exist: an installation (till, iiko, rkeeper) by its own key, a program by an API
key with scopes, a person by an access token with permissions. Values join with `|`:
`by_installation("till") | by_staff("orders:read")`. A dangerous call is marked with `stepped_up()`:
people have to prove themselves again with a one-time code, keys go on as they are. One marked with
`after_plan()` may change something although the company's plan has ended.
"""

from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from app.contracts.errors import ErrorCode
from app.service.kit.permissions import Permission, Scope
from app.service.kit.problems import ProblemError
from app.service.kit.work import Caller, Work

STAFF: Final = "staff"
API: Final = "api"
NOBODY: Final = Caller("", "", "nobody", None, None)
"""The caller of what is open to anyone: such work belongs to no tenant yet."""


@dataclass(frozen=True, slots=True)
class Access:
    """Who may make a call: any of the kinds, scopes or permissions is enough."""

    kinds: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    any_staff: bool = False
    is_open: bool = False
    needs_step_up: bool = False
    outlives_plan: bool = False

    def __or__(self, other: "Access") -> "Access":
        return Access(
            self.kinds | other.kinds,
            self.scopes | other.scopes,
            self.permissions | other.permissions,
            self.any_staff or other.any_staff,
            self.is_open or other.is_open,
            self.needs_step_up or other.needs_step_up,
            self.outlives_plan or other.outlives_plan,
        )

    def stepped_up(self) -> "Access":
        """Return the same, asking people for a fresh one-time code (MFA_REQUIRED without)."""
        return replace(self, needs_step_up=True)

    def after_plan(self) -> "Access":
        """Return the same for changes that are made also after the company's plan has ended."""
        return replace(self, outlives_plan=True)

    def check_plan(self, work: Work) -> None:
        """Refuse a change once the company's plan has ended, unless it belongs to what is left.

        Raises:
            ProblemError: SUBSCRIPTION_EXPIRED.
        """
        if not self.is_open and not self.outlives_plan:
            require_plan(work)

    def check(self, caller: Caller) -> None:
        """Let a caller in, or refuse.

        Raises:
            ProblemError: INSUFFICIENT_PERMISSIONS, or MFA_REQUIRED for a person without a fresh code.
        """
        if self.is_open:
            return
        if not self._lets_in(caller):
            raise _refusal(self, caller)
        if self.needs_step_up and caller.kind == STAFF and not caller.is_stepped_up:
            raise ProblemError(ErrorCode.MFA_REQUIRED)

    def _lets_in(self, caller: Caller) -> bool:
        if caller.kind == STAFF:
            return self.any_staff or bool(self.permissions & caller.permissions)
        if caller.kind in self.kinds:
            return True
        return bool(self.scopes) and (
            Scope.ADMIN.value in caller.scopes or bool(self.scopes & caller.scopes)
        )


def require_plan(work: Work) -> None:
    """Refuse to begin something new once the company's plan has ended.

    Raises:
        ProblemError: SUBSCRIPTION_EXPIRED.
    """
    ends_at = work.caller.plan_ends_at
    if ends_at is not None and ends_at <= work.now:
        raise ProblemError(ErrorCode.SUBSCRIPTION_EXPIRED)


def by_installation(*kinds: str) -> Access:
    """Allow the keys of installations of these kinds."""
    return Access(kinds=frozenset(kinds))


def by_key(scope: Scope | str) -> Access:
    """Allow API keys with a scope."""
    return Access(scopes=frozenset({Scope(scope).value}))


def by_staff(permission: Permission | str) -> Access:
    """Allow signed-in people with a permission."""
    return Access(permissions=frozenset({Permission(permission).value}))


def by_any_staff() -> Access:
    """Allow everybody who is signed in."""
    return Access(any_staff=True)


def by_key_or_staff(scope: Scope | str, permission: Permission | str) -> Access:
    """Allow API keys with a scope and people with a permission."""
    return by_key(scope) | by_staff(permission)


def anyone() -> Access:
    """Allow everybody, without looking at any key or token."""
    return Access(is_open=True)


def as_access(access: Access | str) -> Access:
    """Read a plain kind as the keys of such installations.

    What they tell of themselves is heard after the plan has ended, too; calls of loyalty say for
    themselves what they begin.
    """
    return _of_kind(access) if isinstance(access, str) else access


@cache
def _of_kind(kind: str) -> Access:
    return by_installation(kind).after_plan()


def _refusal(access: Access, caller: Caller) -> ProblemError:
    wanted = sorted(access.permissions if caller.kind == STAFF else access.scopes)
    if caller.kind in {STAFF, API} and wanted:
        names = ", ".join(wanted)
        return ProblemError(
            ErrorCode.INSUFFICIENT_PERMISSIONS,
            f"This needs one of: {names}",
            f"Нужно одно из прав: {names}",
        )
    return ProblemError(
        ErrorCode.INSUFFICIENT_PERMISSIONS,
        f"A key of kind {caller.kind} may not call this address",
        f"Ключ вида {caller.kind} не подходит для этого адреса",
    )
