"""A ZVT payment terminal that books in a journal and misbehaves when told.

In a test or a training till it runs in threads (`TerminalSimulator`), on its own as
`python -m drivers.sim.terminal --port 0 --journal FILE`. It prints one JSON line with its port and
then takes orders on its input, one a line: ``next decline 05``, ``always approve``, ``unplug``,
``journal``, ``quit``.
"""

import argparse
import contextlib
import socket
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from drivers.sim.orders import Act as Order
from drivers.sim.orders import run_program, take_orders
from drivers.sim.terminal_journal import Journal
from drivers.sim.terminal_session import Act, Behaviour, Host, Session, parse_behaviour
from drivers.sim.zvt_wire import Wire

__all__ = ["Act", "Behaviour", "TerminalSimulator", "main", "parse_behaviour"]

_JOIN_TIMEOUT_S = 10.0


class TerminalSimulator:
    """A terminal on 127.0.0.1. Order: ``start -> (next | always | unplug)* -> stop``; any thread.

    Args:
        port: 0 takes a free one, see `port` after `start`.
        journal_path: file of the bookings, so that a restart keeps them.
        card_time_s: how long a card and the bank take in a good operation.
        local_time: wall clock of the terminal.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        journal_path: Path | None = None,
        card_time_s: float = 0.0,
        local_time: Callable[[], time.struct_time] = time.localtime,
    ) -> None:
        self.port = port
        self.journal = Journal(journal_path)
        self._host = Host(self.journal, self._take_behaviour, card_time_s, local_time)
        self._queue: deque[Behaviour] = deque()
        self._standing = Behaviour()
        self._server: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self._wires: list[Wire] = []

    @property
    def connections(self) -> int:
        """How many tills it still serves; one that was cut off counts until that is noticed."""
        return len(self._wires)

    @property
    def received(self) -> list[bytes]:
        """Every message that came from tills, oldest first."""
        return self._host.received

    def start(self) -> None:
        """Listen."""
        self._server = socket.create_server(("127.0.0.1", self.port))
        self.port = self._server.getsockname()[1]
        self._host.stopping.clear()
        self._begin(self._accept, self._server)

    def stop(self) -> None:
        """Cut every connection and join the threads. Repeatable."""
        self._host.stopping.set()
        server, self._server = self._server, None
        if server is not None:
            with contextlib.suppress(OSError):
                server.shutdown(socket.SHUT_RDWR)
            server.close()
        self.unplug()
        for thread in self._threads:
            thread.join(_JOIN_TIMEOUT_S)
        self._threads.clear()

    def unplug(self) -> None:
        """Cut the connections that stand; new ones are taken."""
        for wire in list(self._wires):
            wire.drop()

    def next(self, *behaviours: Behaviour) -> None:
        """Queue what to do with the next money operations, one each."""
        self._queue.extend(behaviours)

    def always(self, behaviour: Behaviour) -> None:
        """Set what to do when nothing is queued."""
        self._standing = behaviour

    def _take_behaviour(self) -> Behaviour:
        return self._queue.popleft() if self._queue else self._standing

    def _accept(self, server: socket.socket) -> None:
        while not self._host.stopping.is_set():
            try:
                connection, _ = server.accept()
            except OSError:
                return
            wire = Wire(connection)
            self._wires.append(wire)
            self._begin(self._serve, wire)

    def _serve(self, wire: Wire) -> None:
        # A till that hangs up is no fault of the terminal; ValueError: its socket was closed by us.
        with contextlib.suppress(OSError, ValueError):
            Session(self._host, wire).run()
        wire.drop()
        self._wires.remove(wire)

    def _begin(self, work: Callable[..., None], argument: object) -> None:
        thread = threading.Thread(target=work, args=(argument,), name="sim-terminal", daemon=True)
        self._threads = [item for item in self._threads if item.is_alive()]
        thread.start()
        self._threads.append(thread)


def obey(simulator: TerminalSimulator, orders: Iterable[str], answers: TextIO) -> None:
    """Carry out orders, one a line, until `quit` or the end; each is answered by a JSON line."""
    acts: dict[str, Order] = {
        "next": lambda words: simulator.next(parse_behaviour(words)),
        "always": lambda words: simulator.always(parse_behaviour(words)),
        "unplug": lambda _words: simulator.unplug(),
        "journal": lambda _words: {"journal": [asdict(item) for item in simulator.journal.all()]},
    }
    take_orders(acts, orders, answers)


def main(arguments: list[str] | None = None) -> int:
    """Run the simulator until its input ends."""
    parser = argparse.ArgumentParser(prog="python -m drivers.sim.terminal", description=__doc__)
    parser.add_argument("--port", type=int, default=20007)
    parser.add_argument("--journal", type=Path)
    parser.add_argument("--card-time", type=float, default=1.0, metavar="SECONDS")
    parser.add_argument(
        "--no-orders", action="store_true", help="take no orders from the input; end by a signal"
    )
    chosen = parser.parse_args(arguments)
    simulator = TerminalSimulator(
        chosen.port, journal_path=chosen.journal, card_time_s=chosen.card_time
    )

    def work() -> None:
        if chosen.no_orders:
            threading.Event().wait()
        obey(simulator, sys.stdin, sys.stdout)

    return run_program(simulator, lambda: {"port": simulator.port}, work)


if __name__ == "__main__":
    raise SystemExit(main())
