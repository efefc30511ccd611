"""Limits of values, as marks in annotations: ``Annotated[int, Within(0, 100)]``.

Readers of JSON check them and JSON schemas tell them; plain code that makes the values is not slowed down.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Within:
    """Marks a whole number that lies between two others, both included."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Sized:
    """Marks a text or list with at least and at most so many characters or items."""

    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Shaped:
    """Marks a text that matches a pattern as a whole; `ru` and `en` say what it is."""

    pattern: str
    ru: str
    en: str

    def fits(self, text: str) -> bool:
        """Tell whether the text matches."""
        return re.fullmatch(self.pattern, text) is not None
