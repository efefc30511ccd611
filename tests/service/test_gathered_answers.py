"""Answers leave in one piece, and nothing of them is lost or kept back."""

import asyncio
from typing import Any

from app.service.http.gathering import GatheringTransport


class Wire:
    """A transport that remembers each piece it was given."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes) -> None:
        assert not self.is_closed, "nobody writes behind the end"
        self.pieces.append(data)

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    def get_extra_info(self, name: str) -> str:
        return f"about {name}"


def gathered(wire: Wire) -> GatheringTransport:
    transport: Any = wire
    return GatheringTransport(transport, asyncio.get_running_loop())


def test_head_and_body_leave_together_with_the_end_of_the_turn() -> None:
    async def answer() -> list[bytes]:
        wire = Wire()
        transport = gathered(wire)
        transport.write(b"head ")
        transport.write(b"body")
        assert wire.pieces == []
        await asyncio.sleep(0)
        return wire.pieces

    assert asyncio.run(answer()) == [b"head body"]


def test_head_does_not_wait_for_a_body_that_comes_later() -> None:
    async def answer() -> list[bytes]:
        wire = Wire()
        transport = gathered(wire)
        transport.write(b"head ")
        await asyncio.sleep(0)
        transport.write(b"first ")
        await asyncio.sleep(0)
        transport.write(b"last")
        transport.close()
        assert wire.is_closed
        await asyncio.sleep(0)
        return wire.pieces

    assert asyncio.run(answer()) == [b"head ", b"first ", b"last"]


def test_much_leaves_at_once_so_that_a_slow_reader_is_noticed() -> None:
    async def answer() -> list[int]:
        wire = Wire()
        transport = gathered(wire)
        for _ in range(10):
            transport.write(b"x" * 20_000)
        sizes = [len(piece) for piece in wire.pieces]
        await asyncio.sleep(0)
        assert sum(len(piece) for piece in wire.pieces) == 200_000
        return sizes

    assert asyncio.run(answer()) == [40_000] * 5


def test_caller_who_is_gone_is_sent_nothing() -> None:
    async def answer() -> list[bytes]:
        wire = Wire()
        transport = gathered(wire)
        transport.write(b"head")
        wire.close()
        await asyncio.sleep(0)
        assert transport.get_extra_info("peername") == "about peername"
        return wire.pieces

    assert asyncio.run(answer()) == []
