"""The two files that the pad's program leaves: `e`, the result, and `p`, the slip.

Source: [Clients]. `e` has one field a line; old versions write fewer lines, so everything behind the
first is read only where it is there. The encoding depends on the version: CP866 on Windows, KOI8-R on
Linux, and is found out from the text itself.
"""

import re
from dataclasses import dataclass

from drivers.api.errors import ProtocolError
from drivers.terminals.text import decode_text, masked

FILE_MAX = 256 * 1024
LINES_MAX = 2000
# Lines of `e`, counted from 1 as the reference does.
_CARD, _AUTH, _NUMBER, _CARD_NAME, _TERMINAL, _WHEN, _RRN = 2, 4, 5, 6, 8, 9, 10


@dataclass(frozen=True, slots=True)
class ResultFile:
    """What `e` says; '' for what is not there."""

    code: int
    message: str = ""
    masked_pan: str = ""
    auth_code: str = ""
    number: str = ""
    card_name: str = ""
    terminal_id: str = ""
    when: str = ""
    rrn: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """What can be read from the slip for people; '' and None for what is not there."""

    lines: tuple[str, ...] = ()
    amount_minor: int | None = None
    rrn: str = ""
    auth_code: str = ""
    number: str = ""
    terminal_id: str = ""
    date: str = ""
    time: str = ""
    is_approved: bool = False


def parse_result(data: bytes, encoding: str = "auto") -> ResultFile:
    """Read `e`.

    Raises:
        ProtocolError: the first line has no whole result code, as in a file that was cut off.
    """
    lines = decode_text(data[:FILE_MAX], encoding).splitlines()
    head, comma, message = (lines[0] if lines else "").partition(",")
    head = head.strip()
    # Without the comma the number may be the beginning of a longer one.
    if not comma or not (head.isascii() and head.isdigit() and len(head) <= 6):
        raise ProtocolError(f"the result file begins with {head[:20]!r}")
    rest = {
        "masked_pan": masked(_line(lines, _CARD)),
        "auth_code": _line(lines, _AUTH),
        "number": _line(lines, _NUMBER),
        "card_name": _line(lines, _CARD_NAME),
        "terminal_id": _line(lines, _TERMINAL),
        "when": _digits(_line(lines, _WHEN)),
        "rrn": _digits(_line(lines, _RRN)),
    }
    return ResultFile(int(head), message.strip(), **rest)


def _line(lines: list[str], number: int) -> str:
    return lines[number - 1].strip()[:64] if len(lines) >= number else ""


def _digits(text: str) -> str:
    return text if text.isascii() and text.isdigit() else ""


_AMOUNT = re.compile(
    r"(?:сумма|итого)[^\d]{0,40}(\d[\d \u00a0']{0,14})[.,](\d\d)(?!\d)", re.IGNORECASE
)
_RRN_LINE = re.compile(r"(?:rrn|ссылк\w*)[^\d\n]{0,20}(\d{12})(?!\d)", re.IGNORECASE)
_AUTH_LINE = re.compile(r"код\s+авториз\w*[^\w\n]{0,20}(\w{2,9})", re.IGNORECASE)
_NUMBER_LINE = re.compile(r"чек\w*[^\d\n]{0,12}(\d{1,8})(?!\d)", re.IGNORECASE)
_TERMINAL_LINE = re.compile(r"терминал\w*[^\d\n]{0,20}(\d{6,12})(?!\d)", re.IGNORECASE)
_WHEN_LINE = re.compile(
    r"(\d\d)\.(\d\d)\.(?:\d{4}|\d\d)[^\d\n]{1,20}(\d\d):(\d\d)(?::(\d\d))?(?!\d)"
)


def parse_slip(data: bytes, encoding: str = "auto") -> Slip:
    """Read `p`. Layouts differ from version to version, so everything in it is optional."""
    text = decode_text(data[:FILE_MAX], encoding).replace("\x0c", "\n").replace("\x01", "")
    lines = tuple(masked(line.rstrip()) for line in text.splitlines()[:LINES_MAX])
    amount, when = _AMOUNT.search(text), _WHEN_LINE.search(text)
    sum_minor = None
    if amount:
        whole = re.sub(r"\D", "", amount[1])
        sum_minor = int(whole) * 100 + int(amount[2])
    return Slip(
        lines=lines,
        amount_minor=sum_minor,
        rrn=_first(_RRN_LINE, text),
        auth_code=_first(_AUTH_LINE, text),
        number=_first(_NUMBER_LINE, text),
        terminal_id=_first(_TERMINAL_LINE, text),
        date=f"{when[2]}{when[1]}" if when else "",
        time=f"{when[3]}{when[4]}{when[5] or '00'}" if when else "",
        is_approved="одобрен" in text.lower() or "совпали" in text.lower(),
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
