"""Cameras that read codes: frames for the preview and scans for the till."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from drivers.api.scanner import ScanHandler


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture for the preview: `rgb` holds height x width x 3 bytes, rows from the top."""

    rgb: bytes
    width: int
    height: int


FrameHandler = Callable[[Frame], None]
"""Called on the camera's thread."""

FailureHandler = Callable[[Exception], None]
"""Told once, on the camera's thread, when the camera fails; it has stopped by then.

A camera that is set to come back is told of once for each outage and goes on running: its next frame is
the sign that it is there again."""


class CodeCamera(Protocol):
    """A camera with its own thread.

    Order of calls: ``start -> stop``; `start` after `stop` is allowed at once. Any one thread, also
    the user interface's: no call waits for the hardware.
    """

    @property
    def running(self) -> bool:
        """Whether frames are being taken."""
        ...

    def start(
        self,
        on_scan: ScanHandler,
        on_frame: FrameHandler | None = None,
        on_failure: FailureHandler | None = None,
    ) -> None:
        """Begin; opening happens on the camera's thread, a missing camera is told to `on_failure`.

        Started already: it is stopped first and the new handlers are used.
        """
        ...

    def stop(self, wait_s: float = 0.0) -> None:
        """Let no further callback begin and let go of the camera. Repeatable.

        Args:
            wait_s: how long to wait for the camera to be free; 0 does not wait.
        """
        ...
