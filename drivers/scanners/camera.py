"""The camera as a scanner: a thread that takes frames, shows them and reads codes out of them."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drivers.api.camera import FailureHandler, FrameHandler
from drivers.api.errors import ConfigurationError, ConnectionLost, DriverError
from drivers.api.scanner import Scan, ScanHandler, Source

if TYPE_CHECKING:
    from drivers.scanners.decoder import Decoder
    from drivers.scanners.readers import Picture
    from drivers.scanners.vision import FrameSource

log = logging.getLogger(__name__)

MISSES_MAX = 30  # frames a camera may fail to give before it counts as lost
_HANDOVER_S = 5.0


@dataclass(frozen=True, slots=True)
class CameraOptions:
    """Settings of a camera.

    Attributes:
        fps_max: frames taken in a second at most.
        width: of the picture asked from the camera; 640 x 480 reads best (measured by `codes_bench`).
        height: ditto.
        formats: what to read, out of 'qr', 'ean', 'code128', 'datamatrix', with commas.
        second_every: a harder look is taken at every such frame without a code; 0 never.
        duplicate_s: the same code is told again only after it was out of sight so long.
        preview_width: of the frames for the screen, at most.
        reconnect_s: a camera that was pulled out is looked for so often; 0 never, a failure stops it.
    """

    fps_max: float = 15.0
    width: int = 640
    height: int = 480
    formats: str = "qr,ean"
    second_every: int = 2
    duplicate_s: float = 1.0
    preview_width: int = 640
    reconnect_s: float = 2.0

    def __post_init__(self) -> None:
        if not 0 < self.fps_max <= 120:
            raise ConfigurationError(f"camera: {self.fps_max} frames a second")


class OpencvCamera:
    """`CodeCamera` on a device index, a video file or a folder of pictures.

    Args:
        address: '0' for the first camera, or a path.
        options: settings.
        device_id: put into scans.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        address: str,
        options: CameraOptions | None = None,
        *,
        device_id: str = "",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = address
        self._options = options or CameraOptions()
        self._device_id = device_id
        self._clock = clock
        self._run: _Run | None = None

    @property
    def running(self) -> bool:
        """Whether it was started and neither stopped nor failed."""
        return self._run is not None and self._run.is_wanted

    def start(
        self,
        on_scan: ScanHandler,
        on_frame: FrameHandler | None = None,
        on_failure: FailureHandler | None = None,
    ) -> None:
        """Begin; see `CodeCamera.start`."""
        self.stop()
        handlers = _Handlers(on_scan, on_frame, on_failure)
        previous = self._run.thread if self._run is not None else None
        self._run = _Run(
            self._address, self._options, handlers, self._device_id, self._clock, previous
        )
        self._run.thread.start()

    def stop(self, wait_s: float = 0.0) -> None:
        """Stop; see `CodeCamera.stop`."""
        if self._run is not None:
            self._run.stop(wait_s)


@dataclass(frozen=True, slots=True)
class _Handlers:
    on_scan: ScanHandler
    on_frame: FrameHandler | None
    on_failure: FailureHandler | None


class _Run:
    """One start of a camera, with its thread."""

    def __init__(
        self,
        address: str,
        options: CameraOptions,
        handlers: _Handlers,
        device_id: str,
        clock: Callable[[], float],
        previous: threading.Thread | None,
    ) -> None:
        self._address = address
        self._options = options
        self._handlers = handlers
        self._device_id = device_id
        self._clock = clock
        self._previous = previous
        self._stopping = threading.Event()
        self._calling = threading.Lock()
        self._seen: dict[str, float] = {}
        self._is_out = False
        self.thread = threading.Thread(target=self._work, name=f"camera-{address}", daemon=True)

    @property
    def is_wanted(self) -> bool:
        return not self._stopping.is_set()

    def stop(self, wait_s: float) -> None:
        """Let no callback begin any more; a handler may stop its own camera."""
        on_own_thread = threading.current_thread() is self.thread
        if on_own_thread:
            self._stopping.set()
            return
        with self._calling:
            self._stopping.set()
        if wait_s > 0 and self.thread.ident is not None:
            self.thread.join(wait_s)

    def _work(self) -> None:
        if self._previous is not None:
            self._previous.join(_HANDOVER_S)  # two cannot hold one camera
            self._previous = None
        while self.is_wanted:
            try:
                self._watch()
            except DriverError as error:
                log.info("camera %s: %s", self._address, error)
                self._fail(error, comes_back=self._options.reconnect_s > 0 and error.retryable)
            except Exception as error:
                # The edge of the thread: the till must learn that the camera is gone.
                log.exception("camera %s failed", self._address)
                self._fail(error, comes_back=False)

    def _watch(self) -> None:
        from drivers.scanners import vision  # noqa: PLC0415 - half a second the till's start saves
        from drivers.scanners.decoder import Decoder  # noqa: PLC0415 - as above

        options = self._options
        formats = [name.strip() for name in options.formats.split(",") if name.strip()]
        decoder = Decoder(formats, second_every=options.second_every)
        frames = vision.open_frames(self._address, width=options.width, height=options.height)
        try:
            self._loop(frames, decoder)
        finally:
            frames.release()

    def _loop(self, frames: "FrameSource", decoder: "Decoder") -> None:
        misses = 0
        while self.is_wanted:
            begun_s = self._clock()
            frame = frames.read()
            if frame is None:
                misses += 1
                if misses >= MISSES_MAX:
                    raise ConnectionLost(f"camera {self._address}: gives no pictures")
            else:
                misses = 0
                self._is_out = False
                self._show(frame)
                self._read(frame, decoder)
            self._stopping.wait(max(begun_s + 1 / self._options.fps_max - self._clock(), 0.0))

    def _show(self, frame: "Picture") -> None:
        from drivers.scanners import vision  # noqa: PLC0415 - loaded already, see _watch

        if self._handlers.on_frame is not None:
            picture = vision.preview(frame, self._options.preview_width)
            self._call(self._handlers.on_frame, picture)

    def _read(self, frame: "Picture", decoder: "Decoder") -> None:
        now_s = self._clock()
        for code in decoder.decode(frame):
            text, symbology = code.text, code.symbology
            last_s = self._seen.get(text)
            self._seen[text] = now_s
            if text and (last_s is None or now_s - last_s >= self._options.duplicate_s):
                scan = Scan(text, Source.CAMERA, symbology, now_s, self._device_id)
                self._call(self._handlers.on_scan, scan)
        self._seen = {
            text: at_s
            for text, at_s in self._seen.items()
            if now_s - at_s < self._options.duplicate_s
        }

    def _fail(self, error: Exception, *, comes_back: bool) -> None:
        """Tell an outage once; then wait for the next try, or stop."""
        if self._handlers.on_failure is not None and not self._is_out:
            self._call(self._handlers.on_failure, error)
        self._is_out = True
        if comes_back:
            self._stopping.wait(self._options.reconnect_s)
        else:
            self._stopping.set()

    def _call(self, handler: Callable[..., None], argument: object) -> None:
        """Call a handler unless stopped; its faults must not end the camera."""
        with self._calling:
            if self._stopping.is_set():
                return
            try:
                handler(argument)
            except Exception:
                log.exception("camera handler failed")
