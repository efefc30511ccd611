"""Recorded talks with ATOL's Web server: the driver asks exactly so, and understands the answers so.

How: a server plays the file's answers and compares each request with the file: method, path and JSON;
``*`` stands for any body, KEY for the document's key, ANY for a key of a question.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from drivers.api.errors import ConnectionLost, NotConnected
from drivers.api.fiscal_errors import ShiftExpired
from drivers.fiscal.atol.driver import AtolRegister, key_of
from drivers.fiscal.atol.web import WebOptions, WebRoad
from drivers.fiscal.notes import NoteStore
from drivers.sim.http_server import HttpSimulator, Reply, Request
from drivers.transport.http import HttpLink
from tests.drivers.fiscal.samples import receipt

FOLDER = Path(__file__).parents[2] / "transcripts" / "fiscal"
KEY = key_of("sale-1", 1)


class Player:
    """Plays the server's part; what the driver does otherwise is kept in `faults`."""

    def __init__(self, name: str) -> None:
        text = (FOLDER / name).read_text(encoding="utf-8")
        assert "# Source:" in text
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        assert len(lines) % 2 == 0
        self.turns = list(zip(lines[::2], lines[1::2], strict=True))
        self.faults: list[str] = []

    def handle(self, request: Request) -> Reply:
        if not self.turns:
            self.faults.append(f"{request.method} {request.path} is more than recorded")
            return Reply(500)
        asked, answer = self.turns.pop(0)
        _, method, path, *body = asked.split(" ", 3)
        if (request.method, without_key(request.path)) != (method, path):
            self.faults.append(f"{request.method} {request.path} instead of {method} {path}")
        if body and body[0] != "*" and loaded(request.body.decode()) != loaded(body[0]):
            self.faults.append(f"{request.body.decode()} instead of {body[0]}")
        if answer == "! lost":
            return Reply(bytes_max=0)
        _, status, content = answer.split(" ", 2)
        return Reply(int(status), content.replace("KEY", KEY).encode())


def without_key(path: str) -> str:
    path = path.replace(KEY, "KEY")
    return re.sub(r"/[0-9a-f]{8}-[0-9a-f-]{27}$", "/ANY", path)


def loaded(text: str) -> object:
    value = json.loads(text.replace(KEY, "KEY"), parse_float=Decimal)
    if isinstance(value, dict) and value.get("uuid") not in (None, "KEY"):
        value["uuid"] = "ANY"
    return value


@contextmanager
def playing(name: str, api: str = "v2") -> Iterator[AtolRegister]:
    """Give a driver at the recorded server; afterwards the whole of the talk was had."""
    player = Player(name)
    server = HttpSimulator(player.handle)
    server.start()
    try:
        road = WebRoad(HttpLink(server.url), WebOptions(api=api, settle_s=0.001))
        yield AtolRegister(road, notes=NoteStore())
    finally:
        server.stop()
    assert player.faults == []
    assert player.turns == []


def test_a_sale_is_asked_and_told_as_recorded() -> None:
    with playing("atol-web-sell.txt") as register:
        document = register.register(receipt(), "sale-1")
    assert (document.number, document.sign) == (778, "3449555941")
    assert (document.shift_number, document.receipt_number) == (34, 12)
    assert (document.total_minor, document.printed) == (10000, True)


def test_a_lost_answer_is_found_as_recorded() -> None:
    with playing("atol-web-lost-answer.txt") as register:
        document = register.register(receipt(), "sale-1")
    assert (document.number, document.printed) == (778, False)


def test_an_old_shift_is_refused_as_recorded() -> None:
    with playing("atol-web-refused.txt") as register, pytest.raises(ShiftExpired):
        register.register(receipt(), "sale-1")


def test_a_posting_that_never_came_is_claimed_as_recorded() -> None:
    with playing("atol-web-never-came.txt") as register, pytest.raises(ConnectionLost):
        register.register(receipt(), "sale-1")


def test_the_old_server_is_understood_as_recorded() -> None:
    with playing("atol-web-v1-refused.txt", api="v1") as register, pytest.raises(NotConnected):
        register.shift_state()
