"""Messages to the cashier, from any thread: toasts, the banner, sounds.

Nothing here blocks or asks: a message has at most one button, and the sale goes on beside it. The
window listens to the signals; before there is a window, messages are only logged.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from app.kernel.errors import AppError, BugError
from app.ui.text import language

log = logging.getLogger(__name__)


class Tone(StrEnum):
    """What a message is about; decides its icon and colour."""

    INFO = "info"
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"
    LOYALTY = "loyalty"


class Sound(StrEnum):
    """The sounds of the till; the value is the name of the file."""

    SCAN_OK = "scan_ok"
    GUEST_FOUND = "guest_found"
    ERROR = "error"
    WARNING = "warning"
    SALE_DONE = "sale_done"


@dataclass(frozen=True, slots=True)
class Action:
    """The one button of a message: what it says and what it does, on the GUI thread."""

    label: str
    run: Callable[[], object]


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell the cashier.

    Attributes:
        text: What happened, then what to do; at most 90 characters.
        detail: A second, smaller line.
        icon: Name of an icon; by default the tone's own.
        action: One button.
        sticky: Stays until it is answered instead of five seconds.
        key: A later message with the same key takes the place of this one.
        sound: Played with the message.
    """

    text: str
    detail: str = ""
    tone: Tone = Tone.INFO
    icon: str = ""
    action: Action | None = None
    sticky: bool = False
    key: str = ""
    sound: Sound | None = None


class Bridge(QObject):
    """Carries messages to the window. Every method may be called from any thread.

    Attributes:
        toast_wanted: A `Message` for the toast stack.
        banner_wanted: A `Message` for the banner, or None to take it away.
        toast_withdrawn: The key of a toast that is out of date.
        sound_wanted: A `Sound` that goes with something visible.
    """

    toast_wanted = Signal(object)
    banner_wanted = Signal(object)
    toast_withdrawn = Signal(str)
    sound_wanted = Signal(object)

    def toast(
        self,
        text: str,
        *,
        detail: str = "",
        tone: Tone = Tone.INFO,
        icon: str = "",
        action: Action | None = None,
        sticky: bool = False,
        key: str = "",
        sound: Sound | None = None,
    ) -> None:
        """Show a toast. See `Message` for the arguments."""
        message = Message(text, detail, tone, icon, action, sticky, key, sound)
        log.info("toast: %s %s", text, detail)
        self.toast_wanted.emit(message)
        if sound is not None:
            self.sound_wanted.emit(sound)

    def show_error(self, error: AppError) -> None:
        """Show what an error says, with its sound; a fault of the program is marked as such."""
        tone = Tone.ERROR if isinstance(error, BugError) else Tone.WARNING
        self.toast(error.text(language()), tone=tone, key=f"error:{error.code}", sound=Sound.ERROR)

    def banner(self, message: Message | None) -> None:
        """Show a banner over the work area until it is replaced or taken away."""
        self.banner_wanted.emit(message)

    def withdraw(self, key: str) -> None:
        """Take away a toast that is no longer true."""
        self.toast_withdrawn.emit(key)

    def sound(self, sound: Sound) -> None:
        """Play a sound for something that the screen already shows."""
        self.sound_wanted.emit(sound)
