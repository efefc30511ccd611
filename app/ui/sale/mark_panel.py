"""The small dialog that asks for the marking code of one piece: by any scanner, the camera, or typed."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.ui.frame.dialogs import DialogFrame
from app.ui.guest.camera_page import CameraPicture
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.label import IconLabel, Label
from app.ui.widgets.notice import Notice

MARK_SIZE: Final = (680, 400)
CAMERA_SIZE: Final = (680, 580)


@dataclass(frozen=True, slots=True)
class MarkPanelState:
    """What the dialog shows.

    Attributes:
        name: The product.
        left: `Осталось отсканировать: 3`, or empty.
        trouble: Why the last code was not taken, or empty.
        can_skip: The house lets a senior sell it without the code.
        has_camera: The till has a camera.
        is_camera_on: Its picture is shown.
    """

    name: str = ""
    left: str = ""
    trouble: str = ""
    can_skip: bool = False
    has_camera: bool = False
    is_camera_on: bool = False


class MarkPanel(DialogFrame):
    """Asks for a marking code.

    Args:
        parent: The window.

    Attributes:
        camera_wanted: Switch the camera on or off.
        type_wanted: Type the code instead.
        skip_wanted: Sell it without a code.
        remove_wanted: Take the piece out of the order.
    """

    camera_wanted = Signal()
    type_wanted = Signal()
    skip_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, header_px=64)
        self.state = MarkPanelState()
        self._icon = IconLabel("qrcode", "text-2", 56)
        self.name = Label(style="title", wrap=True)
        self._hint = Label(tone="text-2", wrap=True)
        self.left = Label(tone="text-2")
        self.picture = CameraPicture()
        self.picture.hide()
        self.trouble = Notice("danger", height=56)
        self.trouble.hide()
        self.camera = PushButton("", Kind.OUTLINE, icon="camera", parent=self)
        self.typed = PushButton("", Kind.OUTLINE, icon="keyboard", parent=self)
        self.skip = PushButton("", Kind.OUTLINE, icon="shield-check", parent=self)
        self.remove = PushButton("", Kind.SOFT_DANGER, icon="trash", parent=self)
        for button, wanted in (
            (self.camera, self.camera_wanted),
            (self.typed, self.type_wanted),
            (self.skip, self.skip_wanted),
            (self.remove, self.remove_wanted),
        ):
            button.clicked.connect(wanted)
            self.footer.addWidget(button)
        self._row = QHBoxLayout()
        self._row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        self._row.addWidget(self.name, 1)
        self.body.addLayout(self._row)
        self.body.addWidget(self._hint)
        self.body.addWidget(self.left)
        self.body.addWidget(self.picture, 1)
        self.body.addStretch()
        self.body.addWidget(self.trouble)
        self.refresh()

    def show_state(self, state: MarkPanelState) -> None:
        """Show which piece is asked for and what was wrong with the last code."""
        self.state = state
        self.name.setText(state.name)
        self.left.setText(state.left)
        self.left.setVisible(bool(state.left))
        self.trouble.set_notice("", state.trouble)
        self.trouble.setVisible(bool(state.trouble))
        self.skip.setVisible(state.can_skip)
        self.camera.setVisible(state.has_camera)
        self.picture.setVisible(state.is_camera_on)
        self._icon.setVisible(not state.is_camera_on)
        if not state.is_camera_on:
            self.picture.clear()
        self._label()

    @override
    def apply_theme(self) -> None:
        """Scale margins."""
        super().apply_theme()
        look = theme()
        self.body.setContentsMargins(look.px(24), look.px(16), look.px(24), look.px(8))
        self.body.setSpacing(look.px(10))
        self._row.setSpacing(look.px(16))
        self.footer.setContentsMargins(look.px(16), look.px(8), look.px(16), look.px(16))
        self.footer.setSpacing(look.px(8))

    @override
    def retranslate(self) -> None:
        """Say the title and name the buttons."""
        super().retranslate()
        self.title.setText(tr("Scan the marking code"))
        self._hint.setText(
            tr("Hold the square code on the package to the scanner. One code, one piece")
        )
        self.picture.set_hint(tr("Hold the square code of the package here"))
        self.typed.set_label(tr("Type the code"))
        self.skip.set_label(tr("Without a code"))
        self.remove.set_label(tr("Remove from the order"))
        self._label()

    def _label(self) -> None:
        is_on = self.state.is_camera_on
        self.camera.set_label(tr("Camera off") if is_on else tr("Camera"))
