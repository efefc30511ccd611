"""All searches at once: each in its own thread, one that fails or hangs cannot hide the rest."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence

from drivers.api.errors import DriverError
from drivers.discovery.cameras import find_cameras
from drivers.discovery.fiscal_web import find_fiscal_web
from drivers.discovery.found import Discovery, Found, Problem
from drivers.discovery.network import find_on_network
from drivers.discovery.serial_ports import find_serial_ports
from drivers.discovery.spooler import find_queues
from drivers.discovery.usb_printers import find_usb_printers

TIMEOUT_S = 10.0
NETWORK_TIMEOUT_S = 40.0
Search = Callable[[], Sequence[Found]]
SEARCHES: Mapping[str, Search] = {
    "serial": find_serial_ports,
    "usb": find_usb_printers,
    "cameras": find_cameras,
    "spooler": find_queues,
    "fiscal": find_fiscal_web,
}
TITLES: Mapping[str, tuple[str, str]] = {
    "serial": ("последовательных портов", "serial ports"),
    "usb": ("USB-принтеров", "USB printers"),
    "cameras": ("камер", "cameras"),
    "spooler": ("принтеров Windows", "Windows printers"),
    "fiscal": ("Web-сервера АТОЛ", "the ATOL Web server"),
    "network": ("устройств в локальной сети", "devices on the local network"),
}


def discover(
    *,
    network: bool = False,
    searches: Mapping[str, Search] | None = None,
    timeout_s: float | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Discovery:
    """Run every search and return what came in time. Any thread.

    Args:
        network: look through the local network too; only when a person asked for it.
        searches: others than those of the table, for tests.
        timeout_s: for all of them together.
        clock: monotonic seconds.
    """
    stop = threading.Event()
    wanted = dict(SEARCHES if searches is None else searches)
    if network:
        wanted["network"] = lambda: find_on_network(stop=stop)
    limit_s = timeout_s
    if limit_s is None:
        limit_s = NETWORK_TIMEOUT_S if network else TIMEOUT_S
    runs = [_Run(name, search) for name, search in wanted.items()]
    deadline_s = clock() + limit_s
    for run in runs:
        run.thread.start()
    for run in runs:
        run.thread.join(max(deadline_s - clock(), 0.0))
    stop.set()
    ended = [not run.thread.is_alive() for run in runs]
    problems = [run.problem(ended=done) for run, done in zip(runs, ended, strict=True)]
    return Discovery(
        tuple(item for run, done in zip(runs, ended, strict=True) if done for item in run.found),
        tuple(problem for problem in problems if problem is not None),
    )


class _Run:
    """One search in its thread; what it finds after the time is nobody's."""

    def __init__(self, name: str, search: Search) -> None:
        self.name = name
        self.found: Sequence[Found] = ()
        self.thread = threading.Thread(target=self._work, name=f"discover-{name}", daemon=True)
        self._search = search
        self._error: Exception | None = None

    def _work(self) -> None:
        try:
            self.found = tuple(self._search())
        except Exception as error:  # noqa: BLE001 - the edge of the thread; told as a problem
            self._error = error

    def problem(self, *, ended: bool) -> Problem | None:
        """What went wrong, None if nothing did."""
        ru, en = TITLES.get(self.name, (self.name, self.name))
        if not ended:
            return Problem(
                self.name,
                f"Поиск {ru} не закончился вовремя и пропущен.",
                f"The search for {en} did not end in time and is left out.",
            )
        if self._error is None:
            return None
        detail = f"{type(self._error).__name__}: {self._error}"
        if isinstance(self._error, DriverError):
            ru_why, en_why = self._error.text("ru"), self._error.text("en")
        elif isinstance(self._error, ImportError):
            ru_why = f"Нет библиотеки {self._error.name}."
            en_why = f"The library {self._error.name} is missing."
        else:
            ru_why, en_why = f"Ошибка: {detail}.", f"Error: {detail}."
        return Problem(
            self.name,
            f"Поиск {ru} не удался. {ru_why}",
            f"The search for {en} failed. {en_why}",
            detail,
        )
