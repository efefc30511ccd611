"""The list of orders: open and paid ones, narrowed by state, text, day and cashier (T11).

Reads only; what is done with an order belongs to `sale` (recall), `printing` (copies) and `refunds`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from app.domain.cart import CartLine
from app.domain.sale import Sale, SaleState
from app.kernel.ids import SaleId, ShiftId
from app.store.rows import Draft, FiscalState, FiscalTask, PrintState, SaleHead
from app.store.uow import UnitOfWork
from app.till import fiscal_views, receipt_texts, texts
from app.till.desk import Desk
from app.till.drafts import from_draft
from app.till.fiscal_run import PAPER_OUT
from app.till.fiscalisation import Fiscalisation
from app.till.order import Lights, OrderState, StepStatus
from app.till.words import Words

#: A search looks through so many sales of the chosen days, the newest first.
SEARCHED_MAX: Final = 1_000
_PHONE_DIGITS_MIN: Final = 4


class OrderKind(StrEnum):
    """Which orders are wanted."""

    ALL = "all"
    OPEN = "open"
    PAID = "paid"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class OrdersWish:
    """What the list is narrowed to.

    Attributes:
        kind: Open, paid, with refunds, or all.
        text: A number, a sum, the end of a phone, or a name; empty finds all.
        day: One business day; None is every day.
        cashier: Name of who took the money or has the order; empty is everybody.
        limit: At most so many.
    """

    kind: OrderKind = OrderKind.ALL
    text: str = ""
    day: date | None = None
    cashier: str = ""
    limit: int = 50


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in the list.

    Attributes:
        sale_id: Its id.
        number: What people call it by.
        at: When it was paid, or begun.
        cashier: Who has it or took the money.
        guest: First name of the guest; empty without one.
        content: Its products in a few words.
        amount_minor: What it costs.
        refunded_minor: What was given back.
        lights: How far it has come.
        is_open: It is not paid: it can be taken to the desk.
        trouble: Why its fiscal receipt is not made or not on paper, None if nothing is in the way;
            `advice` says what to do next.
        fiscal_task_id: The receipt that can be tried again; '' without one that waits.
        again: What trying again is called, None where it cannot be.
    """

    sale_id: SaleId
    number: int
    at: datetime
    cashier: str
    guest: str
    content: Words
    amount_minor: int
    refunded_minor: int
    lights: Lights
    is_open: bool = False
    trouble: Words | None = None
    advice: Words | None = None
    fiscal_task_id: str = ""
    again: Words | None = None


@dataclass(frozen=True, slots=True)
class OrdersPage:
    """The list with what stands under it.

    Attributes:
        rows: The newest first; open ones on top.
        has_more: There are more than were asked for.
        open_count: How many orders are open on this till.
        paid_count: How many were paid on the chosen day; `paid_minor` is their sum.
        cashiers: Everybody who took money on the chosen day.
    """

    rows: tuple[OrderRow, ...]
    has_more: bool
    open_count: int
    paid_count: int
    paid_minor: int
    cashiers: tuple[str, ...]


class Orders:
    """Finds orders of this till; on the query lane.

    Args:
        desk: Store, prices and the business day.
        fiscal: Says how a receipt stands that is not made.
    """

    def __init__(self, desk: Desk, fiscal: Fiscalisation) -> None:
        self._desk = desk
        self._fiscal = fiscal
        self._store = desk.store

    def find(self, wish: OrdersWish) -> OrdersPage:
        """Return the orders that fit a wish."""
        with self._store.reader() as db:
            drafts = [draft for draft in db.drafts.list_all() if not draft.history.cart.is_empty]
            heads = self._heads(db, wish.day)
            picked_drafts = self._fitting_drafts(drafts, wish)
            picked = self._fitting_heads(db, heads, wish)
            room = max(0, wish.limit - len(picked_drafts))
            rows = [self._draft_row(draft) for draft in picked_drafts]
            rows += [self._sale_row(db, head) for head in picked[:room]]
        return OrdersPage(
            rows=tuple(rows[: wish.limit]),
            has_more=len(picked_drafts) + len(picked) > wish.limit,
            open_count=len(drafts),
            paid_count=len(heads),
            paid_minor=sum(head.due_minor for head in heads),
            cashiers=tuple(sorted({head.cashier_name for head in heads})),
        )

    def look_open(self, sale_id: SaleId) -> OrderState:
        """Return an order that is not paid yet, as the desk would show it.

        Raises:
            RuleError: It has been paid or cancelled meanwhile.
        """
        with self._store.reader() as db:
            draft = db.drafts.find(sale_id)
        if draft is None:
            raise texts.ORDER_GONE.rule_error("ORDER_GONE")
        return self._desk.describe(from_draft(draft))

    def guest_balance(self, sale_id: SaleId) -> int | None:
        """Return the points of a sale's guest as this till knows them, in hundredths.

        None without a guest, or if the till does not know the card any more.
        """
        with self._store.reader() as db:
            sale = db.sales.find(sale_id)
            if sale is None or sale.loyalty is None:
                return None
            card = db.guests.find_by_card(sale.loyalty.card.card_id)
        return card.total_minor if card else None

    def paid_times(self, shift_id: ShiftId) -> tuple[datetime, ...]:
        """Return when each sale of a shift was paid, in the venue's zone, the newest first."""
        zone = self._desk.house.zone
        with self._store.reader() as db:
            heads = db.sales.list_heads(shift_id=shift_id, limit=10 * SEARCHED_MAX)
        return tuple(head.paid_at.astimezone(zone) for head in heads)

    # -------------------------------------------------------------- narrowing
    def _heads(self, db: UnitOfWork, day: date | None) -> tuple[SaleHead, ...]:
        if day is None:
            return db.sales.list_heads(limit=SEARCHED_MAX)
        begin = datetime.combine(day, time.min, self._desk.house.zone)
        end = datetime.combine(day + timedelta(days=1), time.min, self._desk.house.zone)
        return db.sales.list_heads(since=begin, until=end, limit=SEARCHED_MAX)

    def _fitting_drafts(self, drafts: Iterable[Draft], wish: OrdersWish) -> list[Draft]:
        if wish.kind not in {OrderKind.ALL, OrderKind.OPEN}:
            return []
        found = [
            draft
            for draft in drafts
            if (not wish.cashier or draft.owner_name == wish.cashier)
            and _fits(wish.text, draft.number, draft.name, _phone_of(draft), lambda: None)
        ]
        return sorted(found, key=lambda draft: draft.opened_at, reverse=True)

    def _fitting_heads(
        self, db: UnitOfWork, heads: Iterable[SaleHead], wish: OrdersWish
    ) -> list[SaleHead]:
        if wish.kind is OrderKind.OPEN:
            return []

        def fits(head: SaleHead) -> bool:
            if wish.cashier and head.cashier_name != wish.cashier:
                return False
            if wish.kind is OrderKind.REFUNDED and not head.refunded_minor:
                return False
            phone = _phone_of(db.sales.get(head.sale_id)) if _asks_phone(wish.text, head) else ""
            return _fits(wish.text, head.number, head.guest_name, phone, lambda: head.due_minor)

        return [head for head in heads if fits(head)]

    def _draft_row(self, draft: Draft) -> OrderRow:
        order, loyalty = from_draft(draft), draft.loyalty
        state = {
            SaleState.PAYING: (StepStatus.NOW, texts.LIGHT_PAYMENT),
            SaleState.HELD: (StepStatus.NOT_YET, texts.LIGHT_HELD),
        }.get(draft.state, (StepStatus.NOT_YET, texts.LIGHT_CREATED))
        return OrderRow(
            sale_id=draft.sale_id,
            number=draft.number,
            at=draft.opened_at,
            cashier=draft.owner_name,
            guest=loyalty.card.first_name if loyalty else draft.name,
            content=_content(order.cart.lines),
            amount_minor=self._desk.price(order).due_minor - order.rounding_minor,
            refunded_minor=0,
            lights=Lights(StepStatus.DONE, state[0], StepStatus.NOT_YET, state[1]),
            is_open=True,
        )

    def _sale_row(self, db: UnitOfWork, head: SaleHead) -> OrderRow:
        receipt = db.fiscal.find_by_sale(head.sale_id)
        has_trouble = receipt is not None and receipt.is_open and bool(receipt.error_code)
        return OrderRow(
            sale_id=head.sale_id,
            number=head.number,
            at=head.paid_at,
            cashier=head.cashier_name,
            guest=head.guest_name,
            content=_content(db.sales.get(head.sale_id).lines),
            amount_minor=head.due_minor,
            refunded_minor=head.refunded_minor,
            lights=receipt_lights(db, head.sale_id, receipt),
            trouble=self._fiscal.words_of(receipt) if receipt and has_trouble else None,
            advice=fiscal_views.advice_of(receipt) if receipt and has_trouble else None,
            fiscal_task_id=receipt.task_id if receipt and receipt.is_open else "",
            again=fiscal_views.again_briefly(receipt) if receipt and receipt.is_open else None,
        )


def _asks_phone(text: str, head: SaleHead) -> bool:
    """Tell whether a sale must be read to compare the guest's phone."""
    digits = "".join(sign for sign in text if sign.isdigit())
    return len(digits) >= _PHONE_DIGITS_MIN and str(head.number) != text.strip()


def _phone_of(order: Draft | Sale) -> str:
    return order.loyalty.card.phone if order.loyalty else ""


def _fits(
    text: str, number: int, name: str, phone: str, due_minor: Callable[[], int | None]
) -> bool:
    wanted = text.strip().casefold()
    if not wanted:
        return True
    digits = "".join(sign for sign in wanted if sign.isdigit())
    if not digits:
        return wanted in name.casefold()
    if wanted.lstrip("№# ") == str(number):
        return True
    if len(digits) >= _PHONE_DIGITS_MIN and phone.endswith(digits[-10:]):
        return True
    due = due_minor()
    return due is not None and due in _sums(wanted)


def _sums(text: str) -> tuple[int, ...]:
    """Return the sums that a text may mean: `444` is 444 roubles, `444,50` has kopecks."""
    plain = "".join(sign for sign in text if sign.isdigit() or sign in ",.").replace(".", ",")
    whole, comma, rest = plain.partition(",")
    if not whole or "," in rest:
        return ()
    return (int(whole) * 100 + int((rest + "00")[:2]),) if comma else (int(whole) * 100,)


# -------------------------------------------------------------- rows
def receipt_lights(db: UnitOfWork, sale_id: SaleId, receipt: FiscalTask | None) -> Lights:
    """Return the lights of a paid order: its receipt decides the last one, copies do not (T7).

    Args:
        db: The store.
        sale_id: Of the order.
        receipt: Its fiscal receipt, None where there is none: then paper decides.
    """
    status, words = _paper_light(db, sale_id) if receipt is None else _fiscal_light(receipt)
    return Lights(StepStatus.DONE, StepStatus.DONE, status, words)


def _paper_light(db: UnitOfWork, sale_id: SaleId) -> tuple[StepStatus, Words]:
    jobs = [job for job in db.print_jobs.list_by_sale(sale_id) if job.kind == "receipt"]
    state = next((job.state for job in jobs if not job.is_copy), None)
    return {
        None: (StepStatus.DONE, texts.LIGHT_PAID),  # printed long ago, or without paper
        PrintState.DONE: (StepStatus.DONE, texts.STEP_PRINT_DONE),
        PrintState.CANCELLED: (StepStatus.DONE, texts.STEP_PRINT_NONE),
        PrintState.FAILED: (StepStatus.FAILED, texts.LIGHT_NOT_PRINTED),
    }.get(state, (StepStatus.WAITING, texts.LIGHT_PRINT_WAITS))


def _fiscal_light(receipt: FiscalTask) -> tuple[StepStatus, Words]:
    match receipt.state:
        case FiscalState.DONE:
            return StepStatus.DONE, receipt_texts.RECEIPT_MADE
        case FiscalState.CANCELLED:
            return StepStatus.DONE, receipt_texts.RECEIPT_NONE
        case FiscalState.UNPRINTED:
            return StepStatus.WAITING, receipt_texts.RECEIPT_NOT_PRINTED
        case FiscalState.UNKNOWN if receipt.error_code != PAPER_OUT:
            return StepStatus.WAITING, receipt_texts.RECEIPT_UNKNOWN
        case _ if receipt.error_code:
            return StepStatus.FAILED, receipt_texts.RECEIPT_NOT_MADE
        case _:
            return StepStatus.WAITING, receipt_texts.RECEIPT_QUEUED


def _content(lines: Iterable[CartLine]) -> Words:
    """Return up to two products by name, more of them as a number."""
    names = [line.name for line in lines]
    if len(names) <= 2:
        text = ", ".join(names)
        return Words(text, text)
    return texts.ORDER_CONTENT.fill(first=names[0], more=len(names) - 1)
