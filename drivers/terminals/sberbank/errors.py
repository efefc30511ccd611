"""Refusals of Sberbank's pad in its own words. Tree: see `drivers.api.errors`."""

from typing import ClassVar

from typing_extensions import override

from drivers.api.errors import DeviceRefused, Language
from drivers.terminals.sberbank.codes import result_text


class SberbankRefused(DeviceRefused):
    """The pad did not do what was asked; nothing was booked. `result` is its code."""

    code: ClassVar[str] = "terminal.refused"

    def __init__(self, result: int, *, device: str = "") -> None:
        super().__init__(f"result {result}: {result_text(result, 'en')}", device=device)
        self.result = result

    @override
    def text(self, lang: Language = "ru") -> str:
        """Say the pad's reason."""
        sentence = result_text(self.result, lang) + "."
        return f"{self.device}: {sentence}" if self.device else sentence
