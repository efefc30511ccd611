"""A drawer on a serial port (or a USB trigger that looks like one): bytes open it, bytes may ask it.

Triggers differ: most open on any byte, those made for printers' cables on the pulse of ESC/POS
(public ESC/POS manuals), some answer a question with a byte in which one bit says "open". All of it is a
setting; the defaults suit the most usual ones.
"""

from dataclasses import dataclass

from drivers.api.drawer import DrawerState
from drivers.api.errors import ConfigurationError, NotConnected, OutcomeUnknown, TransportError
from drivers.transport.base import Transport, read_exactly

KICK = "1B 70 00 19 FA"
WRITE_S = 2.0


@dataclass(frozen=True, slots=True)
class PortDrawerOptions:
    """Settings of a drawer on a port.

    Attributes:
        kick: hex bytes that open it.
        ask: hex bytes that ask for its state; '' where it cannot tell.
        open_mask: bits of the answer that say "open".
        open_value: their value when it is open.
        answer_s: how long the answer may take.
    """

    kick: str = KICK
    ask: str = ""
    open_mask: int = 0x01
    open_value: int = 0x01
    answer_s: float = 0.5

    def __post_init__(self) -> None:
        if not _bytes(self.kick, "kick"):
            raise ConfigurationError("drawer: 'kick' needs bytes that open it")
        _bytes(self.ask, "ask")
        if not 1 <= self.open_mask <= 0xFF or self.open_value & ~self.open_mask:
            raise ConfigurationError("drawer: 'open_value' must lie within 'open_mask' (1 to 255)")


class PortDrawer:
    """`CashDrawer` over a transport."""

    def __init__(
        self, transport: Transport, options: PortDrawerOptions | None = None, *, name: str = ""
    ) -> None:
        self.name = name or transport.name
        self._transport = transport
        self._options = options or PortDrawerOptions()

    @property
    def tells_state(self) -> bool:
        """Whether it can be asked."""
        return bool(self._options.ask)

    def open(self) -> None:
        """Take the port."""
        if not self._transport.is_open:
            self._transport.open()

    def close(self) -> None:
        """Let go of the port."""
        self._transport.close()

    def kick(self) -> None:
        """Send the bytes that open it; if some of them went before the line broke, nobody knows."""
        data = _bytes(self._options.kick, "kick")
        try:
            self._transport.write(data, WRITE_S)
        except TransportError as error:
            error.device = error.device or self.name
            if error.sent_bytes:
                raise OutcomeUnknown(error.detail, device=self.name, reason=error) from error
            raise

    def state(self) -> DrawerState:
        """Ask, where it can be asked."""
        if not self._transport.is_open:
            raise NotConnected(f"{self.name}: not open", device=self.name)
        if not self._options.ask:
            return DrawerState.UNKNOWN
        self._transport.discard_input()
        self._transport.write(_bytes(self._options.ask, "ask"), WRITE_S)
        answer = read_exactly(self._transport, 1, self._options.answer_s)[0]
        is_open = answer & self._options.open_mask == self._options.open_value
        return DrawerState.OPEN if is_open else DrawerState.CLOSED


def _bytes(text: str, option: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise ConfigurationError(f"drawer: option {option!r} is no hex: {text!r}") from error
