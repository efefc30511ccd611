"""Languages: every word is translated, plurals agree, and switching needs no restart."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from pytestqt.qtbot import QtBot

from app.ui.text import language, set_language, tr
from app.ui.widgets.numpad import ContextKey, Numpad

pytestmark = pytest.mark.usefixtures("look")

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def translations() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "translations", ROOT / "packaging" / "translations.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_sentence_of_the_interface_has_its_russian_words(translations: ModuleType) -> None:
    assert translations.check() == []


@pytest.mark.parametrize(
    ("count", "russian"), [(1, "ещё 1"), (2, "ещё 2"), (5, "ещё 5"), (21, "ещё 21")]
)
def test_plural_follows_the_number(count: int, russian: str) -> None:
    assert tr("%n more", count) == russian
    set_language("en")
    assert tr("%n more", count) == f"{count} more"


def test_open_widget_changes_its_words_at_once(qtbot: QtBot) -> None:
    pad = Numpad(ContextKey.FORGOT)
    qtbot.addWidget(pad)
    assert pad.keys["context"].text() == "Забыли?"

    set_language("en")
    qtbot.waitUntil(lambda: pad.keys["context"].text() == "Forgot?", timeout=60_000)
    assert language() == "en"


def test_language_without_files_is_refused() -> None:
    with pytest.raises(FileNotFoundError):
        set_language("xx")  # type: ignore[arg-type]  # a wrong language is the test
    assert language() == "ru"
