"""The guides of `resources/docs/integrator`, in the order in which they are shown, and their texts."""

from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from app.kernel.resources import resource_path
from app.service.docs.markdown import Heading, headings, render

ENGLISH: Final = "en"
RUSSIAN: Final = "ru"
_SUFFIX: Final = ".md"
_RUSSIAN_SUFFIX: Final = ".ru"


class Chapter(NamedTuple):
    """Guides that belong together, by the names of their files without suffix."""

    title_en: str
    title_ru: str
    guides: tuple[str, ...]


CHAPTERS: Final = (
    Chapter("Begin", "Начало", ("quick-start", "authentication", "tenancy")),
    Chapter(
        "Basics",
        "Основы",
        ("errors", "idempotency", "lists", "rate-limits", "amounts", "versions"),
    ),
    Chapter("Points of sale", "Кассы", ("pos-till", "pos-iiko", "pos-rkeeper", "pos-webhooks")),
    Chapter("Events and guests", "События и гости", ("webhooks", "guest-qr")),
)
"""Every guide there is; those with a Russian text beside them have a file `NAME.ru.md`."""


class Guide(NamedTuple):
    """One guide in one language."""

    name: str
    language: str
    title: str
    summary: str
    headings: tuple[Heading, ...]
    html: str


def guide_names() -> tuple[str, ...]:
    """Return the names of all guides in all languages, as they stand in addresses."""
    found = []
    for chapter in CHAPTERS:
        for name in chapter.guides:
            found.append(name)
            if has_russian(name):
                found.append(name + _RUSSIAN_SUFFIX)
    return tuple(found)


def guide_path(name: str) -> Path:
    """Return the file of a guide."""
    return resource_path("docs", "integrator", name + _SUFFIX)


@cache
def has_russian(name: str) -> bool:
    """Tell whether a guide has a Russian text too."""
    return (resource_path("docs", "integrator") / f"{name}{_RUSSIAN_SUFFIX}{_SUFFIX}").exists()


def other_language(name: str) -> str | None:
    """Return the name of the same guide in the other language, if there is one."""
    if name.endswith(_RUSSIAN_SUFFIX):
        return name.removesuffix(_RUSSIAN_SUFFIX)
    return name + _RUSSIAN_SUFFIX if has_russian(name) else None


@cache
def read_guide(name: str) -> Guide:
    """Return a guide by its name in addresses: `errors`, `pos-till.ru`.

    Raises:
        KeyError: There is no such guide.
    """
    if name not in guide_names():
        raise KeyError(name)
    source = guide_path(name).read_text("utf-8")
    found = tuple(headings(source))
    language = RUSSIAN if name.endswith(_RUSSIAN_SUFFIX) else ENGLISH
    return Guide(name, language, found[0].text, _summary(source), found, render(source))


def _summary(source: str) -> str:
    """Return the first paragraph below the title."""
    parts = source.split("\n\n")
    return " ".join(parts[1].split()) if len(parts) > 1 else ""
