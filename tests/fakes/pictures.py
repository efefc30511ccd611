"""Pictures of views: drawn offscreen, looked over for cut words, and kept if a folder is named.

Set `MAXLOYALTY_PICTURES` to a folder to keep the PNG files and compare them with the design.
"""

import os
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QSize
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from app.ui.theme import ThemeName, theme
from app.ui.widgets.button import PushButton
from app.ui.widgets.label import Label

WORK_AREA = QSize(934, 712)
WIDE_AREA = QSize(1366, 712)
SCREEN = QSize(1366, 768)


def photograph(qtbot: QtBot, view: QWidget, name: str, size: QSize) -> None:
    """Draw a view in both themes, and fail if a word does not fit.

    The `look` fixture brings the light theme back.
    """
    qtbot.addWidget(view)
    # Widgets of earlier tests would be styled again with each change of the theme.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    for look in (ThemeName.LIGHT, ThemeName.DARK):
        if theme().name is not look:
            theme().apply(name=look)
        view.resize(size)
        view.show()
        QApplication.processEvents()
        view.resize(size)
        picture = view.grab().toImage()
        assert not picture.isNull()
        assert view.size() == size, f"{name} needs {view.minimumSizeHint()}, has {size}"
        folder = os.environ.get("MAXLOYALTY_PICTURES")
        if folder:
            path = Path(folder)
            path.mkdir(parents=True, exist_ok=True)
            assert picture.save(str(path / f"{name}-{look}.png"))
        cut = cut_words(view)
        assert not cut, f"{name}: {cut}"


def cut_words(view: QWidget) -> list[str]:
    """Return the texts that are wider or taller than their labels and buttons."""
    cut: list[str] = []
    for label in view.findChildren(QLabel):
        if not label.isVisible() or not label.text() or not label.pixmap().isNull():
            continue
        if isinstance(label, Label) and label.minimumSizeHint().width() == 0:
            continue  # it is made to be cut, with an ellipsis
        if label.wordWrap():
            needed = label.heightForWidth(label.width())
            if needed > label.height() + 1:
                cut.append(f"{label.text()!r} needs {needed} px, has {label.height()}")
        elif label.sizeHint().width() > label.width() + 1:
            cut.append(f"{label.text()!r} is wider than {label.width()} px")
    for button in view.findChildren(PushButton):
        hint = button.minimumSizeHint()
        if button.isVisible() and hint.width() > button.width() + 1:
            cut.append(f"button {button.text()!r} needs {hint.width()}, has {button.width()}")
    return cut
