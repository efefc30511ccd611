"""The headers by which an installation names itself (A12), held against its key.

Only the key proves anything; the other headers are for people who read logs, so a header that
contradicts the key is a mistake in a configuration, and is told at once.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from app.contracts.errors import ErrorCode
from app.service.kit.problems import ProblemError
from app.service.kit.work import Caller

INSTALLATION_KINDS: Final = frozenset({"till", "iiko", "rkeeper"})
_HEADER_MAX = 100


class Identity(NamedTuple):
    """What the headers say; empty where there is none."""

    installation_id: str = ""
    restaurant_id: str = ""
    terminal_id: str = ""
    plugin_version: str = ""


def read_identity(headers: Mapping[str, str]) -> Identity:
    """Read the headers of a request, cut to a sensible length."""
    return Identity(
        installation_id=_told(headers, "x-installation-id"),
        restaurant_id=_told(headers, "x-restaurant-id"),
        terminal_id=_told(headers, "x-terminal-id"),
        plugin_version=_told(headers, "x-plugin-version")[:60],
    )


def _told(headers: Mapping[str, str], name: str) -> str:
    text = headers.get(name)
    if not text:
        return ""
    return "".join(letter for letter in text[:_HEADER_MAX] if letter.isprintable())


def check_identity(caller: Caller, identity: Identity) -> None:
    """Refuse headers that name somebody else; what is not said is not checked.

    Raises:
        ProblemError: INSTALLATION_MISMATCH.
    """
    if caller.kind not in INSTALLATION_KINDS:
        return
    if identity.installation_id and identity.installation_id != caller.installation_id:
        raise ProblemError(
            ErrorCode.INSTALLATION_MISMATCH,
            "X-Installation-Id names another installation than the key",
            "X-Installation-Id указывает не ту установку, что ключ",
        )
    restaurant = caller.location_id
    if identity.restaurant_id and restaurant and identity.restaurant_id != restaurant:
        raise ProblemError(
            ErrorCode.INSTALLATION_MISMATCH,
            "X-Restaurant-Id names another restaurant than the key",
            "X-Restaurant-Id указывает не ту точку, что ключ",
        )
