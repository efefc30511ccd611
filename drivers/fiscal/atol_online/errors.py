"""Errors of ATOL Online as ours. The codes and their words are `codes.toml` beside this file.

What a group means for the document that was asked about:

======== =====================================================================================
timeout  not made; a new external id is allowed (code 1)
token    not looked at; a new token, then once again
login    not looked at; the settings are wrong or the account is closed
config   the same
data     not made; the data are wrong
exists   accepted by an earlier request: its uuid is in the answer (code 33)
wait     no result yet (code 34)
later    not looked at; once again later
======== =====================================================================================

Anything else, above all the negative codes of the till's driver, says that it was not made.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import ClassVar

from drivers.api import fiscal_errors as fiscal
from drivers.api.errors import ConfigurationError, DriverError, Language, OutcomeUnknown
from drivers.fiscal.atol import errors as local
from drivers.fiscal.atol_online.answers import OnlineError

TIMEOUT, TOKEN, LOGIN, CONFIG = "timeout", "token", "login", "config"
DATA, EXISTS, WAIT, LATER, DRIVER = "data", "exists", "wait", "later", "driver"
_DRIVER_KIND = "driver"


class LoginRefused(fiscal.FiscalProblem, ConfigurationError):  # noqa: N818 - the tree's names read as facts
    """The cloud does not accept login, password or account."""

    code = "fiscal.login"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Проверьте логин и пароль облачной кассы в разделе «Оборудование».",
        "en": "Check login and password of the cloud register under Devices.",
    }


class GroupWrong(fiscal.FiscalProblem, ConfigurationError):  # noqa: N818 - the tree's names read as facts
    """Login and group do not belong together, or the group is unknown."""

    code = "fiscal.group"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Проверьте код группы касс в разделе «Оборудование».",
        "en": "Check the code of the group of registers under Devices.",
    }


@dataclass(frozen=True, slots=True)
class OnlineCode:
    """One code: its group and words."""

    number: int
    group: str
    words: Mapping[Language, str]


@lru_cache(maxsize=1)
def load_codes() -> Mapping[int, OnlineCode]:
    """Return every known code by its number."""
    folder = resources.files("drivers.fiscal.atol_online")
    table = tomllib.loads(folder.joinpath("codes.toml").read_text(encoding="utf-8"))["codes"]
    return {
        int(number): OnlineCode(int(number), group, {"ru": ru, "en": en})
        for number, (group, ru, en) in table.items()
    }


def group_of(error: OnlineError) -> str:
    """Return what the error means; one of the till's driver is never one of the cloud's numbers."""
    if error.kind == _DRIVER_KIND:
        return DRIVER
    known = load_codes().get(error.code)
    return known.group if known is not None else DRIVER


def error_of(error: OnlineError) -> DriverError:
    """Return our error. It says that the document was not made; see the table for when that holds."""
    known = load_codes().get(error.code)
    is_driver = error.kind == _DRIVER_KIND
    if is_driver and error.code in local.load_codes():
        return local.error_of(error.code, error.text)
    detail = f"ATOL Online code {error.code} ({error.kind}): {error.text}"
    if known is None or (is_driver and error.code >= 0):
        words: dict[Language, str] = {"ru": error.text, "en": error.text} if error.text else {}
        return fiscal.FiscalRefused(detail, register_code=error.code, words=words)
    kinds: Mapping[str, type[fiscal.FiscalProblem]] = {
        TIMEOUT: fiscal.RegisterNotReady,
        LATER: fiscal.RegisterNotReady,
        WAIT: fiscal.RegisterNotReady,
        TOKEN: LoginRefused,
        LOGIN: LoginRefused,
        CONFIG: GroupWrong,
        DATA: fiscal.FiscalDataRefused,
    }
    return kinds.get(known.group, fiscal.FiscalRefused)(
        detail, register_code=error.code, words=_with_own_words(known, error)
    )


def _with_own_words(known: OnlineCode, error: OnlineError) -> dict[Language, str]:
    """Add what the cloud itself says to the words for wrong data: it names the field."""
    if known.group != DATA or not error.text:
        return dict(known.words)
    told = error.text.rstrip(".")
    return {lang: f"{words}: {told}" for lang, words in known.words.items()}


class DocumentQueued(OutcomeUnknown):
    """The cloud has accepted the document and not made it yet: ask `find_document`."""

    code = "fiscal.queued"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Облачная касса приняла чек и ещё пробивает его. Программа спросит её позже.",
        "en": "The cloud register has taken the receipt and still works. It is asked later.",
    }
