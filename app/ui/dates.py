"""Days and hours as people read them, in the language that is spoken now."""

from datetime import date, datetime, timedelta

from PySide6.QtCore import QDate, QLocale

from app.till.words import Words
from app.ui.text import language, tr


def say(words: Words | None) -> str:
    """Return a sentence of a use case in the present language; nothing for None."""
    return "" if words is None else words.text(language())


def clock_text(moment: datetime) -> str:
    """Return `14:32`; the moment is in the venue's zone already."""
    return f"{moment:%H:%M}"


def day_text(day: date, today: date) -> str:
    """Return `today`, `yesterday`, `20 November`, with the year only if it is another one."""
    if day == today:
        return tr("today")
    if day == today - timedelta(days=1):
        return tr("yesterday")
    pattern = "d MMMM" if day.year == today.year else "d MMMM yyyy"
    return _locale().toString(QDate(day.year, day.month, day.day), pattern)


def weekday_text(day: date) -> str:
    """Return `Thursday, 20 November`."""
    text = _locale().toString(QDate(day.year, day.month, day.day), "dddd, d MMMM")
    return text[:1].upper() + text[1:]


def span_text(seconds: int) -> str:
    """Return a countdown, `14:05`."""
    minutes, rest = divmod(max(seconds, 0), 60)
    return f"{minutes}:{rest:02d}"


def _locale() -> QLocale:
    spoken = QLocale.Language.Russian if language() == "ru" else QLocale.Language.English
    return QLocale(spoken)
