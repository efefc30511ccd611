"""What stands around the till in the demonstration: service, network and devices, all real processes.

service process <- network that can be cut <- till -> printer process, terminal process
                                                  <- scanner process (a pseudo-terminal)
                                                  <- camera (a video file)
"""

import contextlib
import json
from pathlib import Path
from typing import Any, Final, Self

import sqlalchemy as sa

from app.bootstrap.processes import Child
from app.demo.network import CuttableNetwork
from app.service.db.engine import make_engine
from app.service.guests.qr import printed_qr
from app.service.tenants.models import tenants
from app.settings import Settings
from drivers.sim.camera import write_video

_CARD_TIME_S: Final = "0.3"


class Stage:
    """Starts everything and gives the till its settings. Use it as a context manager.

    Args:
        folder: For all files of this run.
        receipts: Where the printer lays its papers; by default below the folder.
    """

    def __init__(self, folder: Path, *, receipts: Path | None = None) -> None:
        self.folder = folder
        self.home = folder / "till"
        self.service_home = folder / "service"
        self.receipts = receipts or folder / "receipts"
        self._exits = contextlib.ExitStack()

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as exits:
            self._start(exits)
            self._exits = exits.pop_all()
        return self

    def __exit__(self, *_error: object) -> None:
        self._exits.close()

    def _start(self, exits: contextlib.ExitStack) -> None:
        for each in (self.home, self.service_home, self.receipts):
            each.mkdir(parents=True, exist_ok=True)
        # All of them start at once, then each is waited for.
        self.service = _started(
            exits, Child("service", ("service", "--own", "--port", "0"), self._service_environment)
        )
        self.printer = _started(
            exits,
            Child("printer", ("simulate", "printer", "--port", "0", "--out", str(self.receipts))),
        )
        self.terminal = _started(
            exits,
            Child("terminal", ("simulate", "terminal", "--port", "0", "--card-time", _CARD_TIME_S)),
        )
        self.scanner = _started(exits, Child("scanner", ("simulate", "scanner")))
        self.service.tell(json.dumps({"apiKey": ""}))
        self.printer_address = self.printer.read_line()
        self.terminal_port = int(self.terminal.read_json()["port"])
        self.scanner_path = str(self.scanner.read_json()["path"])
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
        """Return the settings of the till on this stage."""
        return Settings(
            home=self.home,
            theme=theme,
            service_url=f"http://127.0.0.1:{self.network.port}",
            api_key=str(self._key["apiKey"]),
            restaurant_id=str(self._key["restaurantId"]),
            lock_after_s=0,
            volume=0,
            devices=(
                _device("receipt", "printer", "printer.escpos", "tcp", self.printer_address),
                _device(
                    "terminal", "terminal", "terminal.zvt", "tcp", f"127.0.0.1:{self.terminal_port}"
                ),
                _device("scanner", "scanner", "scanner.serial", "serial", self.scanner_path),
                _device("camera", "camera", "camera.opencv", "camera", str(self.video)),
            ),
        )

    def printed(self) -> list[Path]:
        """Return the text of each receipt that came out of the printer, in order."""
        return sorted(self.receipts.glob("receipt-*.txt"))

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


def _device(key: str, kind: str, model: str, transport: str, address: str) -> dict[str, Any]:
    return {"id": key, "kind": kind, "model": model, "transport": transport, "address": address}
