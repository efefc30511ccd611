"""What a ZVT terminal's messages say, as the plain types of `drivers.api.terminal`."""

from dataclasses import dataclass

from drivers.api.errors import ProtocolError
from drivers.api.terminal import BatchResult, Outcome, Progress, TerminalResult, TerminalStatus
from drivers.terminals.zvt import fields as bmp
from drivers.terminals.zvt.codec import ABORTED, Apdu
from drivers.terminals.zvt.fields import Fields, masked_pan, parse_fields, walk_tlv
from drivers.terminals.zvt.tables import RESULT_ABORTED, RESULT_OK, progress_of, result_text

_LINE_FEEDS = 0xFF  # attribute of 06 D1: the text byte counts empty lines [ZVT]
_EMPTY_LINES_MAX = 20
_OTHER_STATUS = 0xFF  # intermediate status without a code of its own: see TLV 24/07 [Portalum]
_TOTAL_GROUPS = (
    7  # ec-cash, JCB, Eurocard, Amex, Visa, Diners, others: 1 + 6 bytes each [ZVT] BMP 60
)


@dataclass(frozen=True, slots=True)
class Talk:
    """Everything one command brought: the last status information, the last message, the slip."""

    status: Fields | None
    status_raw: bytes
    final: Apdu
    slip_lines: tuple[str, ...]

    @property
    def abort_code(self) -> int | None:
        """Code of a final 06 1E, None if the command was completed."""
        if self.final.control != ABORTED:
            return None
        return self.final.data[0] if self.final.data else RESULT_ABORTED


def result_code(status: Fields | None) -> int | None:
    """Return BMP 27, or A0 which some terminals send in its place, None if neither came."""
    if status is None:
        return None
    value = status.find(bmp.RESULT)
    return value[0] if value else None


def terminal_result(talk: Talk, encoding: str, language: str) -> TerminalResult:
    """Build the result of a finished operation.

    Raises:
        ProtocolError: the terminal ended without saying how.
    """
    status = talk.status or Fields()
    code = talk.abort_code
    if code is None:
        code = result_code(talk.status)
    if code is None:
        raise ProtocolError("the terminal completed without a result code")
    if code == RESULT_OK and talk.abort_code is not None:
        raise ProtocolError("the terminal aborted with the code of success")
    return TerminalResult(
        outcome=_outcome(code),
        code=f"{code:02X}",
        text=_text(code, status, encoding, language),
        amount_minor=_amount(status),
        currency=status.digits(bmp.CURRENCY)[-3:],
        receipt_no=status.digits(bmp.RECEIPT),
        auth_code=_ascii(status.find(bmp.AUTH_CODE)),
        masked_pan=masked_pan(status.find(bmp.PAN) or b""),
        card_name=_decoded(status.find(bmp.CARD_NAME), encoding),
        terminal_id=status.digits(bmp.TERMINAL_ID),
        trace=_trace(status),
        date=status.digits(bmp.DATE),
        time=status.digits(bmp.TIME),
        slip_lines=talk.slip_lines,
        raw=bmp.without_card_data(talk.status_raw),
    )


def batch_result(talk: Talk) -> BatchResult:
    """Build the totals of a closed batch from BMP 04 and 60."""
    status = talk.status or Fields()
    totals = status.find(bmp.TOTALS) or b""
    count: int | None = None
    if len(totals) >= 4 + _TOTAL_GROUPS * 7:  # two receipt numbers, then the groups
        count = sum(totals[4 + 7 * group] for group in range(_TOTAL_GROUPS))
    return BatchResult(_amount(status), count, talk.slip_lines, talk.status_raw)


def terminal_status(talk: Talk, language: str) -> TerminalStatus:
    """Read the completion of a status enquiry.

    [ZVT] 05 01: software version (LLL), a status byte, then perhaps a TLV container. Some terminals
    leave the version out.
    """
    code = _status_code(talk.final.data)
    text = "" if code == RESULT_OK else result_text(code, language)
    terminal_id = talk.status.digits(bmp.TERMINAL_ID) if talk.status else ""
    return TerminalStatus(code == RESULT_OK, f"{code:02X}", text, terminal_id, talk.slip_lines)


def diagnosis_status(talk: Talk, language: str) -> TerminalStatus:
    """Read the end of a diagnosis or an initialisation: an abort or a result code that is not 00."""
    code = talk.abort_code
    if code is None:
        code = result_code(talk.status) or RESULT_OK
    text = "" if code == RESULT_OK else result_text(code, language)
    terminal_id = talk.status.digits(bmp.TERMINAL_ID) if talk.status else ""
    return TerminalStatus(code == RESULT_OK, f"{code:02X}", text, terminal_id, talk.slip_lines)


def _status_code(data: bytes) -> int:
    version = data[:3]
    if len(version) == 3 and all(0xF0 <= byte <= 0xF9 for byte in version):
        size = int("".join(str(byte & 0x0F) for byte in version))
        data = data[3 + size :]
    return data[0] if data else RESULT_OK


def progress(data: bytes, encoding: str) -> tuple[Progress, str, int]:
    """Read an intermediate status: step, the terminal's own text, seconds it asks for (0: none).

    [ZVT] 04 FF: status, time-out in minutes (decimal), 06 TLV with the text in 24/07.
    """
    if not data:
        return Progress.WAIT, "", 0
    minutes = data[1] if len(data) > 1 else 0
    seconds = 60 * (10 * (minutes >> 4) + (minutes & 0x0F))
    text = ""
    if data[0] == _OTHER_STATUS and len(data) > 2:
        text = " ".join(_tlv_lines(parse_fields(data[2:]), encoding))
    return progress_of(data[0]), text, seconds


def printed_line(data: bytes, encoding: str) -> list[str]:
    """Read 06 D1: an attribute byte and a line of text, or a count of empty lines.

    A terminal registered with TLV may put a container 06 behind the text ([Portalum] PrintLineTest);
    its tag is no character of any text, so the line ends there.
    """
    if not data:
        return []
    if data[0] == _LINE_FEEDS:
        return [""] * min(data[1] if len(data) > 1 else 1, _EMPTY_LINES_MAX)
    return [_decoded(data[1:].split(bytes((bmp.TLV,)), 1)[0], encoding).rstrip()]


def printed_block(data: bytes, encoding: str) -> list[str]:
    """Read 06 D3: TLV 25 with text lines 07."""
    return _tlv_lines(parse_fields(data), encoding)


def _tlv_lines(fields: Fields, encoding: str) -> list[str]:
    container = fields.find(bmp.TLV)
    if container is None:
        return []
    return [
        _decoded(value, encoding).rstrip()
        for tag, value in walk_tlv(container)
        if tag == bmp.TLV_LINE
    ]


def _outcome(code: int) -> Outcome:
    if code == RESULT_OK:
        return Outcome.APPROVED
    return Outcome.CANCELLED if code == RESULT_ABORTED else Outcome.DECLINED


def _text(code: int, status: Fields, encoding: str, language: str) -> str:
    words = result_text(code, language)
    own = _decoded(status.find(bmp.TEXT), encoding)
    return words if code == RESULT_OK or not own else f"{words} ({own})"


def _amount(status: Fields) -> int | None:
    digits = status.digits(bmp.AMOUNT)
    return int(digits) if digits else None


def _trace(status: Fields) -> str:
    container = status.find(bmp.TLV)
    if container is not None:
        for tag, value in walk_tlv(container):
            if tag == bmp.TLV_TRACE_LONG:
                return value.hex()
    return status.digits(bmp.TRACE)


def _decoded(value: bytes | None, encoding: str) -> str:
    return (value or b"").decode(encoding, errors="replace").strip("\0")


def _ascii(value: bytes | None) -> str:
    return _decoded(value, "ascii").strip()
