"""Languages: English is written in the code, Russian and the plural forms come from `.qm` files.

`tr("Pay")` gives the words of the present language. Switching loads another file, then Qt
sends `LanguageChange` to every widget, and views render themselves again (`app.ui.widgets.live`).
The words are kept in one file an area of the interface (`resources/i18n/ru_sale.ts`);
`packaging/translations.py` gathers, fills and compiles them to `ru.qm` and `en.qm`.

GUI thread only, except `tr` and `language`, which any thread may call.
"""

from typing import Final, Literal

from PySide6.QtCore import QCoreApplication, QEvent, QTranslator

from app.kernel.resources import resource_path

Language = Literal["ru", "en"]
CONTEXT: Final = "till"


class _Spoken:
    """The present language and the one translator that is installed."""

    language: Language = "en"
    translator: QTranslator | None = None


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
    if _Spoken.translator is not None and wanted == _Spoken.language:
        return
    file = resource_path("i18n", f"{wanted}.qm")
    translator = _Spoken.translator or QTranslator()
    if not translator.load(str(file)):
        raise FileNotFoundError(f"the translation {file.name} cannot be read")
    _Spoken.language = wanted
    if _Spoken.translator is None:
        _Spoken.translator = translator
        app.installTranslator(translator)  # this tells every widget
    else:
        # Taking one translator out and another in would tell every widget twice.
        QCoreApplication.sendEvent(app, QEvent(QEvent.Type.LanguageChange))
