"""Values that mean something to the service, by the name of the field, and things that exist.

A request of nothing but random texts ends at the first check. With some of these it gets to the rules
behind and to the answers that tell of success.
"""

from collections.abc import Mapping, Sequence
from random import Random  # noqa: TID251 - of test data, drawn from the run's seed
from typing import Any, Final

_WORDS: Final[Mapping[str, Sequence[object]]] = {
    "phone": ("+7 912 345-67-89", "89000001147", "+79995550011", "+79995550012", "12"),
    "code6Digit": ("482913", "305718", "000000"),
    "email": ("anna@example.com", "cashier@tenant-maxima.example", "nobody"),
    "url": ("https://example.com/hook", "http://127.0.0.1/", "not a url"),
    "timezone": ("Europe/Moscow", "Asia/Tomsk", "Mars/Olympus"),
    "birthDate": ("1990-02-28", "2026-11-20"),
    "checkAmount": (1000, 350.5, 0.01),
    "amount": (100, 0.5, 5000),
    "refundAmount": (100, 1000),
    "originalAmount": (1000,),
    "total": (100, 1000),
    "points": (1, 50, 100.25),
    "pointsToSpend": (1, 50, 100.25),
    "value": (5, 300),
    "discountPercent": (5, 10),
    "orderId": ("order-1", "order-2", "order-3"),
    "posCheckId": ("check-1", "check-2"),
    "productId": ("prd-01", "prd-02"),
    "events": (["guest.created"], ["*"], ["no.such"]),
    "occurredAt": ("2026-11-20T09:00:30Z", "2026-11-19T09:00:00+03:00", "2031-01-01T00:00:00Z"),
    "timeFrom": ("09:00", None),
    "timeUntil": ("12:00", None),
    "code": ("COFFEE", "SPRING-10"),
    "count": (1, 5),
    "length": (8, 12),
    "password": ("correct horse battery", "short"),
    "version": ("2.4.1", "1.0.0-beta.1"),
    "sortOrder": ("asc", "desc"),
}


class Plausible:
    """Puts such values into requests.

    Args:
        random: What is picked depends on it.
        known: Identities that exist, by a part of the field's name in small letters.
    """

    def __init__(self, random: Random, known: Mapping[str, Sequence[str]]) -> None:
        self._random = random
        self._known = known

    def identity(self, name: str) -> str:
        """Return something that exists, of the fitting kind if the name tells one."""
        stem = name.replace("_", "").lower()
        fitting = [ids for kind, ids in self._known.items() if kind in stem and ids]
        every = [one for ids in self._known.values() for one in ids]
        return self._random.choice(self._random.choice(fitting) if fitting else every)

    def put(self, body: Any) -> None:
        """Replace what has a known name, at every depth, in place."""
        if isinstance(body, list):
            for one in body:
                self.put(one)
        if not isinstance(body, dict):
            return
        for name, value in body.items():
            if name.endswith("Id") and name not in _WORDS:
                body[name] = self.identity(name)
            elif name in _WORDS and value is not None:
                body[name] = self._random.choice(_WORDS[name])
            else:
                self.put(value)

    def is_wanted(self) -> bool:
        """Tell whether to do so for the next request: two times out of three."""
        return self._random.random() < 2 / 3
