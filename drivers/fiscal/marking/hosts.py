"""Which host of the marking system's network to ask: the fastest one that works.

Rules, public documents of the marking system: the list is asked anew every 6 to 7 hours; a host that fails
three times in a row, or says 429 or 5xx once, is left alone for 15 minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

REFRESH_S = 6.5 * 3600
RETRY_LIST_S = 60.0
REST_S = 15 * 60.0
FAILURES_MAX = 3
HOSTS_MAX = 16


@dataclass(slots=True)
class Host:
    """One host and how it did; times are monotonic seconds."""

    url: str
    average_ms: int
    failures: int = 0
    rests_until: float = 0.0


class HostBook:
    """Keeps the hosts in the order of their speed. One thread; waits for nothing."""

    def __init__(self) -> None:
        self._hosts: list[Host] = []
        self._ask_at = float("-inf")

    @property
    def hosts(self) -> tuple[Host, ...]:
        """Every host known, the fastest first."""
        return tuple(self._hosts)

    def is_stale(self, now_s: float) -> bool:
        """Whether the list has to be asked for."""
        return now_s >= self._ask_at

    def put(self, found: Sequence[tuple[str, int]], now_s: float) -> None:
        """Keep a new list of addresses with their milliseconds; a host keeps its rest."""
        known = {host.url: host for host in self._hosts}
        hosts = []
        for url, average_ms in found[:HOSTS_MAX]:
            host = known.get(url) or Host(url, average_ms)
            host.average_ms = average_ms
            hosts.append(host)
        self._hosts = sorted(hosts, key=lambda host: host.average_ms)
        self._ask_at = now_s + REFRESH_S

    def list_failed(self, now_s: float) -> None:
        """Ask for the list again in a minute; the hosts known so far stay."""
        self._ask_at = now_s + RETRY_LIST_S

    def ready(self, now_s: float) -> tuple[Host, ...]:
        """Hosts to try now, the fastest first."""
        return tuple(host for host in self._hosts if host.rests_until <= now_s)

    def succeeded(self, host: Host) -> None:
        """Forget earlier failures."""
        host.failures = 0

    def failed(self, host: Host, now_s: float, *, at_once: bool) -> None:
        """Count a failure; `at_once` sends the host to rest without waiting for the third."""
        host.failures += 1
        if at_once or host.failures >= FAILURES_MAX:
            host.failures = 0
            host.rests_until = now_s + REST_S
