"""T63, L3, L12: what a till works out alone is what the service answers, to the kopeck and the word.

How: the till's side reads what any till reads (menu, configuration, active promotions) and calls the
domain; the service is asked with the same lines. Hypothesis draws the checks.
"""

from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.contracts.pos import LoyaltyRulesView, MenuResponse
from app.contracts.promotions import ActivePromotionsResponse
from app.domain.catalog import above
from app.domain.promotion.check import CheckResult, work_out
from app.domain.promotion.situation import Buyer, CheckLine, Situation
from tests.service.harness import Service
from tests.service.promotions.promotions_harness import BONUS, PERCENT, calculate, make

PROMOTIONS: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({"type": "PERCENT", "percent": 7.5, "maxDiscount": 300}, {"priority": 3}),
    (
        {"type": "BUY_GET", "buy": 2, "get": 1, "percent": 50},
        {"conditions": {"categoryIds": ["cat-bakery", "cat-coffee"]}, "priority": 9},
    ),
    ({"type": "AMOUNT", "amount": 99.99}, {"conditions": {"minAmount": 1500}, "priority": 5}),
    ({"type": "PRICE", "price": 150}, {"conditions": {"productIds": ["prd-medovik"]}}),
    (
        {"type": "GIFT", "productId": "prd-latte", "name": "Латте"},
        {"conditions": {"minQuantity": 4}, "priority": 7, "group": "big"},
    ),
    (PERCENT, {"conditions": {"maxAmount": 400}, "exclusive": True, "priority": 1}),
    ({"type": "POINTS_MULTIPLIER", "multiplier": 2.5}, {"target": {"categoryIds": ["cat-coffee"]}}),
    (BONUS, {"conditions": {"weekdays": [5], "levelIds": ["gold"]}}),
    (PERCENT, {"conditions": {"timeFrom": "20:00", "timeUntil": "21:00"}}),
)

lines = st.lists(
    st.tuples(
        st.sampled_from(["prd-kapuchino", "prd-medovik", "prd-latte", "prd-bulochka-s-koritsey"]),
        st.integers(1, 5),
        st.integers(0, 100_000),
    ),
    min_size=1,
    max_size=6,
)


class OfflineTill:
    """What a till knows without asking about a check."""

    def __init__(self, service: Service) -> None:
        self.menu = MenuResponse.from_wire(service.pos("menu").content)
        config = service.pos("config").json()
        self.rules = LoyaltyRulesView.from_wire(config["loyaltyRules"]).to_domain()
        self.zone = ZoneInfo(config["location"]["timezone"])
        active = ActivePromotionsResponse.from_wire(service.pos("promotions/active").content)
        self.promotions = [one.to_domain(one.id) for one in active.promotions if not one.needs_code]
        parents = {category.id: category.parent_id for category in self.menu.categories}
        self.products = {product.id: product for product in self.menu.products}
        self.groups = {
            product.id: above(product.category_id, parents) for product in self.menu.products
        }
        self.guest = service.guest()
        self.at = service.clock.now()

    def work_out(self, rows: list[tuple[str, int, int]], spend_minor: int) -> CheckResult:
        """Work a check out."""
        level = self.rules.level_by_id(self.guest["levelId"])
        situation = Situation(
            at=self.at.astimezone(self.zone),
            lines=tuple(self._line(*row) for row in rows),
            channel="till",
            buyer=Buyer(level.level_id, level.name, self.guest["visitCount"]),
        )
        balance = round(self.guest["totalBalance"] * 100)
        return work_out(self.rules, level, balance, situation, self.promotions, spend_minor)

    def _line(self, product_id: str, pieces: int, total_minor: int) -> CheckLine:
        product = self.products[product_id]
        return CheckLine(
            name=product.name,
            total_minor=total_minor,
            quantity_milli=pieces * 1000,
            product_id=product_id,
            category_ids=self.groups[product_id],
            earns_points=not product.excluded_from_earning,
            redeems_points=not product.excluded_from_redeeming,
        )


def test_a_till_alone_and_the_service_say_the_same(service: Service) -> None:
    for effect, more in PROMOTIONS:
        make(service, effect, **({"name": f"Акция {effect['type']}"} | more))
    till = OfflineTill(service)

    @settings(
        max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
    )
    @given(lines, st.integers(0, 300_00))
    def agree(rows: list[tuple[str, int, int]], spend_minor: int) -> None:
        result = till.work_out(rows, spend_minor)
        items = [
            {
                "productId": product_id,
                "name": till.products[product_id].name,
                "quantity": pieces,
                "total": total / 100,
            }
            for product_id, pieces, total in rows
        ]
        check = sum(total for _, _, total in rows) / 100
        answer = calculate(service, check, items=items, pointsToSpend=spend_minor / 100)
        told = [
            (note["code"], round(note["amount"] * 100), note["ru"], note["en"])
            for note in answer["explanation"]
        ]
        assert told == [
            (note.code, note.amount_minor, note.ru, note.en) for note in result.explanation
        ]
        found = answer["promotions"]
        assert round(found["discount"] * 100) == result.outcome.discount_minor
        assert round(found["bonusPoints"] * 100) == result.promo_points_minor
        assert [one["promotionId"] for one in found["applied"]] == [
            one.promotion.promotion_id for one in result.applied
        ]
        for shown, one in zip(found["applied"], result.applied, strict=True):
            discounts = [round(part * 100) for part in shown["lineDiscounts"]]
            assert discounts == ([] if one.promotion.gives_points else list(one.line_discounts))

    agree()
