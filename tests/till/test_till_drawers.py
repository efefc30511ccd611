"""The cash drawer: opened at once by the restaurant's choice, with or without paper, never late (D10)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from app.kernel.errors import AppError
from app.kernel.ids import SaleId
from app.till.devices import Devices, Drawer, Station
from app.till.house import TillSettings
from app.till.order import StepName, StepStatus
from app.till.refund_plan import RefundWish
from drivers.api.drawer_policy import DrawerWhen
from drivers.api.errors import ConnectionLost, DriverError, PaperOut
from drivers.api.printer import OpenDrawer, PrinterCapabilities
from tests.fakes.printer import FakePrinter
from tests.till.bench import BORIS, COFFEE, Bench
from tests.till.fiscal_bench import FiscalBench


@dataclass
class Shelf:
    """A drawer with a port of its own."""

    when: DrawerWhen = "cash"
    opened: int = 0
    error: DriverError | None = None

    def kick(self) -> None:
        if self.error is not None:
            raise self.error
        self.opened += 1


_IS_A_DRAWER: type[Drawer] = Shelf


@dataclass
class ChosenPrinter(FakePrinter):
    """A printer with the restaurant's choice."""

    when: DrawerWhen = "cash"

    @property
    def capabilities(self) -> PrinterCapabilities:
        return PrinterCapabilities(columns=48, dots=576, drawer_when=self.when)


@dataclass
class DrawerBench(Bench):
    """A till with drawers of their own."""

    drawers: dict[str, Shelf] = field(default_factory=dict)

    def _devices(self) -> Devices:
        devices = super()._devices()
        devices.drawers = self.drawers
        return devices


def _cash(bench: Bench) -> SaleId:
    bench.till.sale.tap(COFFEE)
    done = bench.till.checkout.pay_exact_cash().done
    assert done is not None
    bench.till.checkout.dismiss()
    return done.sale.sale_id


def _card(bench: Bench) -> None:
    bench.till.sale.tap(COFFEE)
    assert bench.till.checkout.pay_card().done is not None
    bench.till.checkout.dismiss()


@pytest.mark.parametrize(
    ("when", "by_cash", "by_card"), [("cash", 1, 0), ("always", 1, 1), ("never", 0, 0)]
)
def test_the_restaurant_chooses_what_opens_the_drawer(
    make_bench: Callable[..., Bench], when: DrawerWhen, by_cash: int, by_card: int
) -> None:
    bench = make_bench(printer=ChosenPrinter(when=when))
    bench.ready()
    _cash(bench)
    bench.till.printing.run_once()
    assert bench.printer.drawer == by_cash
    _card(bench)
    bench.till.printing.run_once()
    assert bench.printer.drawer == by_cash + by_card


def test_the_drawer_opens_before_the_receipt_and_the_paper_opens_none(bench: Bench) -> None:
    bench.ready()
    _cash(bench)
    bench.printer.error = PaperOut("roll")
    bench.till.printing.run_once()
    assert bench.printer.drawer == 1, "no paper stops no drawer"
    bench.printer.error = None
    bench.clock.advance(timedelta(minutes=5))
    bench.till.printing.run_once()

    (paper,) = bench.printer.paper
    assert not [element for element in paper.elements if isinstance(element, OpenDrawer)]
    assert bench.printer.drawer == 1


def test_it_opens_where_no_receipt_is_printed(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(settings=TillSettings(prints_receipts=False))
    bench.ready()
    _cash(bench)
    bench.till.printing.run_once()

    assert bench.printer.drawer == 1
    assert bench.printer.paper == []


def test_it_opens_although_the_register_prints_and_even_if_that_is_silent(
    quick_folder: Path,
) -> None:
    bench = FiscalBench(quick_folder / "fiscal", prints=True)
    bench.ready()
    bench.work()
    bench.machine.has_paper = False
    _cash(bench)
    bench.till.printing.run_once()
    bench.till.fiscal.run_once()

    assert bench.printer.drawer == 1
    assert bench.printer.paper == []
    bench.close()


def test_the_kitchen_cooks_what_is_paid_whatever_the_register_says(quick_folder: Path) -> None:
    hot = FakePrinter()
    bench = FiscalBench(quick_folder / "kitchen", prints=True)
    bench.ready()
    bench.work()
    bench.devices.printers = {**bench.devices.printers, "hot": hot}
    bench.devices.stations = (Station("hot", "Горячий цех", ("*",)),)
    bench.machine.has_paper = False
    bench.till.sale.tap(COFFEE)
    done = bench.till.checkout.pay_exact_cash().done
    assert done is not None
    bench.till.fiscal.run_once()
    bench.till.printing.run_once("hot")

    assert len(hot.paper) == 1
    progress = bench.till.progress(done)
    steps = {step.name: step.status for step in progress.steps}
    assert steps[StepName.KITCHEN] is StepStatus.DONE
    assert steps[StepName.FISCAL] is not StepStatus.DONE
    order = [step.name for step in progress.steps]
    assert (
        order.index(StepName.FISCAL) < order.index(StepName.KITCHEN) < order.index(StepName.PRINT)
    )
    bench.close()


def test_nobody_stands_before_it_a_minute_later(bench: Bench) -> None:
    bench.ready()
    _cash(bench)
    bench.clock.advance(timedelta(seconds=60))
    bench.till.printing.run_once()

    assert bench.printer.drawer == 0


def test_a_copy_opens_no_drawer_and_cash_given_back_does(bench: Bench) -> None:
    bench.ready()
    sale_id = _cash(bench)
    bench.till.printing.run_once()
    bench.till.printing.reprint(sale_id)
    bench.till.printing.run_once()
    assert bench.printer.drawer == 1
    bench.sign_in(BORIS)
    bench.till.refunds.refund(RefundWish(sale_id, "брак"))
    bench.till.printing.run_once()

    assert bench.printer.drawer == 2


def test_a_drawer_of_its_own_is_used_instead_of_the_socket(quick_folder: Path) -> None:
    shelf, other = Shelf("cash"), Shelf("always")
    bench = DrawerBench(quick_folder / "own", drawers={"left": shelf, "right": other})
    bench.ready()
    _cash(bench)
    _card(bench)
    for name in ("left", "right", "receipt", "receipt"):
        bench.till.printing.run_once(name)

    assert (shelf.opened, other.opened, bench.printer.drawer) == (1, 1, 0)
    bench.till.printing.open_drawer()
    assert (shelf.opened, other.opened) == (2, 2)
    bench.close()


def test_a_stuck_drawer_of_its_own_is_told(quick_folder: Path) -> None:
    told: list[str] = []
    shelf = Shelf(error=ConnectionLost("cable"))
    bench = DrawerBench(quick_folder / "stuck", drawers={"left": shelf})
    bench.ready()
    bench.till.printing.drawers.on_trouble = lambda words: told.append(words.ru)
    _cash(bench)
    bench.till.printing.run_once("left")

    assert told == ["Ящик не открылся. Откройте ключом"]
    with pytest.raises(AppError):
        bench.till.printing.open_drawer()
    bench.close()


def test_after_a_crash_no_drawer_springs_open(bench: Bench) -> None:
    bench.ready()
    _cash(bench)
    bench.restart()
    bench.till.printing.run_once()

    assert bench.printer.drawer == 0
    assert len(bench.printer.paper) == 1
