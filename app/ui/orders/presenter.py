"""The orders of this till: find one, print a copy, begin a refund, take an open one up again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject
from typing_extensions import override

from app.domain.cart import CartLine
from app.domain.sale import SaleState
from app.kernel.errors import AppError
from app.kernel.ids import SaleId
from app.till.order import Approval, OrderState
from app.till.orders import OrderKind, OrdersPage, OrdersWish
from app.till.refund_plan import Refundable
from app.till.till import Till
from app.ui.bridge import Tone
from app.ui.frame.screen import BaseScreen, Placement, ScreenId
from app.ui.frame.tools import Tools
from app.ui.ops import Lane
from app.ui.orders.refund_presenter import RefundPresenter
from app.ui.orders.state import OrdersState, SaleDetail, SoldLine
from app.ui.orders.view import OrdersView
from app.ui.text import tr

PAGE: Final = 50
TEXT_MAX: Final = 30
_TOPICS: Final = frozenset({"sales", "drafts", "print_jobs", "fiscal"})


@dataclass(frozen=True, slots=True)
class _Found:
    page: OrdersPage
    pending: bool


class OrdersPresenter(QObject, BaseScreen):
    """Shows the sales of this till.

    Args:
        tools: Lanes, window and the rest.
        till: The use cases.
        refund: The screen where money is given back.
        view: What it shows on; its own by default.
    """

    screen_id = ScreenId.ORDERS
    placement = Placement.FULL

    def __init__(
        self, tools: Tools, till: Till, refund: RefundPresenter, view: OrdersView | None = None
    ) -> None:
        super().__init__()
        self._tools, self._till, self._refund = tools, till, refund
        self._state = OrdersState()
        self._limit = PAGE
        self._asked = 0
        self._chosen = ""
        self._waiting: Callable[[SaleDetail], None] | None = None
        self._cashiers: tuple[str, ...] = ()
        self._shown = False
        self.view = view or OrdersView()
        self._connect_signals()

    @property
    def state(self) -> OrdersState:
        """Return what is shown."""
        return self._state

    # ------------------------------------------------------------ screen

    @override
    def on_enter(self) -> None:
        """Show the newest orders, the last one chosen."""
        self._shown = True
        self._limit = PAGE
        self._put(text="", kind=OrderKind.ALL, cashier="", is_today=True)
        self.reload()
        self.view.setFocus()

    @override
    def on_leave(self) -> None:
        """Nothing more to show."""
        self._shown = False

    @override
    def on_key(self, key: str) -> bool:
        """Take F8 for a refund, arrows for the list, digits for a number, Enter, Esc."""
        if key == "F8":
            self.begin_refund()
        elif key == "Enter":
            self.recall()
        elif key in {"Up", "Down"}:
            self._move(1 if key == "Down" else -1)
        elif key == "Esc":
            if self._state.text:
                self.find("")
            else:
                self._tools.stage.go(ScreenId.SALE)
        elif len(key) == 1 and key.isdigit():
            self.find(self._state.text + key)
        elif key == "Backspace":
            self.find(self._state.text[:-1])
        else:
            return False
        return True

    # ------------------------------------------------------------ list

    def reload(self) -> None:
        """Read the list again."""
        self._asked += 1
        asked, state = self._asked, self._state
        wish = OrdersWish(
            kind=state.kind,
            text=state.text,
            day=self._till.house.business_day() if state.is_today else None,
            cashier=state.cashier,
            limit=self._limit,
        )
        self._tools.ops.run(
            lambda: self._read(wish),
            success=lambda found: self._on_found(found, asked),
            lane=Lane.QUERY,
        )

    def _read(self, wish: OrdersWish) -> _Found:
        return _Found(self._till.orders.find(wish), self._till.refunds.pending() is not None)

    def _on_found(self, found: _Found, asked: int) -> None:
        if asked != self._asked:
            return
        page, zone = found.page, self._till.house.zone
        self._cashiers = page.cashiers
        self._put(
            rows=tuple(replace(row, at=row.at.astimezone(zone)) for row in page.rows),
            has_more=page.has_more,
            open_count=page.open_count,
            paid_count=page.paid_count,
            paid_minor=page.paid_minor,
            pending=found.pending,
        )
        ids = [row.sale_id for row in page.rows]
        if self._chosen in ids:
            self.choose(self._chosen)
        elif ids:
            paid = [row.sale_id for row in page.rows if not row.is_open]
            self.choose(paid[0] if paid else ids[0])
        else:
            self._put(detail=None)

    def find(self, text: str) -> None:
        """Show only orders with this number, sum, phone or name."""
        self._put(text=text[:TEXT_MAX])
        self.reload()

    def choose_kind(self, kind: OrderKind) -> None:
        """Show open, paid, or refunded orders."""
        self._chosen = ""
        self._put(kind=kind, detail=None)
        self.reload()

    def toggle_today(self) -> None:
        """Show this day only, or all days."""
        self._put(is_today=not self._state.is_today)
        self.reload()

    def next_cashier(self) -> None:
        """Show the orders of the next person, after the last those of everybody."""
        people = ("", *self._cashiers)
        now = self._state.cashier
        place = people.index(now) if now in people else 0
        self._put(cashier=people[(place + 1) % len(people)])
        self.reload()

    def _on_more(self) -> None:
        self._limit += PAGE
        self.reload()

    def _move(self, step: int) -> None:
        ids = [str(row.sale_id) for row in self._state.rows]
        if self._chosen in ids:
            place = min(max(ids.index(self._chosen) + step, 0), len(ids) - 1)
            self.choose(ids[place])

    # ------------------------------------------------------------ one sale

    def choose(self, sale_id: str) -> None:
        """Look at an order; from now on every button means this one."""
        self._chosen, self._waiting = sale_id, None
        row = next((row for row in self._state.rows if row.sale_id == sale_id), None)
        if row is not None and row.is_open:
            self._tools.ops.run(
                lambda: self._till.orders.look_open(SaleId(sale_id)),
                success=self._on_looked_open,
                failure=self._on_gone,
                lane=Lane.QUERY,
            )
            return
        self._tools.ops.run(
            lambda: self._till.refunds.look(SaleId(sale_id)),
            success=self._on_looked,
            failure=self._on_gone,
            lane=Lane.QUERY,
        )

    def _on_looked_open(self, order: OrderState) -> None:
        if order.order.sale_id != self._chosen:
            return
        loyalty = order.loyalty
        self._show(
            SaleDetail(
                sale_id=order.order.sale_id,
                number=order.number,
                at=order.order.opened_at.astimezone(self._till.house.zone),
                cashier=order.order.owner_name,
                lines=tuple(
                    SoldLine(line.quantity_milli, _name(line), _options(line), cost.total_minor)
                    for line, cost in zip(order.cart.lines, order.priced.lines, strict=True)
                ),
                discount_minor=order.priced.discount_minor,
                points_minor=order.priced.points_minor,
                due_minor=order.due_minor,
                refunded_minor=0,
                tenders=tuple((t.kind, t.amount_minor) for t in order.order.tenders),
                guest=loyalty.card.first_name if loyalty else "",
                earned_minor=order.earn_minor,
                is_open=True,
            )
        )

    def _on_looked(self, found: Refundable) -> None:
        sale, zone = found.sale, self._till.house.zone
        if sale.sale_id != self._chosen:
            return
        loyalty = sale.loyalty
        self._show(
            SaleDetail(
                sale_id=sale.sale_id,
                number=sale.number,
                at=sale.paid_at.astimezone(zone),
                cashier=sale.cashier_name,
                lines=tuple(
                    SoldLine(line.quantity_milli, _name(line), _options(line), cost.total_minor)
                    for line, cost in zip(sale.lines, sale.priced.lines, strict=True)
                ),
                discount_minor=sale.priced.discount_minor,
                points_minor=sale.priced.points_minor,
                due_minor=sale.due_minor,
                refunded_minor=found.refunded_minor,
                tenders=tuple((tender.kind, tender.amount_minor) for tender in sale.tenders),
                guest=loyalty.card.first_name if loyalty else "",
                earned_minor=loyalty.earn_minor if loyalty else 0,
            )
        )

    def _on_gone(self, error: AppError) -> None:
        self._tools.bridge.show_error(error)

    def _show(self, detail: SaleDetail) -> None:
        """Show the chosen order and do what was wanted before it could be shown."""
        self._put(detail=detail)
        act, self._waiting = self._waiting, None
        if act is not None:
            act(detail)

    def _with_chosen(self, act: Callable[[SaleDetail], None]) -> None:
        """Do something with the order that was tapped last, as soon as it is shown.

        What is still on the screen may be the order before: a quick tap must never mean that one.
        """
        detail = self._state.detail
        if detail is not None and detail.sale_id == self._chosen:
            act(detail)
        elif self._chosen:
            self._waiting = act

    def print_copy(self) -> None:
        """Print a copy of the chosen sale's receipt."""
        self._with_chosen(self._print_copy)

    def _print_copy(self, detail: SaleDetail) -> None:
        if detail.is_open:
            return
        self._tools.ops.run(
            lambda: self._till.printing.reprint(SaleId(detail.sale_id)),
            success=lambda _job: self._tools.bridge.toast(tr("The copy is being printed")),
        )

    def retry_receipt(self) -> None:
        """Try the receipt of the chosen order again."""
        row = self._state.chosen
        if row is None or not row.fiscal_task_id:
            return
        self._tools.ops.run(
            lambda: self._till.fiscal.retry(row.fiscal_task_id),
            success=lambda _: self._tools.bridge.toast(tr("The receipt is being made")),
        )

    def recall(self) -> None:
        """Take the chosen open order to the desk."""
        self._with_chosen(self._recall)

    def _recall(self, detail: SaleDetail) -> None:
        board = self._tools.board
        if not detail.is_open:
            return
        sale_id = SaleId(detail.sale_id)
        if board.state is not None and board.state.order.sale_id == sale_id:
            is_paying = board.state.order.state is SaleState.PAYING
            self._tools.stage.go(ScreenId.PAYMENT if is_paying else ScreenId.SALE)
            return

        def op(approval: Approval | None) -> OrderState:
            return self._till.sale.recall(sale_id, approval)

        self._tools.approvals.run(op, success=self._on_recalled)

    def _on_recalled(self, order: OrderState) -> None:
        self._tools.board.publish(order)
        self._tools.stage.go(ScreenId.SALE)

    def begin_refund(self) -> None:
        """Give money back for the chosen sale."""
        self._with_chosen(self._begin_refund)

    def _begin_refund(self, detail: SaleDetail) -> None:
        if detail.is_open:
            return
        if detail.rest_minor <= 0:
            self._tools.bridge.toast(tr("This order is given back already"), tone=Tone.WARNING)
            return
        self._refund.open_sale(SaleId(detail.sale_id))
        self._tools.stage.go(ScreenId.REFUND)

    def _on_pending(self) -> None:
        self._refund.open_pending()
        self._tools.stage.go(ScreenId.REFUND)

    def _put(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # OrdersState
        self.view.render(self._state)

    def _on_changes(self, topics: object) -> None:
        if self._shown and isinstance(topics, frozenset) and topics & _TOPICS:
            self.reload()

    def _connect_signals(self) -> None:
        view = self.view
        view.sale_chosen.connect(self.choose)
        view.kind_chosen.connect(self.choose_kind)
        view.text_changed.connect(self.find)
        view.today_toggled.connect(self.toggle_today)
        view.cashier_tapped.connect(self.next_cashier)
        view.recall_wanted.connect(self.recall)
        view.more_wanted.connect(self._on_more)
        view.copy_wanted.connect(self.print_copy)
        view.refund_wanted.connect(self.begin_refund)
        view.pending_wanted.connect(self._on_pending)
        view.receipt_wanted.connect(self.retry_receipt)
        self._tools.changes.happened.connect(self._on_changes)


def _name(line: CartLine) -> str:
    return f"{line.name}, {line.variant_name}" if line.variant_name else line.name


def _options(line: CartLine) -> str:
    return ", ".join(option.name for option in line.options)
