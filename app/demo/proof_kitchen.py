"""The proof by the kitchen's paper: what it was told to cook is what was sold, each dish once."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Final

from app.domain.sale import Sale

_DISH: Final = re.compile(r"^\s*(?P<void>ОТМЕНА )?\s*(?P<count>\d+(?:,\d+)?) x (?P<name>.+?)\s*$")
#: The last line with words: who sent it, and the id that two papers of one ticket share.
_FOOT: Final = re.compile(r"^-+\n.*?(?P<id>\S+)\s*$", re.MULTILINE)
_REPEAT: Final = "ПОВТОР"
_CHANGE: Final = "ИЗМЕНЕНИЕ"


def compare_kitchen(
    sales: Sequence[Sale], tickets: Sequence[str], cooked: Collection[str]
) -> list[str]:
    """Compare the tickets with the sales.

    Args:
        sales: All of them.
        tickets: The text of each paper of the kitchen, and of those of the printer that stood in.
        cooked: Ids of the products that the kitchen cooks.

    Returns:
        What does not agree, in sentences.
    """
    sold: Counter[str] = Counter()
    for sale in sales:
        for line in sale.lines:
            if line.product_id in cooked:
                sold[line.name] += line.quantity_milli
    told: Counter[str] = Counter()
    seen: set[str] = set()
    problems = []
    for ticket in tickets:
        problems += _look_at(ticket, seen)
        if (key := _id_of(ticket)) not in seen:
            seen.add(key)
            _add(told, ticket)
    return problems + [
        f"the kitchen was told {told[name]} milli of {name}, {sold[name]} were sold"
        for name in sorted({*sold, *told})
        if told[name] != sold[name]
    ]


def _look_at(ticket: str, seen: Collection[str]) -> list[str]:
    """Return what is wrong with a paper by itself; one that comes again must say so."""
    key, problems = _id_of(ticket), []
    if not key:
        problems.append(f"a ticket without an id: {ticket!r}")
    if key in seen and _REPEAT not in ticket:
        problems.append(f"ticket {key} came out twice, and the second paper does not say so")
    if _CHANGE in ticket:
        problems.append(f"ticket {key} changes what nobody changed")
    return problems


def _id_of(ticket: str) -> str:
    found = _FOOT.search(ticket)
    return found["id"] if found else ""


def _add(told: "Counter[str]", ticket: str) -> None:
    for line in ticket.splitlines():
        found = _DISH.match(line)
        if found is None:
            continue
        count = int(Decimal(found["count"].replace(",", ".")) * 1000)
        told[found["name"]] += -count if found["void"] else count
