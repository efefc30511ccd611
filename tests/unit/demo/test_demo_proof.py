"""The demonstration's proof finds a document too many, one too few and a single wrong kopeck.

What: `app.demo.proof_register`, `proof_bank` and `proof_kitchen`. How: a simulated register really makes the
documents of two sales and a refund, and its journal is then spoilt in one place.
"""

import base64
import copy
import datetime as dt
import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.demo.proof_bank import compare_bank
from app.demo.proof_kitchen import compare_kitchen
from app.demo.proof_register import Bill, bill_of_refund, bill_of_sale, compare_register
from app.domain.marking import LineMark, MarkState
from app.domain.sale import Refund, Sale
from app.domain.tender import Tender, TenderKind
from app.kernel.ids import PaymentId
from drivers.sim.atol_web import AtolWebSimulator
from drivers.sim.atol_web_register import RegisterMachine
from tests.store.store_makers import make_refund, make_sale

Json = dict[str, Any]
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def positions(sale: Sale) -> list[Json]:
    return [
        {
            "type": "position",
            "name": line.name,
            "price": Decimal(cost.total_minor) / 100,
            "quantity": Decimal(1),
            "amount": Decimal(cost.total_minor) / 100,
            "tax": {"type": "none"},
            "paymentMethod": "fullPayment",
            "paymentObject": "commodity",
        }
        for line, cost in zip(sale.lines, sale.priced.lines, strict=True)
    ]


def task(kind: str, items: list[Json], **paid: int) -> Json:
    ways = [{"type": way, "sum": Decimal(amount) / 100} for way, amount in paid.items()]
    return {
        "type": kind,
        "operator": {"name": "Ольга"},
        "taxationType": "usnIncome",
        "items": items,
        "payments": ways,
    }


def mixed(sale: Sale, cash_minor: int) -> Sale:
    tenders = (
        Tender(PaymentId("cash"), TenderKind.CASH, cash_minor, cash_minor),
        Tender(PaymentId("card"), TenderKind.CARD, sale.due_minor - cash_minor),
    )
    return replace(sale, tenders=tenders)


CASH = make_sale(1)
MIXED = mixed(make_sale(2, lines=3), 100_00)
REFUND = make_refund(CASH)


def day() -> Json:
    """Play the day on a register that takes cash with change, and return its journal."""
    machine = RegisterMachine(clock=lambda: NOON)
    operator = {"operator": {"name": "Ольга"}}
    machine.process({"type": "openShift", **operator})
    machine.process(task("sell", positions(CASH), cash=CASH.due_minor + 140_00))
    card = MIXED.due_minor - 100_00
    machine.process(task("sell", positions(MIXED), cash=100_00, electronically=card))
    machine.process(task("sellReturn", positions(CASH)[:1], cash=REFUND.amount_minor))
    machine.process({"type": "closeShift", **operator})
    return dict(AtolWebSimulator(machine=machine).journal())


def compare(journal: Json, sales: tuple[Sale, ...] = (CASH, MIXED)) -> list[str]:
    sold = [bill_of_sale(sale) for sale in sales]
    return compare_register(sold, [bill_of_refund(REFUND)], journal)


def spoil(change: Callable[[list[Json]], object]) -> list[str]:
    journal = copy.deepcopy(day())
    change(journal["documents"])
    return compare(journal)


def test_a_day_of_which_everything_agrees_has_no_problem() -> None:
    assert compare(day()) == []


def test_a_bill_is_compared_by_sum_ways_and_quantity() -> None:
    card = MIXED.due_minor - 100_00
    paid = (("cash", 100_00), ("electronically", card))
    assert bill_of_sale(MIXED) == Bill(MIXED.due_minor, paid, 3000)


CODE = "010460999710030221DEMO5aB7cD9eF\x1d93dGVz"


def test_a_marking_code_that_did_not_reach_the_receipt_is_found() -> None:
    line = replace(CASH.lines[0], mark=LineMark(MarkState.UNCHECKED, CODE))
    marked = replace(CASH, lines=(line, *CASH.lines[1:]))
    assert any("lacks the sale" in problem for problem in compare(day(), (marked, MIXED)))
    journal = day()
    imc = base64.b64encode(CODE.encode()).decode()
    journal["documents"][1]["content"]["items"][0]["imcParams"] = {"imc": imc}
    assert compare(journal, (marked, MIXED)) == []
    assert any("a sale too many" in problem for problem in compare(journal))


def test_a_doubled_document_is_found() -> None:
    def double(documents: list[Json]) -> None:
        documents.insert(2, copy.deepcopy(documents[1]))

    problems = spoil(double)
    assert any("a sale too many: 360.00" in problem for problem in problems)
    assert any("Z report 1: 2 x sell" in problem for problem in problems)


def test_a_doubled_refund_is_found() -> None:
    problems = spoil(lambda documents: documents.insert(4, copy.deepcopy(documents[3])))
    assert any("a refund too many: 180.00" in problem for problem in problems)


def test_a_missing_document_is_found() -> None:
    problems = spoil(lambda documents: documents.pop(2))
    assert any("lacks the sale of 540.00" in problem for problem in problems)
    assert any("are numbered" in problem for problem in problems)


def test_a_sale_that_the_register_never_made_is_found() -> None:
    assert any(
        "lacks the sale of" in problem for problem in compare(day(), (CASH, MIXED, make_sale(3)))
    )


KOPECK = Decimal("0.01")


@pytest.mark.parametrize(
    ("spoil_document", "words"),
    [
        (lambda sell: sell["content"]["items"][0].update(amount=Decimal("180.01")), "is not 180.01"),
        (lambda sell: sell.update(total=sell["total"] - KOPECK), "its sum is"),
        (lambda sell: sell["content"]["payments"].update(cash=Decimal("359.99")), "was paid for"),
    ],
)  # fmt: skip
def test_a_single_wrong_kopeck_is_found(spoil_document: Any, words: str) -> None:
    assert any(words in problem for problem in spoil(lambda all_: spoil_document(all_[1])))


def test_money_taken_by_another_way_is_found() -> None:
    def swap(documents: list[Json]) -> None:
        paid = documents[1]["content"]["payments"]
        paid["cash"], paid["electronically"] = paid["electronically"], paid["cash"]

    problems = spoil(swap)
    assert any("electronically 360.00" in problem for problem in problems)
    assert any("Z report 1: sell paid" in problem for problem in problems)


def test_a_wrong_z_report_is_found() -> None:
    def change(documents: list[Json]) -> None:
        documents[-1]["content"]["receipts"]["sell"]["sum"] += KOPECK

    assert any("Z report 1" in problem for problem in spoil(change))


def test_a_shift_that_was_never_closed_is_found() -> None:
    assert any("shift 1" in problem for problem in spoil(lambda documents: documents.pop()))


# ---------------------------------------------------------------- the bank


def by_code(sale: Sale) -> Sale:
    return replace(sale, tenders=(Tender(PaymentId("code"), TenderKind.SBP, sale.due_minor),))


def books(*codes: tuple[str, int], refunds: tuple[tuple[str, int], ...] = ()) -> Json:
    made: Json = {
        "codes": [
            {"qr_id": f"AD{index}", "state": state, "amount_minor": amount}
            for index, (state, amount) in enumerate(codes)
        ],
        "refunds": [
            {"refund_id": f"R{index}", "state": state, "amount_minor": amount}
            for index, (state, amount) in enumerate(refunds)
        ],
    }
    whole: Json = json.loads(json.dumps(made))
    return whole


PAID = by_code(CASH)


@pytest.mark.parametrize(
    ("sales", "refunds", "journal", "words"),
    [
        ([PAID, MIXED], [], books(("PAID", 360_00), ("CANCELLED", 1_00)), ""),
        ([PAID], [], books(("PAID", 360_00), ("PAID", 360_00)), "by code taken"),
        ([PAID], [], books(("PAID", 359_99)), "by code taken"),
        ([PAID], [], books(("EXPIRED", 360_00)), "by code taken"),
        ([CASH], [], books(("NEW", 360_00)), "can still be paid: NEW"),
        ([CASH], [], books(("IN_PROGRESS", 360_00)), "can still be paid: IN_PROGRESS"),
        ([PAID], [], books(("PAID", 360_00), refunds=(("COMPLETED", 1_00),)), "given back"),
        ([PAID], [], books(("PAID", 360_00), refunds=(("IN_PROGRESS", 1_00),)), "is IN_PROGRESS"),
    ],
)
def test_the_bank_agrees_with_the_till_or_it_is_told(
    sales: list[Sale], refunds: list[Refund], journal: Json, words: str
) -> None:
    problems = compare_bank(sales, refunds, journal)
    assert bool(problems) == bool(words)
    assert any(words in problem for problem in problems) or not words


def test_what_was_given_back_by_code_agrees_too() -> None:
    back = Tender(PaymentId("back"), TenderKind.SBP, REFUND.amount_minor)
    refund = replace(REFUND, tenders=(back,))
    journal = books(("PAID", 360_00), refunds=(("COMPLETED", REFUND.amount_minor),))
    assert compare_bank([PAID], [refund], journal) == []
    assert compare_bank([PAID], [refund], books(("PAID", 360_00))) != []


# ---------------------------------------------------------------- the kitchen

NAME = CASH.lines[0].name
COOKED = {CASH.lines[0].product_id}


def ticket(*dishes: str, key: str = "1-1") -> str:
    lines = "\n\n".join(dishes)
    return f"   Горячий цех\n  Заказ 1\n====\n{lines}\n   ! стол 1\n----\nОльга    {key}\n\n[cut]"


TWO = ticket(f"1 x {NAME}", f"1 x {NAME}")


@pytest.mark.parametrize(
    ("sales", "tickets", "words"),
    [
        ([CASH], [TWO], ""),
        ([CASH], [ticket(f"1 x {NAME}", f"1,000 x {NAME}")], ""),
        ([CASH], [TWO, f"ПОВТОР\n{TWO}"], ""),
        ([CASH], [f"ПОВТОР\n ВМЕСТО: КУХНЯ \n{TWO}"], ""),
        ([CASH], [TWO, ticket(f"2 x {NAME}", key="1-2"), ticket(f" ОТМЕНА 2 x {NAME} ", key="1-3")], ""),
        ([CASH], [TWO, TWO], "came out twice"),
        ([CASH], [TWO, ticket(f"1 x {NAME}", key="1-2")], "was told 3000 milli"),
        ([CASH], [], "was told 0 milli"),
        ([CASH], [TWO, ticket("1 x Чай", key="1-2")], "was told 1000 milli of Чай, 0 were sold"),
        ([], [TWO], "0 were sold"),
        ([], [ticket(f" ОТМЕНА 1 x {NAME} ")], "was told -1000 milli"),
        ([CASH], [f"ИЗМЕНЕНИЕ\n{TWO}"], "changes what nobody changed"),
        ([CASH], [TWO.partition("----")[0]], "without an id"),
    ],
)  # fmt: skip
def test_the_kitchen_was_told_what_was_sold_or_it_is_told(
    sales: list[Sale], tickets: list[str], words: str
) -> None:
    problems = compare_kitchen(sales, tickets, COOKED)
    assert bool(problems) == bool(words)
    assert any(words in problem for problem in problems) or not words


def test_what_no_kitchen_cooks_is_not_looked_for() -> None:
    assert compare_kitchen([CASH], [], set()) == []
