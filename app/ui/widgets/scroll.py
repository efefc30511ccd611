"""A transparent scroll area that follows the finger."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QScrollArea, QScroller, QWidget


def scroll_around(box: QWidget) -> QScrollArea:
    """Return a scroll area with a widget in it, without a face of its own.

    A touch drags the contents; the wheel and the bar work for a mouse.
    """
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setWidget(box)
    scroll.viewport().setAutoFillBackground(False)
    box.setAutoFillBackground(False)
    QScroller.grabGesture(scroll.viewport(), QScroller.ScrollerGestureType.TouchGesture)
    return scroll
