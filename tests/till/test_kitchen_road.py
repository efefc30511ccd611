"""Tickets over real sockets to simulated printers: a broken one is stood in for, a loss is told (D4)."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from app.kernel.ids import SaleId
from app.store.rows import PrintState
from app.till.devices import RECEIPT_PRINTER, Devices, Station
from app.till.order import StepName, StepStatus
from app.till.payment_states import Completed, Progress, WayOut
from app.till.queue_states import Choice, RowKind, RowStatus
from app.till.words import Words
from drivers.api.printer import Paper
from drivers.printers.build import network_printer
from drivers.printers.profiles import get_profile
from drivers.printers.receipt import EscposPrinter, PrinterTimeouts
from drivers.sim.printer import PrinterSimulator
from tests.till.bench import CAKE, COFFEE, SOUP, Bench

HOT, BAR = "hot", "bar"
QUICK = PrinterTimeouts(answer_s=0.3, write_s=1.0, print_s=1.0, poll_s=0.02)
HOT_STATION = Station(HOT, "Горячий цех", ("Кухня",), substitute=BAR)
PAST_PATIENCE_S = (1, 2, 5, 10, 10)


class Plugged(Bench):
    """A till whose three printers are simulators on TCP; tries and pauses by hand."""

    sims: dict[str, PrinterSimulator]
    stations = (HOT_STATION,)

    def _devices(self) -> Devices:
        devices = super()._devices()
        devices.printers = {name: _driver(name, sim) for name, sim in self.sims.items()}
        devices.stations = self.stations
        return devices

    def print_all(self) -> None:
        """Let every printer work off what it can print now."""
        while any(list(map(self.till.printing.run_once, self.sims))):
            pass

    def let_time_pass(self) -> None:
        """Longer than anybody waits for a printer, with the tries in between."""
        for pause in PAST_PATIENCE_S:
            self.clock.advance(timedelta(seconds=pause))
            self.print_all()

    def sell(self, *products: str) -> Completed:
        """Sell for cash."""
        for product in products:
            self.till.sale.tap(product)  # type: ignore[arg-type]  # ids are texts
        done = self.till.checkout.pay_exact_cash().done
        assert done is not None
        self.till.checkout.dismiss()
        return done

    def tickets(self, name: str) -> list[list[str]]:
        """Return the words on each ticket of a printer, as the simulator printed them."""
        papers = [
            [line.strip() for line in paper.lines if not line.startswith("[")]
            for paper in self.sims[name].receipts
        ]
        return [paper for paper in papers if any(" x " in line for line in paper)]


def _driver(name: str, sim: PrinterSimulator) -> EscposPrinter:
    return network_printer(name, sim.profile, "127.0.0.1", sim.port, timeouts=QUICK)


@pytest.fixture
def plugged(quick_folder: Path) -> Iterator[Plugged]:
    with ExitStack() as stack:
        profile = get_profile("XP-80")
        names = (RECEIPT_PRINTER, HOT, BAR)
        sims = {name: stack.enter_context(PrinterSimulator(profile)) for name in names}
        Plugged.sims = sims
        bench = Plugged(quick_folder / "plugged")
        stack.callback(bench.close)
        bench.ready()
        yield bench


def _step(progress: Progress) -> StepStatus:
    return next(step.status for step in progress.steps if step.name is StepName.KITCHEN)


def _jobs(bench: Bench, sale_id: SaleId) -> dict[PrintState, int]:
    with bench.store.reader() as db:
        states = [job.state for job in db.print_jobs.list_by_sale(sale_id) if job.kind == "kitchen"]
    return {state: states.count(state) for state in states}


def test_paper_of_the_station_carries_the_order(plugged: Plugged) -> None:
    done = plugged.sell(SOUP, COFFEE)
    assert _step(plugged.till.progress(done)) is StepStatus.WAITING
    plugged.print_all()

    (ticket,) = plugged.tickets(HOT)
    assert ticket[:2] == ["Горячий цех", "Заказ 1"]
    assert "1 x Суп" in ticket
    assert "1 x Кофе" in ticket
    assert _step(plugged.till.progress(done)) is StepStatus.DONE


def test_a_printer_without_paper_is_stood_in_for_in_order(plugged: Plugged) -> None:
    told: list[Words] = []
    plugged.till.printing.kitchen.on_trouble = lambda _job, words: told.append(words)
    plugged.sims[HOT].set_paper(Paper.OUT)
    first = plugged.sell(SOUP)
    plugged.print_all()
    plugged.sell(CAKE)
    plugged.print_all()
    assert plugged.tickets(BAR) == []  # patience first

    plugged.let_time_pass()

    tickets = plugged.tickets(BAR)
    assert [[line for line in ticket if " x " in line] for ticket in tickets] == [
        ["1 x Суп"],
        ["1 x Торт"],
    ]
    assert all("ВМЕСТО: ГОРЯЧИЙ ЦЕХ" in ticket for ticket in tickets)
    assert not any("ПОВТОР" in ticket for ticket in tickets)
    plugged.sims[HOT].set_paper(Paper.OK)
    plugged.let_time_pass()
    assert plugged.tickets(HOT) == []
    assert [words.ru for words in told][:1] == [
        "«Горячий цех» не печатает. Заказ 1 напечатан на «bar»"
    ]
    steps = plugged.till.progress(first).steps
    assert next(step.words.ru for step in steps if step.name is StepName.KITCHEN) == (
        "Кухня получила заказ на другом принтере"
    )


def test_what_may_be_on_paper_already_is_marked_at_the_substitute(plugged: Plugged) -> None:
    plugged.sell(SOUP)
    plugged.sims[HOT].unplug_after(plugged.sims[HOT].received_bytes + 150)
    plugged.print_all()
    plugged.sims[HOT].unplug()
    plugged.let_time_pass()

    (ticket,) = plugged.tickets(BAR)
    assert "ПОВТОР" in ticket
    assert "ВМЕСТО: ГОРЯЧИЙ ЦЕХ" in ticket
    assert "1 x Суп" in ticket


def _break_both(plugged: Plugged) -> Completed:
    plugged.sims[HOT].set_paper(Paper.OUT)
    plugged.sims[BAR].set_paper(Paper.OUT)
    done = plugged.sell(SOUP)
    plugged.print_all()
    plugged.let_time_pass()
    plugged.let_time_pass()
    return done


def test_if_both_fail_the_cashier_is_told_with_ways_out(plugged: Plugged) -> None:
    told: list[Words] = []
    plugged.till.printing.kitchen.on_trouble = lambda _job, words: told.append(words)
    done = _break_both(plugged)

    progress = plugged.till.progress(done)
    assert _step(progress) is StepStatus.FAILED
    assert progress.failure is not None
    assert progress.failure.words.ru == "Кухня не получила заказ"
    assert [way.way for way in progress.failure.ways] == [
        WayOut.KITCHEN_RETRY,
        WayOut.KITCHEN_HERE,
        WayOut.KITCHEN_TOLD,
        WayOut.NEXT_GUEST,
    ]
    assert told[-1].ru == "Кухня не получила заказ 1. Повторите или скажите голосом"
    assert len(plugged.sims[RECEIPT_PRINTER].receipts) == 1  # the guest has his receipt


def test_try_again_prints_at_the_station(plugged: Plugged) -> None:
    done = _break_both(plugged)
    plugged.sims[HOT].set_paper(Paper.OK)
    plugged.till.kitchen_trouble.retry(done.sale.sale_id)
    plugged.print_all()

    (ticket,) = plugged.tickets(HOT)
    assert not any("ВМЕСТО" in line for line in ticket)
    assert plugged.till.progress(done).failure is None


def test_print_here_uses_the_receipt_printer_with_the_mark(plugged: Plugged) -> None:
    done = _break_both(plugged)
    plugged.till.kitchen_trouble.print_here(done.sale.sale_id)
    plugged.print_all()

    (ticket,) = plugged.tickets(RECEIPT_PRINTER)
    assert "ВМЕСТО: ГОРЯЧИЙ ЦЕХ" in ticket
    assert _step(plugged.till.progress(done)) is StepStatus.DONE


def test_telling_the_kitchen_ends_it_without_paper(plugged: Plugged) -> None:
    done = _break_both(plugged)
    plugged.till.kitchen_trouble.say_aloud(done.sale.sale_id)
    for name in (HOT, BAR):
        plugged.sims[name].set_paper(Paper.OK)
    plugged.let_time_pass()

    assert plugged.tickets(HOT) == plugged.tickets(BAR) == []
    progress = plugged.till.progress(done)
    assert _step(progress) is StepStatus.DONE
    assert progress.failure is None
    assert _jobs(plugged, done.sale.sale_id) == {PrintState.CANCELLED: 1}


def test_tickets_for_a_printer_that_was_removed_go_to_nobody_unnoticed(plugged: Plugged) -> None:
    plugged.sims[HOT].set_paper(Paper.OUT)
    done = plugged.sell(SOUP)
    plugged.print_all()
    devices = plugged.till.printing._devices  # what the settings do to it
    devices.printers = {k: v for k, v in devices.printers.items() if k != HOT}
    devices.stations = ()
    plugged.till.printing.kitchen.adopt()

    assert _step(plugged.till.progress(done)) is StepStatus.FAILED
    plugged.till.kitchen_trouble.print_here(done.sale.sale_id)
    plugged.print_all()
    assert len(plugged.tickets(RECEIPT_PRINTER)) == 1


def test_a_printer_that_works_again_is_trusted_again(plugged: Plugged) -> None:
    plugged.sims[HOT].set_paper(Paper.OUT)
    plugged.sell(SOUP)
    plugged.print_all()
    plugged.sims[HOT].set_paper(Paper.OK)
    plugged.clock.advance(timedelta(seconds=10))
    plugged.print_all()
    plugged.clock.advance(timedelta(minutes=5))
    plugged.sims[HOT].set_paper(Paper.OUT)
    plugged.sell(CAKE)
    plugged.print_all()

    assert len(plugged.tickets(HOT)) == 1
    assert plugged.tickets(BAR) == []  # its fifteen seconds begin anew
    assert [job.printer for job in plugged.jobs() if job.kind == "kitchen"] == [HOT]


def test_threads_print_at_all_stations_by_themselves(plugged: Plugged) -> None:
    plugged.till.printing.start()
    plugged.sell(SOUP)
    plugged.sims[HOT].wait_for_receipts(1, 60)
    plugged.sims[RECEIPT_PRINTER].wait_for_receipts(1, 60)
    plugged.till.printing.stop()

    assert len(plugged.tickets(HOT)) == 1


def test_a_ticket_from_before_a_power_cut_asks_before_it_is_cooked(plugged: Plugged) -> None:
    """The till was off; twenty minutes later the dish may be cooked, eaten, or given up."""
    plugged.sell(SOUP)
    plugged.clock.advance(timedelta(minutes=21))
    plugged.print_all()
    assert plugged.tickets(HOT) == []
    (row,) = [row for row in plugged.till.queue.state().rows if row.kind is RowKind.KITCHEN]
    assert row.status is RowStatus.DECIDE
    assert [choice.choice for choice in row.choices] == [
        Choice.RETRY, Choice.PRINT_LATE, Choice.PRINT_HERE, Choice.TOLD,
    ]  # fmt: skip
    plugged.till.queue.decide(row.row_id, Choice.PRINT_LATE)
    plugged.print_all()
    (ticket,) = plugged.tickets(HOT)
    assert any("ПОЗДНО" in line for line in ticket)


def test_who_asks_for_an_old_ticket_on_the_spot_is_not_asked_again(plugged: Plugged) -> None:
    done = plugged.sell(SOUP)
    plugged.clock.advance(timedelta(minutes=21))
    plugged.print_all()
    plugged.till.kitchen_trouble.retry(done.sale.sale_id)
    plugged.print_all()
    assert len(plugged.tickets(HOT)) == 1


def test_dropping_old_paper_takes_no_ticket_from_the_kitchen(plugged: Plugged) -> None:
    plugged.sell(SOUP)
    plugged.clock.advance(timedelta(hours=2))
    plugged.print_all()
    rows = plugged.till.queue.state().rows
    receipt = next(row for row in rows if row.kind is RowKind.PRINT)
    plugged.till.queue.decide(receipt.row_id, Choice.DROP_OLD)
    left = [row.kind for row in plugged.till.queue.state().rows if row.status is RowStatus.DECIDE]
    assert left == [RowKind.KITCHEN], "somebody must still tell the kitchen"
