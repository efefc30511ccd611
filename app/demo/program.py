"""The till of the demonstration: started for a shift, closed or killed after it."""

import contextlib
from collections.abc import Iterator
from typing import Final

from PySide6.QtWidgets import QApplication

from app.bootstrap.core import Core
from app.bootstrap.till import Relay, TillProgram
from app.demo.record import Record
from app.settings import Settings

_WINDOW: Final = (1366, 768)


@contextlib.contextmanager
def running_till(settings: Settings, record: Record) -> Iterator[TillProgram]:
    """Start a till, measure it while it is used, close it.

    A failure leaves a picture of the screen behind.

    Args:
        settings: Of this till.
        record: Gets how long the GUI thread could not answer.
    """
    relay = Relay()
    core = Core(settings, relay)
    core.open()
    program = TillProgram(core, relay, settings)
    program.ui.window.resize(*_WINDOW)
    program.start()
    record.watch()  # from the window on; what comes before it is the start, which has its own limit
    try:
        yield program
    except Exception:
        record.rest()
        program.ui.window.grab().save(str(record.folder / "screens" / "failed.png"))
        raise
    finally:
        record.rest()
        program.close()
        QApplication.processEvents()
