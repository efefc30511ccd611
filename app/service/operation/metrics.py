"""Figures of this process for Prometheus: requests, the load of the database, the machine's parts.

One process keeps them in memory. Several keep them in files of a common folder, named by
`PROMETHEUS_MULTIPROC_DIR` before the process starts, and whichever process is asked adds all of them
up: the workers share one socket, so nobody can choose which one to ask.

Labels have few values each: methods and statuses of HTTP, and the templates of our routes.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from typing_extensions import override

from app.kernel.version import VERSION
from app.service.db.database import DatabaseLoad

FOLDER_VARIABLE: Final = "PROMETHEUS_MULTIPROC_DIR"
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_TICKS: Final = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100
_PAGE: Final = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class ServiceMetrics:
    """The figures of one application; requests are counted on the event loop's thread."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        own = self._registry
        self._requests = Counter(
            "maxloyalty_requests",
            "Answered requests",
            ["method", "route", "status"],
            registry=own,
        )
        self._seconds = Histogram(
            "maxloyalty_request_seconds",
            "How long requests took, from the first byte to the last of the answer",
            ["method", "route"],
            buckets=_SECONDS,
            registry=own,
        )
        self._under_way = self._sum("requests_under_way", "Requests being answered")
        self._reads_waiting = self._sum("database_reads_waiting", "Reads waiting for a thread")
        self._writes_waiting = self._sum("database_writes_waiting", "Writes waiting their turn")
        self._used = self._sum("database_connections_used", "Connections in use")
        self._opened = self._sum("database_connections_open", "Connections open")
        self._resident = self._sum("process_resident_bytes", "Memory of all processes")
        self._resident_max = Gauge(
            "maxloyalty_process_resident_max_bytes",
            "Memory of the largest process",
            multiprocess_mode="livemax",
            registry=own,
        )
        self._files = self._sum("process_open_files", "Open files of all processes")
        self._processes = self._sum("processes", "Processes that answer")
        self._cpu = Counter(
            "maxloyalty_process_cpu_seconds", "Processor time used by all processes", registry=own
        )
        self._cpu_known = 0.0
        # Looked up once: finding a child by its labels costs more than counting.
        self._counters: dict[tuple[str, str, int], Counter] = {}
        self._histograms: dict[tuple[str, str], Histogram] = {}
        self._processes.set(1)

    def _sum(self, name: str, text: str) -> Gauge:
        return Gauge(
            f"maxloyalty_{name}", text, multiprocess_mode="livesum", registry=self._registry
        )

    def begin(self) -> None:
        """Note that a request has come."""
        self._under_way.inc()

    def end(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note that a request has been answered; `route` is a template, never an address."""
        self._under_way.dec()
        method = method if method in _METHODS else "OTHER"
        counter = self._counters.get((method, route, status))
        if counter is None:
            counter = self._requests.labels(method, route, str(status))
            self._counters[(method, route, status)] = counter
        histogram = self._histograms.get((method, route))
        if histogram is None:
            histogram = self._histograms[(method, route)] = self._seconds.labels(method, route)
        counter.inc()
        histogram.observe(seconds)

    def sample(self, load: DatabaseLoad) -> None:
        """Write down how this process is; done every few seconds and when figures are asked for."""
        self._reads_waiting.set(load.reads_waiting)
        self._writes_waiting.set(load.writes_waiting)
        self._used.set(load.connections_used)
        self._opened.set(load.connections_open)
        resident, cpu, files = read_process()
        self._resident.set(resident)
        self._resident_max.set(resident)
        self._files.set(files)
        self._cpu.inc(max(0.0, cpu - self._cpu_known))
        self._cpu_known = max(cpu, self._cpu_known)

    def render(self, more: Collector) -> bytes:
        """Return the figures of all processes, and more that any process knows, as text."""
        folder = os.environ.get(FOLDER_VARIABLE)
        if not folder:
            return generate_latest(_Joined(self._registry, more))
        _forget_the_dead(Path(folder))
        shared = CollectorRegistry()
        MultiProcessCollector(shared, folder)  # type: ignore[no-untyped-call] # the library's own
        return generate_latest(_Joined(shared, more))


class _Joined(CollectorRegistry):
    """A registry and a collector read as one; nothing is registered twice."""

    def __init__(self, first: CollectorRegistry, more: Collector) -> None:
        super().__init__()
        self._first = first
        self._more = more

    @override
    def collect(self) -> Iterator[Metric]:
        yield from self._first.collect()
        yield from self._more.collect()
        about = Metric("maxloyalty_build", "The program", "gauge")
        about.add_sample("maxloyalty_build", {"version": VERSION}, 1)
        yield about


def _forget_the_dead(folder: Path) -> None:
    """Remove the gauges of processes that are no more; their counters stay in the sums."""
    pids = {path.stem.rpartition("_")[2] for path in folder.glob("gauge_live*.db")}
    for pid in pids:
        if pid.isdigit() and not _is_alive(int(pid)):
            mark_process_dead(int(pid), str(folder))  # type: ignore[no-untyped-call] # as above


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def read_process() -> tuple[int, float, int]:
    """Return resident bytes, processor seconds and open files of this process.

    Where the system does not tell (it is no Linux), what can be known without help is told.
    """
    if not sys.platform.startswith("linux"):
        times = os.times()
        return 0, times.user + times.system, 0
    fields = Path("/proc/self/stat").read_text(encoding="ascii", errors="replace")
    # After the name in brackets, which may have blanks: fields 3 and on, proc(5).
    rest = fields.rpartition(")")[2].split()
    cpu = (int(rest[11]) + int(rest[12])) / _TICKS
    return int(rest[21]) * _PAGE, cpu, sum(1 for _ in Path("/proc/self/fd").iterdir())
