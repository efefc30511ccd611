"""What simulated scales say on the wire: four protocols over one plate, written apart from the drivers.

Sources: as in `drivers.scales`; the check sum of Massa-K is made here as the remainder of a division
of polynomials, the drivers make it byte by byte.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

_HEADER = b"\xf8\x55\xce"
_POLYNOMIAL = 0x11021
NEAR_ZERO_G = 100
"""Further from zero a scale refuses to set it."""


@dataclass
class Plate:
    """What lies on the scale and how it feels.

    Attributes:
        load_g: on the plate, vessel included.
        tare_g: taken off.
        limit_g: more is overload.
        stable: at rest.
        broken: cannot weigh and says so.
    """

    load_g: int = 0
    tare_g: int = 0
    limit_g: int = 15_000
    stable: bool = True
    broken: bool = False
    offset_g: int = 0

    @property
    def net_g(self) -> int:
        """What the display shows."""
        return self.load_g - self.offset_g - self.tare_g

    @property
    def overload(self) -> bool:
        """More than it can carry."""
        return self.load_g > self.limit_g

    def set_zero(self) -> bool:
        """Take the load for nothing; False where it is too heavy for that."""
        if not self.stable or abs(self.load_g - self.offset_g) > NEAR_ZERO_G:
            return False
        self.offset_g, self.tare_g = self.load_g, 0
        return True

    def set_tare(self, grams: int | None = None) -> bool:
        """Set the tare to the load, or to so many grams."""
        wanted = self.load_g - self.offset_g if grams is None else grams
        if wanted < 0 or wanted > self.limit_g or not self.stable:
            return False
        self.tare_g = wanted
        return True


class Mouth(Protocol):
    """One protocol: takes what came, says what is answered and what is not complete yet."""

    def hear(self, data: bytes) -> tuple[list[bytes], bytes]:
        """Answer the whole commands of `data`; the rest is given again with the next bytes."""
        ...

    def damage(self, reply: bytes) -> bytes:
        """The reply as a bad cable would bring it, with a check sum that does not fit."""
        ...


class Massak100Mouth:
    """Protocol 100 in grams (division 1) unless `division` is another code."""

    def __init__(self, plate: Plate, division: int = 1, *, tells_tare: bool = True) -> None:
        self._plate = plate
        self._division = division
        self._tells_tare = tells_tare

    def hear(self, data: bytes) -> tuple[list[bytes], bytes]:
        """Answer whole frames; a wrong check sum is passed over in silence."""
        replies = []
        while (start := data.find(_HEADER)) >= 0 and len(data) >= start + 5:
            length = int.from_bytes(data[start + 3 : start + 5], "little")
            end = start + 7 + length
            if len(data) < end:
                break
            body = data[start + 5 : end - 2]
            if data[start:end] == massak_frame(body) and body:
                replies.append(massak_frame(self._answer(body)))
            data = data[end:]
        return replies, data

    def damage(self, reply: bytes) -> bytes:
        """Another last byte."""
        return reply[:-1] + bytes((reply[-1] ^ 0xFF,))

    def _answer(self, body: bytes) -> bytes:
        plate, command = self._plate, body[0]
        if command == 0x20:
            return b"\x21" + struct.pack("<I", 4242) + "Весы".encode("cp1251")
        if command == 0x23:
            return self._mass()
        if command == 0x72:
            return b"\x27" if plate.set_zero() else b"\x28\x15"
        if command == 0xA3 and len(body) == 5:
            return b"\x12" if plate.set_tare(struct.unpack("<i", body[1:])[0]) else b"\x15"
        return b"\xf0"

    def _mass(self) -> bytes:
        plate = self._plate
        if plate.broken:
            return b"\x28\x19"
        if plate.overload:
            return b"\x28\x08"
        tenths = 10**self._division
        flags = (plate.stable, plate.tare_g != 0, plate.net_g == 0)
        tare = struct.pack("<i", plate.tare_g * 10 // tenths) if self._tells_tare else b""
        head = struct.pack("<iBBBB", plate.net_g * 10 // tenths, self._division, *flags)
        return b"\x24" + head + tare


def massak_frame(body: bytes) -> bytes:
    """Frame with the check sum: the remainder of the body, read as a polynomial, by 0x11021."""
    rest = int.from_bytes(body, "big")
    while rest.bit_length() > 16:
        rest ^= _POLYNOMIAL << (rest.bit_length() - 17)
    return _HEADER + struct.pack("<H", len(body)) + body + struct.pack("<H", rest)


class Massak2Mouth:
    """Protocol 2; there is no check sum, so damage is a byte too many."""

    def __init__(self, plate: Plate, places: int = 0) -> None:
        self._plate = plate
        self._places = places

    def hear(self, data: bytes) -> tuple[list[bytes], bytes]:
        """Every byte is a command; zero and tare are not answered."""
        replies = []
        for byte in data:
            if byte == 0x4A:
                replies.append(self._weight())
            elif byte == 0x0E:
                self._plate.set_zero()
            elif byte == 0x0D:
                self._plate.set_tare()
        return replies, b""

    def damage(self, reply: bytes) -> bytes:
        """One byte too many in front."""
        return b"\xff" + reply

    def _weight(self) -> bytes:
        plate = self._plate
        steady = plate.stable and not plate.broken and not plate.overload
        status = 0x80 * steady + 0x40 * (plate.net_g == 0) + 0x20 * (plate.tare_g != 0)
        factor: int = 10**self._places
        value = abs(plate.net_g) * factor + (0x800000 if plate.net_g < 0 else 0)
        return bytes((status, self._places)) + value.to_bytes(3, "little")


class Pos2mMouth:
    """POS2-M with its ACK before each reply and NAK for what cannot be read."""

    def __init__(self, plate: Plate, password: bytes = b"0030") -> None:
        self._plate = plate
        self._password = password

    def hear(self, data: bytes) -> tuple[list[bytes], bytes]:
        """Answer whole messages; the till's ACKs are stepped over."""
        replies: list[bytes] = []
        while data:
            if data[0] != 0x02:
                data = data[1:]
                continue
            if len(data) < 2 or len(data) < data[1] + 3:
                break
            message, data = data[: data[1] + 3], data[data[1] + 3 :]
            if _xor(message[1:]):
                replies.append(b"\x15")
            else:
                replies.append(b"\x06" + pos2m_frame(self._answer(message[2:-1])))
        return replies, data

    def damage(self, reply: bytes) -> bytes:
        """Another last byte."""
        return reply[:-1] + bytes((reply[-1] ^ 0x55,))

    def _answer(self, content: bytes) -> bytes:
        plate, command, data = self._plate, content[:1], content[5:]
        if content[1:5] != self._password:
            return command + b"\x7a"
        if command == b"\x3a":
            state = 0x0004 | 0x11 * plate.stable | 0x02 * (plate.net_g == 0)
            state |= 0x08 * (plate.tare_g != 0) | 0x40 * plate.overload | 0x200 * plate.broken
            return command + b"\x00" + struct.pack("<HiHB", state, plate.net_g, plate.tare_g, 0)
        orders: dict[bytes, Callable[[], bool]] = {
            b"\x30": plate.set_zero,
            b"\x31": plate.set_tare,
            b"\x32": lambda: plate.set_tare(int.from_bytes(data, "little")),
        }
        done = orders.get(command)
        if done is None:
            return command + b"\x78"
        return command + (b"\x00" if done() else b"\x17")


def pos2m_frame(content: bytes) -> bytes:
    """02, length, content and the XOR of both."""
    counted = bytes((len(content),)) + content
    return b"\x02" + counted + bytes((_xor(counted),))


class CasMouth:
    """CAS-M: 05 is answered by 06, 11 by the weight, the two keys by nothing."""

    _ZERO, _TARE = b"<ZK>\t", b"<TK>\t"

    def __init__(self, plate: Plate, *, long_form: bool = False, unit: bytes = b"kg") -> None:
        self._plate = plate
        self._long = long_form
        self._unit = unit

    def hear(self, data: bytes) -> tuple[list[bytes], bytes]:
        """Answer bytes and keys."""
        replies: list[bytes] = []
        while data:
            if data[:1] == b"<" and len(data) < 5:
                return replies, data
            if data[:5] in (self._ZERO, self._TARE):
                (self._plate.set_zero if data[:5] == self._ZERO else self._plate.set_tare)()
                data = data[5:]
                continue
            if data[:1] == b"\x05":
                replies.append(b"\x06")
            elif data[:1] == b"\x11":
                replies.append(self._weight())
            data = data[1:]
        return replies, b""

    def damage(self, reply: bytes) -> bytes:
        """Another digit without another check sum; a lone ACK gets lost."""
        if len(reply) < 10:
            return b""
        return reply[:6] + bytes((reply[6] ^ 0x01,)) + reply[7:]

    def _weight(self) -> bytes:
        plate = self._plate
        steady = plate.stable and not plate.broken
        width = 7 if self._long else 6
        if plate.overload:
            content = b"UF" + b"F" * width
        else:
            sign = b"-" if plate.net_g < 0 else b" "
            shown = f"{abs(plate.net_g) // 1000}.{abs(plate.net_g) % 1000:03d}"
            content = (b"S" if steady else b"U") + sign + shown.rjust(width, "0").encode()
        content += self._unit
        head, end = (b"\x81\x02", b"\x03") if self._long else (b"\x01\x02", b"\x03\x04")
        return head + content + bytes((_xor(content),)) + end


def _xor(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte
    return value


MOUTHS: Mapping[str, Callable[[Plate], Mouth]] = {
    "massak100": Massak100Mouth,
    "massak2": Massak2Mouth,
    "pos2m": Pos2mMouth,
    "cas": CasMouth,
}
