"""Counting requests against their limits, and saying in headers what is left."""

import threading
from collections import OrderedDict
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from limits import RateLimitItem
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from app.contracts.errors import ErrorCode
from app.kernel.clock import Clock
from app.service.kit.headers import first_headers
from app.service.kit.problems import ProblemError
from app.service.kit.work import Caller
from app.service.limits.counters import MemoryCounters
from app.service.limits.plans import (
    ANONYMOUS,
    ENDPOINTS,
    GENERAL,
    INSTALLATION,
    PLANS,
    STRANGERS,
    UNCOUNTED,
    EndpointLimit,
)

Scope = MutableMapping[str, Any]

_STATE: Final = "maxloyalty.rate_limit"
_REMEMBERED_MAX: Final = 10_000
# Where alone an endpoint may have a limit of its own.
_LIMITED: Final = tuple({path for known in ENDPOINTS for path in known.paths})
_EXACT_MAX: Final = 50  # limits up to this are counted exactly, whatever it costs
_TILLS: Final = frozenset({"till", "iiko", "rkeeper"})


class LimitState(NamedTuple):
    """What is left to a caller: in general, and at this endpoint. `reset` is a Unix time."""

    tier: str
    limit: int
    remaining: int
    reset: int
    endpoint_limit: int
    endpoint_remaining: int


class RateLimits:
    """The limits of a service. Any thread may call it.

    Args:
        clock: The time by which windows begin and end.
        counters: Counts nearly all.
    """

    def __init__(self, clock: Clock, counters: Storage) -> None:
        self._clock = clock
        self._usual = self._exact = FixedWindowRateLimiter(counters)
        self._lock = threading.Lock()
        # By digests of keys and tokens that were accepted not long ago.
        self._known: OrderedDict[int, None] = OrderedDict()
        self._exceeded: dict[int, LimitState] = {}

    def use(self, counters: Storage, exact: Storage | None = None) -> None:
        """Count there from now on.

        Args:
            counters: Counts nearly all.
            exact: Counts the small limits, which must hold over all processes.
        """
        self._usual = FixedWindowRateLimiter(counters)
        self._exact = FixedWindowRateLimiter(exact or counters)
        with self._lock:
            self._known.clear()
            self._exceeded.clear()

    def admit(self, scope: Scope) -> None:
        """Refuse, before anything is looked up, whom we know to be over his limit.

        Raises:
            ProblemError: RATE_LIMIT_EXCEEDED.
        """
        shown = _credential(scope)
        if shown is not None:
            state = self._exceeded.get(shown)
            if state is not None and self._is_over(shown, state):
                self._refuse(scope, state)
            if shown in self._known:
                return
        if scope["path"] in UNCOUNTED:
            return
        address = _address(scope)
        if not self._usual.test(STRANGERS, "address", address):
            self._refuse(scope, self._state_of_stranger(address))

    def count(self, scope: Scope, caller: Caller) -> None:
        """Count a request of somebody we know; once for each request.

        Raises:
            ProblemError: RATE_LIMIT_EXCEEDED.
        """
        if _STATE in scope or not caller.tenant_id:
            return
        shown = _credential(scope)
        if shown is not None:
            self._remember(shown)
        who = caller.key_id or caller.staff_id or caller.installation_id
        plan = caller.plan if caller.plan in PLANS else PLANS[0]
        endpoint = _endpoint_of(scope)
        item = INSTALLATION if caller.kind in _TILLS else GENERAL[plan]
        if endpoint is not None and not endpoint.beside_general:
            item = endpoint.by_plan[plan]
        is_within, general = self._hit(item, plan, caller.tenant_id, who, endpoint)
        if not is_within:
            if shown is not None and (endpoint is None or endpoint.beside_general):
                self._exceeded[shown] = general
            self._refuse(scope, general)
        if endpoint is None or not endpoint.beside_general:
            scope[_STATE] = general
            return
        self._count_endpoint(
            scope, general, endpoint.by_plan[plan], caller.tenant_id, who, endpoint
        )

    def forget(self) -> None:
        """Begin all counting anew, for everybody."""
        self._usual.storage.reset()
        self._exact.storage.reset()
        with self._lock:
            self._known.clear()
            self._exceeded.clear()

    def headers(self, scope: Scope) -> list[tuple[bytes, bytes]]:
        """Return the headers of an answer; a request without a caller is counted for its address."""
        state = scope.get(_STATE)
        if not isinstance(state, LimitState):
            address = _address(scope)
            if scope["path"] not in UNCOUNTED:
                self._usual.hit(STRANGERS, "address", address)
            state = self._state_of_stranger(address)
        said = [
            (b"x-ratelimit-limit", str(state.limit)),
            (b"x-ratelimit-remaining", str(state.remaining)),
            (b"x-ratelimit-reset", str(state.reset)),
            (b"x-ratelimit-tier", state.tier),
            (b"x-ratelimit-endpoint-limit", str(state.endpoint_limit)),
            (b"x-ratelimit-endpoint-remaining", str(state.endpoint_remaining)),
        ]
        return [(name, value.encode()) for name, value in said]

    def _hit(
        self,
        item: RateLimitItem,
        plan: str,
        tenant_id: str,
        who: str,
        endpoint: EndpointLimit | None,
    ) -> tuple[bool, LimitState]:
        alone = endpoint is not None and not endpoint.beside_general
        name = endpoint.name if endpoint is not None and alone else "all"
        # As the library's limiter does it, with one look at the counter in place of three.
        counters = self._limiter(item).storage
        key = _key(item, tenant_id, who, name)
        if isinstance(counters, MemoryCounters):
            count, reset = counters.hit(key, item.get_expiry())
        else:
            count = counters.incr(key, item.get_expiry())
            reset = int(counters.get_expiry(key))
        left = max(0, item.amount - count)
        return count <= item.amount, LimitState(plan, item.amount, left, reset, item.amount, left)

    def _count_endpoint(
        self,
        scope: Scope,
        general: LimitState,
        item: RateLimitItem,
        tenant_id: str,
        who: str,
        endpoint: EndpointLimit,
    ) -> None:
        limiter = self._limiter(item)
        is_within = limiter.hit(item, tenant_id, who, endpoint.name)
        stats = limiter.get_window_stats(item, tenant_id, who, endpoint.name)
        state = general._replace(endpoint_limit=item.amount, endpoint_remaining=stats.remaining)
        if not is_within:
            self._refuse(scope, state._replace(reset=int(stats.reset_time)))
        scope[_STATE] = state

    def _limiter(self, item: RateLimitItem) -> FixedWindowRateLimiter:
        return self._exact if item.amount <= _EXACT_MAX else self._usual

    def _state_of_stranger(self, address: str) -> LimitState:
        stats = self._usual.get_window_stats(STRANGERS, "address", address)
        amount, left = STRANGERS.amount, stats.remaining
        return LimitState(ANONYMOUS, amount, left, int(stats.reset_time), amount, left)

    def _refuse(self, scope: Scope, state: LimitState) -> None:
        wait = max(1, state.reset - self._now())
        scope[_STATE] = state
        raise ProblemError(
            ErrorCode.RATE_LIMIT_EXCEEDED,
            f"Too many requests; go on in {wait} s",
            f"Слишком много запросов; продолжайте через {wait} с",
            retry_after_s=wait,
        )

    def _is_over(self, shown: int, state: LimitState) -> bool:
        if state.reset > self._now():
            return True
        self._exceeded.pop(shown, None)
        return False

    def _remember(self, shown: int) -> None:
        with self._lock:
            self._known[shown] = None
            self._known.move_to_end(shown)
            if len(self._known) > _REMEMBERED_MAX:
                oldest, _ = self._known.popitem(last=False)
                self._exceeded.pop(oldest, None)

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


@lru_cache(maxsize=_REMEMBERED_MAX)
def _key(item: RateLimitItem, tenant_id: str, who: str, name: str) -> str:
    return item.key_for(tenant_id, who, name)


def _endpoint_of(scope: Scope) -> EndpointLimit | None:
    method, path = scope["method"], scope["path"]
    if not path.startswith(_LIMITED):
        return None
    return next((known for known in ENDPOINTS if known.covers(method, path)), None)


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def _credential(scope: Scope) -> int | None:
    """Return what stands for the key or token of a request; never the secret itself."""
    headers = first_headers(scope)
    shown = headers.get("x-api-key") or headers.get("authorization")
    return hash(shown) if shown else None
