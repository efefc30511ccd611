"""A fault in a method of Qt that we override is told; it does not end the program.

Where such a method (`paintEvent`, `resizeEvent`, `sizeHint`, ...) lets an error out that the interpreter
itself has raised, as `None + 1` does, PySide 6.9.3 reads the error's arguments before there are any on
Python 3.11 and older, and the process dies of a segmentation fault. An error that has been caught once has
them. So each override catches what leaves it and raises it again; then it goes where all faults go
(`sys.excepthook`). What the method left open, a painter above all, is let go at once: Qt may not go on
with a widget that is still being painted.
"""

import functools
import traceback
from collections.abc import Callable
from types import FunctionType
from typing import ParamSpec, TypeVar

from PySide6.QtCore import QObject

Given = ParamSpec("Given")
Result = TypeVar("Result")


def guard_overrides() -> None:
    """Have every class that is made of Qt's from now on tell its faults. Repeatable."""
    QObject.__init_subclass__ = classmethod(_guard)  # type: ignore[assignment] # PySide's types take it


def _guard(cls: type[QObject], /) -> None:
    super(QObject, cls).__init_subclass__()
    of_qt = [base for base in cls.__mro__ if base.__module__.startswith("PySide6.")]
    for name, method in list(vars(cls).items()):
        if not isinstance(method, FunctionType) or name.startswith("__"):
            continue
        if any(name in vars(base) for base in of_qt):
            setattr(cls, name, _told(method))


def _told(method: Callable[Given, Result]) -> Callable[Given, Result]:
    @functools.wraps(method)
    def call(*args: Given.args, **options: Given.kwargs) -> Result:
        try:
            return method(*args, **options)
        except Exception as error:
            traceback.clear_frames(error.__traceback__)
            raise

    return call
