"""Shorthand for tests of promotions: an administrator's calls and a till's."""

from typing import Any

import httpx

from tests.service.harness import MARIA, Service

PERCENT = {"type": "PERCENT", "percent": 10}
BONUS = {"type": "BONUS_POINTS", "points": 100, "lapseDays": 30}
COFFEE = {
    "productId": "prd-kapuchino",
    "name": "Капучино",
    "quantity": 2,
    "price": 290,
    "total": 580,
}
BUN = {
    "productId": "prd-bulochka-s-koritsey",
    "name": "Булочка",
    "quantity": 3,
    "price": 210,
    "total": 630,
}


def admin(
    service: Service, method: str, path: str, body: Any = None, **more: Any
) -> httpx.Response:
    """Call an address as the company's program; `key` is the idempotency key."""
    headers = {"X-API-Key": more.get("api_key", service.seeded["apiKey"])}
    if "key" in more:
        headers["Idempotency-Key"] = more["key"]
    return service.client.request(method, f"/api/v1/{path}", json=body, headers=headers)


def done(service: Service, method: str, path: str, body: Any = None, **more: Any) -> dict[str, Any]:
    """Call an address that must succeed."""
    answer = admin(service, method, path, body, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def refusal(service: Service, method: str, path: str, body: Any = None, **more: Any) -> str:
    """Call an address that must refuse, and return the code."""
    answer = admin(service, method, path, body, **more)
    assert answer.status_code >= 400, answer.text
    return answer.json()["errorCode"]


def make(service: Service, effect: dict[str, Any], **more: Any) -> str:
    """Make an active promotion and return its id."""
    body = {"name": "Акция", "effect": effect, "active": True} | more
    return done(service, "POST", "promotions", body)["id"]


def make_code(service: Service, promotion_id: str, **more: Any) -> str:
    """Make a promo code and return it."""
    return done(service, "POST", "promo-codes", {"promotionId": promotion_id} | more)["code"]


def calculate(service: Service, check: float = 1000, **more: Any) -> dict[str, Any]:
    """Ask what Maria gets."""
    body = {"guestCardId": MARIA, "orderId": "o1", "checkAmount": check} | more
    return service.ok("calculate", body)


def apply(service: Service, order: str = "o1", check: float = 1000, **more: Any) -> httpx.Response:
    """Hold a promotion for an order of Maria's."""
    body = {"guestCardId": MARIA, "orderId": order, "checkAmount": check} | more
    return service.call("apply-promotion", body)


def uses(service: Service) -> list[tuple[Any, ...]]:
    """Return all uses: order, state, discount, points, fault."""
    return service.rows(
        "SELECT order_id, state, discount_minor, points_minor, fault FROM promotion_uses "
        "ORDER BY order_id, promotion_id"
    )


def codes_used(service: Service) -> int:
    """Return how many places of promo codes are taken."""
    return int(service.rows("SELECT coalesce(sum(used_count), 0) FROM promo_codes")[0][0])
