"""The last sales of this till: look at one, print a copy, begin a refund."""

from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QObject
from typing_extensions import override

from app.domain.cart import CartLine
from app.kernel.errors import AppError
from app.kernel.ids import SaleId
from app.till.refund_plan import Refundable
from app.till.till import Till
from app.ui.bridge import Tone
from app.ui.frame.screen import BaseScreen, Placement, ScreenId
from app.ui.frame.tools import Tools
from app.ui.ops import Lane
from app.ui.orders.refund_presenter import RefundPresenter
from app.ui.orders.state import OrdersState, SaleDetail, SaleRow, SoldLine
from app.ui.orders.view import OrdersView
from app.ui.text import tr

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class _Found:
    rows: tuple[SaleRow, ...]
    has_more: bool
    pending: bool


class OrdersPresenter(QObject, BaseScreen):
    """Shows the sales of this till.

    Args:
        tools: Lanes, window and the rest.
        till: The use cases.
        refund: The screen where money is given back.
    """

    screen_id = ScreenId.ORDERS
    placement = Placement.FULL

    def __init__(self, tools: Tools, till: Till, refund: RefundPresenter) -> None:
        super().__init__()
        self._tools, self._till, self._refund = tools, till, refund
        self._state = OrdersState()
        self._limit = PAGE
        self._asked = 0
        self._shown = False
        self.view = OrdersView()
        self._connect_signals()

    @property
    def state(self) -> OrdersState:
        """Return what is shown."""
        return self._state

    # ------------------------------------------------------------ screen

    @override
    def on_enter(self) -> None:
        """Show the newest sales, the last one chosen."""
        self._shown = True
        self._limit = PAGE
        self._put(number="")
        self.reload()
        self.view.setFocus()

    @override
    def on_leave(self) -> None:
        """Nothing more to show."""
        self._shown = False

    @override
    def on_key(self, key: str) -> bool:
        """Take F8 for a refund, arrows for the list, digits for a number, Esc."""
        if key == "F8":
            self.begin_refund()
        elif key in {"Up", "Down"}:
            self._move(1 if key == "Down" else -1)
        elif key == "Esc":
            if self._state.number:
                self.find("")
            else:
                self._tools.stage.go(ScreenId.SALE)
        elif len(key) == 1 and key.isdigit():
            self.find(self._state.number + key)
        elif key == "Backspace":
            self.find(self._state.number[:-1])
        else:
            return False
        return True

    # ------------------------------------------------------------ list

    def reload(self) -> None:
        """Read the list again."""
        self._asked += 1
        asked, number, limit = self._asked, self._state.number, self._limit
        self._tools.ops.run(
            lambda: self._read(number, limit),
            success=lambda found: self._on_found(found, asked),
            lane=Lane.QUERY,
        )

    def _read(self, number: str, limit: int) -> _Found:
        refunds, zone = self._till.refunds, self._till.house.zone
        heads = refunds.sales(number=int(number) if number else None, limit=limit + 1)
        rows = tuple(
            SaleRow(
                sale_id=head.sale_id,
                number=head.number,
                at=head.paid_at.astimezone(zone),
                cashier=head.cashier_name,
                guest=head.guest_name,
                line_count=head.line_count,
                due_minor=head.due_minor,
                refunded_minor=head.refunded_minor,
            )
            for head in heads[:limit]
        )
        return _Found(rows, len(heads) > limit, refunds.pending() is not None)

    def _on_found(self, found: _Found, asked: int) -> None:
        if asked != self._asked:
            return
        self._put(rows=found.rows, has_more=found.has_more, pending=found.pending)
        ids = [row.sale_id for row in found.rows]
        chosen = self._state.detail.sale_id if self._state.detail else ""
        if chosen in ids:
            self.choose(chosen)
        elif ids:
            self.choose(ids[0])
        else:
            self._put(detail=None)

    def find(self, number: str) -> None:
        """Show only sales with this number."""
        self._put(number=number[:7])
        self.reload()

    def _on_more(self) -> None:
        self._limit += PAGE
        self.reload()

    def _move(self, step: int) -> None:
        ids = [row.sale_id for row in self._state.rows]
        chosen = self._state.detail.sale_id if self._state.detail else ""
        if chosen in ids:
            place = min(max(ids.index(chosen) + step, 0), len(ids) - 1)
            self.choose(ids[place])

    # ------------------------------------------------------------ one sale

    def choose(self, sale_id: str) -> None:
        """Look at a sale."""
        self._tools.ops.run(
            lambda: self._till.refunds.look(SaleId(sale_id)),
            success=self._on_looked,
            failure=self._on_gone,
            lane=Lane.QUERY,
        )

    def _on_looked(self, found: Refundable) -> None:
        sale, zone = found.sale, self._till.house.zone
        loyalty = sale.loyalty
        self._put(
            detail=SaleDetail(
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

    def print_copy(self) -> None:
        """Print a copy of the chosen sale's receipt."""
        detail = self._state.detail
        if detail is None:
            return
        self._tools.ops.run(
            lambda: self._till.printing.reprint(SaleId(detail.sale_id)),
            success=lambda _job: self._tools.bridge.toast(tr("The copy is being printed")),
        )

    def begin_refund(self) -> None:
        """Give money back for the chosen sale."""
        detail = self._state.detail
        if detail is None:
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
        if self._shown and isinstance(topics, frozenset) and "sales" in topics:
            self.reload()

    def _connect_signals(self) -> None:
        view = self.view
        view.sale_chosen.connect(self.choose)
        view.number_changed.connect(self.find)
        view.more_wanted.connect(self._on_more)
        view.copy_wanted.connect(self.print_copy)
        view.refund_wanted.connect(self.begin_refund)
        view.pending_wanted.connect(self._on_pending)
        self._tools.changes.happened.connect(self._on_changes)


def _name(line: CartLine) -> str:
    return f"{line.name}, {line.variant_name}" if line.variant_name else line.name


def _options(line: CartLine) -> str:
    return ", ".join(option.name for option in line.options)
