"""Conversations with the services about marking codes, from public sources, played back."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from drivers.api.marking import MarkReason, MarkVerdict
from drivers.fiscal.marking.codes import parse_mark
from drivers.fiscal.marking.services import CdnProvider, CheckOptions, ModuleProvider
from tests.drivers.fiscal.test_atol_online_transcripts import FOLDER, Player, read_turns

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WATER = parse_mark("010460043993125621JgXJ5.T1234ab\x1d93Mdk5")
PATIENT = CheckOptions(timeout_s=60.0, limit_s=60.0, probe_s=60.0)


@pytest.fixture
def player(request: pytest.FixtureRequest) -> Iterator[Player]:
    player = Player([])
    player.http.start()
    turns = read_turns(FOLDER / request.param)
    host = player.http.url.encode()
    for turn in turns:
        body = turn.reply.body.replace(b"%HOST%", host)
        turn.reply = type(turn.reply)(turn.reply.status, body)
        player.turns.append(turn)
    yield player
    player.http.stop()


@pytest.mark.parametrize("player", ["marking-module-emulator.txt"], indirect=True)
def test_local_module_allows(player: Player) -> None:
    url = player.http.url
    module = ModuleProvider(url, "admin", "x", now=lambda: NOW, options=PATIENT)
    [result] = module.check([WATER], fn_number="9999078900001234")
    assert player.differences == []
    assert player.turns == []
    assert result.verdict is MarkVerdict.ALLOWED
    assert result.evidence is not None
    assert result.evidence.value == ("UUID=ce6f1b3c-2f58-4d11-9d0a-0d0f4c0d9a11&Time=1763700000123")


@pytest.mark.parametrize("player", ["marking-network.txt"], indirect=True)
def test_network_refuses_what_is_sold(player: Player) -> None:
    cdn = CdnProvider(player.http.url, "key", now=lambda: NOW, options=PATIENT)
    [result] = cdn.check([WATER], fn_number="9999078900001234")
    assert player.differences == []
    assert player.turns == []
    assert (result.verdict, result.reasons) == (MarkVerdict.REFUSED, (MarkReason.SOLD,))
