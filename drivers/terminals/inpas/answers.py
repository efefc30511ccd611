"""What an INPAS terminal's final frame says, as the plain types of `drivers.api.terminal`."""

from drivers.api.errors import ProtocolError
from drivers.api.terminal import Outcome, TerminalResult
from drivers.terminals.inpas import codec, tables
from drivers.terminals.inpas.codec import Message
from drivers.terminals.inpas.options import InpasOptions
from drivers.terminals.text import decode_text, masked

SLIP_LINES_MAX = 2000
_DIGITS_MAX = 15
_PAGES = ("cp1251", "cp866", "koi8-r")


def status(answer: Message) -> int:
    """Return field 39; `ProtocolError` if it is no number."""
    value = number(answer, codec.STATUS)
    if value is None:
        raise ProtocolError(f"status {answer.text(codec.STATUS)[:20]!r} is no number")
    return value


def number(answer: Message, field: int) -> int | None:
    """Return a decimal field, None if it is not there or no number."""
    text = answer.text(field)
    is_number = text.isascii() and text.isdigit() and len(text) <= _DIGITS_MAX
    return int(text) if is_number else None


def result(answer: Message, options: InpasOptions) -> TerminalResult:
    """Build the result of a final frame.

    Raises:
        ProtocolError: the status does not say how it ended.
    """
    code = status(answer)
    outcome = tables.OUTCOMES.get(code)
    if outcome is None:
        raise ProtocolError(f"status {code} does not say how the operation ended")
    when = answer.text(codec.WHEN)
    is_booked = outcome is Outcome.APPROVED
    return TerminalResult(
        outcome=outcome,
        code=answer.text(codec.HOST_CODE) or str(code),
        text=words(answer, options),
        amount_minor=number(answer, codec.AMOUNT),
        currency=answer.text(codec.CURRENCY),
        receipt_no=answer.text(codec.RRN) or answer.text(codec.HOST_ID),
        rrn=answer.text(codec.RRN),
        auth_code=answer.text(codec.AUTH_CODE),
        masked_pan=masked(answer.text(codec.PAN)),
        terminal_id=answer.text(codec.TERMINAL_ID),
        trace=answer.text(codec.TRACE),
        date=when[4:8] if is_booked else "",
        time=when[8:14] if is_booked else "",
        slip_lines=slip(answer, options),
    )


def words(answer: Message, options: InpasOptions) -> str:
    """Say how it ended, with the terminal's own text behind a refusal."""
    code = status(answer)
    text = tables.status_text(code, options.language)
    own = decoded(answer, codec.TEXT, options)
    return text if code == tables.APPROVED or not own else f"{text} ({own})"


def slip(answer: Message, options: InpasOptions) -> tuple[str, ...]:
    """Return the lines of the slip."""
    lines = decoded(answer, codec.SLIP, options).splitlines()[:SLIP_LINES_MAX]
    return tuple(masked(line.rstrip()) for line in lines)


def decoded(answer: Message, field: int, options: InpasOptions) -> str:
    """Return a field's text in the code page of the settings, or the likeliest."""
    return decode_text(answer.fields.get(field, b""), options.encoding, _PAGES).strip("\0 ")
