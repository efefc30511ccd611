"""Unplugging at every byte of a fiscal task: one document or none, and the driver says which.

How: a plug stands between the driver and the simulator and is pulled after each byte of the posting and
of its answer, and of the first question about it. The storage is then compared with the driver's word.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from drivers.api.errors import DriverError, OutcomeUnknown
from drivers.api.fiscal import FiscalVerdict
from drivers.fiscal.atol.driver import AtolRegister
from drivers.fiscal.atol.web import WebOptions, WebRoad
from drivers.fiscal.notes import NoteStore
from drivers.sim.http_server import CutLink
from drivers.transport.http import HttpAnswer, HttpLink
from tests.drivers.fiscal.samples import WHO, receipt, settled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.drivers.fiscal.conftest import WebRig

OPTIONS = WebOptions(
    request_timeout_s=20.0, blocked_limit_s=0.02, settle_s=0.001, loss_limit_s=20.0
)


@dataclass
class Cut:
    """Where to pull the plug: in the exchange with this method whose path ends so."""

    method: str
    ending: str
    up_bytes: int | None = None
    down_bytes: int | None = None


class CuttingLink(HttpLink):
    """Pulls the plug in one exchange, chosen by what it asks."""

    def __init__(self, plug: CutLink) -> None:
        super().__init__(f"http://127.0.0.1:{plug.port}")
        self._plug = plug
        self.next_cut: Cut | None = None

    def exchange(
        self,
        method: str,
        path: str,
        *,
        timeout_s: float,
        connect_timeout_s: float | None = None,
        headers: "Mapping[str, str] | None" = None,
        body: bytes = b"",
    ) -> HttpAnswer:
        cut = self.next_cut
        if cut is not None and method == cut.method and cut.ending in path:
            self.next_cut = None
            self._plug.cut(up_bytes=cut.up_bytes, down_bytes=cut.down_bytes)
        return super().exchange(
            method,
            path,
            timeout_s=timeout_s,
            connect_timeout_s=connect_timeout_s,
            headers=headers,
            body=body,
        )


@pytest.fixture
def plug(web: "WebRig") -> Iterator[CutLink]:
    made = CutLink(web.simulator.port)
    made.start()
    yield made
    made.stop()


def sell_with_cut(web: "WebRig", plug: CutLink, cut: Cut, document_id: str, amount: int) -> None:
    """Sell through the plug, then compare the driver's word with the storage."""
    before = len(web.machine.receipts)
    link = CuttingLink(plug)
    register = AtolRegister(
        WebRoad(link, OPTIONS, pause=lambda _: None), notes=NoteStore(web.notes)
    )
    link.next_cut = cut
    said = "unknown"
    try:
        document = register.register(receipt(amount), document_id)
    except OutcomeUnknown:
        pass
    except DriverError:
        said = "not made"
    else:
        said = "made"
        assert document.number == web.machine.receipts[-1].number
    assert link.next_cut is None, "the plug was never pulled"
    made = len(web.machine.receipts) - before
    assert made in (0, 1)
    if said == "unknown":
        verdict = settled(register, document_id).verdict
        said = {FiscalVerdict.FOUND: "made", FiscalVerdict.ABSENT: "not made"}[verdict]
    assert said == ("made" if made else "not made")

    again = AtolRegister(WebRoad(HttpLink(web.url), OPTIONS), notes=NoteStore(web.notes))
    again.register(receipt(amount), document_id)
    assert len(web.machine.receipts) == before + 1


POST = ("POST", "/requests")


def test_unplugging_at_every_byte_of_the_posting(web: "WebRig", plug: CutLink) -> None:
    """One driver that goes on after each loss; what it says is compared with the storage."""
    web.connect().open_shift(WHO, "o-1")
    web.simulator._hidden_polls = 0
    size = posting_size(web, plug)
    link = CuttingLink(plug)
    register = AtolRegister(WebRoad(link, OPTIONS, pause=lambda _: None), notes=NoteStore())
    for place in range(size + 1):
        before = len(web.machine.receipts)
        link.next_cut = Cut(*POST, up_bytes=place)
        try:
            register.register(receipt(12345), f"every-{place}")
        except OutcomeUnknown:
            raise AssertionError(
                f"unknown at byte {place}, though the server could be asked"
            ) from None
        except DriverError:
            assert len(web.machine.receipts) == before, f"made at byte {place}, and denied"
        else:
            assert len(web.machine.receipts) == before + 1, f"made at byte {place}?"
    assert len(web.machine.receipts) > 0


def test_a_posting_cut_in_two_is_made_later_under_its_id(web: "WebRig", plug: CutLink) -> None:
    web.connect().open_shift(WHO, "o-1")
    web.simulator._hidden_polls = 0
    size = posting_size(web, plug)
    for place in sorted({*range(0, size, 97), *range(size - 6, size + 1)}):
        sell_with_cut(web, plug, Cut(*POST, up_bytes=place), f"up-{place}", 100 + place)


def posting_size(web: "WebRig", plug: CutLink) -> int:
    """Find the length by cutting: the first place at which the whole posting arrives."""
    low, high = 0, 4000
    while low < high:
        middle = (low + high) // 2
        before = len(web.machine.receipts)
        sell_with_cut_quietly(web, plug, middle, f"probe-{low}-{high}")
        if len(web.machine.receipts) > before:
            high = middle
        else:
            low = middle + 1
    return low


def sell_with_cut_quietly(web: "WebRig", plug: CutLink, place: int, document_id: str) -> None:
    link = CuttingLink(plug)
    register = AtolRegister(WebRoad(link, OPTIONS, pause=lambda _: None), notes=NoteStore())
    link.next_cut = Cut(*POST, up_bytes=place)
    try:
        register.register(receipt(12345), document_id)
    except DriverError:
        return


@pytest.mark.parametrize("place", [0, 1, 8, 16, 17, 60, 110, 140, 155, 180, 200, 210, 230, 250])
def test_unplugging_within_the_answer_to_the_posting(
    web: "WebRig", plug: CutLink, place: int
) -> None:
    web.connect().open_shift(WHO, "o-1")
    sell_with_cut(web, plug, Cut(*POST, down_bytes=place), "sale-1", 10000)


@pytest.mark.parametrize("place", [0, 1, 40, 100, 150, 200, 300, 400, 500])
def test_unplugging_within_the_questions_that_follow(
    web: "WebRig", plug: CutLink, place: int
) -> None:
    web.connect().open_shift(WHO, "o-1")
    sell_with_cut(web, plug, Cut("GET", "/requests/", down_bytes=place), "sale-1", 10000)
    sell_with_cut(web, plug, Cut("GET", "/requests/", up_bytes=place % 120), "sale-2", 20000)


@pytest.mark.parametrize("place", [0, 30, 120, 180, 240])
def test_unplugging_before_the_posting_makes_nothing(
    web: "WebRig", plug: CutLink, place: int
) -> None:
    web.connect().open_shift(WHO, "o-1")
    sell_with_cut(web, plug, Cut("POST", "queryFnStatus", down_bytes=place), "sale-1", 10000)
    sell_with_cut(web, plug, Cut("GET", "QueueStatus", down_bytes=place), "sale-2", 20000)
