"""A23: ping, menu, config, guests and card codes as a till gets them."""

import itertools

from argon2 import PasswordHasher

from app.contracts import pos
from tests.service.harness import Service


def test_ping_tells_time_and_versions(service: Service) -> None:
    answer = pos.PingResponse.from_wire(service.pos("ping").text)
    assert answer.server_time == service.clock.now()
    assert answer.menu_version == pos.MenuResponse.from_wire(service.pos("menu").text).version
    assert answer.config_version == pos.ConfigResponse.from_wire(service.pos("config").text).version


def test_menu_holds_together(service: Service) -> None:
    menu = pos.MenuResponse.from_wire(service.pos("menu").text)
    assert len(menu.products) >= 300
    categories = {category.id for category in menu.categories}
    taxes = {tax.id for tax in menu.taxes}
    groups = {group.id for group in menu.modifier_groups}
    assert len(categories) >= 12
    for product in menu.products:
        assert product.category_id in categories
        assert product.tax_id in taxes
        assert set(product.modifier_group_ids) <= groups
    codes = [
        code
        for product in menu.products
        for code in itertools.chain(product.barcodes, *(v.barcodes for v in product.variants))
    ]
    assert codes
    assert len(codes) == len(set(codes))


def test_menu_that_the_till_has_is_not_sent_again(service: Service) -> None:
    tag = service.pos("menu").headers["etag"]
    for sent in (tag, f"W/{tag}", f'"other", {tag}'):
        answer = service.pos("menu", headers={"If-None-Match": sent})
        assert (answer.status_code, answer.content) == (304, b"")
    assert service.pos("menu", headers={"If-None-Match": '"menu-0"'}).status_code == 200


def test_config_names_place_people_and_rules(service: Service) -> None:
    config = pos.ConfigResponse.from_wire(service.pos("config").text)
    assert config.register_.number == 1
    assert len(config.halls) == 2
    assert all(hall.tables for hall in config.halls)
    rules = config.loyalty_rules.to_domain()
    assert [level.percent_bp for level in rules.levels] == [500, 700, 1000, 1500]
    cashier = next(p for p in config.staff if p.role == "cashier")
    assert cashier.pin_hash.startswith("$argon2id$")
    pins = {person["id"]: person["pin"] for person in service.seeded["staff"]}
    known = next(p for p in config.staff if p.id in pins)
    assert PasswordHasher().verify(known.pin_hash, pins[known.id])


def test_each_till_has_its_own_register(service: Service) -> None:
    second = service.pos("config", headers={"X-API-Key": service.seeded["tillKeys"][1]})
    assert pos.ConfigResponse.from_wire(second.text).register_.number == 2


def test_frequent_guests_come_first(service: Service) -> None:
    guests = pos.GuestsResponse.from_wire(service.pos("guests?limit=3").text).guests
    visits = [guest.visit_count for guest in guests]
    assert len(visits) == 3
    assert visits == sorted(visits, reverse=True)
    maria = next(
        g
        for g in pos.GuestsResponse.from_wire(service.pos("guests").text).guests
        if g.code6_digit == "482913"
    )
    assert maria.favourite_product_ids[0] == "prd-kapuchino"
    for bad in ("0", "1001", "x", "-1", ""):
        assert service.pos(f"guests?limit={bad}").status_code == 422


def test_reserved_codes_belong_to_nobody_else(service: Service) -> None:
    headers = {"X-API-Key": service.seeded["tillKey"]}
    drawn = []
    for _ in range(4):
        answer = service.client.post("/api/v1/pos/card-codes", json={"count": 50}, headers=headers)
        drawn += answer.json()["codes"]
    taken = {guest["code6Digit"] for guest in service.seeded["guests"]}
    assert len(set(drawn)) == 200
    assert not taken & set(drawn)
    too_many = service.client.post("/api/v1/pos/card-codes", json={"count": 51}, headers=headers)
    assert too_many.json()["errorCode"] == "VALIDATION_ERROR"
