"""Pictures in, codes out: OpenCV takes frames, zxing-cpp reads them, pyzbar gives a second opinion.

Imported only when a camera or a picture is used: OpenCV and numpy cost half a second. Figures behind
the choice of readers: reference "Reading codes".
"""

import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import numpy.typing as npt
import zxingcpp

from drivers.api.camera import Frame
from drivers.api.errors import ConfigurationError, NotConnected
from drivers.api.scanner import Symbology

log = logging.getLogger(__name__)

Picture = npt.NDArray[np.uint8]
PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".bmp", ".webp")
CODES_PER_FRAME_MAX = 16
_FORMATS = {
    "qr": (zxingcpp.BarcodeFormat.QRCode,),
    "ean": (
        zxingcpp.BarcodeFormat.EAN13,
        zxingcpp.BarcodeFormat.EAN8,
        zxingcpp.BarcodeFormat.UPCA,
    ),
    "code128": (zxingcpp.BarcodeFormat.Code128,),
    "datamatrix": (zxingcpp.BarcodeFormat.DataMatrix,),
}
_SYMBOLOGIES = {
    "QRCode": Symbology.QR,
    "EAN13": Symbology.EAN13,
    "EAN8": Symbology.EAN8,
    "UPCA": Symbology.UPC_A,
    "Code128": Symbology.CODE128,
    "DataMatrix": Symbology.DATAMATRIX,
}
_PYZBAR_TYPES = {
    "qr": ("QRCODE",),
    "ean": ("EAN13", "EAN8", "UPCA"),
    "code128": ("CODE128",),
    "datamatrix": (),
}
_PYZBAR_SYMBOLOGIES = {
    "QRCODE": Symbology.QR,
    "EAN13": Symbology.EAN13,
    "EAN8": Symbology.EAN8,
    "UPCA": Symbology.UPC_A,
    "CODE128": Symbology.CODE128,
}

Found = tuple[str, Symbology]


class FrameSource(Protocol):
    """Where frames come from. One thread."""

    def read(self) -> Picture | None:
        """Return the next BGR frame, None if there is none just now."""
        ...

    def release(self) -> None:
        """Let go of the source."""
        ...


def open_frames(address: str, *, width: int, height: int) -> FrameSource:
    """Open a camera by its index, a video file, or a folder of pictures.

    Files and folders start again at their end, as a camera that looks at the same thing.

    Raises:
        NotConnected: there is no such camera, file or folder, or it gives no picture.
    """
    if address.isdigit():
        return _CaptureFrames(_open_capture(int(address), width, height), loops=False)
    path = Path(address)
    if path.is_dir():
        return _FolderFrames(path)
    if not path.is_file():
        raise NotConnected(f"camera {address}: no such device, file or folder")
    if path.suffix.lower() in PICTURE_SUFFIXES:
        return _FolderFrames(path.parent, [path])
    return _CaptureFrames(_open_capture(str(path), 0, 0), loops=True)


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
    with _quiet_opencv():
        frame = cv2.imdecode(data, cv2.IMREAD_COLOR)
    return None if frame is None else _as_picture(frame)


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


class Decoder:
    """Reads codes out of frames. One thread.

    Args:
        formats: names out of 'qr', 'ean', 'code128', 'datamatrix'; few are quick.
        second_every: ask pyzbar at every such frame in which zxing-cpp found nothing; 0 never.
    """

    def __init__(self, formats: Sequence[str] = ("qr", "ean"), *, second_every: int = 5) -> None:
        unknown = set(formats) - set(_FORMATS)
        if unknown or not formats:
            raise ConfigurationError(f"camera formats {sorted(unknown)} are not known")
        self._formats = zxingcpp.BarcodeFormats(
            [item for name in formats for item in _FORMATS[name]]
        )
        self._second_every = second_every
        self._second = _second_reader(formats) if second_every else None
        self._empty_frames = 0

    @property
    def has_second_opinion(self) -> bool:
        """Whether pyzbar and its library are there."""
        return self._second is not None

    def decode(self, frame: Picture) -> list[Found]:
        """Return the codes in a frame."""
        grey = _grey(frame)
        found = [
            (_text(code), _SYMBOLOGIES.get(code.format.name, Symbology.UNKNOWN))
            for code in zxingcpp.read_barcodes(grey, formats=self._formats)[:CODES_PER_FRAME_MAX]
        ]
        if found:
            self._empty_frames = 0
            return found
        self._empty_frames += 1
        if self._second is None or self._empty_frames % self._second_every:
            return []
        return self._second(grey)


def _grey(frame: Picture) -> Picture:
    return _as_grey(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))


def _as_grey(frame: Any) -> Picture:  # noqa: ANN401 - OpenCV's own union of array types
    return np.asarray(frame, dtype=np.uint8)


def _text(code: Any) -> str:  # noqa: ANN401 - a compiled class without types
    """The exact characters: `.text` shows GS as a picture of it."""
    try:
        return bytes(code.bytes).decode()
    except UnicodeDecodeError:
        return str(code.text)


def _second_reader(formats: Sequence[str]) -> Callable[[Picture], list[Found]] | None:
    """Return a reader by pyzbar, None where its shared library is not installed."""
    try:
        from pyzbar import pyzbar  # noqa: PLC0415 - fails on import where libzbar is missing
    except (ImportError, OSError) as error:
        log.info("no second opinion on codes: %s", error)
        return None
    names = [name for item in formats for name in _PYZBAR_TYPES[item]]
    if not names:
        return None
    symbols = [pyzbar.ZBarSymbol[name] for name in names]

    def read(grey: Picture) -> list[Found]:
        return [
            (
                code.data.decode(errors="replace"),
                _PYZBAR_SYMBOLOGIES.get(code.type, Symbology.UNKNOWN),
            )
            for code in pyzbar.decode(grey, symbols=symbols)[:CODES_PER_FRAME_MAX]
        ]

    return read
