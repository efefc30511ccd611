"""A Web server that is gone without a word: questions end soon, a posted task is given up and asked later.

The limits for answers are hours here: only the limits for a server that nobody hears end these tests.
"""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from drivers.api.device import DeviceKind, DeviceState, Health
from drivers.api.errors import DriverError, NotConnected, Timeout, TransportError
from drivers.api.fiscal import FiscalVerdict
from drivers.api.fiscal_errors import FiscalOutcomeUnknown
from drivers.fiscal.atol.driver import AtolRegister, key_of
from drivers.fiscal.atol.web import WebOptions, WebRoad, pause_for
from drivers.fiscal.notes import NoteStore
from drivers.sim.atol_web import AtolWebSimulator
from drivers.sim.http_server import HttpSimulator, Reply, Request
from drivers.supervisor import Worker
from drivers.transport.http import HttpLink
from drivers.watch import WatchedFiscal
from tests.drivers.fiscal.samples import WHO, receipt, settled

HOURS_S = 36_000.0
OPTIONS = WebOptions(
    connect_timeout_s=0.5,
    request_timeout_s=0.5,
    answer_limit_s=HOURS_S,
    reach_limit_s=1.0,
    tell_after_s=0.0,
    settle_s=0.001,
    loss_limit_s=0.5,
)
#: For what is asked of a server that answers: a busy machine makes it slow, not gone.
PATIENT = replace(OPTIONS, connect_timeout_s=20.0, request_timeout_s=20.0, reach_limit_s=20.0)


@dataclass
class Plug:
    """A server whose machine can go away: it takes connections and says nothing any more.

    Attributes:
        goes_after: It goes when so many more requests have been answered; None never does.
    """

    simulator: AtolWebSimulator
    notes: Path
    goes_after: int | None = None
    waits: list[DriverError | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.http = HttpSimulator(self._answer)
        self.http.start()

    def _answer(self, request: Request) -> Reply:
        if self.goes_after == 0:
            return Reply(delay_s=HOURS_S, bytes_max=0)
        if self.goes_after is not None and self._counts(request):
            self.goes_after -= 1
        return self.simulator._handle(request)

    @staticmethod
    def _counts(request: Request) -> bool:
        return "/requests" in request.path

    def connect(self, options: WebOptions = OPTIONS) -> AtolRegister:
        """Make a driver as after a start of the till."""
        road = WebRoad(
            HttpLink(self.http.url), options, pause=lambda wait_s: pause_for(wait_s / 20)
        )
        register = AtolRegister(road, notes=NoteStore(self.notes))
        register.tell_waiting(self.waits.append)
        return register


@pytest.fixture
def plug(tmp_path: Path) -> Iterator[Plug]:
    simulator = AtolWebSimulator(hidden_polls=3)
    made = Plug(simulator, tmp_path / "notes.json")
    yield made
    made.http.stop()


def test_a_machine_that_takes_no_connection_is_told_by_its_own_limit() -> None:
    """A full backlog drops what comes, as a machine without power does."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:
        port = deaf.getsockname()[1]
        fill = [socket.socket() for _ in range(4)]
        try:
            for one in fill:
                one.setblocking(False)
                one.connect_ex(("127.0.0.1", port))
            link = HttpLink(f"http://127.0.0.1:{port}")
            with pytest.raises(NotConnected):
                link.exchange("GET", "/", timeout_s=HOURS_S, connect_timeout_s=0.1)
        finally:
            for one in fill:
                one.close()


def test_a_task_that_was_taken_is_given_up_when_the_server_goes(plug: Plug) -> None:
    register = plug.connect()
    register.open_shift(WHO, "o-1")
    plug.goes_after = 2  # the posting and one question
    with pytest.raises(FiscalOutcomeUnknown):
        register.register(receipt(), "sale-1")
    assert isinstance(plug.waits[-1], TransportError), "not reachable is told"

    with pytest.raises(TransportError):  # asked while it is away: soon over, nothing is sent
        register.find_document("sale-1")
    plug.goes_after = None
    assert settled(plug.connect(PATIENT), "sale-1").verdict is FiscalVerdict.FOUND
    assert plug.connect(PATIENT).register(receipt(), "sale-1").number == 2
    assert len(plug.simulator.machine.receipts) == 1
    assert plug.simulator.posts.count(key_of("sale-1", 1)) == 1


def test_a_server_that_is_gone_before_the_posting_gets_nothing(plug: Plug) -> None:
    register = plug.connect()
    register.open_shift(WHO, "o-1")
    plug.goes_after = 0
    plug.waits.clear()
    with pytest.raises(TransportError):  # the questions before the posting: known not made
        register.register(receipt(), "sale-1")
    plug.goes_after = None
    assert register.register(receipt(), "sale-1").number
    assert len(plug.simulator.machine.receipts) == 1


@pytest.mark.parametrize("questions", range(6))
def test_wherever_the_server_goes_one_document_is_made(plug: Plug, questions: int) -> None:
    register = plug.connect()
    register.open_shift(WHO, "o-1")
    plug.goes_after = questions
    try:
        register.register(receipt(), "sale-1")
    except DriverError:
        plug.goes_after = None
        settled(plug.connect(PATIENT), "sale-1")
        plug.connect(PATIENT).register(receipt(), "sale-1")
    assert len(plug.simulator.machine.receipts) == 1


def test_a_slow_register_behind_a_server_that_answers_is_waited_for(plug: Plug) -> None:
    register = plug.connect(PATIENT)
    register.open_shift(WHO, "o-1")
    plug.simulator._hidden_polls = 30
    plug.waits.clear()

    assert register.register(receipt(), "sale-1").number

    assert set(plug.waits) == {None}, "it works, that is all there is to tell"


def test_the_state_of_the_device_follows_a_document_that_waits(plug: Plug) -> None:
    told: list[DeviceState] = []
    register = plug.connect()
    worker = Worker("kkt", DeviceKind.FISCAL, "atol", WatchedFiscal(register), on_state=told.append)
    worker.start()
    worker.submit(lambda device: device.open_shift(WHO, "o-1")).result(30)
    plug.goes_after = 3

    error = worker.submit(lambda device: device.register(receipt(), "sale-1")).exception(30)

    assert isinstance(error, FiscalOutcomeUnknown)
    shown = [(state.health, state.probe.code) for state in told]
    assert (Health.DEGRADED, "") in shown, "at work"
    assert shown[-1] == (Health.OFFLINE, Timeout.code)
    plug.goes_after = None
    assert worker.look().result(30).health is Health.ONLINE
    assert worker.stop()
