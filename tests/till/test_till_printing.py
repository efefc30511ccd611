"""The print queue: in order, on disk, never in the way of a sale; duplicates are marked."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from app.kernel.errors import AppError, BugError
from app.kernel.ids import SaleId
from app.store.rows import PrintState
from app.till.house import TillSettings
from app.till.paper import receipt_from_json, receipt_to_json, to_document
from app.till.till import Till
from drivers.api.errors import ConnectionLost, PaperOut
from drivers.api.printer import BadDocument, Columns, Cut, Logo, Qr, Rule, Text
from drivers.api.receipt import (
    PairRow,
    QrRow,
    ReceiptDocument,
    ReceiptKind,
    RuleRow,
    TextRow,
)
from tests.till.bench import CAKE, COFFEE, Bench


def _sell(till: Till, *products: Any) -> SaleId:
    for product in products or (COFFEE,):
        till.sale.tap(product)
    done = till.checkout.pay_exact_cash().done
    assert done is not None
    return done.sale.sale_id


def test_no_paper_stops_no_sale_and_receipts_come_in_order_later(bench: Bench, till: Till) -> None:
    bench.printer.error = PaperOut("roll")
    _sell(till, COFFEE)
    assert not till.printing.run_once()
    _sell(till, CAKE)
    assert not till.printing.run_once()  # the first still waits, the second does not overtake it
    assert len(bench.sales()) == 2
    bench.printer.error = None
    bench.clock.advance(timedelta(seconds=30))

    assert till.printing.run_once()
    assert till.printing.run_once()

    assert ["200,00" in bench.printer.text(i) for i in (0, 1)] == [True, False]
    assert [document.copy_mark for document in bench.printer.paper] == [False, False]
    assert bench.jobs() == ()


def test_what_may_be_printed_comes_again_as_a_copy(bench: Bench, till: Till) -> None:
    _sell(till)
    bench.printer.maybe = True
    till.printing.run_once()
    bench.clock.advance(timedelta(seconds=30))

    till.printing.run_once()

    assert [document.copy_mark for document in bench.printer.paper] == [False, True]
    assert bench.jobs() == ()


def test_a_copy_stays_a_copy_when_the_paper_runs_out_in_between(bench: Bench, till: Till) -> None:
    _sell(till)
    bench.printer.maybe = True
    till.printing.run_once()
    bench.printer.error = PaperOut("roll")
    bench.clock.advance(timedelta(seconds=30))
    till.printing.run_once()
    bench.printer.error = None
    bench.clock.advance(timedelta(seconds=30))

    till.printing.run_once()

    assert [document.copy_mark for document in bench.printer.paper] == [False, True]


def test_dying_while_printing_prints_again_with_the_mark(bench: Bench, till: Till) -> None:
    _sell(till)
    with bench.store.reader() as db:
        before = db.print_jobs.list_waiting()[0].last_error
    assert before == ""
    bench.fuse.burn_at = bench.fuse.count + 2  # the mark is on the disk, the paper comes out
    with pytest.raises(BaseException, match="after commit"):
        till.printing.run_once()

    bench.restart()
    bench.till.printing.run_once()

    assert [document.copy_mark for document in bench.printer.paper] == [True]


def test_what_cannot_be_printed_is_laid_aside_for_a_person(bench: Bench, till: Till) -> None:
    _sell(till, COFFEE)
    _sell(till, CAKE)
    bench.printer.error = BadDocument("qr")
    assert till.printing.run_once()
    bench.printer.error = None

    assert till.printing.run_once()  # the next one is not held up
    (job,) = bench.jobs()
    assert job.state is PrintState.FAILED
    till.printing.retry(job.job_id)
    assert till.printing.run_once()
    assert bench.jobs() == ()


def test_a_reprint_is_a_marked_copy_and_opens_no_drawer(bench: Bench, till: Till) -> None:
    sale_id = _sell(till)
    till.printing.run_once()
    till.printing.reprint(sale_id)
    till.printing.run_once()

    assert [document.copy_mark for document in bench.printer.paper] == [False, True]
    assert bench.printer.drawer == 1
    with pytest.raises(AppError, match="SALE_UNKNOWN"):
        till.printing.reprint(SaleId("nowhere"))


def test_the_drawer_opens_without_paper_and_only_for_the_guest_who_stands_there(
    bench: Bench, till: Till
) -> None:
    bench.printer.error = PaperOut("roll")
    _sell(till)
    till.printing.run_once()
    assert bench.printer.drawer == 1
    bench.printer.error = None
    bench.clock.advance(timedelta(minutes=5))
    till.printing.run_once()

    assert bench.printer.drawer == 1


def test_a_stuck_drawer_is_told_and_the_receipt_prints(bench: Bench, till: Till) -> None:
    told: list[str] = []
    till.printing.drawers.on_trouble = lambda words: told.append(words.ru)
    bench.printer.drawer_error = ConnectionLost("cable")
    _sell(till)

    assert till.printing.run_once()

    assert told == ["Ящик не открылся. Откройте ключом"]
    with pytest.raises(AppError):
        till.printing.open_drawer()


def test_without_receipts_nothing_is_queued(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(settings=TillSettings(prints_receipts=False))
    _sell(bench.ready())

    assert bench.jobs() == ()


def test_a_till_without_a_printer_sells_and_says_so_when_asked_for_paper(
    make_bench: Callable[..., Bench],
) -> None:
    bench = make_bench(has_printer=False)
    till = bench.ready()
    sale_id = _sell(till)

    assert bench.jobs() == ()
    with pytest.raises(AppError, match="PRINTER_NONE"):
        till.printing.reprint(sale_id)
    assert till.shift.close(1_200_00).shift.closed_at is not None


def test_the_worker_prints_by_itself_and_ends_when_told(bench: Bench, till: Till) -> None:
    printed = threading.Event()
    old = bench.printer.print

    def print_and_tell(document: Any) -> object:
        report = old(document)
        printed.set()
        return report

    bench.printer.print = print_and_tell  # type: ignore[method-assign, assignment]  # a fake is overheard
    till.printing.start()
    _sell(till)

    assert printed.wait(60)
    till.printing.stop()
    assert len(bench.printer.paper) == 1


def test_a_receipt_comes_back_from_the_queue_as_it_was() -> None:
    receipt = ReceiptDocument(
        ReceiptKind.SALE,
        title="Чек",
        rows=(
            TextRow("Кофе", "center", is_bold=True, is_large=True),
            PairRow("ИТОГ", "1,00", is_large=True),
            RuleRow(),
            QrRow("https://example.test/1"),
        ),
    )
    payload = receipt_to_json(receipt)

    assert receipt_from_json(payload) == receipt
    printed = to_document(payload, is_copy=True)
    assert printed.copy_mark
    assert [type(element) for element in printed.elements] == [Logo, Text, Columns, Rule, Qr, Cut]
    with pytest.raises(BugError):
        receipt_from_json({"kind": "sale"})
