"""Settings of an INPAS terminal."""

from dataclasses import dataclass

from drivers.api.errors import ConfigurationError
from drivers.terminals.text import ENCODINGS

_CODES = ("sale", "cancel", "refund", "settlement", "link_test", "last_operation", "last_command")


@dataclass(frozen=True, slots=True)
class InpasOptions:
    """Settings of an INPAS terminal; times in seconds.

    Attributes:
        terminal_id: number given by the bank; '' is not sent.
        ecr_id: number of the till at the terminal; '' is not sent.
        currency: ISO 4217 letters of the one currency the terminal works in.
        language: of the words in results, 'ru' or 'en'.
        encoding: of texts and slips, 'auto' finds it out.
        sale: code of the operation [Ref 5.4, V*], as are settlement and link_test.
        cancel: (unconfirmed).
        refund: 29, on some profiles 3 (unconfirmed).
        settlement: reconciles with the bank.
        link_test: asks whether the terminal is there.
        last_operation: service operation that repeats the last one's data (unconfirmed); '' if the profile has
            none: a lost answer then stays with a human.
        last_command: field 65 that goes with it (unconfirmed).
        ack_timeout_s: until the terminal acknowledges a request.
        answer_timeout_s: of silence while it works; each wait frame begins it anew.
        operation_limit_s: for one operation in all.
        settlement_limit_s: for a settlement in all.
    """

    terminal_id: str = ""
    ecr_id: str = ""
    currency: str = "RUB"
    language: str = "ru"
    encoding: str = "auto"
    sale: str = "1"
    cancel: str = "4"
    refund: str = "29"
    settlement: str = "59"
    link_test: str = "26"
    last_operation: str = "63"
    last_command: str = "22"
    ack_timeout_s: float = 5.0
    answer_timeout_s: float = 45.0
    operation_limit_s: float = 180.0
    settlement_limit_s: float = 600.0

    def __post_init__(self) -> None:
        if self.encoding not in ENCODINGS:
            raise ConfigurationError(f"encoding must be one of {', '.join(ENCODINGS)}")
        for name in _CODES:
            code = str(getattr(self, name))
            if code and not (code.isascii() and code.isdigit() and len(code) <= 4):
                raise ConfigurationError(f"{name} must be a number, not {code!r}")
        if not (self.terminal_id + self.ecr_id).isascii():
            raise ConfigurationError("terminal_id and ecr_id must be Latin letters and digits")
