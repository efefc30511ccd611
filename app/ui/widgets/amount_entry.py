"""A sum as it is being typed on a pad: roubles, then a comma, then kopecks."""

from dataclasses import dataclass
from typing import Final

from app.kernel.text import HARD_SPACE
from app.ui import format as fmt

_WHOLE_MAX: Final = 8
COMMA: Final = ","


@dataclass(frozen=True, slots=True)
class AmountEntry:
    """Digits with at most one comma; immutable.

    Attributes:
        text: What was typed, without spaces.
    """

    text: str = ""

    @classmethod
    def of(cls, minor: int) -> "AmountEntry":
        """Return the entry that stands for a sum."""
        whole, rest = divmod(minor, 100)
        return cls(f"{whole},{rest:02d}" if rest else str(whole))

    def typed(self, key: str) -> "AmountEntry":
        """Return the entry after a key: a digit, `00` or a comma; what makes no sense is ignored."""
        entry = self
        for sign in key.replace(".", COMMA):
            entry = entry._with(sign)
        return entry

    def erased(self) -> "AmountEntry":
        """Return the entry without its last sign."""
        return AmountEntry(self.text[:-1])

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is typed."""
        return not self.text

    @property
    def minor(self) -> int:
        """Return the sum in kopecks; nothing typed is zero."""
        whole, _comma, rest = self.text.partition(COMMA)
        return int(whole or "0") * 100 + int((rest + "00")[:2])

    def shown(self) -> str:
        """Return the sum as it is read while it is typed: `2 000,00 ₽`, `2 000,5 ₽`."""
        whole, comma, rest = self.text.partition(COMMA)
        if not comma:
            return fmt.money(self.minor)
        return f"{fmt.amount(int(whole) * 100, kopecks=False)},{rest}{HARD_SPACE}₽"

    def _with(self, sign: str) -> "AmountEntry":
        whole, comma, rest = self.text.partition(COMMA)
        if sign == COMMA:
            return self if comma else AmountEntry(f"{whole or '0'},")
        if comma:
            return self if len(rest) >= 2 else AmountEntry(self.text + sign)
        if len(whole) >= _WHOLE_MAX:
            return self
        return AmountEntry(sign if whole == "0" else whole + sign)
