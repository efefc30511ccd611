"""A simulated device on a cable that can be pulled: what drawers, displays and scales have in common."""

import threading
from pathlib import Path

from drivers.sim.escpos_links import Link, PtyLink

_JOIN_TIMEOUT_S = 10.0
_PAUSE_S = 0.01


class CabledSimulator:
    """A device on a line. Order: ``start -> (unplug -> plug)* -> stop``; any thread.

    Those who derive from it write `_serve`.

    Args:
        name: of its thread.
        link: a pseudo-terminal without it.
        path: symbolic link to the pseudo-terminal, so that the address stays over a new plug.
    """

    def __init__(self, name: str, link: Link | None = None, path: Path | None = None) -> None:
        self._link = link or PtyLink()
        self._path = path
        self._ending = threading.Event()
        self._plugged = threading.Event()
        self._plugged.set()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
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
        self._vanish()

    def unplug(self) -> None:
        """Pull the cable: the port vanishes."""
        self._plugged.clear()
        self._vanish()
        self._link.shut()

    def plug(self) -> None:
        """Put it back."""
        self._link.reopen()
        self._point()
        self._plugged.set()

    def _vanish(self) -> None:
        if self._path is not None:
            self._path.unlink(missing_ok=True)

    def _point(self) -> None:
        if self._path is not None:
            self._vanish()
            self._path.symlink_to(self._link.address)

    def _run(self) -> None:
        while not self._ending.is_set():
            if self._link.accept():
                self._serve()
            else:
                self._plugged.wait()
                # A pulled line is told at once, again and again, until somebody plugs it in.
                self._ending.wait(_PAUSE_S)

    def _serve(self) -> None:
        """Talk to one who has connected, until the line breaks."""
        raise NotImplementedError
