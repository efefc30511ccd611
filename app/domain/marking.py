"""Marked goods: the code of one piece on its line of the order, and what a check said of it.

A line of marked goods is one piece with one code. It comes into the order without a code, gets one by a
scan, and may be paid for once the check allowed it or nobody could be asked.

    WANTED --scan--> CHECKING --> ALLOWED | UNCHECKED | REFUSED --scan--> CHECKING
       |
       +--a senior, with a reason--> SKIPPED
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class MarkState(StrEnum):
    """How a code stands."""

    WANTED = "wanted"  # the piece has not been scanned yet
    CHECKING = "checking"  # somebody is being asked
    ALLOWED = "allowed"
    UNCHECKED = "unchecked"  # nobody could be asked; the law lets it be sold
    REFUSED = "refused"
    SKIPPED = "skipped"  # sold without a code; a senior allowed it


#: States in which the piece must not be sold.
STOPS_SALE: Final = frozenset({MarkState.WANTED, MarkState.CHECKING, MarkState.REFUSED})


@dataclass(frozen=True, slots=True)
class MarkEvidence:
    """What the marking system answered, for the receipt (tags 1262 to 1265); `date` is YYYY-MM-DD."""

    federal_id: str
    date: str
    number: str
    value: str


@dataclass(frozen=True, slots=True)
class LineMark:
    """The marking code of one piece.

    Attributes:
        state: See `MarkState`.
        code: The whole code with its separators (character 29), '' while it is wanted or skipped.
        identity: The code without its check part: the same thing whoever scanned it.
        gtin: The 14 digits of its product.
        reasons: Why it was refused, names of `drivers.api.marking.MarkReason` in lower case.
        evidence: Of the check, None if nobody was asked.
        skipped_by: Id of the senior who let it be sold without a code.
        skip_reason: Why.
    """

    state: MarkState
    code: str = ""
    identity: str = ""
    gtin: str = ""
    reasons: tuple[str, ...] = ()
    evidence: MarkEvidence | None = None
    skipped_by: str = ""
    skip_reason: str = ""

    @property
    def stops_sale(self) -> bool:
        """Tell whether the piece must not be paid for as things stand."""
        return self.state in STOPS_SALE

    @property
    def has_code(self) -> bool:
        """Tell whether a code was scanned; it goes into the receipt."""
        return bool(self.code)


#: A marked piece that has not been scanned yet.
NO_CODE: Final = LineMark(MarkState.WANTED)
