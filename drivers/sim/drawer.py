"""A simulated cash drawer on a pseudo-terminal: opens on its pulse, tells its state, may jam."""

import threading
from pathlib import Path

from drivers.sim.escpos_links import Link, PtyLink

_JOIN_TIMEOUT_S = 10.0
_READ_MAX = 256


class DrawerSimulator:
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
        self._link = link or PtyLink()
        self._path = path
        self._ending = threading.Event()
        self._plugged = threading.Event()
        self._plugged.set()
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="sim-drawer", daemon=True)
        self._point()

    @property
    def address(self) -> str:
        """What a driver is to be given."""
        return str(self._path or self._link.address)

    def start(self) -> None:
        """Switch on."""
        self._thread.start()

    def stop(self) -> None:
        """Take it away and join the thread. Repeatable."""
        self._ending.set()
        self._plugged.set()
        self._link.shut()
        if self._thread.ident is not None:
            self._thread.join(_JOIN_TIMEOUT_S)

    def unplug(self) -> None:
        """Pull the cable."""
        self._plugged.clear()
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        self._link.shut()

    def plug(self) -> None:
        """Put it back."""
        self._link.reopen()
        self._point()
        self._plugged.set()

    def _point(self) -> None:
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            self._path.symlink_to(self._link.address)

    def push_shut(self) -> None:
        """Push it in, as a cashier does."""
        self.is_open = False

    def wait_for_openings(self, count: int, timeout_s: float) -> bool:
        """Wait until it was opened so often; False when the time is over."""
        with self._changed:
            return self._changed.wait_for(lambda: self.opened >= count, timeout_s)

    def _run(self) -> None:
        while not self._ending.is_set():
            rest = b""
            while self._link.accept() and (received := self._link.read(_READ_MAX)):
                rest = self._hear(rest + received)
            self._plugged.wait()
            self._ending.wait(0.01)

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
