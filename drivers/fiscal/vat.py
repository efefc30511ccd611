"""Rates of VAT as data: which exist, on which days, and which one an item gets.

The table is `vat.toml` beside this module. A rate belongs to the item; `pick_vat` lets a restaurant
override it by sale channel and by day, and follow a change of the law through a meaning ('standard').
"""

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from drivers.api.fiscal_errors import FiscalInputWrong

FIRST_DAY = dt.date(1, 1, 1)
LAST_DAY = dt.date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class VatRate:
    """One rate; `since` and `until` are the first and the last day of a sale with it."""

    id: str
    tag_1199: int
    percent: int
    calculated: bool = False
    since: dt.date = FIRST_DAY
    until: dt.date = LAST_DAY

    def part_of(self, amount_minor: int) -> int:
        """The tax within a sum that contains it, half a kopeck up."""
        whole = 100 + self.percent
        return (2 * amount_minor * self.percent + whole) // (2 * whole)


@dataclass(frozen=True, slots=True)
class VatRule:
    """A rate or a meaning for a sale channel ('' any) from a day on."""

    vat: str
    channel: str = ""
    since: dt.date = FIRST_DAY


@lru_cache(maxsize=1)
def load_rates() -> Mapping[str, VatRate]:
    """Return every rate by its id."""
    return {key: VatRate(key, **fields) for key, fields in _table()["rates"].items()}


def get_rate(vat: str, on: dt.date | None = None) -> VatRate:
    """Return a rate, checked against a day if one is given.

    Raises:
        FiscalInputWrong: there is no such rate, or not on that day.
    """
    rate = load_rates().get(vat)
    if rate is None:
        raise FiscalInputWrong(f"vat {vat!r} is none of {', '.join(load_rates())}")
    if on is not None and not rate.since <= on <= rate.until:
        raise FiscalInputWrong(f"vat {vat!r} is not in force on {on.isoformat()}")
    return rate


def pick_vat(rules: Sequence[VatRule], channel: str, on: dt.date) -> str:
    """Return the rate for a channel on a day: the channel's own newest rule, else the newest for any.

    Raises:
        FiscalInputWrong: no rule fits, or what it names is no rate on that day.
    """
    valid = [rule for rule in rules if rule.since <= on and rule.channel in (channel, "")]
    if not valid:
        raise FiscalInputWrong(f"no vat rule for channel {channel!r} on {on.isoformat()}")
    best = max(valid, key=lambda rule: (bool(rule.channel), rule.since))
    return get_rate(_meant(best.vat, on), on).id


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Any]:  # Any: what TOML holds, checked by the tests of the table
    text = resources.files("drivers.fiscal").joinpath("vat.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _meant(vat: str, on: dt.date) -> str:
    steps = _table().get("meanings", {}).get(vat)
    if steps is None:
        return vat
    begun = [rate for since, rate in steps if dt.date.fromisoformat(since) <= on]
    if not begun:
        raise FiscalInputWrong(f"vat {vat!r} has no rate on {on.isoformat()}")
    return str(begun[-1])
