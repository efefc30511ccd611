"""Answers that leave in one piece.

The server writes the head of an answer and its body one after the other, and each would be a call of the
system and a packet of its own, at which the caller wakes twice. What is written in one turn of the
event loop is gathered here and leaves together, at the latest with the turn's end.
"""

import asyncio
from typing import Any, Final

from typing_extensions import override
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# Beyond this nothing waits for its neighbours: the transport has to notice that a caller reads slowly.
_GATHERED_MAX: Final = 32_768


class GatheringTransport:
    """A transport as the server uses it; only the event loop's thread may call it.

    Args:
        transport: The connection.
        loop: Its loop.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._parts: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        """Send data with the end of the answer or of the turn, or at once if much has gathered."""
        if not self._parts:
            self._loop.call_soon(self.flush)
        self._parts.append(data)
        self._size += len(data)
        if self._size > _GATHERED_MAX:
            self.flush()

    def flush(self) -> None:
        """Send what has gathered."""
        parts = self._parts
        self._parts, self._size = [], 0
        if parts and not self._transport.is_closing():
            self._transport.write(b"".join(parts))

    def close(self) -> None:
        """Send what has gathered, then close."""
        self.flush()
        self._transport.close()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever else a transport has
        return getattr(self._transport, name)


class GatheringProtocol(HttpToolsProtocol):
    """The server's protocol, on such a transport."""

    _gathering: GatheringTransport

    @override
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # the library's own narrowing
        """Take a new connection."""
        gathering: Any = GatheringTransport(transport, self.loop)
        self._gathering = gathering
        super().connection_made(gathering)

    @override
    def on_response_complete(self) -> None:
        """Send the end of an answer before anything else is done about it."""
        self._gathering.flush()
        super().on_response_complete()
