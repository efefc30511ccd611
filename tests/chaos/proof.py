"""What must be true after any chaos, worked out from the books of till, service and terminal.

Nothing here uses the rules of the application: points are computed again from the lines of the
sales, as a guest with a pocket calculator would.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from app.kernel.clock import SystemClock
from app.store.engine import Store

LEVELS: Final = ((0, "bronze", 500), (10_000_00, "silver", 700), (50_000_00, "gold", 1_000),
                 (150_000_00, "platinum", 1_500))  # fmt: skip
_MIN_CHECK_MINOR: Final = 50_00

Row = sqlite3.Row


@dataclass
class Verdict:
    """What was found; `faults` is empty when all is well."""

    faults: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)

    def check(self, *, is_well: bool, fault: str) -> None:
        """Note a fault unless all is well."""
        if not is_well:
            self.faults.append(fault)


def read_rows(database: Path, sql: str) -> list[Row]:
    """Return rows of a database that is only read."""
    connection = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


@dataclass(frozen=True)
class Books:
    """Everything that is compared.

    Attributes:
        service: The service's database.
        till: The till's data folder; no till runs.
        journal: Bookings of the terminal.
        cards_before: Rows of the cards before the first sale.
        sold: Acknowledged sales: id, sum, note.
        refunded: Acknowledged refunds: id, sum.
    """

    service: Path
    till: Path
    journal: list[dict[str, Any]]
    cards_before: list[Row]
    sold: list[dict[str, Any]]
    refunded: list[dict[str, Any]]


def prove(books: Books, verdict: Verdict) -> None:
    """Compare the books with each other."""
    store = Store.open(books.till, SystemClock())
    try:
        with store.reader() as db:
            heads = db.sales.list_heads(limit=1_000_000)
            sales = [db.sales.get(head.sale_id) for head in heads]
            refunds = [each for sale in sales for each in db.sales.list_refunds(sale.sale_id)]
            open_intents = db.payments.list_open()
    finally:
        store.close()
    orders = {row["id"]: row for row in read_rows(books.service, "SELECT * FROM orders")}
    gone_back = {row["id"]: row for row in read_rows(books.service, "SELECT * FROM order_refunds")}
    verdict.figures |= {
        "sales": len(sales),
        "refunds": len(refunds),
        "acknowledged": len(books.sold),
        "at_service": len(orders),
    }
    verdict.check(is_well=not open_intents, fault=f"payments left open: {open_intents}")
    _prove_sales(books, verdict, sales, orders)
    _prove_refunds(books, verdict, refunds, gone_back)
    _prove_cards_money(books, verdict, sales, refunds)
    _prove_balances(books, verdict, sales, refunds)


def _prove_sales(books: Books, verdict: Verdict, sales: list[Any], orders: dict[str, Row]) -> None:
    lost = [fact for fact in books.sold if fact["sold"] not in orders]
    wrong = [
        fact
        for fact in books.sold
        if fact["sold"] in orders and orders[fact["sold"]]["due_minor"] != fact["due"]
    ]
    notes = Counter(row["note"] for row in orders.values())
    numbers = Counter(row["order_number"] for row in orders.values())
    doubled = [note for note, count in notes.items() if count > 1]
    twice = [number for number, count in numbers.items() if count > 1]
    acknowledged = Counter(fact["sold"] for fact in books.sold)
    verdict.figures |= {"lost": len(lost), "doubled": len(doubled) + len(twice)}
    verdict.check(is_well=not lost, fault=f"acknowledged sales that the service lacks: {lost}")
    verdict.check(is_well=not wrong, fault=f"sales with another sum at the service: {wrong}")
    verdict.check(is_well=not doubled, fault=f"baskets sold twice: {doubled}")
    verdict.check(is_well=not twice, fault=f"order numbers used twice: {twice}")
    again = [key for key, count in acknowledged.items() if count > 1]
    verdict.check(is_well=not again, fault=f"sales acknowledged twice: {again}")
    mine = {sale.sale_id: sale.due_minor for sale in sales}
    theirs = {key: row["due_minor"] for key, row in orders.items()}
    verdict.check(is_well=mine == theirs, fault=f"till and service differ: {_unlike(mine, theirs)}")
    for sale in sales:
        paid = sum(tender.amount_minor for tender in sale.tenders)
        verdict.check(
            is_well=paid == sale.due_minor,
            fault=f"sale {sale.number}: paid {paid} of {sale.due_minor}",
        )


def _prove_refunds(
    books: Books, verdict: Verdict, refunds: list[Any], gone_back: dict[str, Row]
) -> None:
    mine = {refund.refund_id: refund.amount_minor for refund in refunds}
    theirs = {key: row["amount_minor"] for key, row in gone_back.items()}
    told = {fact["refunded"]: fact["amount"] for fact in books.refunded}
    missing = {key: amount for key, amount in told.items() if theirs.get(key) != amount}
    verdict.figures["lost"] += len(missing)
    verdict.check(is_well=not missing, fault=f"acknowledged refunds that are not there: {missing}")
    verdict.check(is_well=mine == theirs, fault=f"refunds differ: {_unlike(mine, theirs)}")


def _prove_cards_money(
    books: Books, verdict: Verdict, sales: list[Any], refunds: list[Any]
) -> None:
    """Each booking of the terminal is in exactly one place of the till's books, and the sum agrees."""
    sign = {"payment": 1, "reversal": -1, "refund": -1, "batch": 0}
    booked = sum(sign[item["kind"]] * item["amount_minor"] for item in books.journal)
    taken = _card_sum(sales)
    returned = _card_sum(refunds)
    verdict.figures |= {"card_bookings": len(books.journal), "card_money": booked}
    verdict.check(
        is_well=booked == taken - returned,
        fault=f"the terminal holds {booked}, the till {taken} - {returned}",
    )
    reversed_ = {item["reverses"] for item in books.journal if item["kind"] == "reversal"}
    payments = Counter(
        (item["receipt_no"], item["amount_minor"])
        for item in books.journal
        if item["kind"] == "payment" and item["receipt_no"] not in reversed_
    )
    tenders = Counter(
        (tender.receipt_no, tender.amount_minor)
        for sale in sales
        for tender in sale.tenders
        if tender.kind == "card"
    )
    verdict.check(
        is_well=payments <= tenders,
        fault=f"card payments without a sale: {payments - tenders}",
    )


def _card_sum(documents: Iterable[Any]) -> int:
    return sum(t.amount_minor for doc in documents for t in doc.tenders if t.kind == "card")


@dataclass
class _Pocket:
    """A guest's card, worked out by hand."""

    balance: int
    lifetime: int
    level: int


def _prove_balances(books: Books, verdict: Verdict, sales: list[Any], refunds: list[Any]) -> None:
    after = {row["id"]: row for row in read_rows(books.service, "SELECT * FROM cards")}
    orders = {row["id"]: row for row in read_rows(books.service, "SELECT * FROM orders")}
    gone: dict[str, int] = defaultdict(int)
    for row in read_rows(books.service, "SELECT * FROM shortfalls"):
        kind = row["kind"]
        verdict.figures[f"shortfall_{kind.lower()}"] = (
            verdict.figures.get(f"shortfall_{kind.lower()}", 0) + 1
        )
        gone[row["card_id"]] += row["amount_minor"]
    pockets = {card_id: _Pocket(0, 0, 0) for card_id in after}
    for row in books.cards_before:
        level = next(n for n, each in enumerate(LEVELS) if each[1] == row["level_id"])
        pockets[row["id"]] = _Pocket(_owned(row), row["lifetime_spent_minor"], level)
    by_id = {sale.sale_id: sale for sale in sales}
    given: dict[str, int] = defaultdict(int)
    earned: dict[str, int] = {}
    events = [(sale.paid_at, 0, sale) for sale in sales]
    events += [(refund.refunded_at, 1, refund) for refund in refunds]
    for _, kind, document in sorted(events, key=lambda event: event[:2]):
        sale = document if kind == 0 else by_id[document.sale_id]
        card_id = orders[sale.sale_id]["card_id"] if sale.sale_id in orders else None
        if card_id is None:
            continue
        pocket = pockets[card_id]
        if kind == 0:
            earned[sale.sale_id] = _earn(pocket, sale)
        else:
            _give_back(pocket, sale, document, given, earned[sale.sale_id])
    for card_id, pocket in pockets.items():
        owned = _owned(after[card_id])
        expected = pocket.balance + gone[card_id]
        verdict.check(
            is_well=owned == expected,
            fault=f"card {card_id} holds {owned}, its sales give {expected}",
        )
    verdict.figures["cards"] = len(pockets)


def _owned(row: Row) -> int:
    return int(row["regular_minor"] + row["promo_minor"] + row["reserved_minor"])


def _earn(pocket: _Pocket, sale: Any) -> int:
    lines = list(zip(sale.lines, sale.priced.lines, strict=True))
    check = sum(cost.total_minor + cost.points_minor for _, cost in lines)
    spent = sum(cost.points_minor for _, cost in lines)
    base = sum(cost.total_minor for line, cost in lines if line.earns_points)
    points = base * LEVELS[pocket.level][2] // 10_000 // 100 * 100
    points = points if check >= _MIN_CHECK_MINOR else 0
    pocket.balance += points - spent
    pocket.lifetime += check - spent
    reached = max(n for n, each in enumerate(LEVELS) if pocket.lifetime >= each[0])
    pocket.level = max(pocket.level, reached)
    return points


def _give_back(pocket: _Pocket, sale: Any, refund: Any, given: dict[str, int], earned: int) -> None:
    """The parts of all refunds of a sale up to now, less those before: so they sum to the whole."""
    spent = sale.loyalty.spend_minor if sale.loyalty else 0
    paid = sale.priced.due_minor
    before = given[sale.sale_id]
    now = given[sale.sale_id] = before + refund.amount_minor

    def part(whole: int) -> int:
        return whole * now // sale.due_minor - whole * before // sale.due_minor

    pocket.balance += _returned(sale, part, spent) - part(earned)
    pocket.lifetime -= part(paid)


def _returned(sale: Any, part: Any, spent: int) -> int:
    promo = min(spent, sale.loyalty.card.promo_minor) if sale.loyalty else 0
    return int(part(promo) + part(spent - promo))


def _unlike(mine: Mapping[str, int], theirs: Mapping[str, int]) -> dict[str, list[Any]]:
    return {
        "only till": sorted(set(mine) - set(theirs)),
        "only service": sorted(set(theirs) - set(mine)),
        "other sum": sorted(k for k in mine.keys() & theirs.keys() if mine[k] != theirs[k]),
    }
