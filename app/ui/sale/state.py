"""What the sale screen and its dialogs show: frozen, with words and figures ready for the screen."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.ui.widgets.rail import CategoryState
from app.ui.widgets.tile import TileState

FAVOURITES: Final = "favourites"


class ScannerHealth(StrEnum):
    """What the search row says of the scanner."""

    READY = "ready"
    MISSING = "missing"
    NONE = "none"


class ActionKey(StrEnum):
    """The buttons of the action bar, in their order."""

    GUEST = "guest"
    DISCOUNT = "discount"
    HOLD = "hold"
    KITCHEN = "kitchen"
    UNDO = "undo"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class ActionState:
    """Whether an action can be done now, its count, and whether this till has it at all."""

    key: ActionKey
    is_enabled: bool = True
    badge: str = ""
    is_shown: bool = True


@dataclass(frozen=True, slots=True)
class SaleState:
    """The products and what can be done with the order.

    Attributes:
        categories: The rail.
        category: Key of the chosen one; empty while search results are shown.
        tiles: All products of the category, or the results.
        page_key: A change of it begins at the first page.
        query: What is typed in the search field.
        multiplier: `×3` when a number was typed before the tap.
        scanner: Whether a scanner is there.
        note: A line over the products: an old menu, nothing found.
        actions: The action bar.
        is_keyboard_open: The on-screen keyboard is open.
        expected: Products that are likely to be shown; what they need is made ready.
    """

    categories: tuple[CategoryState, ...] = ()
    category: str = FAVOURITES
    tiles: tuple[TileState, ...] = ()
    page_key: str = ""
    query: str = ""
    multiplier: str = ""
    scanner: ScannerHealth = ScannerHealth.NONE
    note: str = ""
    actions: tuple[ActionState, ...] = ()
    is_keyboard_open: bool = False
    expected: tuple[TileState, ...] = ()


@dataclass(frozen=True, slots=True)
class OptionState:
    """One option of a group."""

    key: str
    name: str
    price: str
    count: int = 0
    is_chosen: bool = False
    is_stopped: bool = False


@dataclass(frozen=True, slots=True)
class GroupState:
    """A group of options: sizes first, then modifiers.

    Attributes:
        key: Which group.
        title: `Молоко`.
        hint: `обязательно`, `до трёх`.
        options: In the order of the menu.
        is_missing: A required choice was not made and Add was pressed.
        is_single: A new choice replaces the old one.
    """

    key: str
    title: str
    hint: str
    options: tuple[OptionState, ...]
    is_missing: bool = False
    is_single: bool = True


@dataclass(frozen=True, slots=True)
class OfferState:
    """Something recommended beside the product."""

    key: str
    name: str
    detail: str
    tint: int
    is_added: bool = False


@dataclass(frozen=True, slots=True)
class ModifiersState:
    """The dialog of sizes and modifiers.

    Attributes:
        title: The product.
        category: Its category, for the chip.
        category_icon: Its icon.
        groups: Sizes first.
        offers: At most four; none hides the block.
        note: The comment for the kitchen.
        quantity: `2`.
        unit_words: `290 + 60 = 350,00 ₽`.
        total: `700,00 ₽`.
        add_label: Add or Save.
        guest_words: What the guest took last time.
    """

    title: str = ""
    category: str = ""
    category_icon: str = ""
    groups: tuple[GroupState, ...] = ()
    offers: tuple[OfferState, ...] = ()
    note: str = ""
    quantity: str = "1"
    unit_words: str = ""
    total: str = ""
    add_label: str = ""
    guest_words: str = ""


class DiscountMode(StrEnum):
    """How the discount is given."""

    PERCENT = "percent"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class DiscountState:
    """The discount work area.

    Attributes:
        mode: In percent or as a sum.
        line_name: Name of the selected line; empty if only the whole order can be reduced.
        is_for_line: The line is chosen instead of the whole order.
        quick: Labels of the four quick percentages.
        quick_chosen: Which of them is chosen, -1 for none.
        value: What the field shows.
        reasons: Texts to choose from.
        reason: The chosen one.
        rows: Before, discount, in words and figures.
        result: What it will be.
        advice: The limit of the person.
        error: A sentence under the field.
        can_apply: Everything is there.
        can_clear: There is a discount to take back.
    """

    mode: DiscountMode = DiscountMode.PERCENT
    line_name: str = ""
    is_for_line: bool = False
    quick: tuple[str, ...] = ()
    quick_chosen: int = -1
    value: str = ""
    reasons: tuple[str, ...] = ()
    reason: str = ""
    rows: tuple[tuple[str, str], ...] = ()
    result: str = ""
    advice: str = ""
    error: str = ""
    can_apply: bool = False
    can_clear: bool = False


@dataclass(frozen=True, slots=True)
class MoreItem:
    """A card of the "more" panel."""

    key: str
    icon: str
    title: str
    detail: str = ""
    detail_tone: str = "text-2"
    is_enabled: bool = True


@dataclass(frozen=True, slots=True)
class HeldItem:
    """An order put aside, in the list."""

    key: str
    title: str
    detail: str
    amount: str
