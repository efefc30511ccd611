"""The application's tree of errors.

    AppError                    every error that may reach a person; has a code and words
    +-- InputError              what was entered or scanned cannot be used: say why, change nothing
    +-- RuleError               a rule of the house forbids it (rights, limits, state of the order)
    +-- OutsideError            network, disk or device: retry or go on without it
    |   +-- TemporaryError      trying again may help
    |   +-- FinalError          trying again will not help
    |   +-- OutcomeUnknown      money may have moved: never retried blindly, always asked
    +-- BugError                our fault: reported with its traceback, the screen stays usable

`code` is stable and fit for a log or a support call; `text(lang)` is one or two short sentences
for the screen. Codes of devices and of the service keep their own names.
"""

from typing import ClassVar


class AppError(Exception):
    """Base of all errors of the application.

    Args:
        code: Stable upper-case name.
        ru: Sentence for the screen in Russian.
        en: The same in English.
    """

    kind: ClassVar[str] = "app"

    def __init__(self, code: str, ru: str, en: str) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.ru = ru
        self.en = en

    def text(self, lang: str) -> str:
        """Return the sentence for the screen, `lang` being "ru" or "en"."""
        return self.en if lang == "en" else self.ru


class InputError(AppError):
    """What was entered or scanned cannot be used; nothing was changed."""

    kind = "input"


class RuleError(AppError):
    """A rule forbids the action; nothing was changed."""

    kind = "rule"


class OutsideError(AppError):
    """Something outside the program failed."""

    kind = "environment"


class TemporaryError(OutsideError):
    """Trying again may help."""

    kind = "temporary"


class FinalError(OutsideError):
    """Trying again will not help."""

    kind = "final"


class OutcomeUnknown(OutsideError):  # noqa: N818 -- a state of its own, not a plain error
    """Money may or may not have moved; only asking the other side can tell."""

    kind = "unknown"


class BugError(AppError):
    """A fault of the program itself."""

    kind = "bug"

    def __init__(self, detail: str) -> None:
        super().__init__(
            "INTERNAL",
            "Ошибка программы записана. Заказ сохранён, можно продолжать",
            "A program error was recorded. The order is safe, you can go on",
        )
        self.detail = detail
