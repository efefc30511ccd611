"""The camera of the search screen: its pictures and codes, brought to the GUI thread."""

from PySide6.QtCore import QObject, Signal

from app.till.camera import CameraEye, Picture
from app.till.words import Words
from app.ui.guest.camera_page import CameraPicture

NO_CAMERA = Words(
    "Камера не подключена. Введите телефон или код",
    "No camera is connected. Enter the phone or the code",
)


class CameraFlow(QObject):
    """Starts and stops the camera and shows its pictures while it runs.

    Args:
        eye: The camera; None if the till has none.
        picture: Where pictures are shown.

    Attributes:
        seen: The text of a code.
        failed: The `AppError` that ended it.
    """

    seen = Signal(str)
    failed = Signal(object)
    _taken = Signal(object)

    def __init__(self, eye: CameraEye | None, picture: CameraPicture) -> None:
        super().__init__()
        self._eye, self._picture = eye, picture
        self._running = False
        self._taken.connect(self._on_taken)

    def start(self) -> bool:
        """Begin; False if there is no camera."""
        if self._eye is None:
            return False
        self._running = True
        self._eye.start(
            on_code=self.seen.emit, on_picture=self._taken.emit, on_failure=self.failed.emit
        )
        return True

    def stop(self) -> None:
        """Let go of the camera; repeatable."""
        self._running = False
        if self._eye is not None:
            self._eye.stop()

    def _on_taken(self, picture: object) -> None:
        if self._running and isinstance(picture, Picture):
            self._picture.set_picture(picture.rgb, picture.width, picture.height)
