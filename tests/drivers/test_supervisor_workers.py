"""One thread a device: reconnecting, jobs, states; with fakes and with the simulators."""

import queue
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.api.device import DeviceConfig, DeviceKind, DeviceState, Health, Probe
from drivers.api.errors import (
    ConnectionLost,
    DeviceBusy,
    DriverError,
    NotConnected,
    OutcomeUnknown,
    PaperOut,
)
from drivers.api.scanner import Scan
from drivers.registry import watch_scanner, watch_terminal
from drivers.sim.scanner import ScannerSimulator
from drivers.sim.terminal import Act, Behaviour, TerminalSimulator
from drivers.supervisor import JOBS_MAX, Supervisor, Worker

WAIT_S = 30.0
READY = Probe(Health.ONLINE, "готов", "ready")


class FakeDevice:
    """A device that notes who calls it and fails as told."""

    def __init__(self) -> None:
        self.open_errors: list[DriverError] = []
        self.poll_errors: list[Exception] = []
        self.probe = READY
        self.calls: list[str] = []
        self.threads: set[str] = set()
        self.poll_every_s = 0.01

    @property
    def device(self) -> "FakeDevice":
        return self

    def open(self) -> None:
        self._note("open")
        if self.open_errors:
            raise self.open_errors.pop(0)

    def close(self) -> None:
        self._note("close")

    def poll(self) -> Probe:
        self._note("poll")
        if self.poll_errors:
            raise self.poll_errors.pop(0)
        return self.probe

    def work(self, result: str) -> str:
        self._note("work")
        return result

    def _note(self, call: str) -> None:
        self.calls.append(call)
        self.threads.add(threading.current_thread().name)


class States:
    """Collects states and waits for one."""

    def __init__(self) -> None:
        self.told: queue.Queue[DeviceState] = queue.Queue()

    def wait_for(self, health: Health) -> DeviceState:
        while True:
            state = self.told.get(timeout=WAIT_S)
            if state.health is health:
                return state


@pytest.fixture
def fake() -> FakeDevice:
    return FakeDevice()


@pytest.fixture
def states() -> States:
    return States()


@pytest.fixture
def worker(fake: FakeDevice, states: States) -> Iterator[Worker[FakeDevice]]:
    made = Worker(
        "fake", DeviceKind.PRINTER, "x", fake, on_state=states.told.put, backoff_s=(0.01, 0.02)
    )
    yield made
    assert made.stop()


def test_device_that_comes_late_goes_online_by_itself(
    fake: FakeDevice, states: States, worker: Worker[FakeDevice]
) -> None:
    fake.open_errors = [NotConnected("1"), NotConnected("2"), NotConnected("3")]
    worker.start()
    offline = states.wait_for(Health.OFFLINE)
    assert offline.words("ru") == "Устройство не найдено"
    assert offline.hint("en") == "Check its power, cable and address."
    assert states.wait_for(Health.ONLINE).id == "fake"
    assert fake.calls[:8] == ["open", "close"] * 3 + ["open", "poll"]


def test_lost_device_is_opened_again(
    fake: FakeDevice, states: States, worker: Worker[FakeDevice]
) -> None:
    worker.start()
    states.wait_for(Health.ONLINE)
    fake.poll_errors = [ConnectionLost("cable")]
    states.wait_for(Health.OFFLINE)
    states.wait_for(Health.ONLINE)


def test_state_is_told_only_when_it_changes(
    fake: FakeDevice, states: States, worker: Worker[FakeDevice]
) -> None:
    worker.start()
    states.wait_for(Health.ONLINE)
    polls = fake.calls.count("poll")
    while fake.calls.count("poll") < polls + 5:
        threading.Event().wait(0.01)
    assert states.told.empty()


def test_jobs_run_on_the_device_thread_in_order(
    fake: FakeDevice, worker: Worker[FakeDevice]
) -> None:
    worker.start()

    def job(text: str) -> Callable[[FakeDevice], str]:
        return lambda device: device.work(text)

    futures = [worker.submit(job(str(n))) for n in range(20)]
    assert [future.result(WAIT_S) for future in futures] == [str(n) for n in range(20)]
    assert fake.threads == {"device-fake"}


def test_job_for_a_lost_device_opens_it_at_once(fake: FakeDevice, states: States) -> None:
    """Nobody waits for the back-off when the cashier wants to print."""
    fake.open_errors = [NotConnected("off")]
    worker = Worker(
        "fake", DeviceKind.PRINTER, "x", fake, on_state=states.told.put, backoff_s=(3600.0,)
    )
    worker.start()
    states.wait_for(Health.OFFLINE)
    assert worker.submit(lambda device: device.work("done")).result(WAIT_S) == "done"
    assert worker.stop()


def test_job_for_a_dead_device_fails_with_its_error(
    fake: FakeDevice, worker: Worker[FakeDevice]
) -> None:
    fake.open_errors = [NotConnected("off") for _ in range(10_000)]
    worker.start()
    with pytest.raises(NotConnected):
        worker.submit(lambda device: device.work("x")).result(WAIT_S)
    assert "work" not in fake.calls


@pytest.mark.parametrize("error", [PaperOut("x"), OutcomeUnknown("x"), ValueError("x")])
def test_error_of_a_job_goes_to_who_asked_and_the_thread_lives_on(
    worker: Worker[FakeDevice], error: Exception
) -> None:
    def fail(_: FakeDevice) -> None:
        raise error

    worker.start()
    with pytest.raises(type(error)):
        worker.submit(fail).result(WAIT_S)
    assert worker.submit(lambda device: device.work("next")).result(WAIT_S) == "next"


def test_fault_in_a_driver_is_told_and_survived(
    fake: FakeDevice,
    states: States,
    worker: Worker[FakeDevice],
    caplog: pytest.LogCaptureFixture,
) -> None:
    fake.poll_errors = [ZeroDivisionError("bug")]
    worker.start()
    assert states.wait_for(Health.OFFLINE).words("ru") == "ошибка программы"
    states.wait_for(Health.ONLINE)
    assert "poll failed" in caplog.text
    caplog.clear()


def test_stop_refuses_waiting_jobs_and_closes(fake: FakeDevice) -> None:
    worker = Worker("fake", DeviceKind.PRINTER, "x", fake)
    worker.start()
    begun, go_on = threading.Event(), threading.Event()

    def hold(_: FakeDevice) -> str:
        begun.set()
        go_on.wait(WAIT_S)
        return "held"

    running = worker.submit(hold)
    assert begun.wait(WAIT_S)
    waiting = worker.submit(lambda device: device.work("never"))
    assert not worker.stop(0.0)
    late = worker.submit(lambda device: device.work("late"))
    go_on.set()
    assert worker.stop()

    assert running.result(WAIT_S) == "held"
    for future in (waiting, late):
        with pytest.raises(NotConnected):
            future.result(WAIT_S)
    assert fake.calls[-1] == "close"


def test_queue_of_jobs_is_bounded(fake: FakeDevice) -> None:
    worker = Worker("fake", DeviceKind.PRINTER, "x", fake)
    futures = [worker.submit(lambda device: device.work("x")) for _ in range(JOBS_MAX + 1)]
    with pytest.raises(DeviceBusy):
        futures[-1].result(0)
    worker.start()
    assert futures[0].result(WAIT_S) == "x"
    assert worker.stop()


def test_cancelled_job_is_not_begun(fake: FakeDevice) -> None:
    worker = Worker("fake", DeviceKind.PRINTER, "x", fake)
    future = worker.submit(lambda device: device.work("x"))
    assert future.cancel()
    worker.start()
    worker.submit(lambda device: device.work("y")).result(WAIT_S)
    assert fake.calls.count("work") == 1
    assert worker.stop()


def test_look_now_does_not_wait_for_the_next_poll(
    fake: FakeDevice, states: States, worker: Worker[FakeDevice]
) -> None:
    fake.poll_every_s = 3600.0
    worker.start()
    states.wait_for(Health.ONLINE)
    fake.probe = Probe(Health.DEGRADED, "мало бумаги", "paper low")
    worker.look_now()
    assert states.wait_for(Health.DEGRADED).words("en") == "paper low"


def test_failing_listener_does_not_end_supervision(
    fake: FakeDevice, caplog: pytest.LogCaptureFixture
) -> None:
    def on_state(_: DeviceState) -> None:
        raise RuntimeError("listener")

    worker = Worker("fake", DeviceKind.PRINTER, "x", fake, on_state=on_state)
    worker.start()
    assert worker.submit(lambda device: device.work("x")).result(WAIT_S) == "x"
    while "state handler failed" not in caplog.text:
        threading.Event().wait(0.01)
    assert worker.stop()
    caplog.clear()


def test_one_dead_device_does_not_disturb_the_others() -> None:
    states = States()
    supervisor = Supervisor(states.told.put)
    good, dead = FakeDevice(), FakeDevice()
    dead.open_errors = [NotConnected("off") for _ in range(10_000)]
    worker = supervisor.add("good", DeviceKind.PRINTER, "x", good)
    supervisor.add("dead", DeviceKind.SCANNER, "y", dead)
    with pytest.raises(ValueError, match="there already"):
        supervisor.add("good", DeviceKind.PRINTER, "x", good)
    supervisor.start()
    supervisor.add("late", DeviceKind.PRINTER, "z", FakeDevice())
    assert worker.submit(lambda device: device.work("x")).result(WAIT_S) == "x"
    seen: dict[str, Health] = {}
    while seen != {"good": Health.ONLINE, "dead": Health.OFFLINE, "late": Health.ONLINE}:
        state = states.told.get(timeout=WAIT_S)
        seen[state.id] = state.health
    supervisor.remove("late")
    assert [state.id for state in supervisor.states()] == ["good", "dead"]
    assert supervisor.stop() == ()
    assert not [item for item in threading.enumerate() if item.name.startswith("device-")]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_scanner_is_read_again_after_it_was_unplugged(tmp_path: Path) -> None:
    simulator = ScannerSimulator(tmp_path / "scanner")
    config = DeviceConfig(
        "bar", DeviceKind.SCANNER, "scanner.serial", "serial", str(tmp_path / "scanner")
    )
    scans: queue.Queue[Scan] = queue.Queue()
    states = States()
    worker = Worker(
        "bar",
        DeviceKind.SCANNER,
        config.model,
        watch_scanner(config, scans.put),
        on_state=states.told.put,
        backoff_s=(0.02,),
    )
    worker.start()
    for text in ("4600682000013", "LC:second"):
        states.wait_for(Health.OFFLINE)
        simulator.plug()
        states.wait_for(Health.ONLINE)
        simulator.scan(text)
        assert scans.get(timeout=WAIT_S).text == text
        simulator.unplug()
    assert worker.stop()


def test_terminal_keeps_its_notes_and_is_aborted_from_another_thread(tmp_path: Path) -> None:
    simulator = TerminalSimulator()
    simulator.start()
    config = DeviceConfig(
        "card", DeviceKind.TERMINAL, "terminal.zvt", "tcp", f"127.0.0.1:{simulator.port}"
    )
    supervisor = Supervisor()
    watched = watch_terminal(config, state_folder=tmp_path)
    worker = supervisor.add("card", config.kind, config.model, watched)
    supervisor.start()
    try:
        simulator.next(Behaviour(Act.SLOW_CARD, 60))
        waits = threading.Event()
        future = worker.submit(
            lambda terminal: terminal.pay(
                100,
                "RUB",
                "op-1",
                lambda step, _: waits.set() if step.value == "insert_card" else None,
            )
        )
        assert waits.wait(WAIT_S)
        worker.device.abort()
        assert not future.result(WAIT_S).approved
        assert (tmp_path / "terminal-card.json").exists()
    finally:
        assert supervisor.stop() == ()
        simulator.stop()
