"""Frames of ZVT on a serial line: DLE STX, the APDU with DLE doubled, DLE ETX, CRC.

Source: [ZVT-T] chapter "Serial transport protocol": CRC-16 with polynomial 0x8408 (reflected
0x1021), start value 0, over the APDU before doubling and the ETX, low byte first. Vector: APDU
80 00 00 is sent as 10 02 80 00 00 10 03 F5 1F.
"""

from drivers.api.errors import ProtocolError

ACK = 0x06
NAK = 0x15
DLE = 0x10
STX = 0x02
ETX = 0x03
_START = bytes((DLE, STX))
_FRAME_MAX = 2 * (0xFFFF + 5) + 6  # every byte of the longest APDU doubled


class FrameError(ProtocolError):
    """A damaged frame; `used` bytes of the buffer belong to it."""

    def __init__(self, detail: str, *, used: int) -> None:
        super().__init__(detail)
        self.used = max(used, 2)


def crc16(data: bytes) -> int:
    """Return the check sum of an APDU; the ETX is added here."""
    crc = 0
    for byte in (*data, ETX):
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0x8408 if crc & 1 else crc >> 1
    return crc


def encode_frame(apdu: bytes) -> bytes:
    """Wrap an APDU for the line."""
    doubled = apdu.replace(bytes((DLE,)), bytes((DLE, DLE)))
    return _START + doubled + bytes((DLE, ETX)) + crc16(apdu).to_bytes(2, "little")


def take_frame(buffer: bytes | bytearray) -> tuple[bytes, int] | None:
    """Cut the first frame off a buffer; bytes in front of it are noise and are skipped.

    Returns:
        The APDU and the number of bytes used up, or None while the frame is not complete.

    Raises:
        FrameError: the frame is damaged; `used` says how many bytes to drop.
    """
    start = buffer.find(_START)
    if start < 0:
        return None
    apdu = bytearray()
    position = start + 2
    while position + 1 < len(buffer):
        byte = buffer[position]
        if byte != DLE:
            apdu.append(byte)
            position += 1
            continue
        follower = buffer[position + 1]
        position += 2
        if follower == DLE:
            apdu.append(DLE)
        elif follower == ETX:
            return _checked(buffer, bytes(apdu), position)
        else:
            raise FrameError(f"DLE {follower:02X} inside a frame", used=position - 2)
    if len(buffer) - start > _FRAME_MAX:
        raise FrameError("a frame without an end", used=len(buffer))
    return None


def _checked(buffer: bytes | bytearray, apdu: bytes, position: int) -> tuple[bytes, int] | None:
    if position + 2 > len(buffer):
        return None
    received = int.from_bytes(buffer[position : position + 2], "little")
    if received != crc16(apdu):
        raise FrameError(f"wrong check sum {received:04X}", used=position + 2)
    return apdu, position + 2
