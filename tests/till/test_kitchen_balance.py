"""Whatever happens, what the kitchen was told to cook, less what it was told to stop, is what was sold.

Random days: lines come, grow, shrink and go, are sent, undone, paid and given back; printers print or fail; the
process dies between any two steps. The paper is the judge: a ticket without a mark stands on it
once, one that may have been printed comes again only with its mark.
"""

import re
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.kernel.errors import AppError
from app.kernel.money import MILLI
from app.till.devices import Station
from app.till.refund_plan import RefundWish
from drivers.api.errors import PaperOut
from drivers.api.printer import PrintDocument, Text
from tests.fakes.fuse import Crash
from tests.fakes.printer import FakePrinter
from tests.till.bench import BORIS, CAKE, COFFEE, SOUP
from tests.till.conftest import MEMORY
from tests.till.kitchen_bench import BAR, HOT, KitchenBench, words

_DISH = re.compile(r"^(ОТМЕНА )?(\d+) x (.+)$")
_WAS = re.compile(r"^было (\d+), стало (\d+)$")
_TWO = (Station(HOT, "Горячий цех", ("Кухня",), BAR), Station(BAR, "Бар", ("*",), HOT))


def net(documents: list[PrintDocument]) -> Counter[str]:
    """Return what a cook makes who follows the paper; what comes again with a mark counts once."""
    pots: Counter[str] = Counter()
    for document in documents:
        was: tuple[int, int] | None = None
        is_change = False
        for line in words(document):
            if line == "ИЗМЕНЕНИЕ":
                is_change = True
            elif changed := _WAS.match(line):
                was = int(changed[1]), int(changed[2])
            elif dish := _DISH.match(line):
                amount = int(dish[2])
                if is_change:
                    amount = was[1] - was[0] if was else 0
                elif dish[1]:
                    amount = -amount
                pots[dish[3]] += amount
                was, is_change = None, False
    return +pots


def once(printers: list[FakePrinter]) -> list[PrintDocument]:
    """Return each ticket once; what is on paper more often has to be marked."""
    found: dict[str, PrintDocument] = {}
    for printer in printers:
        for document in printer.paper:
            key = _ticket_id(document)
            assert key not in found or document.copy_mark, f"ticket {key} twice without a mark"
            found.setdefault(key, document)
    return list(found.values())


def _ticket_id(document: PrintDocument) -> str:
    ids = [element.right for element in document.elements if hasattr(element, "right")]
    return str(ids[-1])


def sold(bench: KitchenBench) -> Counter[str]:
    """Return what was sold and not given back, in pieces."""
    total: Counter[str] = Counter()
    for sale in bench.sales():
        for line in bench.till.refunds.look(sale.sale_id).lines:
            total[line.name] += line.rest_milli // MILLI
    return +total


#: What may happen; what stands twice happens twice as often.
HAPPENINGS: list[tuple[str, object]] = [
    *(("tap", product) for product in (SOUP, SOUP, CAKE, CAKE, COFFEE)),
    *(("quantity", pieces) for pieces in range(4)),
    *(("note", note) for note in ("без соли", "острый")),
    *(("order_note", note) for note in ("", "аллергия")),
    *(("wait", seconds) for seconds in (5, 20)),
    *((name, printer) for name in ("break", "mend") for printer in (HOT, BAR)),
    *(
        (name, 0)
        for name in [
            "send",
            "cook",
            "cook",
            "cook",
            "cook",
            "cook",
            "undo",
            "undo",
            "undo",
            "undo",
            "remove",
            "remove",
        ]
    ),
    *((name, 0) for name in ["print", "hold", "pay", "pay", "cancel", "restart"]),
    *(("refund", pieces) for pieces in (0, 1)),
]
STEPS = st.lists(st.sampled_from(HAPPENINGS), min_size=10, max_size=30)


class Day:
    """Plays a day at the till."""

    def __init__(self, bench: KitchenBench) -> None:
        self.bench = bench

    def play(self, name: str, value: object) -> None:
        """Do one step; what the till refuses is no step."""
        bench, till = self.bench, self.bench.till
        lines = till.desk.order.cart.lines
        actions: dict[str, Callable[[], object]] = {
            "tap": lambda: till.sale.tap(value),  # type: ignore[arg-type]  # as in STEPS
            "quantity": lambda: till.sale.set_quantity(
                lines[-1].line_id, int(str(value)) * MILLI, "так"
            ),
            "note": lambda: till.sale.set_note(lines[0].line_id, str(value)),
            "order_note": lambda: till.sale.set_order_note(str(value)),
            "wait": lambda: bench.clock.advance(timedelta(seconds=int(str(value)))),
            "send": till.sale.send_to_kitchen,
            "cook": self.cook,
            "undo": lambda: till.sale.undo("так"),
            "remove": lambda: till.sale.remove(lines[0].line_id, "так"),
            "print": bench.print_all,
            "hold": till.sale.hold,
            "pay": self.pay,
            "cancel": lambda: till.sale.cancel("так"),
            "restart": self.restart,
            "refund": lambda: self.refund(int(str(value))),
            "break": lambda: self.set_error(str(value), PaperOut("roll")),
            "mend": lambda: self.set_error(str(value), None),
        }
        with suppress(AppError, IndexError):
            actions[name]()

    def cook(self) -> None:
        """Send, and let it come out at once."""
        self.bench.till.sale.send_to_kitchen()
        self.bench.print_all()

    def set_error(self, name: str, error: PaperOut | None) -> None:
        """Break or mend a printer."""
        (self.bench.hot if name == HOT else self.bench.bar).error = error

    def pay(self) -> None:
        """Pay and go on."""
        self.bench.till.checkout.pay_exact_cash()
        self.bench.till.checkout.dismiss()

    def refund(self, pieces: int) -> None:
        """Give the last sale back, or so many pieces of its first line; all within half an hour."""
        sale = self.bench.sales()[-1]
        line = sale.lines[0].line_id
        quantities = {line: pieces * MILLI} if pieces else None
        self.bench.till.refunds.refund(RefundWish(sale.sale_id, "так", quantities))

    def restart(self) -> None:
        """The process dies and comes back."""
        self.bench.restart()
        self.bench.sign_in(BORIS)

    def end(self) -> None:
        """Pay all orders, mend all printers, send again what was given up, print everything."""
        bench = self.bench
        for name in (HOT, BAR):
            self.set_error(name, None)
        if not bench.till.desk.order.cart.is_empty:
            self.pay()
        for order in bench.till.sale.held():
            bench.till.sale.recall(order.sale_id)
            self.pay()
        for job in bench.jobs():
            if job.state.value == "failed":
                bench.till.printing.retry(job.job_id)
        bench.wait_and_print()


def _bench(folder: str, stations: tuple[Station, ...]) -> KitchenBench:
    bench = KitchenBench(Path(folder) / "till", stations=stations)
    bench.ready()
    bench.sign_in(BORIS)
    return bench


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.booleans())
def test_the_paper_adds_up_to_what_was_sold(
    steps: list[tuple[str, object]], is_double: bool
) -> None:
    with tempfile.TemporaryDirectory(dir=MEMORY, ignore_cleanup_errors=True) as folder:
        bench = _bench(folder, _TWO if is_double else _TWO[:1])
        day = Day(bench)
        for name, value in steps:
            day.play(name, value)
        day.end()
        tickets = once([bench.hot, bench.bar])
        made = net(tickets)
        expected = sold(bench)
        for dish in expected:
            expected[dish] *= 2 if is_double else 1
        bench.close()
    assert made == expected, f"{is_double} {steps}"


def _story(bench: KitchenBench) -> None:
    """An order that is sent, changed, partly taken back and paid, with paper in between."""
    till = bench.till
    till.sale.tap(SOUP)
    till.sale.tap(CAKE)
    till.sale.send_to_kitchen()
    bench.print_all()
    till.sale.set_quantity(till.desk.order.cart.lines[0].line_id, 2 * MILLI)
    till.sale.remove(till.desk.order.cart.lines[1].line_id, "ошибка")
    till.sale.undo()
    bench.print_all()
    till.sale.tap(COFFEE)
    till.checkout.pay_exact_cash()
    till.checkout.dismiss()
    bench.print_all()
    line = bench.sales()[-1].lines[0].line_id
    till.refunds.refund(RefundWish(bench.sales()[-1].sale_id, "ошибка", {line: MILLI}))
    bench.print_all()


def _moments() -> int:
    with tempfile.TemporaryDirectory(dir=MEMORY, ignore_cleanup_errors=True) as folder:
        bench = _bench(folder, _TWO[:1])
        begun = bench.fuse.count
        _story(bench)
        count = bench.fuse.count - begun
        bench.close()
    return count


@pytest.mark.slow
def test_dying_between_any_two_steps_loses_and_doubles_nothing() -> None:
    for moment in range(1, _moments() + 1):
        with tempfile.TemporaryDirectory(dir=MEMORY, ignore_cleanup_errors=True) as folder:
            bench = _bench(folder, _TWO[:1])
            bench.fuse.burn_at = bench.fuse.count + moment
            with pytest.raises(Crash):
                _story(bench)
            bench.restart()
            bench.sign_in(BORIS)
            Day(bench).end()
            made, expected = net(once([bench.hot, bench.bar])), sold(bench)
            bench.close()
        assert made == expected, f"died at moment {moment}"


def test_reading_a_ticket_needs_its_words() -> None:
    """The judge itself: a change without its amounts changes nothing, a void takes away."""
    assert net([PrintDocument([Text("2 x Суп"), Text("ОТМЕНА 1 x Суп")])]) == {"Суп": 1}
    changed = PrintDocument([Text("ИЗМЕНЕНИЕ"), Text("было 1, стало 3"), Text("3 x Суп")])
    assert net([PrintDocument([Text("1 x Суп")]), changed]) == {"Суп": 3}
