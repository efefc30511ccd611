"""Languages: English is written in the code, Russian and the plural forms come from `.qm` files.

`tr("Pay")` gives the words of the present language. Switching installs other translators; Qt then
sends `LanguageChange` to every widget, and views render themselves again (`app.ui.widgets.live`).
The files are kept one pair an area of the interface (`resources/i18n/ru_sale.ts` and `.qm`);
`packaging/translations.py` gathers, fills and compiles them.

GUI thread only, except `tr` and `language`, which any thread may call.
"""

from typing import Final, Literal

from PySide6.QtCore import QCoreApplication, QTranslator

from app.kernel.resources import resource_path

Language = Literal["ru", "en"]
CONTEXT: Final = "till"


class _Spoken:
    """The present language and the translators that are installed for it."""

    language: Language = "en"
    translators: tuple[QTranslator, ...] = ()


def tr(source: str, n: int = -1, /, **values: object) -> str:
    """Return a sentence in the present language.

    Args:
        source: The English sentence; `%n` stands for the number, `{name}` for a value.
        n: The number that decides the plural form.
        values: What stands for each `{name}`.
    """
    words = QCoreApplication.translate(CONTEXT, source, None, n)
    return words.format(**values) if values else words


def tr_later(source: str) -> str:
    """Mark an English sentence for translation and return it unchanged; `tr` it when shown."""
    return source


def language() -> Language:
    """Return the language that is spoken now."""
    return _Spoken.language


def set_language(wanted: Language) -> None:
    """Speak another language at once, on every screen that is open.

    Raises:
        FileNotFoundError: The program was built without its translations.
    """
    app = QCoreApplication.instance()
    assert app is not None
    files = sorted(resource_path("i18n").glob(f"{wanted}_*.qm"))
    if not files:
        raise FileNotFoundError(f"no translations for {wanted}")
    _Spoken.language = wanted
    for old in _Spoken.translators:
        app.removeTranslator(old)
    loaded: list[QTranslator] = []
    for file in files:
        translator = QTranslator()
        if not translator.load(str(file)):
            raise FileNotFoundError(f"the translation {file.name} cannot be read")
        app.installTranslator(translator)
        loaded.append(translator)
    _Spoken.translators = tuple(loaded)
