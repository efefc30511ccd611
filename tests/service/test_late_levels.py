"""L2, L10: a sale that comes late earns by the level that the guest had reached by then."""

from datetime import timedelta
from typing import Any

from app.kernel.clock import to_iso
from tests.service.harness import Service


def earn(service: Service, card: str, order: str, check: int, minutes_ago: int) -> Any:
    """Close a check that took place some minutes ago; return the points it earned."""
    then = to_iso(service.clock.now() - timedelta(minutes=minutes_ago))
    body = {"guestCardId": card, "orderId": order, "checkAmount": check, "action": "EARN_ONLY"}
    return service.ok("finalize-points", body | {"occurredAt": then})["pointsEarned"]


def new_guest(service: Service) -> str:
    """Register a guest and return his card."""
    made = service.ok("create-guest", {"phone": "+7 999 555-44-33", "firstName": "Ира"})
    return str(made["guestCardId"])


def test_a_sale_from_before_the_registration_raises_the_level_for_later_ones(
    service: Service,
) -> None:
    """The till was offline: the guest bought at nine and is registered at ten."""
    card = new_guest(service)
    assert earn(service, card, "o1", 12_000, 60) == 600
    service.forward(hours=2)
    assert earn(service, card, "o2", 1_000, 60) == 70


def test_a_late_sale_raises_the_level_above_a_raise_that_was_known_before(service: Service) -> None:
    card = new_guest(service)
    service.forward(hours=1)
    assert earn(service, card, "o1", 12_000, 0) == 600
    assert earn(service, card, "o2", 40_000, 30) == 2_000
    service.forward(hours=2)
    assert earn(service, card, "o3", 1_000, 60) == 100
    assert earn(service, card, "o4", 1_000, 140) == 100
    assert earn(service, card, "o5", 1_000, 170) == 50


def test_a_sale_from_before_all_that_is_known_earns_by_the_first_level(service: Service) -> None:
    card = new_guest(service)
    assert earn(service, card, "o1", 60_000, 0) == 3_000
    assert earn(service, card, "o2", 1_000, 60) == 50
