"""ATOL's error codes as our errors. The codes and their words are `codes.toml` beside this file."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from drivers.api import fiscal_errors as fiscal
from drivers.api.errors import (
    ConfigurationError,
    CoverOpen,
    DeviceBusy,
    DeviceFault,
    DriverError,
    Language,
    NotConnected,
    NotSupported,
    PaperOut,
    PortBusy,
)

# Codes after which a document may have been made: its task began, then the road to the register, to the
# fiscal storage or the paper broke (behaviour of Web Requests 1.0.4: it compares document numbers then).
LINK_CODES = frozenset({1, 2, 3, 4, 107, 214, 241, 603})
FN_CODES = frozenset({104, 115, 116, 135, 140, 159, 166, 177, 178})
PAPER_CODES = frozenset({44, 45, 46, 47, 114, 150})
DOUBTFUL_CODES = (
    LINK_CODES | FN_CODES | PAPER_CODES | {6, 15, 55, 151, 175, 188, 249, 262, 503, 505}
)
SHIFT_EXPIRED_CODE = 68


@dataclass(frozen=True, slots=True)
class AtolCode:
    """One code of the driver: its name, what it means for the till, and words."""

    number: int
    name: str
    group: str
    words: Mapping[Language, str]


# Groups that are told by the register's words and our hint.
_WORDED: Mapping[str, type[fiscal.FiscalProblem]] = {
    "data": fiscal.FiscalDataRefused,
    "bug": fiscal.FiscalRefused,
    "refused": fiscal.FiscalRefused,
    "cancelled": fiscal.FiscalRefused,
    "doc_canceled": fiscal.FiscalRefused,
    "not_ready": fiscal.RegisterNotReady,
    "interrupted": fiscal.RegisterNotReady,
    "server": fiscal.RegisterNotReady,
    "clock": fiscal.ClockWrong,
    "tender": fiscal.TenderRefused,
    "cash": fiscal.DrawerShort,
    "doc_open": fiscal.DocumentOpen,
    "shift_expired": fiscal.ShiftExpired,
    "shift_closed": fiscal.ShiftClosed,
    "shift_open": fiscal.ShiftOpen,
    "fn": fiscal.FnUnusable,
    "fn_expired": fiscal.FnExpired,
    "fn_full": fiscal.FnFull,
    "fn_fault": fiscal.FnFault,
    "ofd": fiscal.OfdOverdue,
    "licence": fiscal.LicenceMissing,
    "mark": fiscal.MarkRefused,
    "mark_wait": fiscal.MarkUnchecked,
    "service": fiscal.RegisterFault,
}
# Groups that every device knows.
_COMMON: Mapping[str, Callable[[str], DriverError]] = {
    "link": NotConnected,
    "port": PortBusy,
    "paper": PaperOut,
    "cover": CoverOpen,
    "fault": DeviceFault,
    "busy": DeviceBusy,
    "config": ConfigurationError,
    "unsupported": NotSupported,
}


@lru_cache(maxsize=1)
def load_codes() -> Mapping[int, AtolCode]:
    """Return every known code by its number."""
    text = resources.files("drivers.fiscal.atol").joinpath("codes.toml").read_text(encoding="utf-8")
    return {
        int(number): AtolCode(int(number), name, group, {"ru": ru, "en": en})
        for number, (name, group, ru, en) in tomllib.loads(text)["codes"].items()
    }


def error_of(code: int, description: str = "") -> DriverError:
    """Return the error for a code; an unknown one is a refusal with the register's own words.

    Args:
        code: of the driver.
        description: the register's own words, for the log and for codes that we do not know.
    """
    known = load_codes().get(code)
    if known is None:
        words: dict[Language, str] = {"ru": description, "en": description} if description else {}
        return fiscal.FiscalRefused(f"code {code}: {description}", register_code=code, words=words)
    detail = f"code {code} {known.name}: {description}"
    common = _COMMON.get(known.group)
    if common is not None:
        return common(detail)
    return _WORDED[known.group](detail, register_code=code, words=known.words)


def is_doubtful(code: int) -> bool:
    """Whether a document may exist although its task ended with this code."""
    return code in DOUBTFUL_CODES
