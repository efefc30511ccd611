"""What every screen is told of money by phone that came after its payment was given up."""

from PySide6.QtCore import QObject

from app.till.till import Till
from app.till.words import Words
from app.ui.bridge import Sound, Tone
from app.ui.dates import say
from app.ui.frame.tools import Tools


class MoneyWatch(QObject):
    """Follows late money while the till is open; each payment has a toast of its own that stays.

    Args:
        tools: Messages.
        till: The use cases.
    """

    def __init__(self, tools: Tools, till: Till) -> None:
        super().__init__()
        self._tools = tools
        till.late_money.on_found = self._on_found

    def _on_found(self, words: Words) -> None:
        """Tell what became of money that came; on the watch's thread."""
        self._tools.bridge.toast(say(words), tone=Tone.WARNING, sticky=True, sound=Sound.WARNING)
