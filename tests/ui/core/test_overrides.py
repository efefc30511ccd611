"""A fault in an overridden method of Qt is told, and the program goes on."""

import subprocess
import sys
from types import FunctionType

import pytest
from PySide6.QtCore import QObject

from app.bootstrap.till import __name__ as till  # loads every screen, and what shows it
from app.demo.hand import __name__ as hand

PROGRAM = """
import sys
import app.ui
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QWidget

told = []
sys.excepthook = lambda kind, error, trace: told.append(kind.__name__)


class Screen(QWidget):
    def __init__(self):
        super().__init__()
        self.begun = 0

    def {method}(self, event):
        self.begun += 1
        painter = QPainter(self) if {paints} else None
        {fault}


program = QApplication([])
screen = Screen()
screen.startTimer(1)
for turn in range(3):
    for step in (lambda: screen.resize(100 + turn, 100), screen.show, screen.repaint):
        try:
            step()
        except Exception as error:  # what Python has called tells it to Python
            told.append(type(error).__name__)
    loop = QEventLoop()
    QTimer.singleShot(20, loop.quit)
    loop.exec()
    screen.hide()
print(screen.begun > 1, set(told))
"""


@pytest.mark.parametrize("fault", ["None + 1", "int('x')", "[][0]", "nobody"])
@pytest.mark.parametrize("method", ["paintEvent", "resizeEvent", "showEvent", "timerEvent"])
def test_a_fault_in_an_override_is_told_and_the_program_goes_on(method: str, fault: str) -> None:
    """A program of its own: without the guard it dies of a signal."""
    text = PROGRAM.format(method=method, fault=fault, paints=method == "paintEvent")
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    kinds = {"None + 1": "TypeError", "int('x')": "ValueError", "[][0]": "IndexError"}
    assert done.stdout.split("\n")[0] == f"True {{'{kinds.get(fault, 'NameError')}'}}"


def subclasses(kind: type[QObject]) -> set[type[QObject]]:
    """Return all classes below one."""
    below = set(kind.__subclasses__())
    return below.union(*map(subclasses, below)) if below else below


def test_every_override_of_the_till_is_guarded() -> None:
    """A class that was made before the guard was set up would not be."""
    assert {till, hand} <= sys.modules.keys()
    seen, unguarded = 0, []
    for kind in subclasses(QObject):
        if not kind.__module__.startswith("app."):
            continue
        of_qt = [base for base in kind.__mro__ if base.__module__.startswith("PySide6.")]
        for name, method in vars(kind).items():
            if not isinstance(method, FunctionType) or name.startswith("__"):
                continue
            if any(name in vars(base) for base in of_qt):
                seen += 1
                if not hasattr(method, "__wrapped__"):
                    unguarded.append(f"{kind.__qualname__}.{name}")
    assert unguarded == []
    assert seen > 50
