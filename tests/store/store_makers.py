"""Things to store: a sale, a draft, a menu, operations. Plain values, the same each time."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.domain.cart import Cart, CartHistory, make_line
from app.domain.catalog import Category, Menu, ModifierGroup, ModifierOption, Product, Variant
from app.domain.guest import GuestCard
from app.domain.pricing import price_cart
from app.domain.sale import LoyaltyAction, Refund, RefundLine, Sale, SaleLoyalty, SaleState
from app.domain.tax import Tax, TaxPeriod, TaxTable
from app.domain.tender import Tender, TenderKind
from app.kernel.ids import (
    CardId,
    CategoryId,
    GuestId,
    LineId,
    OperationId,
    OptionId,
    PaymentId,
    ProductId,
    RefundId,
    SaleId,
    ShiftId,
    StaffId,
    VariantId,
)
from app.store.rows import Draft, Operation

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TAXES = TaxTable((Tax("vat20", "НДС 20 %", (TaxPeriod(date(2019, 1, 1), 2000),)),))
MILK = ModifierGroup(
    "milk",
    "Молоко",
    0,
    1,
    (ModifierOption(OptionId("oat"), "Овсяное", 60_00), ModifierOption(OptionId("soy"), "Соевое")),
)
LATTE = Product(
    product_id=ProductId("latte"),
    category_id=CategoryId("coffee"),
    name="Латте с сиропом",
    sku="KOF-001",
    price_minor=250_00,
    tax_id="vat20",
    barcodes=("4600000000015",),
    variants=(
        Variant(VariantId("s"), "250 мл", 250_00, barcodes=("4600000000022",), is_default=True),
        Variant(VariantId("l"), "400 мл", 320_00, sku="KOF-001-L"),
    ),
    modifier_groups=(MILK,),
    is_favourite=True,
    position=1,
    popularity=90,
    recommended_ids=(ProductId("croissant"),),
)
CROISSANT = Product(
    product_id=ProductId("croissant"),
    category_id=CategoryId("bakery"),
    name="Круассан с миндалём",
    sku="VYP-1",
    price_minor=180_00,
    tax_id="vat20",
    barcodes=("4600000000039",),
    stock_left=4,
    position=2,
    popularity=100,
)
ESPRESSO = Product(
    product_id=ProductId("espresso"),
    category_id=CategoryId("coffee"),
    name="Эспрессо",
    sku="KOF-002",
    price_minor=150_00,
    tax_id="vat20",
    position=3,
    popularity=10,
    is_stopped=True,
)


def make_menu(version: str = "m1", products: tuple[Product, ...] | None = None) -> Menu:
    """Return a small menu: drinks with coffee below them, and bakery."""
    return Menu(
        version,
        (
            Category(CategoryId("drinks"), "Напитки", "cup", 1, 1),
            Category(CategoryId("coffee"), "Кофе", "coffee", 2, 2, CategoryId("drinks")),
            Category(CategoryId("bakery"), "Выпечка", "bread", 3, 3),
        ),
        (LATTE, CROISSANT, ESPRESSO) if products is None else products,
        TAXES,
    )


def make_guest(card: str = "card-1", **changes: Any) -> GuestCard:
    """Return a guest's card."""
    fields: dict[str, Any] = {
        "card_id": CardId(card),
        "guest_id": GuestId(f"guest-{card}"),
        "first_name": "Анна",
        "phone": "79123456789",
        "code6": "482913",
        "level_id": "silver",
        "level_name": "Серебро",
        "regular_minor": 300_00,
        "visit_count": 5,
        "updated_at": NOW,
    }
    return GuestCard(**{**fields, **changes})


def make_cart(lines: int = 2) -> Cart:
    """Return an order of so many lines."""
    cart = Cart()
    for index in range(lines):
        line = make_line(LineId(f"line-{index}"), CROISSANT, note=f"стол {index}")
        cart = cart.add(line)
    return cart


def make_sale(
    number: int = 1, shift: str = "shift-1", *, guest: GuestCard | None = None, lines: int = 2
) -> Sale:
    """Return a sale paid in cash."""
    cart = make_cart(lines)
    priced = price_cart(cart, TAXES.rates_on(NOW.date()))
    paid = Tender(PaymentId(f"pay-{number}"), TenderKind.CASH, priced.due_minor, priced.due_minor)
    return Sale(
        sale_id=SaleId(f"sale-{number}"),
        number=number,
        shift_id=ShiftId(shift),
        cashier_id=StaffId("staff-1"),
        cashier_name="Ольга",
        paid_at=NOW + timedelta(minutes=number),
        lines=cart.lines,
        priced=priced,
        rounding_minor=0,
        tenders=(paid,),
        loyalty=SaleLoyalty(guest) if guest else None,
    )


def make_refund(sale: Sale, number: int = 1, amount: int = 180_00) -> Refund:
    """Return a refund of one piece of the first line."""
    return Refund(
        refund_id=RefundId(f"refund-{number}"),
        sale_id=sale.sale_id,
        shift_id=sale.shift_id,
        cashier_id=sale.cashier_id,
        cashier_name=sale.cashier_name,
        refunded_at=sale.paid_at + timedelta(hours=1),
        reason="Ошибка",
        lines=(RefundLine(sale.lines[0].line_id, sale.lines[0].name, 1000, amount),),
        amount_minor=amount,
        tenders=(Tender(PaymentId(f"back-{number}"), TenderKind.CASH, amount, amount),),
    )


def make_draft(number: int = 1, **changes: Any) -> Draft:
    """Return an order that is being made, with one undo step."""
    cart = make_cart(2)
    fields: dict[str, Any] = {
        "sale_id": SaleId(f"sale-{number}"),
        "number": number,
        "state": SaleState.OPEN,
        "history": CartHistory(cart).then(cart.set_order_note("с собой")),
        "owner_id": StaffId("staff-1"),
        "owner_name": "Ольга",
        "opened_at": NOW + timedelta(minutes=number),
        "updated_at": NOW + timedelta(minutes=number),
        "loyalty": SaleLoyalty(make_guest(), LoyaltyAction.SPEND, 100_00),
    }
    return Draft(**{**fields, **changes})


def make_operation(number: int = 1, type_: str = "sale", **changes: Any) -> Operation:
    """Return an operation for the outbox."""
    fields: dict[str, Any] = {
        "operation_id": OperationId(f"op-{number:04d}"),
        "idempotency_key": f"offline_r1_{number}_none_{type_}",
        "type": type_,
        "occurred_at": NOW + timedelta(seconds=number),
        "payload": {"saleId": f"sale-{number}", "note": "Ё"},
        "order_key": f"sale-{number}",
    }
    return Operation(**{**fields, **changes})
