"""What the tests of the screens share: the look of the till, in Russian, and its lanes."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from app.kernel.errors import AppError
from app.ui.ops import Ops
from app.ui.text import set_language
from app.ui.theme import Theme, ThemeName, install


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let pass what the offscreen platform says about windows of a fixed size."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints", extend=True))


class RecordedErrors:
    """Keeps the errors that nobody handled."""

    def __init__(self) -> None:
        self.errors: list[AppError] = []

    def show_error(self, error: AppError) -> None:
        """Keep it."""
        self.errors.append(error)


@pytest.fixture(autouse=True)
def nothing_lives_on(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Stop the clocks of the test's presenters and delete its windows.

    A signal keeps the presenter that listens to it, and a window that lives on is dressed again by
    every new look of the tests that follow.
    """
    freeze = gc.freeze
    frozen: list[None] = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(freeze()))
    yield
    if frozen:  # what a program under test has set aside for good ends with the test
        gc.unfreeze()
    for timer in shiboken6.getAllValidWrappers():
        if isinstance(timer, QTimer):
            timer.stop()
    for window in qapp.topLevelWidgets():
        if shiboken6.isValid(window) and window.parent() is None:
            shiboken6.delete(window)


@pytest.fixture
def look(qapp: QApplication) -> Iterator[Theme]:
    """Return the light theme at 100 % in Russian."""
    theme = install(qapp)
    set_language("ru")
    yield theme
    theme.apply(name=ThemeName.LIGHT, scale_percent=100)


@pytest.fixture
def unhandled() -> RecordedErrors:
    return RecordedErrors()


@pytest.fixture
def ops(qapp: QApplication, unhandled: RecordedErrors) -> Iterator[Ops]:
    assert QApplication.instance() is qapp
    lanes = Ops(unhandled)
    yield lanes
    assert lanes.close(5.0), "an operation hangs"
