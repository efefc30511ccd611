"""Cameras, without switching them on where the system lists them."""

import platform
from pathlib import Path

from drivers.api.device import DeviceKind
from drivers.api.errors import DriverError
from drivers.discovery.found import Confidence, Found, propose

LINUX_FOLDER = Path("/sys/class/video4linux")
INDEXES = range(3)
_CAPTURE = "0"
"""`index` of the node that gives pictures; others of the same camera give its metadata."""


def find_cameras(folder: Path = LINUX_FOLDER) -> list[Found]:
    """List cameras; on Linux by the kernel's table, elsewhere by opening the first few."""
    if platform.system() == "Linux":
        nodes = sorted(folder.glob("video*")) if folder.is_dir() else []
        return [
            _camera(node.name.removeprefix("video"), _read(node / "name", node.name))
            for node in nodes
            if _read(node / "index", _CAPTURE) == _CAPTURE
        ]
    from drivers.scanners import vision  # noqa: PLC0415 - loads OpenCV

    found = []
    for index in INDEXES:
        try:
            vision.open_frames(str(index), width=0, height=0).release()
        except DriverError:
            continue
        found.append(_camera(str(index), f"camera {index}"))
    return found


def _camera(address: str, title: str) -> Found:
    return Found(
        str(DeviceKind.CAMERA),
        address,
        "camera",
        title,
        "camera.opencv",
        Confidence.SURE,
        f"Камера {title}: читает QR-коды гостей.",
        f"A camera, {title}: reads guests' QR codes.",
        config=propose(DeviceKind.CAMERA, "camera.opencv", "camera", address),
    )


def _read(path: Path, otherwise: str) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return otherwise
