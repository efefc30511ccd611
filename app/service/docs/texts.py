"""What the description says in words: the service, its parts, its keys, who may call."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

INFO: Final[Mapping[str, Any]] = {
    "title": "Max Loyalty API",
    "summary": "Loyalty for cafes and restaurants: guests, points, promotions, gift cards, events.",
    "description": (
        "New here? The [quick start](/docs/guides/quick-start) leads to the first call in five minutes.\n\n"
        "- Every call needs a key in `X-API-Key` or a token of a person: "
        "[keys and scopes](/docs/guides/authentication).\n"
        "- Points and money are decimal numbers with at most two places: "
        "[amounts](/docs/guides/amounts).\n"
        "- A changing call with an `Idempotency-Key` may be repeated at will: "
        "[idempotency](/docs/guides/idempotency).\n"
        "- Refusals are problem documents (RFC 9457) with a code: "
        "[errors](/docs/guides/errors), [all codes](/errors).\n"
        "- Lists, filters and wanted fields are the same everywhere: [lists](/docs/guides/lists).\n"
        "- Limits are told in every answer: [rate limits](/docs/guides/rate-limits).\n"
        "- What happens is sent to you: [webhooks](/docs/guides/webhooks), [events](/docs/events)."
    ),
}

TAGS: Final[Mapping[str, str]] = {
    "till": "Calls of a till of ours or of a partner: guests, points and discounts of a check, menu, "
    "operations made offline. See [Tills](/docs/guides/pos-till).",
    "iiko": "The same calls for a plugin of iiko. See [iiko](/docs/guides/pos-iiko).",
    "rkeeper": "The same calls for a plugin of R-Keeper. See [R-Keeper](/docs/guides/pos-rkeeper).",
    "pos-webhooks": "Checks that any other system reports, signed. "
    "See [Reporting checks](/docs/guides/pos-webhooks).",
    "guests": "Guests and their cards: list, search, register, change, merge, codes, consents.",
    "transactions": "Closed checks and movements of points; booking of checks from a program.",
    "loyalty": "Rules, adjustments by hand, transfers between cards, shortfalls.",
    "promotions": "Promotions and promo codes.",
    "gift-cards": "Gift cards: make, pay, hold, give back, block.",
    "webhooks": "Subscriptions to events and the log of their deliveries. "
    "See [Webhooks](/docs/guides/webhooks).",
    "exports": "Files of everything of a kind, made in the background.",
    "requests": "Your own requests of the last 30 days, and how keys are used.",
    "auth": "Signing in, sessions, one-time codes, invitations.",
    "api-keys": "Keys of programs: make, rotate, revoke. "
    "See [Keys and scopes](/docs/guides/authentication).",
    "tenants": "The company. See [Tenancy](/docs/guides/tenancy).",
    "places": "Places and their registers.",
    "staff": "People, their roles and rights.",
    "audit": "Who did what.",
    "admin": "Tills and plugins in the field: keys, health, commands, versions.",
    "downloads": "Files behind links that prove themselves.",
    "public": "Pages for people, without any key.",
    "operation": "Health and figures, for whoever runs the service.",
}
"""Every tag that a route uses, in the order in which they are shown."""

_HEADER: Final = {"type": "apiKey", "in": "header", "name": "X-API-Key"}
SECURITY: Final[Mapping[str, Mapping[str, str]]] = {
    "tillKey": {
        **_HEADER,
        "description": "Key of a till (`tlk_…`). It belongs to one installation.",
    },
    "iikoKey": {
        **_HEADER,
        "description": "Key of a plugin of iiko (`ilk_…`). It belongs to one installation.",
    },
    "rkeeperKey": {
        **_HEADER,
        "description": "Key of a plugin of R-Keeper (`rkl_…`). It belongs to one installation.",
    },
    "apiKey": {
        **_HEADER,
        "description": "Key of a program (`mlk_live_…`; `mlk_test_…` in a sandbox) with scopes, made "
        "at `POST /api/v1/api-keys` and shown once. One of the scopes named at a call is enough; "
        "`admin` includes all.",
    },
    "staff": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Access token of a person, from `POST /api/v1/auth/login`; good for 15 minutes. "
        "One of the permissions named at a call is enough; roles grant them.",
    },
}

_KIND_WORDS: Final = {
    "till": "the key of a till",
    "iiko": "the key of a plugin of iiko",
    "rkeeper": "the key of a plugin of R-Keeper",
}


_OPEN_WORDS: Final = {
    "anyone": "anybody, without a key",
    "signature": "whoever signs the request as [the guide](/docs/guides/pos-webhooks) says",
    "link": "whoever holds the address: it proves itself",
    "operator": "known networks, and whoever has the token of the figures",
}


def who_in_words(who: Iterable[str]) -> str:
    """Return a sentence about who may call, for the description of a call."""
    who = list(who)
    open_to = next((_OPEN_WORDS[one] for one in who if one in _OPEN_WORDS), None)
    if open_to is not None:
        return f"**Who may call:** {open_to}."
    parts = [_KIND_WORDS[one] for one in who if one in _KIND_WORDS]
    scopes = [one.partition(" ")[2] for one in who if one.startswith("key ")]
    if "key" in who:
        parts.append("any API key")
    if scopes:
        parts.append(f"an API key with {_any_of(scopes)}")
    rights = [one.partition(" ")[2] for one in who if one.startswith("staff ")]
    if rights:
        parts.append(f"a person with {_any_of(rights)}")
    if "staff" in who:
        parts.append("everybody who is signed in")
    more = "\n\nPeople prove themselves with a fresh one-time code first (`POST /api/v1/auth/step-up`)."
    return f"**Who may call:** {', or '.join(parts)}." + (more if "step-up" in who else "")


def _any_of(names: Iterable[str]) -> str:
    return " or ".join(f"`{name}`" for name in names)
