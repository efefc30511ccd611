"""Settings of a terminal of Sberbank, and the arguments that its program gets."""

from dataclasses import dataclass

from drivers.api.errors import ConfigurationError
from drivers.api.terminal import TerminalResult
from drivers.terminals.text import ENCODINGS


@dataclass(frozen=True, slots=True)
class SberbankOptions:
    """Settings of a terminal of Sberbank; times in seconds.

    Attributes:
        folder: where the program writes its files; '' is the program's own folder.
        encoding: of the files: 'auto', 'cp866', 'koi8-r', 'cp1251' or 'utf-8'.
        language: of the words in results, 'ru' or 'en'.
        currency: ISO 4217 letters of the one currency the terminal works in.
        cancel_arguments: behind operation 8; {amount_minor}, {rrn}, {auth_code} and {receipt_no} are
            put in. Versions differ: the installer's manual says what they take.
        refund_arguments: behind operation 3, the same.
        operation_limit_s: for a card operation; the program is left running when it is over.
        ask_limit_s: for questions that need no card.
    """

    folder: str = ""
    encoding: str = "auto"
    language: str = "ru"
    currency: str = "RUB"
    cancel_arguments: str = "{amount_minor}"
    refund_arguments: str = "{amount_minor}"
    operation_limit_s: float = 180.0
    ask_limit_s: float = 60.0

    def __post_init__(self) -> None:
        if self.encoding not in ENCODINGS:
            raise ConfigurationError(f"encoding must be one of {', '.join(ENCODINGS)}")
        for template in (self.cancel_arguments, self.refund_arguments):
            fill(template, 0, None)


def fill(template: str, amount_minor: int, known: TerminalResult | None) -> tuple[str, ...]:
    """Put an operation's facts into a line of arguments; cut first, so that no fact adds one."""
    facts = {
        "amount_minor": str(amount_minor),
        "rrn": known.rrn if known else "",
        "auth_code": known.auth_code if known else "",
        "receipt_no": known.receipt_no if known else "",
    }
    try:
        return tuple(word.format_map(facts) for word in template.split())
    except (KeyError, ValueError, IndexError, AttributeError) as error:
        known_names = ", ".join(facts)
        raise ConfigurationError(f"arguments {template!r} may name {known_names} only") from error
