"""The proof of the demonstration: what the till, the paper, the terminal and the service say agrees.

Balances are computed here anew, by plain arithmetic from the demo cafe's file and the sales, not by
the program's own rules.
"""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.demo.proof_bank import compare_bank, unreadable_codes
from app.demo.proof_kitchen import compare_kitchen
from app.demo.proof_register import bill_of_refund, bill_of_sale, compare_register
from app.demo.stage import KITCHEN_COOKS, Stage
from app.domain.sale import LoyaltyAction, Refund, Sale
from app.domain.tender import TenderKind
from app.kernel.resources import resource_path
from app.kernel.text import format_amount
from app.store.engine import Store

_WHOLE_POINT: Final = 100
_SPACES: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Proof:
    """What was compared.

    Attributes:
        problems: Sentences, none if all is right.
        sales: Each sale with its sums.
        audit: The answer of the service's audit command.
        queue: Operations sent, in conflict, lost and doubled.
        balances: Expected and found by card code.
    """

    problems: tuple[str, ...]
    sales: tuple[dict[str, Any], ...]
    audit: dict[str, Any]
    queue: dict[str, int]
    balances: dict[str, dict[str, int]]


def prove(
    stage: Stage, store: Store, noted: Sequence[dict[str, Any]], codes: Mapping[Path, str]
) -> Proof:
    """Compare everything after the day.

    Args:
        stage: Service, receipts and terminal of the run.
        store: The till's store, still open.
        noted: What the story saw on the screen for each sale, in order.
        codes: Pictures of screens with a code, and what the code must contain.
    """
    problems = unreadable_codes(codes)
    with store.reader() as db:
        shifts = sorted(db.shifts.list_latest(), key=lambda shift: shift.opened_at)
        keys = [shift.shift_id for shift in shifts]
        sales = [sale for key in keys for sale in db.sales.list_by_shift(key)]
        refunds = [refund for key in keys for refund in db.sales.list_refunds_by_shift(key)]
        counts = db.outbox.counts()
    service = _Service(stage.service_database)
    problems += _compare_notes(sales, noted)
    doubled, lost = _compare_orders(sales, refunds, service)
    problems += [f"sale {key} is doubled at the service" for key in doubled]
    problems += [f"sale {key} is not at the service" for key in lost]
    balances = _balances(sales, refunds, service)
    problems += [
        f"card {code}: expected {pair['expected']}, found {pair['found']}"
        for code, pair in balances.items()
        if pair["expected"] != pair["found"]
    ]
    on_paper = set(keys[1:])  # the first shift's receipts came out of the register
    problems += _compare_receipts(
        stage.printed(),
        [sale for sale in sales if sale.shift_id in on_paper],
        [refund for refund in refunds if refund.shift_id in on_paper],
    )
    problems += compare_register(
        [bill_of_sale(sale) for sale in sales if sale.shift_id == keys[0]],
        [bill_of_refund(refund) for refund in refunds if refund.shift_id == keys[0]],
        stage.ask(stage.register, "journal"),
    )
    problems += _compare_terminal(stage, sales, refunds)
    problems += compare_bank(sales, refunds, stage.ask(stage.bank, "journal"))
    problems += compare_kitchen(sales, stage.tickets_told(), _cooked())
    problems += _compare_display(sales, stage.ask(stage.display, "journal")["pictures"])
    audit = stage.audit()
    if not audit["ok"]:
        problems.append("the ledger's audit is not clean")
    if counts.pending or counts.in_flight or counts.conflicts:
        problems.append(f"the queue is not empty: {counts}")
    return Proof(
        problems=tuple(problems),
        sales=tuple(_facts(sale) for sale in sales),
        audit=audit,
        queue={
            "sent": len(sales) + len(refunds) - len(lost),
            "conflicts": counts.conflicts,
            "lost": len(lost),
            "doubled": len(doubled),
        },
        balances=balances,
    )


def _facts(sale: Sale) -> dict[str, Any]:
    return {
        "number": sale.number,
        "dueMinor": sale.due_minor,
        "tenders": [[tender.kind.value, tender.amount_minor] for tender in sale.tenders],
        "points": sale.loyalty.spend_minor if sale.loyalty else 0,
        "guest": sale.loyalty.card.code6 if sale.loyalty else None,
    }


def _compare_notes(sales: Sequence[Sale], noted: Sequence[dict[str, Any]]) -> list[str]:
    seen = [int(note["dueMinor"]) for note in noted]
    entered = [sale.due_minor for sale in sorted(sales, key=lambda sale: sale.paid_at)]
    return [] if seen == entered else [f"the screen showed {seen}, the till entered {entered}"]


def _compare_orders(
    sales: Sequence[Sale], refunds: Sequence[Refund], service: "_Service"
) -> tuple[list[str], list[str]]:
    """Return the keys of what the service has twice and of what it has not, or with another sum."""
    have = Counter(service.orders())
    want = [(str(sale.sale_id), sale.due_minor) for sale in sales]
    want += [(str(refund.refund_id), refund.amount_minor) for refund in refunds]
    doubled = [key for (key, _), count in have.items() if count > 1]
    doubled += [key for key, amount in have if (key, amount) not in want]
    lost = [key for key, amount in want if (key, amount) not in have]
    return doubled, lost


# ---------------------------------------------------------------- balances


def _balances(
    sales: Sequence[Sale], refunds: Sequence[Refund], service: "_Service"
) -> dict[str, dict[str, int]]:
    cafe = json.loads(resource_path("demo", "cafe.json").read_text(encoding="utf-8"))
    levels = [(x["threshold_minor"], x["percent_bp"]) for x in cafe["loyalty_rules"]["levels"]]
    known = {guest["code6"]: guest for guest in cafe["guests"]}
    found = service.balances()
    result: dict[str, dict[str, int]] = {}
    for code in {sale.loyalty.card.code6 for sale in sales if sale.loyalty}:
        guest = known.get(code, {})
        own = [sale for sale in sales if sale.loyalty and sale.loyalty.card.code6 == code]
        regular, promo = int(guest.get("regular_minor", 0)), int(guest.get("promo_minor", 0))
        spent = int(guest.get("lifetime_spent_minor", 0))
        for sale in sorted(own, key=lambda sale: sale.paid_at):
            earned, redeemed = _moved(sale, spent, levels)
            from_promo = min(promo, redeemed)
            back = sum(r.amount_minor for r in refunds if r.sale_id == sale.sale_id)
            promo -= from_promo - from_promo * back // sale.due_minor
            from_regular = redeemed - from_promo
            regular -= from_regular - from_regular * back // sale.due_minor
            regular += earned - earned * back // sale.due_minor
            spent += sale.due_minor - back
        result[code] = {"expected": regular + promo, "found": found.get(code, -1)}
    return result


def _moved(sale: Sale, spent: int, levels: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Return the points a sale earned and redeemed, in hundredths."""
    loyalty = sale.loyalty
    assert loyalty is not None
    redeemed = loyalty.spend_minor if loyalty.action is LoyaltyAction.SPEND else 0
    percent = max(bp for threshold, bp in levels if spent >= threshold)
    base = sum(
        cost.total_minor
        for line, cost in zip(sale.lines, sale.priced.lines, strict=True)
        if line.earns_points
    )
    return base * percent // 10_000 // _WHOLE_POINT * _WHOLE_POINT, redeemed


# ---------------------------------------------------------------- paper and terminal


def _compare_receipts(
    papers: Sequence[Path], sales: Sequence[Sale], refunds: Sequence[Refund]
) -> list[str]:
    """Each sale has one receipt with its sum and its tenders; each refund has one."""
    texts = [_SPACES.sub(" ", paper.read_text(encoding="utf-8")) for paper in papers]
    problems = []
    for sale in sales:
        own = [text for text in texts if f"Чек № {sale.number} " in text and "ВОЗВРАТ" not in text]
        if len(own) != 1:
            problems.append(f"sale {sale.number} has {len(own)} receipts")
            continue
        sums = [sale.due_minor, *(tender.amount_minor for tender in sale.tenders)]
        problems += [
            f"receipt {sale.number} lacks {_paper(amount)}"
            for amount in sums
            if _paper(amount) not in own[0]
        ]
    for amount, count in Counter(refund.amount_minor for refund in refunds).items():
        own = [text for text in texts if "ВОЗВРАТ" in text and _paper(amount) in text]
        if len(own) != count:
            problems.append(f"{count} refunds of {_paper(amount)} have {len(own)} receipts")
    return problems


def _paper(amount_minor: int) -> str:
    return _SPACES.sub(" ", format_amount(amount_minor))


def _compare_terminal(stage: Stage, sales: Sequence[Sale], refunds: Sequence[Refund]) -> list[str]:
    """The terminal's own journal holds exactly the card money of the till."""
    answer = stage.ask(stage.terminal, "journal")
    booked: Counter[str] = Counter()
    for entry in answer["journal"]:
        booked[entry["kind"]] += int(entry["amount_minor"])
    taken = _card(tender for sale in sales for tender in sale.tenders)
    given = _card(tender for refund in refunds for tender in refund.tenders)
    net = booked["payment"] - booked["reversal"] - booked["refund"]
    if net == taken - given:
        return []
    return [f"the terminal booked {dict(booked)}, the till took {taken} and gave back {given}"]


def _compare_display(sales: Sequence[Sale], pictures: Sequence[Sequence[str]]) -> list[str]:
    """The guest of each sale read on the display what there was to pay."""
    shown = {re.sub(r"[^\d,]", "", line.strip()) for lines in pictures for line in lines}
    return [
        f"the guest of sale {sale.number} never read {due} on the display"
        for sale in sales
        if (due := f"{sale.due_minor // 100},{sale.due_minor % 100:02d}") not in shown
    ]


def _cooked() -> set[str]:
    """Return the ids of the products of the categories that the kitchen cooks."""
    cafe = json.loads(resource_path("demo", "cafe.json").read_text(encoding="utf-8"))
    cooked = {each["id"] for each in cafe["categories"] if each["name"] in KITCHEN_COOKS}
    return {each["id"] for each in cafe["products"] if each["category_id"] in cooked}


def _card(tenders: Any) -> int:  # noqa: ANN401 -- an iterator of tenders
    return sum(tender.amount_minor for tender in tenders if tender.kind is TenderKind.CARD)


class _Service:
    """The service's database, read only, as an auditor would look at it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def orders(self) -> list[tuple[str, int]]:
        """Return (key, sum) of every order and refund."""
        orders = self._rows("SELECT id, due_minor FROM orders")
        refunds = self._rows("SELECT id, amount_minor FROM order_refunds")
        return [(str(key), int(amount)) for key, amount in (*orders, *refunds)]

    def balances(self) -> dict[str, int]:
        """Return what each card holds, what is reserved included, by its code."""
        rows = self._rows("SELECT code6, regular_minor + promo_minor + reserved_minor FROM cards")
        return {str(code): int(balance) for code, balance in rows}
