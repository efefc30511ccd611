"""The terminal's side of INPAS frames, written apart from the driver. Source: [Clients]."""

from drivers.sim.terminal_journal import Booking

TERMINAL_ID = "00010001"
_STX = 0x02
_APPROVED = "1"


def frame(fields: tuple[tuple[int, bytes], ...]) -> bytes:
    """STX, length, fields, check sum (written with a table, apart from the driver's loop)."""
    body = b"".join(
        bytes((number,)) + len(value).to_bytes(2, "little") + value for number, value in fields
    )
    head = bytes((_STX,)) + len(body).to_bytes(2, "little") + body
    register = 0
    for byte in head:
        register = (register << 8 & 0xFFFF) ^ _TABLE[register >> 8 ^ byte]
    return head + register.to_bytes(2, "big")


def _table() -> tuple[int, ...]:
    rows = []
    for index in range(256):
        register = index << 8
        for _ in range(8):
            register = (register << 1 ^ (0x8005 if register & 0x8000 else 0)) & 0xFFFF
        rows.append(register)
    return tuple(rows)


_TABLE = _table()


def fields_of(body: bytes) -> dict[int, str]:
    """Read the fields of a request."""
    found, position = {}, 0
    while position + 3 <= len(body):
        size = int.from_bytes(body[position + 1 : position + 3], "little")
        found[body[position]] = body[position + 3 : position + 3 + size].decode("latin-1")
        position += 3 + size
    return found


def rrn_of(booking: Booking) -> str:
    """The host's number of an operation."""
    return f"6325{int(booking.trace):08d}"


def told(booking: Booking) -> tuple[tuple[int, bytes], ...]:
    """The fields of a final frame; the status comes first."""
    roubles, kopecks = divmod(booking.amount_minor, 100)
    slip = f"ОПЛАТА\r\nСУММА {roubles},{kopecks:02d} РУБ\r\nОДОБРЕНО".encode("cp1251")
    return (
        (39, _APPROVED.encode()),
        (0, str(booking.amount_minor).encode()),
        (4, booking.currency.encode()),
        (10, b"220220******4771"),
        (13, booking.auth_code.encode()),
        (14, rrn_of(booking).encode()),
        (21, f"2026{booking.date}{booking.time}".encode()),
        (26, booking.operation_id.encode()),
        (27, TERMINAL_ID.encode()),
        (90, slip),
    )
