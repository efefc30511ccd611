"""Marking codes in the fiscal receipt: the whole code, the evidence of its check, and its way back (D8).

How: the real drivers of the register and of the marking services, both against their simulators.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from typing_extensions import override

from app.bootstrap.marking import LateMarking
from app.kernel.ids import LineId
from app.store.rows import FiscalState
from app.till.devices import Devices
from app.till.house import TillSettings
from app.till.permissions import Action
from app.till.refund_plan import RefundWish
from drivers.api.marking import MarkingSettings
from drivers.sim.marking import MarkingSimulator
from tests.till.bench import BORIS, COFFEE, PINS
from tests.till.fiscal_bench import FiscalBench
from tests.till.marked import MARKED_MENU, WATER, water

PATIENT_S = 30.0


@dataclass
class MarkedFiscalBench(FiscalBench):
    """A till with marked goods, a register and the services of the marking system."""

    services: MarkingSimulator = field(default_factory=MarkingSimulator)

    @override
    def __post_init__(self) -> None:
        self.services.start()
        super().__post_init__()

    @override
    def _fill(self) -> None:
        super()._fill()
        with self.store.reader() as db:
            taxes = db.catalog.tax_table()
        self.store.replace_menu(replace(MARKED_MENU, taxes=taxes))

    @override
    def _devices(self) -> Devices:
        devices = super()._devices()
        asks = MarkingSettings(
            cdn_url=self.services.url, api_key="key", timeout_s=PATIENT_S, limit_s=PATIENT_S
        )
        devices.marking = LateMarking(asks, self.clock)
        return devices

    @override
    def close(self) -> None:
        """End till and simulators."""
        super().close()
        self.services.stop()

    def sell(self, *codes: str) -> None:
        """Sell water by its codes and a coffee for cash, and have the receipt made."""
        for code in codes:
            self.till.sale.scan(code)
        self.till.sale.tap(COFFEE)
        self.till.marks.check()
        self.till.checkout.pay_exact_cash()
        self.work()

    def items(self, place: int = -1) -> list[dict[str, Any]]:
        """Return the positions of a receipt in the fiscal storage."""
        found = self.receipts()[place].content["items"]
        assert isinstance(found, list)
        items = [dict(item) for item in found if isinstance(item, dict)]
        return [item for item in items if item["type"] == "position"]


@pytest.fixture
def marked(quick_folder: Path) -> Iterator[MarkedFiscalBench]:
    bench = MarkedFiscalBench(
        quick_folder / "till", settings=TillSettings(sells_without_marks=True)
    )
    bench.ready()
    yield bench
    bench.close()


def code_of(item: dict[str, Any]) -> str:
    return base64.b64decode(item["imcParams"]["imc"]).decode("ascii")


def test_the_whole_code_and_the_evidence_of_its_check_are_in_the_receipt(
    marked: MarkedFiscalBench,
) -> None:
    marked.sell(water(1), water(2))
    first, second, coffee = marked.items()
    assert [code_of(first), code_of(second)] == [water(1), water(2)]
    assert "\x1d" in code_of(first)
    assert first["imcParams"]["itemEstimatedStatus"] == "itemPieceSold"
    assert first["quantity"] == 1
    (note,) = first["industryInfo"]
    assert note["industryAttribute"].startswith("UUID=")
    assert "imcParams" not in coffee
    assert "industryInfo" not in coffee


def test_a_code_that_nobody_could_check_goes_into_the_receipt_without_evidence(
    marked: MarkedFiscalBench,
) -> None:
    marked.services.break_("error-500")
    marked.sell(water())
    assert code_of(marked.items()[0]) == water()
    assert "industryInfo" not in marked.items()[0]


def test_the_code_goes_back_with_a_refund(marked: MarkedFiscalBench) -> None:
    marked.sell(water(1), water(2))
    marked.sign_in(BORIS)
    sale = marked.sales()[0]
    back = {LineId(sale.lines[0].line_id): 1_000}
    marked.till.refunds.refund(RefundWish(sale.sale_id, "вернул", quantities=back))
    marked.work()
    (item,) = marked.items()
    assert code_of(item) == water(1)
    assert item["imcParams"]["itemEstimatedStatus"] == "itemPieceReturn"
    identities = [line.mark.identity for line in sale.lines if line.mark]
    with marked.store.reader() as db:
        assert [db.sales.find_by_mark(one) for one in identities] == [None, sale.sale_id]


def test_a_piece_sold_without_its_code_is_named_so(marked: MarkedFiscalBench) -> None:
    till = marked.till
    line_id = LineId(till.sale.tap(WATER).line_id)
    approval = till.session.approve(None, PINS[BORIS], Action.SELL_UNMARKED)
    till.marks.skip(line_id, "код не читается", approval)
    marked.sell()
    water_item = marked.items()[0]
    assert "imcParams" not in water_item
    assert water_item["paymentObject"] == "commodityWithoutMarking"


def test_the_marking_system_is_told_the_number_of_the_fiscal_storage(
    marked: MarkedFiscalBench,
) -> None:
    """Its local module knows a till by this number, the network asks for it."""
    marked.sell(water(1))
    asked = [
        request for request in marked.services.requests if request.path.endswith("codes/check")
    ]
    body = asked[-1].json()
    assert isinstance(body, dict)
    assert body["fiscalDriveNumber"] == marked.machine.fn_number


def test_the_register_checks_each_code_before_the_receipt(marked: MarkedFiscalBench) -> None:
    """FFD 1.2: a code that the fiscal storage has not checked is refused (code 420)."""
    marked.sell(water(1))
    assert code_of(marked.items()[0]) == water(1)
    marked.sign_in(BORIS)
    sale = marked.sales()[0]
    marked.till.refunds.refund(RefundWish(sale.sale_id, "вернул"))
    marked.work()
    assert marked.items()[0]["imcParams"]["itemEstimatedStatus"] == "itemPieceReturn"


def test_a_code_the_register_refuses_stops_its_receipt_only_and_is_named(
    marked: MarkedFiscalBench,
) -> None:
    marked.machine.mark_verdict = 406
    marked.till.sale.scan(water(1))
    marked.till.marks.check()
    marked.till.checkout.pay_exact_cash()
    marked.work()
    (task,) = marked.tasks()
    assert task.state is FiscalState.FAILED
    assert "маркировк" in task.error_ru
    assert marked.receipts() == []

    marked.sell()  # a coffee: the next guest waits for nothing
    assert [item["name"] for item in marked.items()] == ["Кофе"]

    marked.machine.mark_verdict = 0
    marked.till.fiscal.retry(task.task_id)
    marked.work()
    assert [code_of(item) for item in marked.items()] == [water(1)]
    assert len(marked.receipts()) == 2


def test_a_marking_server_that_is_away_holds_the_receipt_up_for_a_while(
    marked: MarkedFiscalBench,
) -> None:
    marked.machine.mark_verdict = 421
    marked.till.sale.scan(water(1))
    marked.till.marks.check()
    marked.till.checkout.pay_exact_cash()
    while marked.till.fiscal.run_once():
        pass
    (task,) = marked.tasks()
    assert task.state is FiscalState.QUEUED
    assert task.attempts >= 1
    assert task.not_before is not None
    marked.machine.mark_verdict = 0
    marked.work()
    assert marked.state_of(task.task_id) is FiscalState.DONE
    assert len(marked.receipts()) == 1
