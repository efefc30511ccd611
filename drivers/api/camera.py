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
"""Told once, on the camera's thread, when the camera fails while it runs; it has stopped by then."""


class CodeCamera(Protocol):
    """A camera with its own thread.

    Order of calls: ``start -> stop``; `start` after `stop` is allowed. Any one thread.
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
        """Open the camera and begin. Raises a driver error at once if there is no such camera."""
        ...

    def stop(self) -> None:
        """End the thread and let go of the camera. Repeatable; no callback comes after it."""
        ...
