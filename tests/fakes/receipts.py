"""Receipt documents for tests: a full one, and any that the types allow."""

import dataclasses
import enum
import types
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st

from drivers.api.limits import Shaped, Sized, Within
from drivers.api.receipt import (
    Fiscal,
    Line,
    Loyalty,
    Modifier,
    Payment,
    PaymentKind,
    QrRow,
    ReceiptDocument,
    ReceiptKind,
    Seller,
    Tax,
    Totals,
)
from drivers.receipts.reading import hints_of

MOSCOW = timezone(timedelta(hours=3))
AT = datetime(2026, 11, 20, 14, 32, tzinfo=MOSCOW)

FULL = ReceiptDocument(
    ReceiptKind.SALE,
    title="Чек № 128",
    number="128",
    made_at=AT,
    seller=Seller(
        "Кофейня «Север»",
        address="Москва, Большая Дмитровка, 7/5, стр. 2",
        legal_name="ООО «Ромашка»",
        taxpayer_id="7707083893",
        register_name="Касса 1",
        footer=("Спасибо, ждём вас снова!",),
    ),
    cashier="Анна",
    lines=(
        Line("Круассан", 260_00, price_minor=260_00, discount_minor=26_00, tax_percent_bp=2200),
        Line(
            "Капучино, 300 мл", 700_00, 2000, 350_00, modifiers=(Modifier("Овсяное молоко", 1, 60_00),),
            note="погорячее", points_minor=300_00,
        ),
        Line("Превысокомногорассмотрительствующий салат с достопримечательностями", 432_08, 350,
             1234_50, unit="кг", is_marked=True),
    ),
    totals=Totals(1066_00, 1392_08, discount_minor=26_00, points_minor=300_00, rounding_minor=8),
    taxes=(Tax(2200, 1066_00, 192_23), Tax(None, 10_00, 0)),
    payments=(
        Payment(PaymentKind.CASH, 500_00, 1000_00, 500_00),
        Payment(PaymentKind.CARD, 566_00, masked_pan="**** 1234", rrn="632412345678", auth_code="A1"),
    ),
    loyalty=Loyalty("Мария +7 912 •••-67-89", 300_00, 60_00, 1250_50, "Золото", "482913"),
    fiscal=Fiscal(
        "9960440300000000", 12345, "1234567890", AT, 1066_00, shift=34, number=12,
        register_number="0000000001012345", serial_number="00106300000001", taxation="УСН доход",
        site="www.nalog.gov.ru",
    ),
    qr=QrRow("https://loyal.example/r/1", "Оставьте отзыв, получите 50 баллов"),
)  # fmt: skip
"""A sale with everything that a receipt can have."""

_EARLIEST = datetime.fromisoformat("2000-01-01T00:00")
LETTERS = st.sampled_from("абвгдеёйьъы АБВ abcXYZ 0123456789 -,.№«»—\u00a0\u202f'\"%&<>")
_SHAPES = {
    r"[0-9]{1,20}": st.text(st.sampled_from("0123456789"), min_size=1, max_size=20),
    r"[ -~]{1,80}": st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20),
    r"[!-~]": st.sampled_from("-=*.~"),
    r"[A-Za-z0-9+/=\s]+": st.just("AAAA"),
}  # fmt: skip


def documents() -> st.SearchStrategy[ReceiptDocument]:
    """Any document that the types allow, small ones first."""
    return values_of(ReceiptDocument)


def values_of(annotation: Any) -> st.SearchStrategy[Any]:
    """Any value of an annotation, within its limits."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _limited(arguments[0], arguments[1:])
    if origin in {Union, types.UnionType}:
        return st.one_of(*map(values_of, sorted(arguments, key=_is_something)))
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin is tuple:
        return st.lists(values_of(arguments[0]), max_size=3).map(tuple)
    if origin is not None and issubclass(origin, Mapping):
        return st.just({})
    if dataclasses.is_dataclass(annotation) and isinstance(annotation, type):
        hints = hints_of(annotation)
        return st.builds(annotation, **{name: values_of(hint) for name, hint in hints.items()})
    return _plain(annotation)


def _is_something(kind: Any) -> bool:
    return kind is not types.NoneType


def _plain(kind: Any) -> st.SearchStrategy[Any]:
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return st.sampled_from(list(kind))
    if kind is types.NoneType:
        return st.none()
    if kind is datetime:
        return st.datetimes(timezones=st.just(MOSCOW), min_value=_EARLIEST)
    return {str: st.text(LETTERS, max_size=60), int: st.integers(), bool: st.booleans()}[kind]


def _limited(kind: Any, limits: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    for limit in limits:
        if isinstance(limit, Shaped):
            return _SHAPES[limit.pattern]
        if isinstance(limit, Within):
            return st.integers(limit.low, limit.high)
        assert isinstance(limit, Sized)
        if get_origin(kind) is tuple:
            item = values_of(get_args(kind)[0])
            return st.lists(item, min_size=limit.least, max_size=min(limit.most, 3)).map(tuple)
        return st.text(LETTERS, min_size=limit.least, max_size=min(limit.most, 60))
    return values_of(kind)
