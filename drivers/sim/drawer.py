"""A simulated cash drawer on a pseudo-terminal: opens on its pulse, tells its state, may jam."""

import threading
from pathlib import Path

from typing_extensions import override

from drivers.sim.cabled import CabledSimulator
from drivers.sim.escpos_links import Link

_READ_MAX = 256


class DrawerSimulator(CabledSimulator):
    """A drawer. Order: ``start -> (push_shut | jam)* -> stop``; any thread.

    Args:
        kick: bytes that open it.
        ask: byte that is answered by 01 (open) or 00; b'' for a drawer that cannot tell.
        link: a pseudo-terminal without it.
        path: symbolic link to the pseudo-terminal, so that the address stays over a new plug.
    """

    def __init__(
        self,
        kick: bytes = b"\x1bp\x00\x19\xfa",
        ask: bytes = b"",
        link: Link | None = None,
        *,
        path: Path | None = None,
    ) -> None:
        self.is_open = False
        self.jammed = False
        self.silent = False
        self.opened = 0
        self._kick = kick
        self._ask = ask
        self._changed = threading.Condition()
        super().__init__("sim-drawer", link, path)

    def push_shut(self) -> None:
        """Push it in, as a cashier does."""
        self.is_open = False

    def wait_for_openings(self, count: int, timeout_s: float) -> bool:
        """Wait until it was opened so often; False when the time is over."""
        with self._changed:
            return self._changed.wait_for(lambda: self.opened >= count, timeout_s)

    @override
    def _serve(self) -> None:
        rest = b""
        while received := self._link.read(_READ_MAX):
            rest = self._hear(rest + received)

    def _hear(self, data: bytes) -> bytes:
        while data:
            if data.startswith(self._kick):
                data = data[len(self._kick) :]
                self._open()
            elif self._ask and data.startswith(self._ask):
                data = data[len(self._ask) :]
                if not self.silent:
                    self._link.send(b"\x01" if self.is_open else b"\x00")
            elif self._kick.startswith(data):
                return data
            else:
                data = data[1:]
        return b""

    def _open(self) -> None:
        with self._changed:
            self.is_open = self.is_open or not self.jammed
            self.opened += not self.jammed
            self._changed.notify_all()
