"""The order being made: lines, quantities, notes, discounts; immutable, with undo.

Every change returns a new cart that shares its unchanged lines with the old one, so that undo is
keeping the old value and repricing can reuse what did not change.
"""

from dataclasses import dataclass, field, replace
from typing import Final

from app.domain.catalog import ChosenOption, Product, Unit, Variant
from app.domain.marking import NO_CODE, LineMark
from app.kernel.errors import InputError
from app.kernel.ids import LineId, ProductId, VariantId
from app.kernel.money import BASIS_POINTS, MILLI, extended_amount
from app.kernel.text import clean_line

LINES_MAX: Final = 1_000
QUANTITY_MAX_MILLI: Final = 10_000 * MILLI
NOTE_MAX: Final = 200
UNDO_DEPTH: Final = 50


@dataclass(frozen=True, slots=True)
class Discount:
    """A reduction in percent (basis points) or a fixed sum; exactly one of the two is set."""

    percent_bp: int | None = None
    amount_minor: int | None = None
    reason: str = ""
    given_by: str = ""

    def __post_init__(self) -> None:
        if (self.percent_bp is None) == (self.amount_minor is None):
            raise InputError(
                "DISCOUNT_INVALID",
                "Скидка задаётся процентом или суммой",
                "A discount is a percentage or a sum",
            )
        if self.percent_bp is not None and not 0 <= self.percent_bp <= BASIS_POINTS:
            raise InputError(
                "DISCOUNT_INVALID", "Скидка от 0 до 100 %", "A discount is from 0 to 100 %"
            )
        if self.amount_minor is not None and self.amount_minor < 0:
            raise InputError(
                "DISCOUNT_INVALID",
                "Скидка не может быть меньше нуля",
                "A discount cannot be below zero",
            )


@dataclass(frozen=True, slots=True)
class CartLine:
    """One line. `unit_price_minor` is the price of one with its modifiers included.

    `gross_minor` is derived: unit price times quantity. `mark` is set on the lines of goods that are sold
    with a marking code each; such a line is one piece.
    """

    line_id: LineId
    product_id: ProductId
    name: str
    unit_price_minor: int
    quantity_milli: int
    tax_id: str
    variant_id: VariantId | None = None
    variant_name: str = ""
    options: tuple[ChosenOption, ...] = ()
    note: str = ""
    discount: Discount | None = None
    unit: Unit = Unit.PIECE
    earns_points: bool = True
    redeems_points: bool = True
    mark: LineMark | None = None
    gross_minor: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        if not 0 < self.quantity_milli <= QUANTITY_MAX_MILLI:
            raise InputError(
                "QUANTITY_INVALID",
                "Количество должно быть больше нуля и не больше 10 000",
                "The quantity must be above zero and at most 10,000",
            )
        if self.unit is Unit.PIECE and self.quantity_milli % MILLI:
            raise InputError(
                "QUANTITY_INVALID",
                f"«{self.name}» продаётся целыми штуками",
                f"{self.name} is sold in whole pieces",
            )
        if self.mark is not None and self.quantity_milli != MILLI:
            raise InputError(
                "MARK_ONE_PIECE",
                f"«{self.name}»: один код на одну штуку",
                f"{self.name}: one code for one piece",
            )
        gross = extended_amount(self.unit_price_minor, self.quantity_milli)
        object.__setattr__(self, "gross_minor", gross)

    def is_same_choice(self, other: "CartLine") -> bool:
        """Tell whether both lines sell the same thing in the same way (quantities may differ)."""
        return (
            self.product_id == other.product_id
            and self.variant_id == other.variant_id
            and self.options == other.options
            and self.note == other.note
            and self.discount == other.discount
            and self.unit_price_minor == other.unit_price_minor
            and self.unit is Unit.PIECE
            and self.mark is None
            and other.mark is None
        )


def make_line(
    line_id: LineId,
    product: Product,
    *,
    variant: Variant | None = None,
    options: tuple[ChosenOption, ...] = (),
    quantity_milli: int = MILLI,
    note: str = "",
) -> CartLine:
    """Return a line for a product; its price is the variant's or the product's plus the options.

    Raises:
        InputError: The price would fall below zero, or the quantity is not allowed.
    """
    base = variant.price_minor if variant else product.price_minor
    unit_price = base + sum(option.price_delta_minor * option.quantity for option in options)
    if unit_price < 0:
        raise InputError(
            "PRICE_NEGATIVE",
            f"Цена «{product.name}» с добавками меньше нуля",
            f"The price of {product.name} with its options is below zero",
        )
    return CartLine(
        line_id=line_id,
        product_id=product.product_id,
        name=product.name,
        unit_price_minor=unit_price,
        quantity_milli=quantity_milli,
        tax_id=product.tax_id,
        variant_id=variant.variant_id if variant else None,
        variant_name=variant.name if variant else "",
        options=options,
        note=_checked_note(note),
        unit=product.unit,
        earns_points=product.earns_points,
        redeems_points=product.redeems_points,
        mark=NO_CODE if product.is_marked else None,
    )


def _checked_note(note: str) -> str:
    text = clean_line(note, NOTE_MAX + 1)
    if len(text) > NOTE_MAX:
        raise InputError(
            "NOTE_TOO_LONG",
            f"Заметка длиннее {NOTE_MAX} знаков",
            f"The note is longer than {NOTE_MAX} characters",
        )
    return text


@dataclass(frozen=True, slots=True)
class Cart:
    """The lines of an order with what concerns the whole check."""

    lines: tuple[CartLine, ...] = ()
    discount: Discount | None = None
    note: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is ordered."""
        return not self.lines

    def find(self, line_id: LineId) -> CartLine | None:
        """Return the line with this id, or None."""
        for line in self.lines:
            if line.line_id == line_id:
                return line
        return None

    def get(self, line_id: LineId) -> CartLine:
        """Return the line with this id.

        Raises:
            InputError: There is no such line any more.
        """
        line = self.find(line_id)
        if line is None:
            raise InputError(
                "LINE_UNKNOWN", "Этой строки уже нет в заказе", "This line is no longer there"
            )
        return line

    def add(self, line: CartLine) -> "Cart":
        """Add a line; the same choice as an existing line raises that line's quantity."""
        for index in range(len(self.lines) - 1, -1, -1):
            old = self.lines[index]
            if old.product_id == line.product_id and old.is_same_choice(line):
                grown = replace(old, quantity_milli=old.quantity_milli + line.quantity_milli)
                return self._with_line(index, grown)
        if len(self.lines) >= LINES_MAX:
            raise InputError(
                "ORDER_TOO_LONG",
                f"В заказе уже {LINES_MAX} строк. Откройте новый",
                f"The order has {LINES_MAX} lines already. Open a new one",
            )
        return replace(self, lines=(*self.lines, line))

    def set_quantity(self, line_id: LineId, quantity_milli: int) -> "Cart":
        """Set a line's quantity; zero removes the line."""
        if quantity_milli == 0:
            return self.remove(line_id)
        return self.update(line_id, replace(self.get(line_id), quantity_milli=quantity_milli))

    def set_note(self, line_id: LineId, note: str) -> "Cart":
        """Set a line's note."""
        return self.update(line_id, replace(self.get(line_id), note=_checked_note(note)))

    def set_line_discount(self, line_id: LineId, discount: Discount | None) -> "Cart":
        """Set or clear a line's own discount."""
        return self.update(line_id, replace(self.get(line_id), discount=discount))

    def set_discount(self, discount: Discount | None) -> "Cart":
        """Set or clear the discount on the whole check."""
        return replace(self, discount=discount)

    def set_order_note(self, note: str) -> "Cart":
        """Set the note of the whole order."""
        return replace(self, note=_checked_note(note))

    def update(self, line_id: LineId, line: CartLine) -> "Cart":
        """Put a changed line in the place of the one with this id."""
        self.get(line_id)
        for index, old in enumerate(self.lines):
            if old.line_id == line_id:
                return self._with_line(index, line)
        return self

    def remove(self, line_id: LineId) -> "Cart":
        """Remove a line."""
        self.get(line_id)
        return replace(self, lines=tuple(x for x in self.lines if x.line_id != line_id))

    def quantity_of(self, product_id: ProductId) -> int:
        """Return how much of a product is ordered, in thousandths."""
        return sum(x.quantity_milli for x in self.lines if x.product_id == product_id)

    def _with_line(self, index: int, line: CartLine) -> "Cart":
        lines = (*self.lines[:index], line, *self.lines[index + 1 :])
        return replace(self, lines=lines)


@dataclass(frozen=True, slots=True)
class CartHistory:
    """A cart with the carts before it, the newest last; at most `UNDO_DEPTH` are kept."""

    cart: Cart = field(default_factory=Cart)
    past: tuple[Cart, ...] = ()

    def then(self, cart: Cart) -> "CartHistory":
        """Move on to a changed cart; the same cart leaves no step behind."""
        if cart == self.cart:
            return self
        return CartHistory(cart, (*self.past, self.cart)[-UNDO_DEPTH:])

    @property
    def can_undo(self) -> bool:
        """Tell whether there is a step to take back."""
        return bool(self.past)

    def undo(self) -> "CartHistory":
        """Take back the last change; without one nothing happens."""
        if not self.past:
            return self
        return CartHistory(self.past[-1], self.past[:-1])
