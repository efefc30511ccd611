"""One thread a device: it opens, polls, reconnects and does the jobs, so nobody else touches it.

A `Worker` never gives up: a lost device is tried again after the steps of `BACKOFF_S`, and at once
when a job comes for it. States are told by callback whenever they change.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from drivers.api.device import DeviceKind, DeviceState, Health, Probe
from drivers.api.errors import DeviceBusy, DriverError, NotConnected, TransportError
from drivers.watch import TellsMeanwhile, Watched

log = logging.getLogger(__name__)

BACKOFF_S: Sequence[float] = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
JOBS_MAX = 100
JOIN_TIMEOUT_S = 10.0

Device = TypeVar("Device")
Result = TypeVar("Result")
StateHandler = Callable[[DeviceState], None]

_UNSEEN = Probe(Health.OFFLINE, "подключается", "connecting")
_FAULT = Probe(
    Health.OFFLINE,
    "ошибка программы",
    "program error",
    "Сообщите в поддержку.",
    "Tell the support.",
)


class Worker(Generic[Device]):
    """The thread of one device. Order: ``start -> submit* -> stop``; `submit` from any thread.

    Args:
        device_id: id in the configuration.
        kind: for the state.
        model: for the state.
        watched: the device and how to look after it.
        on_state: told each change, on the device's thread.
        clock: monotonic seconds.
        backoff_s: waiting times between attempts to open; the last one repeats.
    """

    def __init__(
        self,
        device_id: str,
        kind: DeviceKind,
        model: str,
        watched: Watched[Device],
        *,
        on_state: StateHandler | None = None,
        clock: Callable[[], float] = time.monotonic,
        backoff_s: Sequence[float] = BACKOFF_S,
    ) -> None:
        self.device_id = device_id
        self._watched = watched
        self._on_state = on_state
        self._clock = clock
        self._backoff_s = backoff_s
        self._wake = threading.Condition()
        self._jobs: deque[tuple[Callable[[Device], Any], Future[Any]]] = deque()
        self._stopping = False
        self._is_open = False
        self._failures = 0
        self._next_look_s = clock()
        self._state = DeviceState(device_id, kind, model, _UNSEEN)
        self._was_told = False  # of a running job: the state is looked at anew after it
        self._thread = threading.Thread(target=self._run, name=f"device-{device_id}", daemon=True)
        if isinstance(watched, TellsMeanwhile):
            watched.tell_to(self._tell_meanwhile)

    @property
    def state(self) -> DeviceState:
        """The last state told; any thread."""
        return self._state

    @property
    def device(self) -> Device:
        """The driver, for the calls that its protocol allows from any thread (`abort`) only."""
        return self._watched.device

    def start(self) -> None:
        """Start the thread, once."""
        self._thread.start()

    def stop(self, timeout_s: float = JOIN_TIMEOUT_S) -> bool:
        """Finish the running job, refuse the waiting ones, close the device. Any thread but its own.

        Returns:
            Whether the thread has ended; False if the device holds it longer than `timeout_s`.
        """
        with self._wake:
            self._stopping = True
            self._wake.notify_all()
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def submit(self, job: Callable[[Device], Result]) -> "Future[Result]":
        """Have a job done on the device's thread; the device is open when the job begins.

        The future holds what the job returns or raises. A device that cannot be opened raises its
        `DriverError` there, with the job not begun.
        """
        future: Future[Result] = Future()
        with self._wake:
            if self._stopping:
                future.set_exception(NotConnected(f"{self.device_id}: stopped"))
            elif len(self._jobs) >= JOBS_MAX:
                future.set_exception(DeviceBusy(f"{self.device_id}: {JOBS_MAX} jobs wait"))
            else:
                self._jobs.append((job, future))
                self._wake.notify_all()
        return future

    def look_now(self) -> None:
        """Poll at once, for example when the cashier taps "check again". Any thread."""
        with self._wake:
            self._next_look_s = self._clock()
            self._wake.notify_all()

    def look(self) -> "Future[Probe]":
        """Poll as soon as the running job is done; the future holds what it showed. Any thread.

        The state is told as after any poll, so whoever shows it needs not wait for the next one.
        """

        def poll(_device: Device) -> Probe:
            probe = self._watched.poll()
            self._tell(probe)
            return probe

        return self.submit(poll)

    def _run(self) -> None:
        try:
            while True:
                job = self._await_work()
                if self._stopping:
                    break
                if job is not None:
                    self._do(*job)
                else:
                    self._look()
        finally:
            self._watched.close()
            self._refuse_rest()

    def _await_work(self) -> tuple[Callable[[Device], Any], "Future[Any]"] | None:
        """Wait for a job, the time of the next look, or the end."""
        with self._wake:
            while not self._jobs and not self._stopping:
                left_s = self._next_look_s - self._clock()
                if left_s <= 0:
                    return None
                self._wake.wait(left_s)
            return self._jobs.popleft() if self._jobs and not self._stopping else None

    def _do(self, job: Callable[[Device], Any], future: "Future[Any]") -> None:
        if not future.set_running_or_notify_cancel():
            return
        self._was_told = False
        try:
            if not self._is_open:
                self._open()
            result = job(self._watched.device)
        except BaseException as error:  # noqa: BLE001 - whatever it is belongs to who waits for it
            if isinstance(error, TransportError):
                self._lose(error)
            elif self._was_told:
                self._next_look_s = self._clock()
            future.set_exception(error)
            return
        # The device may have changed (paper used up, batch closed): look soon, after the next job.
        soon_s = 0.0 if self._was_told else self._watched.poll_every_s / 5
        self._next_look_s = min(self._next_look_s, self._clock() + soon_s)
        future.set_result(result)

    def _look(self) -> None:
        try:
            if not self._is_open:
                self._open()
            probe = self._watched.poll()
        except DriverError as error:
            self._lose(error)
            return
        except Exception:
            # The edge of the thread: a fault in one driver must not end its supervision.
            log.exception("device %s: poll failed", self.device_id)
            self._drop(_FAULT)
            return
        self._failures = 0
        self._next_look_s = self._clock() + self._watched.poll_every_s
        self._tell(probe)

    def _open(self) -> None:
        self._watched.open()
        self._is_open = True

    def _lose(self, error: DriverError) -> None:
        log.info("device %s: %s", self.device_id, error)
        self._drop(Probe.of_error(error))

    def _drop(self, probe: Probe) -> None:
        self._watched.close()
        self._is_open = False
        step = min(self._failures, len(self._backoff_s) - 1)
        self._failures += 1
        self._next_look_s = self._clock() + self._backoff_s[step]
        self._tell(probe)

    def _tell_meanwhile(self, probe: Probe) -> None:
        """Tell how the device is while its job runs; on the device's thread."""
        self._was_told = True
        self._tell(probe)

    def _tell(self, probe: Probe) -> None:
        if probe == self._state.probe:
            return
        self._state = DeviceState(self.device_id, self._state.kind, self._state.model, probe)
        if self._on_state is not None:
            try:
                self._on_state(self._state)
            except Exception:
                log.exception("device %s: state handler failed", self.device_id)

    def _refuse_rest(self) -> None:
        with self._wake:
            self._stopping = True
            jobs = list(self._jobs)
            self._jobs.clear()
        for _, future in jobs:
            if future.set_running_or_notify_cancel():
                future.set_exception(NotConnected(f"{self.device_id}: stopped"))


class Supervisor:
    """All workers of a till. Order: ``add* -> start -> ... -> stop``; one thread, `states` any."""

    def __init__(self, on_state: StateHandler | None = None) -> None:
        self._on_state = on_state
        self._workers: dict[str, Worker[Any]] = {}
        self._started = False

    def add(
        self, device_id: str, kind: DeviceKind, model: str, watched: Watched[Device]
    ) -> Worker[Device]:
        """Take a device under supervision; it starts at once if the others run already."""
        if device_id in self._workers:
            raise ValueError(f"device {device_id} is there already")
        worker = Worker(device_id, kind, model, watched, on_state=self._on_state)
        self._workers[device_id] = worker
        if self._started:
            worker.start()
        return worker

    def remove(self, device_id: str) -> None:
        """Stop one device and forget it."""
        self._workers.pop(device_id).stop()

    def start(self) -> None:
        """Start every thread, once."""
        self._started = True
        for worker in self._workers.values():
            worker.start()

    def stop(self) -> tuple[str, ...]:
        """Stop and join every thread. Returns the ids of devices that did not let go in time."""
        for worker in self._workers.values():
            worker.stop(0.0)
        return tuple(key for key, worker in self._workers.items() if not worker.stop())

    def states(self) -> tuple[DeviceState, ...]:
        """The last state of each device, in the order they were added."""
        return tuple(worker.state for worker in list(self._workers.values()))
