"""L3 to L7: calculating, holding, closing, and what time does to a hold."""

import pytest
import sqlalchemy as sa

from tests.service.harness import MARIA, Service, finalize


def test_calculate_gives_the_numbers_of_the_rules_and_changes_nothing(service: Service) -> None:
    before = service.guest()
    answer = service.ok("calculate", {"guestCardId": MARIA, "orderId": "o", "checkAmount": 1000})
    assert answer["benefitType"] == "POINTS"
    assert (answer["regularBalance"], answer["promoBalance"]) == (690, 150)
    assert answer["maxAllowedToSpend"] == 300
    assert answer["pointsToEarn"] == 100
    assert service.guest() == before


def test_calculate_says_why_it_refuses(service: Service) -> None:
    answer = service.ok("calculate", {"guestCardId": MARIA, "orderId": "o", "checkAmount": 49.99})
    assert answer["refusal"] == "MIN_CHECK_AMOUNT"
    assert answer["maxAllowedToSpend"] == answer["pointsToEarn"] == 0
    assert answer["explanation"][0]["code"] == "MIN_CHECK_AMOUNT"


def test_excluded_products_neither_earn_nor_redeem(service: Service) -> None:
    product = service.rows("SELECT id FROM products WHERE excluded_from_earning LIMIT 1")
    assert product, "the demo café has excluded products"
    items = [{"productId": product[0][0], "name": "x", "quantity": 1, "price": 400, "total": 400}]
    body = {"guestCardId": MARIA, "orderId": "o", "checkAmount": 1000, "items": items}
    assert service.ok("calculate", body)["pointsToEarn"] == 60


def exclude(service: Service, **excluded: list[str]) -> None:
    """Put rules that exclude categories, valid at once."""
    service.forward(seconds=1)
    headers = {"X-API-Key": service.seeded["apiKey"]}
    rules = service.client.get("/api/v1/loyalty/rules", headers=headers).json()["current"]["rules"]
    answer = service.client.put(
        "/api/v1/loyalty/rules",
        json={"rules": rules | excluded},
        headers=headers | {"Idempotency-Key": service.ids.new()},
    )
    assert answer.status_code == 200, answer.text


def below_a_category(service: Service) -> tuple[str, str]:
    """Return an ordinary product and a category that is above its own."""
    service.runtime.database.write(
        lambda connection: connection.execute(
            sa.text(
                "INSERT INTO categories (id, tenant_id, parent_id, name, icon, tint, position) "
                "SELECT 'cat-above', tenant_id, NULL, 'Всё', 'cup', 1, 99 FROM categories LIMIT 1"
            )
        )
    ).result()
    product, category = service.rows(
        "SELECT id, category_id FROM products "
        "WHERE NOT excluded_from_earning AND NOT excluded_from_redeeming ORDER BY id LIMIT 1"
    )[0]
    service.runtime.database.write(
        lambda connection: connection.execute(
            sa.text("UPDATE categories SET parent_id = 'cat-above' WHERE id = :id"),
            {"id": category},
        )
    ).result()
    return product, "cat-above"


def test_excluded_categories_neither_earn_nor_redeem(service: Service) -> None:
    product, category = below_a_category(service)
    items = [{"productId": product, "name": "x", "quantity": 1, "price": 400, "total": 400}]
    body = {"guestCardId": MARIA, "orderId": "o", "checkAmount": 1000, "items": items}
    assert service.ok("calculate", body)["pointsToEarn"] == 100
    exclude(service, categoriesExcludedFromEarning=[category])
    answer = service.ok("calculate", body)
    assert (answer["pointsToEarn"], answer["maxAllowedToSpend"]) == (60, 300)
    exclude(service, categoriesExcludedFromRedeeming=[category], categoriesExcludedFromEarning=[])
    answer = service.ok("calculate", body)
    assert (answer["pointsToEarn"], answer["maxAllowedToSpend"]) == (100, 180)
    # A product that our menu does not know counts by the category that the caller names.
    stranger = [{"productId": "theirs", "categoryId": category, "total": 400}]
    answer = service.ok("calculate", body | {"items": stranger})
    assert answer["maxAllowedToSpend"] == 180
    rules = service.pos("config").json()["loyaltyRules"]
    assert rules["categoriesExcludedFromRedeeming"] == [category], "tills get them, too"


def test_late_check_goes_by_the_exclusions_of_its_day(service: Service) -> None:
    product, category = below_a_category(service)
    items = [{"productId": product, "name": "x", "quantity": 1, "price": 400, "total": 400}]
    sold = service.clock.now().isoformat()
    service.forward(hours=1)
    exclude(service, categoriesExcludedFromEarning=[category])
    service.forward(hours=1)
    late = service.ok("finalize-points", finalize(None, "late", items=items, occurredAt=sold))
    assert late["pointsEarned"] == 100
    now = service.ok("finalize-points", finalize(None, "now", items=items))
    assert now["pointsEarned"] == 60
    service.assert_clean()


def test_promo_points_are_held_and_spent_first(service: Service) -> None:
    reservation = service.reserve(200)
    held = service.guest()
    assert (held["regularBalance"], held["promoBalance"], held["reservedBalance"]) == (640, 0, 200)
    answer = service.ok("finalize-points", finalize(reservation))
    assert (answer["pointsSpent"], answer["pointsEarned"]) == (200, 80)
    assert (answer["regularBalance"], answer["promoBalance"]) == (720, 0)
    assert service.guest()["reservedBalance"] == 0
    service.assert_clean()


def test_final_amount_below_the_hold_gives_the_rest_back(service: Service) -> None:
    reservation = service.reserve(300)
    answer = service.ok("finalize-points", finalize(reservation, check=120))
    assert (answer["pointsSpent"], answer["pointsEarned"]) == (120, 0)
    assert answer["totalBalance"] == 840 - 120
    service.assert_clean()


def test_update_changes_the_hold_and_cancel_returns_it(service: Service) -> None:
    reservation = service.reserve(100)
    body = {"reservationId": reservation, "amount": 250.5}
    assert service.ok("update-reservation", body)["amount"] == 250.5
    assert service.guest()["totalBalance"] == 589.5
    assert service.ok("cancel-reservation", {"reservationId": reservation})["success"]
    again = service.ok("cancel-reservation", {"reservationId": reservation})
    assert again["alreadyProcessed"]
    assert service.guest()["totalBalance"] == 840
    assert service.refused("update-reservation", body) == "RESERVATION_NOT_ACTIVE"
    assert service.refused("finalize-points", finalize(reservation)) == "RESERVATION_NOT_ACTIVE"
    service.assert_clean()


@pytest.mark.parametrize(
    ("points", "check", "code"),
    [
        (841, 10_000, "INSUFFICIENT_BALANCE"),
        (301, 1000, "REDEEM_LIMIT_EXCEEDED"),
        (10, 49, "MIN_CHECK_AMOUNT"),
    ],
)
def test_reserve_refuses_beyond_the_rules(
    service: Service, points: int, check: int, code: str
) -> None:
    body = {"guestCardId": MARIA, "orderId": "o", "pointsToSpend": points, "checkAmount": check}
    assert service.refused("reserve-points", body) == code
    assert service.count("reservations") == 0
    assert service.guest()["totalBalance"] == 840


def test_one_active_reservation_per_order(service: Service) -> None:
    first = service.reserve(100)
    assert service.reserve(100) == first
    body = {"guestCardId": MARIA, "orderId": "o1", "pointsToSpend": 120, "checkAmount": 1000}
    assert service.refused("reserve-points", body) == "RESERVATION_ALREADY_ACTIVE"
    assert service.guest()["reservedBalance"] == 100


def test_discount_is_fixed_and_applied_without_earning(service: Service) -> None:
    body = {"guestCardId": MARIA, "orderId": "d1", "discountPercent": 7.5, "checkAmount": 1000}
    reservation = service.ok("reserve-discount", body)["reservationId"]
    answer = service.ok(
        "finalize-discount",
        {
            "reservationId": reservation,
            "guestCardId": MARIA,
            "orderId": "d1",
            "checkAmount": 999.99,
        },
    )
    assert (answer["discountPercent"], answer["discountAmount"]) == (7.5, 75)
    assert answer["pointsEarned"] == 0
    assert service.guest()["lifetimeSpent"] == 59_508 + 924.99
    too_much = body | {"orderId": "d2", "discountPercent": 10.01}
    assert service.refused("reserve-discount", too_much) == "DISCOUNT_LIMIT_EXCEEDED"


def test_second_part_of_a_split_check_is_refused(service: Service) -> None:
    first = service.reserve(100, "p1", fields={"splitGroupId": "s1"})
    part = {
        "guestCardId": "card-gst-02",
        "orderId": "p2",
        "pointsToSpend": 50,
        "checkAmount": 500,
        "splitGroupId": "s1",
    }
    assert service.refused("reserve-points", part) == "LOYALTY_ALREADY_APPLIED_TO_SPLIT"
    service.ok("finalize-points", finalize(first, "p1"))
    assert service.refused("reserve-points", part) == "LOYALTY_ALREADY_APPLIED_TO_SPLIT"
    other = part | {"splitGroupId": "s2"}
    service.ok("reserve-points", other)
    service.assert_clean()


def test_cancelled_part_leaves_the_split_check_free(service: Service) -> None:
    first = service.reserve(100, "p1", fields={"splitGroupId": "s1"})
    service.ok("cancel-reservation", {"reservationId": first})
    service.reserve(100, "p2", fields={"splitGroupId": "s1"})


def status(service: Service) -> str:
    return service.rows("SELECT status FROM reservations")[0][0]


def test_hold_stays_until_half_an_hour(service: Service) -> None:
    reservation = service.reserve(200)
    service.forward(minutes=29, seconds=59)
    assert status(service) == "ACTIVE"
    assert service.ok("finalize-points", finalize(reservation))["pointsSpent"] == 200


def test_hold_returns_after_half_an_hour_and_finalise_takes_it_again(service: Service) -> None:
    reservation = service.reserve(200)
    service.forward(minutes=30)
    assert status(service) == "EXPIRED"
    assert service.guest()["totalBalance"] == 840
    body = {"reservationId": reservation, "amount": 100}
    assert service.refused("update-reservation", body) == "RESERVATION_EXPIRED"
    service.forward(minutes=59, seconds=59)
    answer = service.ok("finalize-points", finalize(reservation))
    assert (answer["pointsSpent"], answer.get("shortfall")) == (200, None)
    assert status(service) == "FINALIZED"
    service.assert_clean()


def test_shortfall_is_recorded_when_the_points_are_gone(service: Service) -> None:
    reservation = service.reserve(300)
    service.forward(minutes=31)
    spent_elsewhere = service.reserve(700, "o2", check=2400)
    service.ok("finalize-points", finalize(spent_elsewhere, "o2", check=2400))
    left = service.guest()["totalBalance"]
    assert left == 840 - 700 + 170
    service.reserve(left - 50, "o3", check=9000)
    answer = service.ok("finalize-points", finalize(reservation))
    assert (answer["pointsSpent"], answer["shortfall"]) == (50, 250)
    # The guest paid 700 in money: the discount had been given in full.
    assert answer["pointsEarned"] == 70
    assert service.rows("SELECT kind, amount_minor FROM shortfalls") == [("REDEEM", 25_000)]
    service.assert_clean()


def test_after_ninety_minutes_it_is_over(service: Service) -> None:
    reservation = service.reserve(200)
    service.forward(minutes=90)
    assert status(service) == "AUTO_CANCELLED"
    assert service.refused("finalize-points", finalize(reservation)) == "RESERVATION_EXPIRED"
    assert service.guest()["totalBalance"] == 840
    assert service.count("loyalty_orders") == 0


def test_ninety_minutes_hold_even_if_nobody_swept(service: Service) -> None:
    reservation = service.reserve(200)
    service.clock.sleep(90 * 60)
    assert service.refused("finalize-points", finalize(reservation)) == "RESERVATION_EXPIRED"
    assert status(service) == "ACTIVE"
    service.reserve(150, "o1")
    assert service.guest()["reservedBalance"] == 150
    service.assert_clean()


def test_sweeping_twice_changes_nothing_more(service: Service) -> None:
    service.reserve(200)
    service.forward(minutes=31)
    assert service.sweep() == 0


def test_many_are_swept_in_batches(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.service.loyalty.sweeper.BATCH", 3)
    for number in range(7):
        service.reserve(10, f"many-{number}")
    service.clock.sleep(31 * 60)
    assert service.sweep() == 7
    assert service.guest()["totalBalance"] == 840
    service.assert_clean()


def test_split_part_is_free_again_when_the_first_is_over(service: Service) -> None:
    service.reserve(100, "p1", fields={"splitGroupId": "s1"})
    service.clock.sleep(90 * 60)
    service.reserve(100, "p2", fields={"splitGroupId": "s1"})
    service.assert_clean()


def test_earn_only_gives_back_what_the_order_held(service: Service) -> None:
    service.reserve(200)
    answer = service.ok("finalize-points", finalize(None))
    assert (answer["pointsSpent"], answer["pointsEarned"], answer["totalBalance"]) == (0, 100, 940)
    service.assert_clean()


def test_reservation_of_another_order_or_card_is_not_taken(service: Service) -> None:
    reservation = service.reserve(100)
    assert service.refused("finalize-points", finalize(reservation, "o9")) == "RESERVATION_MISMATCH"
    other = finalize(reservation) | {"guestCardId": "card-gst-02"}
    assert service.refused("finalize-points", other) == "RESERVATION_MISMATCH"
    unknown = finalize("nothing")
    assert service.refused("finalize-points", unknown) == "RESERVATION_NOT_FOUND"
    assert service.guest()["reservedBalance"] == 100
