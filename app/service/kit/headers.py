"""Headers of a request by their names, read once however often they are asked for."""

from collections.abc import MutableMapping
from typing import Any, Final

_READ: Final = "maxloyalty.headers"


def first_headers(scope: MutableMapping[str, Any]) -> dict[str, str]:
    """Return the headers by their names in small letters; the first of a name counts."""
    known: dict[str, str] | None = scope.get(_READ)
    if known is None:
        known = scope[_READ] = {
            name.decode("latin-1"): value.decode("latin-1")
            for name, value in reversed(scope["headers"])
        }
    return known
