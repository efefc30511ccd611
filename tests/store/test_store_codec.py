"""What is written is read back exactly, whatever it is: orders, sales, refunds, guests."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.cart import Cart, CartHistory, CartLine, Discount
from app.domain.catalog import ChosenOption, Unit
from app.domain.guest import GuestCard
from app.domain.loyalty import BenefitType, EarnRounding, Level, LoyaltyRules
from app.domain.marking import LineMark, MarkEvidence, MarkState
from app.domain.pricing import price_cart
from app.domain.sale import LoyaltyAction, Refund, RefundLine, Sale, SaleLoyalty
from app.domain.tender import Tender, TenderKind
from app.kernel.ids import LineId, ProductId, RefundId, SaleId, ShiftId, StaffId, VariantId
from app.store import codec, sale_codec
from app.store.rows import Hall, TableSpot, VenueConfig
from app.store.settings import config_from_json, config_to_json

text = st.text(max_size=20)
names = st.text(min_size=1, max_size=20)
amounts = st.integers(0, 10**9)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy wants naive limits
discounts = st.one_of(
    st.builds(Discount, percent_bp=st.integers(0, 10_000), reason=text, given_by=text),
    st.builds(Discount, amount_minor=amounts, reason=text, given_by=text),
)
options = st.builds(ChosenOption, names, text, st.integers(-(10**6), 10**6), st.integers(1, 9))


marks = st.builds(
    LineMark,
    state=st.sampled_from(MarkState),
    code=text,
    identity=text,
    gtin=text,
    reasons=st.lists(names, max_size=2).map(tuple),
    evidence=st.none() | st.builds(MarkEvidence, text, text, text, text),
    skipped_by=text,
    skip_reason=text,
)


@st.composite
def cart_lines(draw: st.DrawFn) -> CartLine:
    unit = draw(st.sampled_from(Unit))
    quantity = draw(st.integers(1, 100)) * (1000 if unit is Unit.PIECE else 7)
    mark = draw(st.none() | marks)
    return CartLine(
        line_id=LineId(draw(names)),
        product_id=ProductId(draw(names)),
        name=draw(text),
        unit_price_minor=draw(amounts),
        quantity_milli=1000 if mark else quantity,
        tax_id=draw(st.sampled_from(["a", "b"])),
        variant_id=draw(st.none() | names.map(VariantId)),
        variant_name=draw(text),
        options=tuple(draw(st.lists(options, max_size=3))),
        note=draw(text),
        discount=draw(st.none() | discounts),
        unit=unit,
        earns_points=draw(st.booleans()),
        redeems_points=draw(st.booleans()),
        mark=mark,
    )


carts = st.builds(
    Cart,
    lines=st.lists(cart_lines(), max_size=4, unique_by=lambda line: line.line_id).map(tuple),
    discount=st.none() | discounts,
    note=text,
)
guests = st.builds(
    GuestCard,
    card_id=names,
    guest_id=names,
    first_name=text,
    phone=text,
    code6=text,
    level_id=text,
    level_name=text,
    regular_minor=amounts,
    promo_minor=amounts,
    reserved_minor=amounts,
    lifetime_spent_minor=amounts,
    visit_count=amounts,
    last_visit_at=st.none() | moments,
    favourite_ids=st.lists(names, max_size=3).map(tuple),
    is_blocked=st.booleans(),
    updated_at=st.none() | moments,
)
loyalties = st.builds(
    SaleLoyalty,
    card=guests,
    action=st.sampled_from(LoyaltyAction),
    spend_minor=amounts,
    earn_minor=amounts,
    reservation_id=st.none() | names,
    reserved_until=st.none() | moments,
)
tenders = st.builds(
    Tender,
    names,
    st.sampled_from(TenderKind),
    amounts,
    amounts,
    amounts,
    text,
    text,
    text,
    text,
)


@given(carts)
def test_cart_survives_the_round_trip(cart: Cart) -> None:
    assert codec.cart_from_json(codec.cart_to_json(cart)) == cart


@given(carts, st.lists(carts, max_size=4))
def test_undo_steps_survive_the_round_trip(cart: Cart, past: list[Cart]) -> None:
    history = CartHistory(cart, tuple(past))
    assert codec.history_from_json(codec.history_to_json(history)) == history


@given(st.none() | loyalties)
def test_guest_of_an_order_survives_the_round_trip(loyalty: SaleLoyalty | None) -> None:
    assert codec.loyalty_from_json(codec.loyalty_to_json(loyalty)) == loyalty


@given(guests)
def test_guest_survives_the_round_trip(card: GuestCard) -> None:
    assert codec.guest_from_json(codec.guest_to_json(card)) == card


@given(st.lists(tenders, max_size=3).map(tuple))
def test_paid_parts_survive_the_round_trip(parts: tuple[Tender, ...]) -> None:
    assert codec.tenders_from_json(codec.tenders_to_json(parts)) == parts


@given(
    carts, st.none() | loyalties, st.lists(tenders, max_size=2).map(tuple), moments, names, amounts
)
def test_sale_survives_the_round_trip(
    cart: Cart,
    loyalty: SaleLoyalty | None,
    parts: tuple[Tender, ...],
    moment: datetime,
    name: str,
    number: int,
) -> None:
    priced = price_cart(cart, {"a": 2000, "b": None})
    sale = Sale(
        SaleId(name),
        number,
        ShiftId(name),
        StaffId(name),
        name,
        moment,
        cart.lines,
        priced,
        50,
        parts,
        loyalty,
        name,
    )
    assert sale_codec.sale_from_json(sale_codec.sale_to_json(sale)) == sale


@given(
    st.lists(
        st.builds(RefundLine, names, text, amounts, amounts, st.none() | marks), max_size=3
    ).map(tuple),
    st.lists(tenders, max_size=2).map(tuple),
    moments,
    text,
)
def test_refund_survives_the_round_trip(
    lines: tuple[RefundLine, ...], parts: tuple[Tender, ...], moment: datetime, reason: str
) -> None:
    ids = RefundId("r"), SaleId("s"), ShiftId("sh"), StaffId("c")
    refund = Refund(*ids, "Имя", moment, reason, lines, 5, parts)
    assert sale_codec.refund_from_json(sale_codec.refund_to_json(refund)) == refund


def venue() -> VenueConfig:
    """Return a configuration with something in each field."""
    rules = LoyaltyRules(
        levels=(Level("a", "А", 0, 100), Level("b", "Б", 5_00, 300, BenefitType.DISCOUNT)),
        earn_rounding=EarnRounding.FLOOR_HUNDREDTH,
        offline_redeem_limit_minor=7,
        no_earning_categories=("wine", "gifts"),
        no_redeeming_categories=("gifts",),
    )
    return VenueConfig(
        version="v1",
        tenant_id="t",
        tenant_name="Кафе",
        location_id="l",
        location_name="На углу",
        address="Москва",
        legal_name="ООО",
        taxpayer_id="77",
        timezone="Europe/Moscow",
        register_id="r",
        register_name="Касса 1",
        register_number=1,
        receipt_header=("Добро пожаловать",),
        receipt_footer=("Спасибо", "Ждём"),
        halls=(Hall("h", "Зал", (TableSpot("t1", "1", 1, 2, 3, 4, 5),), 90, 60),),
        rules=rules,
        guest_qr_public_key="A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg",
    )


def test_configuration_survives_the_round_trip() -> None:
    config = venue()
    assert config_from_json(config_to_json(config)) == config


def test_configuration_from_before_guest_codes_is_still_read() -> None:
    fields = json.loads(config_to_json(venue()))
    del fields["guest_qr_public_key"]
    assert config_from_json(json.dumps(fields)) == replace(venue(), guest_qr_public_key="")


@pytest.mark.parametrize("wrong", ['{"v":2,"lines":[]}', '{"lines":[]}'])
def test_text_of_another_form_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="unknown form"):
        codec.cart_from_json(wrong)
