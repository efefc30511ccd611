"""The driver of every scale: a transport, a line and a dialect that knows the protocol."""

import time
from collections.abc import Callable
from typing import Protocol, TypeVar

from drivers.api.errors import NotConnected, TransportError
from drivers.api.scale import ScaleCapabilities, Weight
from drivers.scales.line import Line
from drivers.transport.base import Transport

ANSWER_S = 1.0
Result = TypeVar("Result")


class Dialect(Protocol):
    """What is said on the line. All calls with an open line; errors as in `drivers.api.scale.Scale`."""

    @property
    def capabilities(self) -> ScaleCapabilities:
        """What the protocol can do."""
        ...

    def read(self, line: Line) -> Weight:
        """Ask for the weight."""
        ...

    def zero(self, line: Line) -> None:
        """Set zero."""
        ...

    def tare(self, line: Line) -> None:
        """Take what lies there for the vessel."""
        ...

    def set_tare(self, line: Line, grams: int) -> None:
        """Tell the weight of the vessel."""
        ...


class LineScale:
    """`Scale` over a transport; see there for order of calls.

    Args:
        transport: not open yet.
        dialect: the protocol.
        name: for messages; the transport's name without it.
        answer_s: how long one answer may take.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        transport: Transport,
        dialect: Dialect,
        *,
        name: str = "",
        answer_s: float = ANSWER_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.name = name or transport.name
        self._transport = transport
        self._dialect = dialect
        self._line = Line(transport, timeout_s=answer_s, clock=clock)

    @property
    def capabilities(self) -> ScaleCapabilities:
        """What this model can do."""
        return self._dialect.capabilities

    def open(self) -> None:
        """Take the port."""
        if not self._transport.is_open:
            self._transport.open()

    def close(self) -> None:
        """Let go of the port."""
        self._transport.close()

    def read(self) -> Weight:
        """Ask for the weight."""
        return self._guarded(lambda: self._dialect.read(self._line))

    def zero(self) -> None:
        """Set zero."""
        self._guarded(lambda: self._dialect.zero(self._line))

    def tare(self) -> None:
        """Take what lies there for the vessel."""
        self._guarded(lambda: self._dialect.tare(self._line))

    def set_tare(self, grams: int) -> None:
        """Tell the weight of the vessel."""
        self._guarded(lambda: self._dialect.set_tare(self._line, grams))

    def _guarded(self, work: Callable[[], Result]) -> Result:
        if not self._transport.is_open:
            raise NotConnected(f"{self.name}: not open", device=self.name)
        try:
            return work()
        except TransportError as error:
            error.device = error.device or self.name
            raise
