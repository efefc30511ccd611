"""The proof by the fiscal register: its own journal says what the till says, to the kopeck.

The arithmetic here is plain and shares nothing with the till, the driver or the simulator: sums are
added up again from the items and compared with documents, payments, Z reports and the till's sales.
"""

import base64
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from typing_extensions import override

from app.domain.cart import CartLine
from app.domain.sale import Refund, RefundLine, Sale
from app.domain.tender import Tender, TenderKind

_KOPECK: Final = Decimal("0.01")
_SELL: Final = "sell"
_RETURN: Final = "sellReturn"
#: What a register calls the ways in which the till takes money.
_WAYS: Final = {
    TenderKind.CASH: "cash",
    TenderKind.CARD: "electronically",
    TenderKind.SBP: "electronically",
    TenderKind.GIFT_CARD: "prepaid",
}
Document = Mapping[str, Any]  # JSON


@dataclass(frozen=True, slots=True)
class Bill:
    """What the till took or gave back once.

    Attributes:
        total_minor: How much.
        paid: By which ways.
        quantity_milli: For how many thousandths of things.
        marks: Marking codes of the pieces.
    """

    total_minor: int
    paid: tuple[tuple[str, int], ...]
    quantity_milli: int
    marks: tuple[str, ...] = ()

    @override
    def __str__(self) -> str:
        ways = ", ".join(f"{way} {_roubles(amount)}" for way, amount in self.paid)
        codes = f", codes {self.marks}" if self.marks else ""
        amount = f"{_roubles(self.total_minor)} ({ways or 'nothing'})"
        return f"{amount} for {self.quantity_milli} milli{codes}"


def bill_of_sale(sale: Sale) -> Bill:
    """Return what a sale must be in the register."""
    quantity = sum(line.quantity_milli for line in sale.lines)
    return _bill(sale.due_minor, sale.tenders, quantity, sale.lines)


def bill_of_refund(refund: Refund) -> Bill:
    """Return what a refund must be in the register."""
    quantity = sum(line.quantity_milli for line in refund.lines)
    return _bill(refund.amount_minor, refund.tenders, quantity, refund.lines)


def compare_register(
    sold: Sequence[Bill], returned: Sequence[Bill], journal: Document
) -> list[str]:
    """Compare the register with the till.

    Args:
        sold: All sales that were made with the register.
        returned: All refunds that were.
        journal: The register's journal, with its sums as `Decimal`.

    Returns:
        What does not agree, in sentences.
    """
    documents: Sequence[Document] = journal["documents"]
    problems = _compare_bills("sale", sold, documents, _SELL)
    problems += _compare_bills("refund", returned, documents, _RETURN)
    for document in documents:
        if document["kind"] in (_SELL, _RETURN):
            problems += _check_receipt(document)
    numbers = [int(document["number"]) for document in documents]
    if numbers != list(range(1, len(numbers) + 1)):
        problems.append(f"the register's documents are numbered {numbers}")
    return problems + _check_shifts(documents)


def _bill(
    total_minor: int,
    tenders: Sequence[Tender],
    quantity_milli: int,
    lines: Sequence[CartLine | RefundLine],
) -> Bill:
    paid: Counter[str] = Counter()
    for tender in tenders:
        paid[_WAYS[tender.kind]] += tender.amount_minor
    marks = sorted(line.mark.code for line in lines if line.mark is not None)
    return Bill(total_minor, _sorted(paid), quantity_milli, tuple(marks))


def _compare_bills(
    name: str, bills: Sequence[Bill], documents: Sequence[Document], kind: str
) -> list[str]:
    """Return what the till has and the register has not, and the other way round; twice counts twice."""
    wanted = Counter(bills)
    found = Counter(_bill_of(document) for document in documents if document["kind"] == kind)
    missing = [f"the register lacks the {name} of {bill}" for bill in (wanted - found).elements()]
    more = [f"the register has a {name} too many: {bill}" for bill in (found - wanted).elements()]
    return missing + more


def _bill_of(document: Document) -> Bill:
    content = document["content"]
    paid = Counter({way: _kopecks(amount) for way, amount in content["payments"].items()})
    quantity = sum(Decimal(item["quantity"]) for item in _positions(document)) * 1000
    codes = [item["imcParams"]["imc"] for item in _positions(document) if "imcParams" in item]
    marks = sorted(base64.b64decode(code).decode() for code in codes)
    return Bill(_kopecks(document["total"]), _sorted(paid), int(quantity), tuple(marks))


def _sorted(paid: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((way, amount) for way, amount in paid.items() if amount))


def _positions(document: Document) -> list[Document]:
    return [item for item in document["content"]["items"] if item["type"] == "position"]


def _check_receipt(document: Document) -> list[str]:
    """A receipt adds up: price by quantity is the amount, the amounts are the sum, and so is what was paid."""
    name, problems, total = f"document {document['number']}", [], Decimal(0)
    for item in _positions(document):
        price, quantity = Decimal(item["price"]), Decimal(item["quantity"])
        amount = Decimal(item["amount"])
        total += amount
        if (price * quantity).quantize(_KOPECK, ROUND_HALF_UP) != amount:
            problems.append(f"{name}: {item['name']}: {price} x {quantity} is not {amount}")
    if total != document["total"]:
        problems.append(f"{name}: its items make {total}, its sum is {document['total']}")
    paid = sum(document["content"]["payments"].values(), Decimal(0))
    if paid != document["total"]:
        problems.append(f"{name}: {paid} was paid for {document['total']}")
    return problems


# ---------------------------------------------------------------- shifts


def _check_shifts(documents: Sequence[Document]) -> list[str]:
    """Every shift is opened once, closed once, and its Z report is the sum of its receipts."""
    problems = []
    for number in sorted({int(document["shift_number"]) for document in documents}):
        own = [each for each in documents if each["shift_number"] == number]
        kinds = [str(each["kind"]) for each in own]
        if kinds[0] != "openShift" or kinds[-1] != "closeShift" or kinds.count("openShift") != 1:
            problems.append(f"shift {number} of the register went {kinds}")
            continue
        problems += _check_z(number, own)
    return problems


def _check_z(number: int, documents: Sequence[Document]) -> list[str]:
    told = documents[-1]["content"]["receipts"]
    problems = []
    for kind in (_SELL, _RETURN):
        own = [each for each in documents if each["kind"] == kind]
        total = sum((Decimal(each["total"]) for each in own), Decimal(0))
        paid: Counter[str] = Counter()
        for each in own:
            paid.update({w: _kopecks(a) for w, a in each["content"]["payments"].items()})
        z_paid = {way: _kopecks(amount) for way, amount in told[kind]["payments"].items()}
        if (told[kind]["count"], told[kind]["sum"]) != (len(own), total):
            problems.append(
                f"Z report {number}: {told[kind]['count']} x {kind} of {told[kind]['sum']}, "
                f"the documents are {len(own)} of {total}"
            )
        if _sorted(z_paid) != _sorted(paid):
            problems.append(f"Z report {number}: {kind} paid {z_paid}, the documents {dict(paid)}")
    return problems


def _kopecks(amount: Decimal | int) -> int:
    """Return roubles as kopecks; a part of a kopeck is a mistake of the register."""
    kopecks = Decimal(amount) * 100
    assert kopecks == kopecks.to_integral_value(), f"{amount} has a part of a kopeck"
    return int(kopecks)


def _roubles(amount_minor: int) -> str:
    return f"{amount_minor / Decimal(100):.2f}"
