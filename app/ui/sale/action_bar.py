"""The action bar under the products: what is done with the order, each with its key."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget
from typing_extensions import override

from app.ui.sale.state import ActionKey, ActionState
from app.ui.text import tr, tr_later
from app.ui.theme import theme
from app.ui.widgets.button import HotkeyPlace, PushButton
from app.ui.widgets.live import LiveFrame

HEIGHT_PX: Final = 80
#: Action: icon, key, words.
_ACTIONS: Final = {
    ActionKey.GUEST: ("user-plus", "F4", tr_later("Guest")),
    ActionKey.DISCOUNT: ("discount", "F6", tr_later("Discount")),
    ActionKey.HOLD: ("clock-pause", "F7", tr_later("Hold")),
    ActionKey.KITCHEN: ("chef-hat", "F8", tr_later("To the kitchen")),
    ActionKey.UNDO: ("arrow-back-up", "Ctrl+Z", tr_later("Undo")),
    ActionKey.MORE: ("dots", "F10", tr_later("More")),
}

#: Shares of the bar: the button with a badge needs a little more.
WIDTH: Final = 100
_WIDTHS: Final = {ActionKey.KITCHEN: 110}


class ActionBar(LiveFrame):
    """The bar.

    Args:
        parent: Owner.

    Attributes:
        wanted: Value of the `ActionKey` that was tapped.
    """

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, box="line-top")
        self._row = QHBoxLayout(self)
        self.buttons: dict[ActionKey, PushButton] = {}
        for key, (icon, hotkey, _words) in _ACTIONS.items():
            self.buttons[key] = self._make(key, icon, hotkey)
        self.refresh()

    def show_actions(self, actions: tuple[ActionState, ...]) -> None:
        """Show which actions can be done now."""
        for action in actions:
            button = self.buttons[action.key]
            button.setEnabled(action.is_enabled)
            button.set_badge(action.badge)
            button.setVisible(action.is_shown)

    def set_narrow(self, is_narrow: bool) -> None:
        """Stand icons over labels in the narrow layout."""
        for button in self.buttons.values():
            button.set_icon_above(is_narrow)

    @override
    def apply_theme(self) -> None:
        """Scale the bar."""
        look = theme()
        self.setFixedHeight(look.px(HEIGHT_PX))
        self._row.setContentsMargins(look.px(8), look.px(8), look.px(8), look.px(8))
        self._row.setSpacing(look.px(8))

    @override
    def retranslate(self) -> None:
        """Name the actions."""
        for key, (_icon, hotkey, words) in _ACTIONS.items():
            self.buttons[key].set_label(tr(words))
            self.buttons[key].setToolTip(f"{tr(words)} {hotkey}")

    def _make(self, key: ActionKey, icon: str, hotkey: str) -> PushButton:
        button = PushButton(
            "",
            icon=icon,
            hotkey=hotkey,
            hotkey_place=HotkeyPlace.UNDER,
            height=64,
            size_px=16,
            parent=self,
        )
        button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda: self.wanted.emit(key.value))
        self._row.addWidget(button, _WIDTHS.get(key, WIDTH))
        return button
