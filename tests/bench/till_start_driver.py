"""One measured start of the till: a process of its own, started by `till_start_bench`.

It does what `run_till` does, then signs in through the use case and opens the sale screen. It prints
a JSON line: milliseconds since the parent started the process until the login screen and the sale
screen were painted, the processor time that took, and the memory.

    MAXLOYALTY_HOME=... python -m tests.bench.till_start_driver BORN_NS [SALES]
"""

import json
import sys
import time

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
from typing_extensions import override

BORN_NS = int(sys.argv[1])
SALES = int(sys.argv[2]) if len(sys.argv) > 2 else 0


class Start(QObject):
    """Follows the start from the first picture to the end."""

    def __init__(self, program: "TillProgram", app: QApplication) -> None:
        super().__init__()
        self._program, self._app = program, app
        self._phase = "login"
        self.marks: dict[str, float] = {}

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look again once the loop has nothing left to paint."""
        if event.type() in (QEvent.Type.Paint, QEvent.Type.UpdateRequest):
            QTimer.singleShot(0, self._look)  # after the painting that this event begins
        return False

    def _look(self) -> None:
        if self._phase == "login":
            self._phase = "signing in"
            self._mark("login")
            till = self._program.till
            self._program.ui.ops.run(
                lambda: till.session.sign_in(PERSON, PIN), success=lambda _: self._enter()
            )
        elif self._phase == "sale" and self._is_usable():
            self._phase = "done"
            self._mark("sale")
            QTimer.singleShot(0, self._end)

    def _enter(self) -> None:
        self._phase = "sale"
        self._program.ui.go(ScreenId.SALE)

    def _is_usable(self) -> bool:
        """Tell whether products and the order are there and painted; called after a picture."""
        ui = self._program.ui
        return bool(ui.sale.products.tiles) and ui.board.state is not None

    def _mark(self, name: str) -> None:
        self.marks[f"{name}_ms"] = (time.monotonic_ns() - BORN_NS) / 1e6
        self.marks[f"{name}_cpu_ms"] = time.process_time() * 1000
        self.marks[f"{name}_mb"] = resident_mb()

    def _end(self) -> None:
        try:
            if SALES:
                sell(self._program, SALES)
                self._mark("sold")
        finally:
            self._app.quit()


def sell(program: "TillProgram", count: int) -> None:
    """Make sales of three products for cash, the screen following each step."""
    till, board, app = program.till, program.ui.board, QApplication.instance()
    assert app is not None
    if till.shift.current is None:
        till.shift.open(0)
    plain = [number for number in range(300) if is_plain(number)]
    for number in range(count):
        for place in range(3):
            product = ProductId(f"p{plain[(number * 3 + place) % len(plain)]}")
            board.publish(till.sale.tap(product).state)
            app.processEvents()
        till.checkout.start()
        till.checkout.pay_exact_cash()
        till.checkout.dismiss()
        board.publish(till.sale.state())
        app.processEvents()


if __name__ == "__main__":
    # From here on as in `run_till`; the imports belong to what is measured.
    from app.bootstrap.core import Core
    from app.bootstrap.till import Relay, TillProgram
    from app.kernel.ids import ProductId
    from app.kernel.log import set_up_logging
    from app.settings import Settings
    from app.ui.app import make_application
    from app.ui.frame.screen import ScreenId
    from tests.bench.big_menu import is_plain
    from tests.bench.sandbox import PERSON, PIN, resident_mb

    settings = Settings.load()
    set_up_logging(settings.home / "logs", "till")
    application = make_application(["till"])
    relay = Relay()
    core = Core(settings, relay)
    core.open()
    running = TillProgram(core, relay, settings)
    start = Start(running, application)
    running.ui.window.installEventFilter(start)
    running.start()
    application.exec()
    loaded = [name for name in ("pydantic", "httpx", "PIL", "numpy", "cv2") if name in sys.modules]
    running.close()
    print(json.dumps(start.marks | {"loaded": loaded}))
