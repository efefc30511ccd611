"""The header of a work area: back, title, and what stands at the right."""

from PySide6.QtCore import Signal
from typing_extensions import override

from app.ui.text import tr
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.label import Label
from app.ui.widgets.stack import Row


class WorkHeader(Row):
    """72 px: a back button, the title, and widgets added with `add` at the right.

    Attributes:
        back: The back button was pressed.
    """

    back = Signal()

    def __init__(self) -> None:
        super().__init__(gap=12, margins=(0, 8, 0, 8), height=72)
        self.back_button = PushButton(kind=Kind.OUTLINE, icon="arrow-left", width=56, name="Back")
        self.back_button.clicked.connect(self.back)
        self._title = Label(style="title")
        self.add(self.back_button, self._title)
        self.add_stretch()
        self.retranslate()

    def set_title(self, title: str, *, can_go_back: bool = True) -> None:
        """Show a title, with or without a way back."""
        self._title.setText(title)
        self.back_button.setVisible(can_go_back)

    def title(self) -> str:
        """Return the title."""
        return self._title.text()

    @override
    def retranslate(self) -> None:
        """Name the back button."""
        self.back_button.set_name(tr("Back"))
