"""A look through a camera: its pictures and codes, brought to the GUI thread."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Signal

from app.kernel.errors import AppError
from app.till.camera import CameraEye, Picture
from app.till.words import Words
from app.ui.devices.detail import CameraBox
from app.ui.ops import Lane, Ops

_NO_CAMERA: Final = Words("Камера занята или отключена", "The camera is in use or switched off")


class CameraLook(QObject):
    """Starts and stops a camera, and shows its pictures while it runs.

    Args:
        ops: Lanes.
        box: Where pictures are shown.
        eye_of: Returns a camera by its id, None if there is none; on a lane.

    Attributes:
        ready: The camera was asked for, whatever came of it.
        shows: The first `Picture` came.
        read: The text of a code.
        failed: The `AppError` that ended it.
    """

    ready = Signal()
    shows = Signal(object)
    read = Signal(str)
    failed = Signal(object)
    _pictured = Signal(object)
    _broken = Signal(object)

    def __init__(self, ops: Ops, box: CameraBox, eye_of: Callable[[str], CameraEye | None]) -> None:
        super().__init__()
        self._ops, self._box, self._eye_of = ops, box, eye_of
        self._eye: CameraEye | None = None
        self._wanted = ""
        self._pictured.connect(self._on_picture)
        self._broken.connect(self._on_failed)

    def start(self, device_id: str) -> None:
        """Begin to look through a camera."""
        self.stop()
        self._wanted = device_id
        self._ops.run(
            lambda: self._eye_of(device_id),
            success=lambda eye: self._on_eye(device_id, eye),
            failure=self._on_failed,
            lane=Lane.EQUIPMENT,
        )

    def stop(self) -> None:
        """Let go of the camera; repeatable."""
        self._wanted = ""
        eye, self._eye = self._eye, None
        if eye is not None:
            eye.stop()
        self._box.set_picture(None)

    def _on_eye(self, device_id: str, eye: CameraEye | None) -> None:
        self.ready.emit()
        if device_id != self._wanted:
            return  # the dialog was closed meanwhile
        if eye is None:
            self._on_failed(_NO_CAMERA.final("CAMERA_NONE"))
            return
        self._eye = eye
        eye.start(
            on_code=self.read.emit, on_picture=self._pictured.emit, on_failure=self._broken.emit
        )

    def _on_picture(self, picture: object) -> None:
        if self._eye is not None and isinstance(picture, Picture):
            is_first = not self._box.has_picture
            self._box.set_picture(picture)
            if is_first:
                self.shows.emit(picture)

    def _on_failed(self, error: object) -> None:
        self.stop()
        if isinstance(error, AppError):
            self.failed.emit(error)
