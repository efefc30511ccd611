"""A sentence for people in both languages, and the short way to raise it as an error."""

from typing import NamedTuple

from app.kernel.errors import FinalError, InputError, RuleError, TemporaryError


class Words(NamedTuple):
    """A sentence in Russian and in English; may hold `{names}` to be filled in."""

    ru: str
    en: str

    def text(self, lang: str) -> str:
        """Return the sentence, `lang` being "ru" or "en"."""
        return self.en if lang == "en" else self.ru

    def fill(self, **values: object) -> "Words":
        """Return the sentence with its names filled in, the same in both languages."""
        return Words(self.ru.format(**values), self.en.format(**values))

    def input_error(self, code: str) -> InputError:
        """Return this as "what was entered cannot be used"."""
        return InputError(code, self.ru, self.en)

    def rule_error(self, code: str) -> RuleError:
        """Return this as "a rule forbids it"."""
        return RuleError(code, self.ru, self.en)

    def temporary(self, code: str) -> TemporaryError:
        """Return this as "something outside failed, trying again may help"."""
        return TemporaryError(code, self.ru, self.en)

    def final(self, code: str) -> FinalError:
        """Return this as "something outside failed for good"."""
        return FinalError(code, self.ru, self.en)
