"""The till's camera as a screen uses it: pictures at most ten a second, and the codes that it reads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.kernel.clock import Clock
from app.kernel.errors import AppError, FinalError
from app.till.devices import translated
from drivers.api.camera import CodeCamera, Frame
from drivers.api.errors import DriverError
from drivers.api.scanner import Scan

FRAMES_PER_S_MAX: Final = 10


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture; `rgb` holds height x width x 3 bytes, rows from the top."""

    rgb: bytes
    width: int
    height: int


class CameraEye:
    """Starts and stops a camera for one screen.

    Args:
        camera: The device.
        clock: Measures the pace of pictures.
    """

    def __init__(self, camera: CodeCamera, clock: Clock) -> None:
        self._camera = camera
        self._clock = clock
        self._next_at = 0.0

    def start(
        self,
        *,
        on_code: Callable[[str], object],
        on_picture: Callable[[Picture], object],
        on_failure: Callable[[AppError], object],
    ) -> None:
        """Begin; all handlers are called on the camera's thread."""

        def on_frame(frame: Frame) -> None:
            now = self._clock.monotonic()
            if now >= self._next_at:
                self._next_at = now + 1 / FRAMES_PER_S_MAX
                on_picture(Picture(frame.rgb, frame.width, frame.height))

        def on_scan(scan: Scan) -> None:
            on_code(scan.text)

        def failed(error: Exception) -> None:
            on_failure(_app_error(error))

        self._next_at = 0.0
        self._camera.start(on_scan, on_frame, failed)

    def stop(self) -> None:
        """Let no further handler be called; returns at once. Repeatable."""
        self._camera.stop()


def _app_error(error: Exception) -> AppError:
    if isinstance(error, DriverError):
        return translated(error)
    return FinalError(
        "CAMERA_FAILED",
        "Камера не отвечает. Введите телефон или код",
        "The camera does not answer. Enter the phone or the code",
    )
