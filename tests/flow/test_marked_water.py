"""A bottle of water from the service's menu to the fiscal storage, by the settings of a real till (D8).

How: the till's core with its devices as `till.json` names them: a serial scanner, a register, the services of
the marking system, each a simulator that speaks the same bytes; the demo service runs beside it.
"""

import base64
import os
import queue
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap.core import Core
from app.bootstrap.marking import KEY_VARIABLE
from drivers.api.scanner import Scan
from drivers.sim.atol_web import AtolWebSimulator
from drivers.sim.marking import MarkingSimulator
from drivers.sim.scanner import ScannerSimulator
from tests.flow.open_tills import Ears, OpenTill, Tills, wait_until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals need POSIX")

GS = "\x1d"
WATER = "Вода «Сенежская» 0,5 л"


@dataclass
class KeenEars(Ears):
    """Keeps what a scanner reads, too."""

    scans: "queue.Queue[str]" = field(default_factory=queue.Queue)

    def on_scan(self, scan: Scan) -> None:
        """A serial scanner read a code."""
        self.scans.put(scan.text)


@dataclass
class Bar:
    """A till with all that a bottle of water needs."""

    opened: OpenTill
    ears: KeenEars
    scanner: ScannerSimulator
    services: MarkingSimulator
    register: AtolWebSimulator

    def read(self, code: str) -> str:
        """Hold a code to the scanner and return what came of it."""
        self.scanner.scan(code)
        return self.ears.scans.get(timeout=60)

    def items(self) -> list[dict[str, Any]]:
        """Return the positions of the last receipt."""
        found = self.register.machine.receipts[-1].content["items"]
        assert isinstance(found, list)
        items = [dict(item) for item in found if isinstance(item, dict)]
        return [item for item in items if item["type"] == "position"]


@pytest.fixture
def bar(tills: Tills, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bar]:
    monkeypatch.setenv(KEY_VARIABLE, "key of the company")
    scanner = ScannerSimulator(tmp_path / "scanner")
    services = MarkingSimulator(api_key=os.environ[KEY_VARIABLE])
    register = AtolWebSimulator()
    scanner.plug()
    services.start()
    register.start()
    settings = replace(
        tills.settings("bar"),
        devices=(
            {
                "id": "scanner", "kind": "scanner", "model": "scanner.serial",
                "transport": "serial", "address": scanner.path,
            },
            {
                "id": "register", "kind": "fiscal", "model": "fiscal.atol",
                "transport": "http", "address": register.url,
            },
        ),
        marking={"cdn_url": services.url, "timeout_s": 30.0, "limit_s": 30.0},
    )  # fmt: skip
    ears = KeenEars()
    opened = OpenTill(Core(settings, ears), ears)
    opened.core.open()
    opened.core.connect()
    opened.meet_service()
    yield Bar(opened, ears, scanner, services, register)
    opened.close()
    register.stop()
    services.stop()
    scanner.unplug()


def test_a_scanned_bottle_is_checked_sold_and_told_to_the_tax_office(bar: Bar) -> None:
    till = bar.opened.ready()
    tile = next(tile for tile in till.catalog.tiles(limit=400) if tile.name == WATER)
    assert tile.is_marked
    (ean,) = till.catalog.product(tile.product_id).barcodes
    codes = [f"010{ean}215Jg{number:010d}{GS}93Mdk5" for number in (1, 2)]

    bar.services.set_code(codes[0][:31], sold=True)
    till.sale.tap(tile.product_id)
    till.sale.scan(bar.read(codes[0]))
    refused = till.marks.check()
    assert refused.warning is not None
    assert "уже продан" in refused.warning.ru
    line_id = refused.cart.lines[0].line_id
    assert till.marks.scan(line_id, bar.read(codes[1])).is_mark
    assert till.marks.check().warning is None
    till.checkout.pay_exact_cash()

    wait_until(lambda: bool(bar.register.machine.receipts), "the receipt")
    (item,) = bar.items()
    assert base64.b64decode(item["imcParams"]["imc"]).decode("ascii") == codes[1]
    assert item["industryInfo"][0]["number"] == "1944"
    bar.opened.deliver()
