"""Conversations with ATOL Online from public sources, played back to the driver.

A transcript has ``> METHOD path`` with ``> body`` (JSON, or ``*`` for any), and ``< status body`` or
``< lost``. Bodies are compared as JSON with exact numbers.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.api.fiscal import (
    Contact,
    FiscalItem,
    FiscalPayment,
    FiscalReceipt,
    Operator,
    PaymentKind,
    ReceiptKind,
    Subject,
    Taxation,
)
from drivers.api.fiscal_errors import FiscalDataRefused
from drivers.fiscal.atol_online.client import OnlineClient
from drivers.fiscal.atol_online.driver import AtolOnlineRegister
from drivers.fiscal.atol_online.options import OnlineOptions
from drivers.fiscal.exact import load
from drivers.sim.http_server import HttpSimulator, Reply, Request
from drivers.transport.http import HttpLink

FOLDER = Path(__file__).parents[2] / "transcripts" / "fiscal"
NAMES = sorted(path.name for path in FOLDER.glob("atol-online-*.txt"))
SALE = FiscalReceipt(
    kind=ReceiptKind.SELL,
    operator=Operator("Иванова А."),
    taxation=Taxation.OSN,
    items=(FiscalItem("Стандартная подписка на 1 месяц", 19999, subject=Subject.SERVICE),),
    payments=(FiscalPayment(PaymentKind.CARD, 19999),),
    contact=Contact("user@example.com"),
)


@dataclass
class Turn:
    """One exchange of a transcript."""

    line: str
    body: str
    reply: Reply


def read_turns(path: Path) -> Iterator[Turn]:
    lines = [
        line
        for line in path.read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    while lines:
        asked = lines.pop(0).removeprefix("> ")
        body = lines.pop(0).removeprefix("> ") if lines[0].startswith(">") else ""
        status, _, answer = lines.pop(0).removeprefix("< ").partition(" ")
        lost = status == "lost"
        yield Turn(asked, body, Reply(bytes_max=0) if lost else Reply(int(status), answer.encode()))


class Player:
    """Answers as the transcript does and notes what differs."""

    def __init__(self, turns: list[Turn]) -> None:
        self.turns = turns
        self.differences: list[str] = []
        self.http = HttpSimulator(self.answer)

    def answer(self, request: Request) -> Reply:
        if not self.turns:
            self.differences.append(f"not in the transcript: {request.method} {request.path}")
            return Reply(500)
        turn = self.turns.pop(0)
        if f"{request.method} {request.path}" != turn.line:
            self.differences.append(f"{request.method} {request.path} instead of {turn.line}")
        if turn.body not in ("", "*") and load(request.body) != load(turn.body):
            self.differences.append(f"{request.body.decode()} instead of {turn.body}")
        return turn.reply


@pytest.fixture
def play() -> Iterator[Callable[[str], tuple[Player, AtolOnlineRegister]]]:
    players: list[Player] = []

    def begin(name: str) -> tuple[Player, AtolOnlineRegister]:
        player = Player(list(read_turns(FOLDER / name)))
        player.http.start()
        players.append(player)
        options = OnlineOptions(
            login="login",
            password="password",  # noqa: S106 - of the transcript
            group="ATOL-ProdTest-1",
            inn="5544332219",
            email="kassa@cafe.ru",
            payment_address="https://cafe.example",
            timeout_s=60.0,
        )
        url = f"{player.http.url}/possystem/{'v4' if 'v4' in name else 'v5'}"
        register = AtolOnlineRegister(
            OnlineClient(HttpLink(url), options),
            options,
            options.version_at(url),
            now=lambda: datetime(2017, 7, 13, 18, 32, 49, tzinfo=UTC),
            sleep=lambda _: None,
        )
        return player, register

    yield begin
    for player in players:
        player.http.stop()


@pytest.mark.parametrize("name", NAMES)
def test_conversation_goes_as_recorded(
    name: str, play: Callable[[str], tuple[Player, AtolOnlineRegister]]
) -> None:
    player, register = play(name)
    if "v5" in name:
        with pytest.raises(FiscalDataRefused) as caught:
            register.register(SALE, "sale-1")
        words = "Количество товара равно нулю: Неверное количество (-3804)."
        assert caught.value.text("ru").startswith(words)
    document = register.register(SALE, "sale-1")
    assert player.differences == []
    assert player.turns == []
    assert document.number == (778 if "v5" in name else 50066)
    assert document.total_minor == 19999
    assert document.sign == ("3449555941" if "v5" in name else "2649836604")
    assert document.made_at.endswith("00")
    assert document.recovered is ("exists" in name)


def test_every_transcript_names_its_source() -> None:
    assert len(NAMES) >= 4
    for name in NAMES:
        assert "Source" in (FOLDER / name).read_text(encoding="utf-8")[:700]
