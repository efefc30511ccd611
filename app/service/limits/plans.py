"""The numbers (A6): how often whom may call, by plan and endpoint."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from limits import (
    RateLimitItem,
    RateLimitItemPerHour,
    RateLimitItemPerMinute,
    RateLimitItemPerSecond,
)

PLANS: Final = ("standard", "pro", "ultimate")
ANONYMOUS: Final = "anonymous"

ByPlan = Mapping[str, RateLimitItem]


@dataclass(frozen=True, slots=True)
class EndpointLimit:
    """A limit of some addresses beside the general one; those under one name share it.

    `beside_general` is false where the endpoint's limit stands alone.
    """

    name: str
    method: str
    paths: tuple[str, ...]
    by_plan: ByPlan
    beside_general: bool = True

    def covers(self, method: str, path: str) -> bool:
        """Tell whether a request is counted here; a path that ends with / covers what is below."""
        return method == self.method and any(
            path.startswith(known) if known.endswith("/") else path == known for known in self.paths
        )


def _by_plan(*items: RateLimitItem) -> ByPlan:
    return dict(zip(PLANS, items, strict=True))


GENERAL: Final = _by_plan(
    RateLimitItemPerHour(1_000), RateLimitItemPerHour(5_000), RateLimitItemPerHour(20_000)
)
"""For each API key and each person who is signed in."""

INSTALLATION: Final[RateLimitItem] = RateLimitItemPerMinute(120_000)
"""For each till and plugin: far above a busy one, below a program that runs wild."""

STRANGERS: Final[RateLimitItem] = RateLimitItemPerMinute(600)
"""For each address, of requests that no key or token stands behind."""

ENDPOINTS: Final = (
    EndpointLimit(
        "loyalty-transactions",
        "POST",
        (
            "/api/v1/loyalty/transactions",
            "/api/v1/loyalty/earn",
            "/api/v1/loyalty/redeem",
            "/api/v1/transactions",
        ),
        _by_plan(
            RateLimitItemPerMinute(120), RateLimitItemPerMinute(500), RateLimitItemPerMinute(2_000)
        ),
    ),
    EndpointLimit(
        "pos-webhooks",
        "POST",
        ("/api/v1/webhooks/pos/",),
        # Ten seconds: the second number is how many of the unit make the window.
        _by_plan(
            RateLimitItemPerSecond(20, 10),
            RateLimitItemPerSecond(100, 10),
            RateLimitItemPerSecond(500, 10),
        ),
        beside_general=False,
    ),
    EndpointLimit(
        "guests",
        "GET",
        ("/api/v1/guests", "/api/v2/guests"),
        _by_plan(
            RateLimitItemPerMinute(200),
            RateLimitItemPerMinute(1_000),
            RateLimitItemPerMinute(5_000),
        ),
    ),
    EndpointLimit(
        "transfers",
        "POST",
        ("/api/v1/loyalty/transfer",),
        _by_plan(RateLimitItemPerMinute(3), RateLimitItemPerMinute(10), RateLimitItemPerMinute(50)),
    ),
)

UNCOUNTED: Final = frozenset({"/healthz", "/readyz", "/metrics"})
"""What watches the service is never refused."""
