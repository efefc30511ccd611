"""What stands around the till in the demonstration: service, network and devices, all real processes.

service process <- network that can be cut <- till -> printer, kitchen printer, terminal, fiscal register, bank
                                                  -> the guest's display (a pseudo-terminal)
                                                  <- scanner (a pseudo-terminal), camera (a video file)

All simulators take orders on their input; the terminal, the register, the bank and the display keep journals.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Self

import sqlalchemy as sa

from app.bootstrap.processes import Child
from app.bootstrap.watching import QR_KEY_VARIABLE
from app.demo.network import CuttableNetwork
from app.service.db.engine import make_engine
from app.service.guests.qr import printed_qr
from app.service.tenants.models import tenants
from app.settings import Settings
from drivers.sim.camera import write_video
from drivers.sim.sbp import MERCHANT_ID, SECRET_KEY

#: Categories of the demo cafe that the kitchen cooks; nobody cooks the rest.
KITCHEN_COOKS: Final = ("Завтраки", "Супы", "Салаты и боулы")
STATION: Final = "Горячий цех"
_CARD_TIME_S: Final = "0.3"
_ORDER_S: Final = 90.0


class Stage:
    """Starts everything and gives the till its settings. Use it as a context manager.

    Args:
        folder: For all files of this run.
        receipts: Where the printer lays its papers; by default below the folder.
        tickets: Where the kitchen's printer lays its own.
    """

    def __init__(
        self, folder: Path, *, receipts: Path | None = None, tickets: Path | None = None
    ) -> None:
        self.folder = folder
        self.home = folder / "till"
        self.service_home = folder / "service"
        self.receipts = receipts or folder / "receipts"
        self.tickets = tickets or folder / "tickets"
        self._exits = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as exits:
            self._start(exits)
            self._exits = exits.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._exits.close()

    def _start(self, exits: contextlib.ExitStack) -> None:
        for each in (self.home, self.service_home, self.receipts, self.tickets):
            each.mkdir(parents=True, exist_ok=True)
        exits.enter_context(_environment(QR_KEY_VARIABLE, SECRET_KEY))
        # All of them start at once, then each is waited for.
        self.service = _started(
            exits, Child("service", ("service", "--own", "--port", "0"), self._service_environment)
        )
        self.printer = _simulator(exits, "printer", "--port", "0", "--out", str(self.receipts))
        self.kitchen = _simulator(
            exits, "printer", "--port", "0", "--out", str(self.tickets), name="kitchen"
        )
        self.terminal = _simulator(exits, "terminal", "--port", "0", "--card-time", _CARD_TIME_S)
        self.scanner = _simulator(exits, "scanner")
        self.register = _simulator(exits, "fiscal", "--port", "0")
        self.bank = _simulator(exits, "sbp", "--port", "0")
        self.display = _simulator(exits, "display", "--quiet")
        self.service.tell(json.dumps({"apiKey": ""}))
        self.printer_address = self.printer.read_line()
        self.kitchen_address = self.kitchen.read_line()
        self.terminal_port = int(self.terminal.read_json()["port"])
        self.scanner_path = str(self.scanner.read_json()["path"])
        self.register_url = str(self.register.read_json()["url"])
        self.bank_url = str(self.bank.read_json()["url"])
        self.display_path = str(self.display.read_json()["address"])
        self._key = self.service.read_json()
        self.service_port = int(self.service.read_json()["port"])
        self.network = CuttableNetwork("127.0.0.1", self.service_port)
        self.network.start()
        exits.callback(self.network.stop)

    @property
    def _service_environment(self) -> dict[str, str]:
        return {"MAXLOYALTY_HOME": str(self.service_home)}

    @property
    def video(self) -> Path:
        """The file that the camera films."""
        return self.folder / "guest.avi"

    def film(self, text: str) -> None:
        """Hold a QR code with a text in front of the camera."""
        write_video(self.video, text)

    def settings(self, theme: str = "light") -> Settings:
        """Return the settings of the till on this stage; the dark one has the fiscal register."""
        return Settings(
            home=self.home,
            theme=theme,
            service_url=f"http://127.0.0.1:{self.network.port}",
            api_key=str(self._key["apiKey"]),
            restaurant_id=str(self._key["restaurantId"]),
            lock_after_s=0,
            volume=0,
            customer_screen="window",
            devices=(*self._devices(), *([self._register()] if theme == "dark" else [])),
        )

    def _devices(self) -> list[dict[str, Any]]:
        terminal = f"127.0.0.1:{self.terminal_port}"
        merchant = {"merchant_id": MERCHANT_ID}
        return [
            _device("receipt", "printer", "printer.escpos", "tcp", self.printer_address),
            _device(
                "kitchen",
                "printer",
                "printer.escpos",
                "tcp",
                self.kitchen_address,
                kitchen=", ".join(KITCHEN_COOKS),
                station=STATION,
                substitute="receipt",
                receipts=False,
            ),
            _device("terminal", "terminal", "terminal.zvt", "tcp", terminal),
            _device("bank", "qr_payment", "qr.sbp_raiffeisen", "https", self.bank_url, **merchant),
            _device("display", "display", "display.line", "serial", self.display_path),
            _device("scanner", "scanner", "scanner.serial", "serial", self.scanner_path),
            _device("camera", "camera", "camera.opencv", "camera", str(self.video)),
        ]

    def _register(self) -> dict[str, Any]:
        return _device(
            "register", "fiscal", "fiscal.atol", "http", self.register_url, blocked_limit_s=1.0
        )

    def ask(self, simulator: Child, order: str) -> dict[str, Any]:
        """Give a simulator that answers in JSON an order and return its answer, sums exact.

        Raises:
            ValueError: It refused.
            TemporaryError: It has ended, or said nothing.
        """
        simulator.tell(order)
        answer: dict[str, Any] = json.loads(simulator.read_line(_ORDER_S), parse_float=Decimal)
        if not answer["ok"]:
            raise ValueError(f"{simulator.name}: {order}: {answer['error']}")
        return answer

    def printed(self) -> list[Path]:
        """Return the text of each receipt that came out of the printer, in order."""
        return sorted(self.receipts.glob("receipt-*.txt"))

    def tickets_told(self) -> list[str]:
        """Return each ticket of the kitchen: from its own printer, then from the one that stood in."""
        own = [paper.read_text(encoding="utf-8") for paper in sorted(self.tickets.glob("*.txt"))]
        others = [paper.read_text(encoding="utf-8") for paper in self.printed()]
        return own + [text for text in others if STATION in text]

    def audit(self) -> dict[str, Any]:
        """Have the service's own command prove its ledger."""
        child = Child("audit", ("audit",), self._service_environment)
        try:
            lines = [child.read_line()]
            while lines[-1] != "}":
                lines.append(child.read_line())
        finally:
            child.stop()
        result: dict[str, Any] = json.loads("\n".join(lines))
        return result

    def printed_card(self, code6: str) -> str:
        """Return the QR of a guest's printed card, as the office would print it."""
        engine = make_engine(f"sqlite:///{self.service_database}", writes=False)
        try:
            with engine.connect() as connection:
                secret = connection.execute(sa.select(tenants.c.qr_secret)).scalars().one()
        finally:
            engine.dispose()
        return printed_qr(secret, code6)

    @property
    def service_database(self) -> Path:
        """The service's database file, for reading only."""
        return self.service_home / "service.sqlite3"


def _started(exits: contextlib.ExitStack, child: Child) -> Child:
    exits.callback(child.stop)
    return child


def _simulator(exits: contextlib.ExitStack, device: str, *options: str, name: str = "") -> Child:
    return _started(exits, Child(name or device, ("simulate", device, *options)))


@contextlib.contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """Set a variable of this process for a while."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


def _device(
    key: str, kind: str, model: str, transport: str, address: str, **options: str | bool | float
) -> dict[str, Any]:
    return {
        "id": key,
        "kind": kind,
        "model": model,
        "transport": transport,
        "address": address,
        "options": options,
    }
