"""APDUs of ZVT: control field, length, data; BCD numbers; commands from the till.

Source: [ZVT-T] chapter "APDU structure": two bytes of control field (class, instruction), a length
byte, or FF and two bytes low byte first, then the data.
"""

from dataclasses import dataclass

from drivers.api.errors import NotSupported, ProtocolError
from drivers.terminals.currencies import currency_code

DATA_LIMIT = 0xFFFF  # what two length bytes can say
AMOUNT_MAX = 10**12 - 1  # 6 bytes of decimal digits
_EXTENDED = 0xFF

# Control fields, [ZVT] chapters 2 and 3.
REGISTRATION = b"\x06\x00"
AUTHORISATION = b"\x06\x01"
LOG_OFF = b"\x06\x02"
COMPLETION = b"\x06\x0f"
ABORTED = b"\x06\x1e"
REPEAT_RECEIPT = b"\x06\x20"
RESERVATION = b"\x06\x22"
BOOK_RESERVATION = b"\x06\x23"
BOOK_TOTAL = b"\x06\x24"
RELEASE_RESERVATION = b"\x06\x25"
REVERSAL = b"\x06\x30"
REFUND = b"\x06\x31"
END_OF_DAY = b"\x06\x50"
DIAGNOSIS = b"\x06\x70"
INITIALISATION = b"\x06\x93"
ABORT = b"\x06\xb0"
PRINT_LINE = b"\x06\xd1"
PRINT_BLOCK = b"\x06\xd3"
STATUS_ENQUIRY = b"\x05\x01"
STATUS_INFORMATION = b"\x04\x0f"
INTERMEDIATE_STATUS = b"\x04\xff"
ACKNOWLEDGE = b"\x80\x00"
ACKNOWLEDGE_OTHER = b"\x84\x00"  # some terminals acknowledge with 84 00 [ZVT-T]
NEGATIVE_CLASS = 0x84  # 84 xx: not accepted, xx is a result code

# Config byte of a registration, [ZVT] 2.1: 02 till prints payment receipts, 04 and admin receipts,
# 08 intermediate status wanted, 10 till controls payments, 20 and admin functions, 80 the terminal
# formats receipts and sends them as lines.
_TELLS_STATUS, _TILL_CONTROLS = 0x08, 0x30
_TILL_PRINTS = 0x86
CAPTURE_COMMANDS = {"0624": BOOK_TOTAL, "0623": BOOK_RESERVATION}


@dataclass(frozen=True, slots=True)
class Apdu:
    """One message: two bytes of control field and its data."""

    control: bytes
    data: bytes = b""

    def encode(self) -> bytes:
        """Return the bytes for the wire; the short length form wherever it fits."""
        assert len(self.control) == 2, self.control
        size = len(self.data)
        if size < _EXTENDED:
            return self.control + bytes((size,)) + self.data
        if size > DATA_LIMIT:
            raise ProtocolError(f"ZVT message of {size} bytes is longer than the protocol allows")
        return self.control + bytes((_EXTENDED, size & 0xFF, size >> 8)) + self.data


def take_apdu(buffer: bytes | bytearray) -> tuple[Apdu, int] | None:
    """Cut the first message off a buffer.

    Returns:
        The message and the number of bytes it took, or None while it is not complete.
    """
    if len(buffer) < 3:
        return None
    size, start = buffer[2], 3
    if size == _EXTENDED:
        if len(buffer) < 5:
            return None
        size, start = buffer[3] | buffer[4] << 8, 5
    end = start + size
    if len(buffer) < end:
        return None
    return Apdu(bytes(buffer[:2]), bytes(buffer[start:end])), end


def decode_apdu(message: bytes) -> Apdu:
    """Read exactly one message; anything missing or left over is a `ProtocolError`."""
    taken = take_apdu(message)
    if taken is None or taken[1] != len(message):
        raise ProtocolError(f"ZVT message has a wrong length: {message[:16].hex(' ')}")
    return taken[0]


def is_acknowledge(apdu: Apdu) -> bool:
    """Whether the message is a plain 80 00 or 84 00."""
    return apdu.control in (ACKNOWLEDGE, ACKNOWLEDGE_OTHER)


def refusal_code(apdu: Apdu) -> int | None:
    """Return xx of a negative acknowledgement 84 xx, None for every other message."""
    if apdu.control[0] == NEGATIVE_CLASS and apdu.control[1] != 0:
        return apdu.control[1]
    return None


def encode_bcd(number: int | str, size: int) -> bytes:
    """Write a number as packed decimal digits in exactly `size` bytes."""
    digits = str(number).rjust(size * 2, "0")
    if len(digits) != size * 2 or not (digits.isascii() and digits.isdigit()):
        raise ProtocolError(f"{number!r} does not fit into {size} bytes of decimal digits")
    return bytes.fromhex(digits)


def decode_bcd(data: bytes) -> str:
    """Read packed decimal digits, zeros in front kept.

    Raises:
        ProtocolError: a half byte is not a digit.
    """
    digits = data.hex()
    if digits and not digits.isdigit():
        raise ProtocolError(f"not a decimal number: {data.hex(' ')}")
    return digits


def _money(amount_minor: int, currency: str) -> bytes:
    # [ZVT] BMP 04: amount, 6 bytes BCD of the smallest unit; BMP 49: currency, 2 bytes BCD.
    if not 0 < amount_minor <= AMOUNT_MAX:
        raise NotSupported(f"sum {amount_minor} is outside of what ZVT can carry")
    return b"\x04" + encode_bcd(amount_minor, 6) + b"\x49" + encode_bcd(currency_code(currency), 2)


def config_byte(*, till_prints: bool) -> int:
    """Config byte of 06 00: who prints the receipts; the till always controls the terminal."""
    return _TELLS_STATUS | _TILL_CONTROLS | (_TILL_PRINTS if till_prints else 0)


def registration(password: str, config: int, currency: str) -> Apdu:
    """06 00: password, config byte, currency, service byte, TLV with the permitted 06 D3.

    Source: [ZVT] 2.1; the TLV (26: permitted commands, 0A: 06 D3) as sent by [Portalum] ZvtClient.
    """
    permitted = bytes.fromhex("06 06 26 04 0A 02 06 D3")
    head = encode_bcd(password, 3) + bytes((config,)) + encode_bcd(currency_code(currency), 2)
    return Apdu(REGISTRATION, head + b"\x03\x00" + permitted)


def authorisation(amount_minor: int, currency: str) -> Apdu:
    """06 01: take a payment. Source: [ZVT] 2.2; vector '06 01 0A 04 .. 12 34 49 09 78'."""
    return Apdu(AUTHORISATION, _money(amount_minor, currency))


def reversal(password: str, receipt_no: str, amount_minor: int, currency: str) -> Apdu:
    """06 30: cancel the payment with this receipt number. Source: [ZVT] 2.9."""
    number = encode_bcd(receipt_no, 2)
    return Apdu(
        REVERSAL, encode_bcd(password, 3) + b"\x87" + number + _money(amount_minor, currency)
    )


def reservation(amount_minor: int, currency: str) -> Apdu:
    """06 22: hold money on a card. Source: [ZVT] 2.10 "Pre-Authorisation/Reservation"."""
    return Apdu(RESERVATION, _money(amount_minor, currency))


def on_reservation(
    control: bytes, password: str, receipt_no: str, amount_minor: int, currency: str
) -> Apdu:
    """06 23, 06 24 or 06 25: take or release what was held under this receipt number.

    Source: [ZVT] 2.11 "Booking of a Reservation", 2.12 "Book Total", 2.13 "Pre-Authorisation
    Reversal"; all carry the password, the receipt number and the sum.
    """
    number = encode_bcd(receipt_no, 2)
    money = _money(amount_minor, currency)
    return Apdu(control, encode_bcd(password, 3) + b"\x87" + number + money)


def diagnosis() -> Apdu:
    """06 70: test the line to the host. Source: [ZVT] chapter "Diagnosis"."""
    return Apdu(DIAGNOSIS)


def initialisation(password: str) -> Apdu:
    """06 93: have the terminal initialise itself at its host. Source: [ZVT] "Initialisation"."""
    return Apdu(INITIALISATION, encode_bcd(password, 3))


def refund(password: str, amount_minor: int, currency: str) -> Apdu:
    """06 31: give money back without a reference. Source: [ZVT] 2.14."""
    return Apdu(REFUND, encode_bcd(password, 3) + _money(amount_minor, currency))


def end_of_day(password: str) -> Apdu:
    """06 50: reconcile with the bank. Source: [ZVT] 2.15."""
    return Apdu(END_OF_DAY, encode_bcd(password, 3))


def repeat_receipt(password: str) -> Apdu:
    """06 20: repeat the last receipt. Source: [ZVT] chapter "Repeat Receipt"."""
    return Apdu(REPEAT_RECEIPT, encode_bcd(password, 3))


def status_enquiry(password: str) -> Apdu:
    """05 01: password, service byte 03 00 (no pictures, plain completion). Source: [ZVT] 2.x."""
    return Apdu(STATUS_ENQUIRY, encode_bcd(password, 3) + b"\x03\x00")
