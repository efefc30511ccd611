"""Templates: which parts of a receipt are shown, in which order, size and words. Data, one file a restaurant.

The shipped ones lie in ``resources/receipts``; ``default`` is what a till uses that has none of its own. Their
JSON schema is ``resources/docs/devices/receipt-template.schema.json``.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

from drivers.api.errors import Language
from drivers.api.limits import Shaped, Sized, Within
from drivers.api.receipt import BadReceipt, Word
from drivers.receipts.reading import from_text
from drivers.receipts.words import WORDS

TEMPLATES_PATH: Final = Path(__file__).resolve().parents[2] / "resources" / "receipts"
DEFAULT_NAME: Final = "default"

BlockName = Literal[
    "logo", "seller", "heading", "lines", "totals", "payments", "taxes", "rows", "loyalty", "fiscal",
    "qr", "footer", "rule", "space",
]  # fmt: skip
Size = Literal["normal", "tall", "large"]
"""``tall`` is twice as high, ``large`` twice as high and wide."""
DEFAULT_BLOCKS: Final[tuple[BlockName, ...]] = (
    "logo", "seller", "rule", "heading", "rule", "lines", "rule", "totals", "payments", "taxes", "rule",
    "rows", "rule", "loyalty", "rule", "fiscal", "rule", "qr", "rule", "footer",
)  # fmt: skip
_REPEATABLE = frozenset({"rule", "space"})


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture at the head.

    Attributes:
        png: the file (PNG, JPEG, BMP) in base64; grey becomes dots.
        width_percent: of the paper's width.
    """

    png: Annotated[str, Sized(1, 400_000), Shaped(r"[A-Za-z0-9+/=\s]+", "base64", "base64")]
    width_percent: Annotated[int, Within(10, 100)] = 50


@dataclass(frozen=True, slots=True)
class Sizes:
    """How big parts are printed."""

    seller: Size = "large"
    heading: Size = "normal"
    lines: Size = "normal"
    total: Size = "tall"
    footer: Size = "normal"


@dataclass(frozen=True, slots=True)
class LineOptions:
    """What is shown of a product.

    Attributes:
        modifiers: the guest's choices.
        modifier_prices: what each of them costs.
        notes: the guest's wishes.
        reductions: discounts and points of the line.
        single_quantity: ``1 x 250,00`` also for a single piece.
        numbers: lines are numbered.
        tax: the rate of VAT of each line.
    """

    modifiers: bool = True
    modifier_prices: bool = False
    notes: bool = True
    reductions: bool = True
    single_quantity: bool = False
    numbers: bool = False
    tax: bool = False


@dataclass(frozen=True, slots=True)
class PointOptions:
    """What is shown of the guest's card."""

    holder: bool = True
    spent: bool = True
    earned: bool = True
    balance: bool = True
    level: bool = False
    code: bool = True


@dataclass(frozen=True, slots=True)
class FiscalOptions:
    """What is shown of the fiscal document.

    Attributes:
        details: numbers of the register, shift and taxation beside FN, FD and FP.
        qr: the code of the tax service.
        qr_size: dots a module.
    """

    details: bool = True
    qr: bool = True
    qr_size: Annotated[int, Within(1, 16)] = 5


@dataclass(frozen=True, slots=True)
class ReceiptTemplate:
    """How a restaurant's receipts look.

    Attributes:
        name: for the settings screen.
        lang: language of the printed words.
        blocks: parts from top to bottom; a part that is not named is not shown. ``rule`` draws a line
            where something stands above and below it.
        words: other words by their key, see ``drivers/receipts/words.py``.
        header: lines at the head beside the seller's own.
        footer: lines at the end beside the seller's own.
        logo: picture at the head.
        sizes: sizes of parts.
        rule: the character of the rule.
        lines: what is shown of a product.
        points: what is shown of the guest's card.
        fiscal: what is shown of the fiscal document.
        qr_size: dots a module of the guest's code.
    """

    name: Annotated[str, Sized(1, 100)] = DEFAULT_NAME
    lang: Language = "ru"
    blocks: Annotated[tuple[BlockName, ...], Sized(1, 60)] = DEFAULT_BLOCKS
    words: Mapping[str, Word] = field(default_factory=dict)
    header: Annotated[tuple[Word, ...], Sized(0, 20)] = ()
    footer: Annotated[tuple[Word, ...], Sized(0, 20)] = ()
    logo: Logo | None = None
    sizes: Sizes = field(default_factory=Sizes)
    rule: Annotated[str, Shaped(r"[!-~]", "один знак ASCII", "one ASCII character")] = "-"
    lines: LineOptions = field(default_factory=LineOptions)
    points: PointOptions = field(default_factory=PointOptions)
    fiscal: FiscalOptions = field(default_factory=FiscalOptions)
    qr_size: Annotated[int, Within(1, 16)] = 6

    def word(self, key: str) -> str:
        """Return the printed word of a key."""
        return self.words.get(key) or WORDS[key][self.lang]


def template_from_text(text: str | bytes) -> ReceiptTemplate:
    """Read a template from the text of a JSON file.

    Raises:
        BadReceipt: it is no JSON or no usable template.
    """
    template = from_text(ReceiptTemplate, text)
    for key in template.words:
        if key not in WORDS:
            raise BadReceipt(
                f"/words/{key}", "такого слова в чеках нет", "receipts have no such word"
            )
    named = [block for block in template.blocks if block not in _REPEATABLE]
    for block in named:
        if named.count(block) > 1:
            ru, en = f"часть {block!r} названа дважды", f"part {block!r} is named twice"
            raise BadReceipt("/blocks", ru, en)
    return template


@functools.cache
def load_template(name: str = DEFAULT_NAME) -> ReceiptTemplate:
    """Return a shipped template by its name.

    Raises:
        BadReceipt: there is none of that name.
    """
    path = TEMPLATES_PATH / f"{name}.json"
    if name not in template_names():
        raise BadReceipt("", f"шаблона {name!r} нет", f"there is no template {name!r}")
    return template_from_text(path.read_bytes())


def template_names() -> tuple[str, ...]:
    """Return the names of the shipped templates."""
    return tuple(sorted(path.stem for path in TEMPLATES_PATH.glob("*.json")))
