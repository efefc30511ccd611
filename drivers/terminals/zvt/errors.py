"""Refusals of a terminal in its own words. Tree: see `drivers.api.errors`."""

from typing import ClassVar

from typing_extensions import override

from drivers.api.errors import (
    DeviceBusy,
    DeviceRefused,
    DriverError,
    Language,
    NotSupported,
)
from drivers.terminals.zvt.tables import RESULT_BUSY, RESULT_UNSUPPORTED, result_text


class TerminalRefused(DeviceRefused):
    """The terminal did not take the command; nothing was booked. `result` is its code."""

    code: ClassVar[str] = "terminal.refused"

    def __init__(self, result: int, *, device: str = "") -> None:
        super().__init__(f"result {result:02X}: {result_text(result, 'en')}", device=device)
        self.result = result

    @override
    def text(self, lang: Language = "ru") -> str:
        """Say the terminal's reason."""
        sentence = result_text(self.result, lang) + "."
        return f"{self.device}: {sentence}" if self.device else sentence


def refusal(result: int) -> DriverError:
    """Return the error for a command that was not taken (84 xx, or 06 1E xx outside of money)."""
    if result == RESULT_BUSY:
        return DeviceBusy("the terminal answered 9C, please wait")
    if result == RESULT_UNSUPPORTED:
        return NotSupported("the terminal answered 83, function not possible")
    return TerminalRefused(result)
