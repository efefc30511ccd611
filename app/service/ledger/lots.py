"""Lots: points of a card that have a day of their own on which they end. Pure arithmetic, no SQL.

A balance of a kind is made of dated lots and of the rest, which has no date: the rest is the balance
less its dated lots and is nowhere written twice. Lots of one kind with the same end are one lot. They
live in the card's row as JSON text `[[kind, end, amount], ...]`, so that they are read and written
with the balances, in the same statement and under the same lock.
"""

import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple, Self

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)

#: More different ends than this of one kind are never kept: the two nearest become one, the later.
LOTS_MAX: Final = 48


class PointKind(StrEnum):
    """Regular points lapse when the guest stays away, promo points by their own date."""

    REGULAR = "R"
    PROMO = "P"


class Lot(NamedTuple):
    """Points of one kind that end together; as a movement the amount may be negative."""

    kind: PointKind
    end_ms: int
    amount_minor: int

    @property
    def ends_at(self) -> datetime:
        """Return when the points end."""
        return moment_of(self.end_ms)


def end_of(moment: datetime) -> int:
    """Return a moment as lots keep it: whole milliseconds since 1970."""
    return (moment - _EPOCH) // _MILLISECOND


def moment_of(end_ms: int) -> datetime:
    """Return the moment of an end."""
    return _EPOCH + end_ms * _MILLISECOND


def lots_from_text(text: str | None) -> tuple[Lot, ...]:
    """Read lots or movements of lots."""
    if not text or text == "[]":
        return ()
    return tuple(Lot(PointKind(kind), end, amount) for kind, end, amount in json.loads(text))


def lots_to_text(lots: Iterable[Lot]) -> str | None:
    """Write lots or movements of lots; None if there are none."""
    rows = [[lot.kind.value, lot.end_ms, lot.amount_minor] for lot in lots]
    return json.dumps(rows, separators=(",", ":")) if rows else None


@dataclass(frozen=True, slots=True)
class Parts:
    """Points told apart by where they lie: `dated` is the part of them that lies in dated lots."""

    promo_minor: int = 0
    regular_minor: int = 0
    dated: tuple[Lot, ...] = ()

    @property
    def total_minor(self) -> int:
        """Return all of them."""
        return self.promo_minor + self.regular_minor

    @classmethod
    def of_text(cls, promo_minor: int, regular_minor: int, text: str | None) -> Self:
        """Make parts of columns."""
        return cls(promo_minor, regular_minor, lots_from_text(text))

    def text(self) -> str | None:
        """Return the dated part as a column keeps it."""
        return lots_to_text(self.dated)

    def __neg__(self) -> "Parts":
        return Parts(-self.promo_minor, -self.regular_minor, negated(self.dated))

    def __add__(self, other: "Parts") -> "Parts":
        return Parts(
            self.promo_minor + other.promo_minor,
            self.regular_minor + other.regular_minor,
            summed((*self.dated, *other.dated)),
        )


def negated(lots: Iterable[Lot]) -> tuple[Lot, ...]:
    """Return the movement the other way round."""
    return tuple(lot._replace(amount_minor=-lot.amount_minor) for lot in lots)


def summed(lots: Iterable[Lot]) -> tuple[Lot, ...]:
    """Return lots with one amount for each kind and end, the soonest first; zeros are left out."""
    sums: dict[tuple[PointKind, int], int] = {}
    for kind, end_ms, amount in lots:
        sums[kind, end_ms] = sums.get((kind, end_ms), 0) + amount
    return tuple(Lot(*place, amount) for place, amount in sorted(sums.items()) if amount)


def slice_back(parts: Parts, kind: PointKind, begin: int, end: int) -> list[tuple[int | None, int]]:
    """Return where the points between two marks of one kind's amount came from.

    What was taken last (no date, then the latest date) comes first, which is the better end for the
    guest. Slices that follow each other never overlap and leave nothing out, so that partial refunds
    return to each lot exactly what a full refund does.

    Returns:
        Pairs of end (None: without a date) and amount.
    """
    whole = parts.promo_minor if kind is PointKind.PROMO else parts.regular_minor
    dated = [lot for lot in parts.dated if lot.kind is kind]
    undated = whole - sum(lot.amount_minor for lot in dated)
    order: list[tuple[int | None, int]] = [(None, undated)]
    order += [(lot.end_ms, lot.amount_minor) for lot in sorted(dated, reverse=True)]
    result, at = [], 0
    for place, amount in order:
        part = min(end, at + amount) - max(begin, at)
        if part > 0:
            result.append((place, part))
        at += amount
    return result


class Lots:
    """The dated lots of one card while it is changed. Amounts never fall below zero."""

    __slots__ = ("_left",)

    def __init__(self, lots: Iterable[Lot] = ()) -> None:
        self._left = {(lot.kind, lot.end_ms): lot.amount_minor for lot in lots}

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Read the lots of a card's row."""
        return cls(lots_from_text(text))

    def text(self) -> str:
        """Return the lots as the card's row keeps them."""
        return lots_to_text(self.open()) or "[]"

    def open(self) -> tuple[Lot, ...]:
        """Return what is there: promo before regular, the soonest end first."""
        if not self._left:
            return ()
        return tuple(Lot(*place, amount) for place, amount in sorted(self._left.items()))

    def dated_minor(self, kind: PointKind) -> int:
        """Return how many points of a kind have a date."""
        if not self._left:
            return 0
        return sum(amount for place, amount in self._left.items() if place[0] is kind)

    def next_end_ms(self) -> int | None:
        """Return when the first lot ends."""
        return min((end for _, end in self._left), default=None)

    def pick(self, kind: PointKind, amount_minor: int) -> tuple[Lot, ...]:
        """Return which dated lots a redemption takes from, the soonest end first.

        What they do not give comes from the points without a date.
        """
        if not self._left:  # as with most cards
            return ()
        picked = []
        for lot in self.open():
            if lot.kind is not kind or amount_minor <= 0:
                continue
            part = min(amount_minor, lot.amount_minor)
            picked.append(lot._replace(amount_minor=part))
            amount_minor -= part
        return tuple(picked)

    def pick_last(self, kind: PointKind, amount_minor: int, balance_minor: int) -> tuple[Lot, ...]:
        """Return which dated lots must help when points without a date are taken first."""
        undated = balance_minor - self.dated_minor(kind)
        return self.pick(kind, amount_minor - min(undated, amount_minor))

    def due(self, now_ms: int) -> tuple[Lot, ...]:
        """Return the lots that have ended."""
        if not self._left:
            return ()
        return tuple(lot for lot in self.open() if lot.end_ms <= now_ms)

    def grant(self, kind: PointKind, end_ms: int, amount_minor: int) -> tuple[Lot, ...]:
        """Return the movement that adds a lot; two others become one if there are too many."""
        ends = sorted(end for held, end in self._left if held is kind)
        moves = [Lot(kind, end_ms, amount_minor)]
        if end_ms not in ends and len(ends) >= LOTS_MAX:
            sooner, later = _nearest(ends)
            moved = self._left[kind, sooner]
            moves += [Lot(kind, sooner, -moved), Lot(kind, later, moved)]
        return summed(moves)

    def grant_all(self, lots: Iterable[Lot]) -> tuple[Lot, ...]:
        """Return the movement that adds several lots."""
        after = Lots(self.open())
        moves: list[Lot] = []
        for lot in lots:
            moved = after.grant(*lot)
            after.apply(moved)
            moves += moved
        return summed(moves)

    def apply(self, moves: Iterable[Lot]) -> None:
        """Move lots."""
        for kind, end_ms, amount in moves:
            left = self._left.pop((kind, end_ms), 0) + amount
            assert left >= 0, "a lot never falls below zero"
            if left:
                self._left[kind, end_ms] = left


def _nearest(ends: Sequence[int]) -> tuple[int, int]:
    gaps = [(later - sooner, sooner, later) for sooner, later in itertools.pairwise(ends)]
    _, sooner, later = min(gaps)
    return sooner, later
