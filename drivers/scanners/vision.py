"""Frames: taken from a camera, a video or pictures by OpenCV, and made small for the preview.

Imported only when a camera or a picture is used: OpenCV and numpy cost half a second.
"""

import contextlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from drivers.api.camera import Frame
from drivers.api.errors import NotConnected
from drivers.scanners.readers import Picture

VIDEO_DEVICES = Path("/sys/class/video4linux")
_VIDEO_NODE = re.compile(r"video\d+")
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp")


class FrameSource(Protocol):
    """Where frames come from. One thread."""

    def read(self) -> Picture | None:
        """Return the next BGR frame, None if there is none just now."""
        ...

    def release(self) -> None:
        """Let go of the source."""
        ...


def open_frames(address: str, *, width: int, height: int) -> FrameSource:
    """Open a camera by its index or lasting name, a video file, or a folder of pictures.

    A lasting name is a path as ``/dev/v4l/by-id/usb-Logitech-...`` or ``name:`` and a part of what the
    system calls it (Linux); both find a camera that got another index in another socket.

    Files and folders start again at their end, as a camera that looks at the same thing.

    Raises:
        NotConnected: there is no such camera, file or folder, or it gives no picture.
    """
    index = find_index(address)
    if index is not None:
        return _CaptureFrames(_open_capture(index, width, height), loops=False)
    path = Path(address)
    if path.is_dir():
        return _FolderFrames(path)
    if not path.is_file():
        raise NotConnected(f"camera {address}: no such device, file or folder")
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return _FolderFrames(path.parent, [path])
    return _CaptureFrames(_open_capture(str(path), 0, 0), loops=True)


def find_index(address: str, system: Path = VIDEO_DEVICES) -> int | None:
    """Return the number of a camera; None if the address is a file's or a folder's.

    Raises:
        NotConnected: no camera of that name is plugged in.
    """
    if address.isdigit():
        return int(address)
    if address.startswith("/dev/"):
        name = Path(address).resolve().name
        return int(name.removeprefix("video")) if _VIDEO_NODE.fullmatch(name) else None
    if not address.startswith("name:"):
        return None
    wanted = address.removeprefix("name:").strip().casefold()
    nodes = sorted(system.glob("video*")) if wanted else []
    numbers = [
        int(node.name.removeprefix("video"))
        for node in nodes
        if _VIDEO_NODE.fullmatch(node.name) and wanted in _name_of(node).casefold()
    ]
    if not numbers:
        raise NotConnected(f"camera {address}: no such camera is plugged in")
    return min(numbers)  # a camera has a second node for what is no picture


def _name_of(node: Path) -> str:
    try:
        return (node / "name").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def _open_capture(address: int | str, width: int, height: int) -> cv2.VideoCapture:
    with _quiet_opencv():
        capture = cv2.VideoCapture(address)
        if not capture.isOpened():
            capture.release()
            raise NotConnected(f"camera {address}: cannot be opened")
        if width and height:
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, width)
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
            # One frame of buffer: an old picture is worth nothing.
            capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return capture


@contextlib.contextmanager
def _quiet_opencv() -> Iterator[None]:
    """OpenCV writes its own warnings about missing cameras to the console; ours are clearer."""
    level = cv2.utils.logging.getLogLevel()
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    try:
        yield
    finally:
        cv2.utils.logging.setLogLevel(level)


class _CaptureFrames:
    def __init__(self, capture: cv2.VideoCapture, *, loops: bool) -> None:
        self._capture = capture
        self._loops = loops

    def read(self) -> Picture | None:
        got, frame = self._capture.read()
        if not got and self._loops:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            got, frame = self._capture.read()
        return _as_picture(frame) if got else None

    def release(self) -> None:
        self._capture.release()


class _FolderFrames:
    def __init__(self, folder: Path, files: Sequence[Path] | None = None) -> None:
        self._files = files or sorted(
            path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES
        )
        if not self._files:
            raise NotConnected(f"camera {folder}: no pictures in the folder")
        self._position = 0

    def read(self) -> Picture | None:
        path = self._files[self._position % len(self._files)]
        self._position += 1
        return load_picture(path)

    def release(self) -> None:
        pass


def load_picture(path: Path) -> Picture | None:
    """Read a picture file as BGR, None if it is none; paths may hold any letters."""
    try:
        data = np.frombuffer(path.read_bytes(), dtype=np.uint8)
    except OSError as error:
        raise NotConnected(f"picture {path}: {error}") from error
    if not data.size:
        return None
    try:
        with _quiet_opencv():
            frame = cv2.imdecode(data, cv2.IMREAD_UNCHANGED)
    except (cv2.error, MemoryError):
        return None  # a picture that claims more pixels than OpenCV takes
    return None if frame is None else _as_picture(_on_white(np.asarray(frame)))


def _on_white(frame: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Bring any depth to eight bits, and lay what is transparent on white paper."""
    if frame.dtype != np.uint8:
        top = float(np.iinfo(frame.dtype).max) if frame.dtype.kind in "ui" else 1.0
        frame = np.clip(frame * (255 / top), 0, 255).astype(np.uint8)
    if frame.ndim < 3 or frame.shape[2] != 4:
        return frame if frame.ndim < 3 else frame[:, :, :3]
    cover = frame[:, :, 3:].astype(np.uint16)
    return ((frame[:, :, :3] * cover + 255 * (255 - cover)) // 255).astype(np.uint8)


def _as_picture(frame: Any) -> Picture:  # noqa: ANN401 - OpenCV's own union of array types
    picture: Picture = np.asarray(frame, dtype=np.uint8)
    if picture.ndim == 2:
        picture = np.stack((picture,) * 3, axis=-1)
    return picture


def preview(frame: Picture, width_max: int) -> Frame:
    """Make a preview of a frame: RGB, not wider than `width_max`."""
    height, width = frame.shape[:2]
    if width > width_max:
        height = max(height * width_max // width, 1)
        width = width_max
        frame = _as_picture(cv2.resize(frame, (width, height), interpolation=cv2.INTER_AREA))
    rgb = cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
    return Frame(rgb.tobytes(), width, height)
