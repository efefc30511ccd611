"""The kopeck split, proven against a checker that shares no code with it.

How: the checker computes with decimals (ROUND_HALF_UP) what the law asks of a receipt: each amount is
price x quantity to the kopeck, the amounts make the payments, no line grows or falls below its floor.
"""

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from drivers.api.fiscal import (
    FiscalItem,
    FiscalReceipt,
    ItemMark,
    Operator,
    ReceiptKind,
    Taxation,
)
from drivers.api.fiscal_errors import FiscalInputWrong, SplitImpossible
from drivers.fiscal.split import Position, allocate, settle, spread, total_minor

MARK = ItemMark(b"0104600439931256215abc\x1d93xyz1")


def receipt(items: list[FiscalItem], discount: int = 0, points: int = 0) -> FiscalReceipt:
    who = Operator("Иванова А.")
    return FiscalReceipt(ReceiptKind.SELL, who, Taxation.OSN, tuple(items), (), discount, points)


def to_kopecks(roubles: Decimal) -> int:
    return int(roubles.quantize(Decimal("0.01"), ROUND_HALF_UP).scaleb(2))


def gross_of(item: FiscalItem) -> int:
    return to_kopecks(
        Decimal(item.price_minor).scaleb(-2) * Decimal(item.quantity_milli).scaleb(-3)
    )


def check(sale: FiscalReceipt, positions: tuple[Position, ...]) -> None:
    """Judge positions by the rules alone."""
    sums: Counter[int] = Counter()
    quantities: Counter[int] = Counter()
    for position in positions:
        product = Decimal(position.price_minor).scaleb(-2) * Decimal(
            position.quantity_milli
        ).scaleb(-3)
        assert to_kopecks(product) == position.amount_minor
        assert position.quantity_milli > 0
        assert 0 <= position.price_minor <= sale.items[position.line].price_minor
        sums[position.line] += position.amount_minor
        quantities[position.line] += position.quantity_milli
    gross = sum(gross_of(item) - item.discount_minor for item in sale.items)
    assert sum(sums.values()) == gross - sale.discount_minor - sale.points_minor
    for index, item in enumerate(sale.items):
        assert quantities[index] == item.quantity_milli
        own = gross_of(item) - item.discount_minor
        assert min(item.floor_minor, own) <= sums[index] <= own
    assert [position.line for position in positions] == sorted(p.line for p in positions)


prices = st.one_of(st.integers(0, 9), st.integers(0, 100_000), st.integers(0, 10**9))
quantities = st.one_of(
    st.integers(1, 100_000),
    st.integers(1, 100).map(lambda count: count * 1000),
    st.integers(1, 1000),
)

weights = st.one_of(st.just(1000), st.integers(1, 99).map(lambda count: count * 1000 + 333))


@st.composite
def items(draw: st.DrawFn, mark: ItemMark | None = None) -> FiscalItem:
    bare = FiscalItem("x", draw(prices), draw(quantities if mark is None else weights), mark=mark)
    gross = gross_of(bare)
    discount = draw(st.one_of(st.just(0), st.integers(0, gross)))
    floor = draw(st.one_of(st.just(0), st.just(gross), st.integers(0, gross)))
    return FiscalItem(
        "x",
        bare.price_minor,
        bare.quantity_milli,
        discount_minor=discount,
        floor_minor=floor,
        mark=mark,
    )


@st.composite
def receipts(draw: st.DrawFn, with_marks: bool = False) -> FiscalReceipt:
    made = draw(st.lists(items(), min_size=1, max_size=12))
    if with_marks:
        made += draw(st.lists(items(MARK), min_size=1, max_size=3))
    room = sum(max(gross_of(i) - i.discount_minor - i.floor_minor, 0) for i in made)
    discount = draw(st.one_of(st.just(0), st.just(room), st.integers(0, room)))
    points = draw(st.one_of(st.just(0), st.just(room - discount), st.integers(0, room - discount)))
    return receipt(made, discount, points)


@given(receipts())
def test_any_receipt_splits_exactly(sale: FiscalReceipt) -> None:
    positions = settle(sale)
    check(sale, positions)
    assert total_minor(sale) == sum(position.amount_minor for position in positions)
    per_line = Counter(position.line for position in positions)
    assert max(per_line.values()) <= 3


@given(receipts())
def test_positions_of_a_line_make_the_line(sale: FiscalReceipt) -> None:
    """A refund by lines returns what the till booked for the line."""
    sums: Counter[int] = Counter()
    for position in settle(sale):
        sums[position.line] += position.amount_minor
    assert [sums[index] for index in range(len(sale.items))] == [
        line.net_minor for line in spread(sale)
    ]


@given(receipts(with_marks=True))
def test_a_marked_line_is_one_position(sale: FiscalReceipt) -> None:
    try:
        positions = settle(sale)
    except SplitImpossible:
        positions = ()
    assume(positions)
    check(sale, positions)
    per_line = Counter(position.line for position in positions)
    assert all(
        per_line[index] == 1 for index, item in enumerate(sale.items) if item.mark is not None
    )


@given(receipts())
def test_the_positions_of_a_sale_go_back_unchanged(sale: FiscalReceipt) -> None:
    """A refund gives the emitted positions again, so each of them must stand by itself."""
    emitted = settle(sale)
    again = receipt([FiscalItem("x", p.price_minor, p.quantity_milli) for p in emitted])
    assert [(p.price_minor, p.quantity_milli, p.amount_minor) for p in settle(again)] == [
        (p.price_minor, p.quantity_milli, p.amount_minor) for p in emitted
    ]


def test_vector_of_the_reference() -> None:
    sale = receipt(
        [FiscalItem("a", 25000), FiscalItem("b", 19000, 2000), FiscalItem("c", 12500, 3000)],
        points=10000,
    )
    assert [line.points_minor for line in spread(sale)] == [2488, 3781, 3731]
    assert [(p.price_minor, p.quantity_milli, p.amount_minor) for p in settle(sale)] == [
        (22512, 1000, 22512),
        (17109, 1000, 17109),
        (17110, 1000, 17110),
        (11256, 2000, 22512),
        (11257, 1000, 11257),
    ]
    assert total_minor(sale) == 90500


def test_allocation_of_the_reference() -> None:
    gross = [25000, 38000, 37500]
    assert allocate(10000, gross, gross) == (2488, 3781, 3731)


@pytest.mark.parametrize(
    ("amount", "weights", "caps", "expected"),
    [
        (0, [5, 5], [5, 5], (0, 0)),
        (1, [5, 5], [5, 5], (1, 0)),
        (1, [5, 6], [5, 6], (0, 1)),
        (3, [1, 1, 1, 1], [1, 1, 1, 1], (1, 1, 1, 0)),
        (10, [100, 100], [2, 100], (2, 8)),
        (10, [100, 100], [0, 100], (0, 10)),
        (200, [100, 100], [100, 100], (100, 100)),
        (0, [], [], ()),
    ],
)
def test_allocation_is_fixed(
    amount: int, weights: list[int], caps: list[int], expected: tuple[int, ...]
) -> None:
    assert allocate(amount, weights, caps) == expected


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 100)), min_size=1), st.data())
def test_allocation_is_exact_and_within_the_caps(
    lines: list[tuple[int, int]], data: st.DataObject
) -> None:
    weights = [weight for weight, _ in lines]
    caps = [weight * percent // 100 for weight, percent in lines]
    amount = data.draw(st.integers(0, sum(caps)))
    shares = allocate(amount, weights, caps)
    assert sum(shares) == amount
    assert all(0 <= share <= cap for share, cap in zip(shares, caps, strict=True))


def test_weighed_line_that_no_price_fits_is_cut_at_its_whole_units() -> None:
    """1.5 kg for 1.00 rouble: 66 kop give 99, 67 give 101 (rounded half up)."""
    sale = receipt([FiscalItem("сыр", 100, 1500)], points=50)
    positions = settle(sale)
    check(sale, positions)
    assert [p.quantity_milli for p in positions] == [1000, 500]


def test_marked_weight_gives_its_odd_kopeck_to_another_line() -> None:
    sale = receipt([FiscalItem("сыр", 100, 1500, mark=MARK), FiscalItem("чай", 1000)], points=50)
    lines = spread(sale)
    sale = receipt(
        [
            FiscalItem("сыр", 100, 1500, mark=MARK, discount_minor=50),
            FiscalItem("чай", 1000, discount_minor=0),
            FiscalItem("кофе", 1000),
        ],
        points=20,
    )
    assert sum(line.points_minor for line in lines) == 50
    positions = settle(sale)
    check(sale, positions)
    assert len([p for p in positions if p.line == 0]) == 1


def test_marked_weight_alone_is_refused_when_no_price_fits() -> None:
    with pytest.raises(SplitImpossible, match="no other line can take 1 of them"):
        settle(receipt([FiscalItem("сыр", 100, 1500, mark=MARK)], points=50))


def test_everything_paid_with_points_leaves_zeros() -> None:
    sale = receipt([FiscalItem("a", 25000), FiscalItem("b", 333, 1234)], points=25411)
    assert [(p.price_minor, p.amount_minor) for p in settle(sale)] == [(0, 0), (0, 0)]


def test_a_line_at_its_floor_takes_no_points() -> None:
    sale = receipt([FiscalItem("вино", 1000, floor_minor=1000), FiscalItem("a", 1000)], points=500)
    assert [line.points_minor for line in spread(sale)] == [0, 500]


@pytest.mark.parametrize(
    ("sale", "said"),
    [
        (receipt([FiscalItem("a", 100)], discount=101), "discount of 101 is not between 0 and 100"),
        (receipt([FiscalItem("a", 100)], discount=-1), "discount of -1"),
        (receipt([FiscalItem("a", 100)], 60, 41), "points of 41 is not between 0 and 40"),
        (receipt([FiscalItem("a", 100, floor_minor=90)], points=11), "points of 11"),
        (receipt([FiscalItem("a", 100, discount_minor=101)]), "line 1: its discount 101"),
        (receipt([FiscalItem("a", 100, discount_minor=-1)]), "line 1: its discount -1"),
    ],
)
def test_discount_beyond_the_lines_is_refused(sale: FiscalReceipt, said: str) -> None:
    with pytest.raises(FiscalInputWrong) as caught:
        settle(sale)
    assert said in caught.value.detail
