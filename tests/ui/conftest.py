"""What the tests of the screens share: the look of the till, in Russian, and its lanes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
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
