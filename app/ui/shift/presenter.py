"""The shift: its figures, cash in and out, the X report, and closing with a count."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer
from typing_extensions import override

from app.domain.shift import DENOMINATIONS_MINOR, ShiftTotals
from app.domain.tender import TenderKind
from app.kernel.errors import AppError
from app.till import receipt_texts
from app.till.order import Approval
from app.till.permissions import Action
from app.till.queue_states import QueueRow
from app.till.shift import ShiftReport, Unfinished
from app.till.shift import ShiftState as Standing
from app.till.till import Till
from app.till.words import Words
from app.ui.bridge import Tone
from app.ui.frame.screen import BaseScreen, Placement, ScreenId
from app.ui.frame.tools import Tools
from app.ui.ops import Lane
from app.ui.shift.export import Exported, export_report
from app.ui.shift.register_road import RegisterRoad
from app.ui.shift.state import (
    BoardPage,
    CashForm,
    ClosedPage,
    CountPage,
    Figures,
    ReceiptsPage,
    ReportPage,
    ShiftPage,
    ShiftState,
)
from app.ui.shift.view import ShiftView
from app.ui.text import tr
from app.ui.widgets.amount_entry import AmountEntry

REFRESH_MS: Final = 30_000
PIECES_MAX: Final = 9_999
HOURS_MAX: Final = 12
_TOPICS: Final = frozenset({"sales", "shifts", "print_jobs", "fiscal"})
#: Coins below a rouble are typed as one sum; nobody counts them at a till.
_VALUES: Final = tuple(value for value in DENOMINATIONS_MINOR if value >= 1_00)


@dataclass(frozen=True, slots=True)
class _Facts:
    standing: Standing
    totals: ShiftTotals | None
    by_hour: tuple[tuple[int, int], ...] = ()
    unmade: int = 0


@dataclass(frozen=True, slots=True)
class _Left:
    facts: _Facts
    unfinished: Unfinished
    rows: tuple[QueueRow, ...]


class ShiftPresenter(QObject, BaseScreen):
    """Shows the shift and does what is wanted with it.

    Args:
        tools: Lanes, window and the rest.
        till: The use cases.
        reports: The folder where reports are saved.
        view: What it shows on; its own by default.
    """

    screen_id = ScreenId.SHIFT
    placement = Placement.FULL

    def __init__(
        self,
        tools: Tools,
        till: Till,
        reports: Path = Path("reports"),
        view: ShiftView | None = None,
    ) -> None:
        super().__init__()
        self._tools, self._till, self._reports = tools, till, reports
        self._facts: _Facts | None = None
        self._left: Unfinished | None = None
        self._state = ShiftState(ClosedPage())
        self._shown = False
        self.view = view or ShiftView()
        self.register = RegisterRoad(tools, till, self, self._count)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.reload)
        self._connect_signals()

    @property
    def state(self) -> ShiftState:
        """Return what is shown."""
        return self._state

    @property
    def page(self) -> ShiftPage:
        """Return the page that is shown."""
        return self._state.page

    # ------------------------------------------------------------ screen

    @override
    def on_enter(self) -> None:
        """Show the figures."""
        self._shown = True
        self._put(ClosedPage() if self._facts is None else self._first_page(self._facts))
        self._timer.start()
        self.reload()
        self.view.setFocus()

    @override
    def on_leave(self) -> None:
        """Stop refreshing."""
        self._shown = False
        self._timer.stop()

    @override
    def on_key(self, key: str) -> bool:
        """Take F3 for the X report; digits, Backspace, Enter and Esc for what is typed."""
        if key == "F3" and isinstance(self._state.page, BoardPage):
            self.show_report()
        elif key == "Esc":
            self.back()
        elif key == "Enter":
            self._enter()
        elif key == "Backspace":
            self.erase()
        elif len(key) == 1 and (key.isdigit() or key in ",."):
            self.type_key(key)
        else:
            return False
        return True

    def _enter(self) -> None:
        page = self._state.page
        if isinstance(page, CashForm):
            self.move_cash()
        elif isinstance(page, ReceiptsPage):
            self.register.pay_off()
        elif isinstance(page, CountPage):
            self.close()
        elif isinstance(page, ReportPage):
            self._leave_report()

    def back(self) -> None:
        """Back to the figures, and from them to the sale."""
        page = self._state.page
        if isinstance(page, BoardPage | ClosedPage):
            self._tools.stage.go(ScreenId.SALE)
        elif isinstance(page, ReportPage) and page.is_closed:
            self._leave_report()
        else:
            self._show_board()

    # ------------------------------------------------------------ figures

    def reload(self) -> None:
        """Read the figures again."""
        self._tools.ops.run(self._read, success=self._on_facts, lane=Lane.QUERY)

    def _read(self) -> _Facts:
        standing = self._till.shift.state()
        shift = standing.shift
        if shift is None:
            return _Facts(standing, None)
        zone = self._till.house.zone
        times = self._till.orders.paid_times(shift.shift_id)
        opened, now = shift.opened_at.astimezone(zone), self._tools.clock.now().astimezone(zone)
        hours = sales_by_hour(opened, now, times)
        unmade = self._till.shift.unfinished().unfiscalised
        return _Facts(standing, self._till.shift.totals(), hours, unmade)

    def _on_facts(self, facts: _Facts) -> None:
        self._facts = facts
        if isinstance(self._state.page, BoardPage | ClosedPage):
            self._put(self._first_page(facts))

    def _first_page(self, facts: _Facts) -> ShiftPage:
        if facts.totals is None or facts.standing.shift is None:
            return ClosedPage(facts.standing.suggested_float_minor)
        count = facts.unmade
        receipts = receipt_texts.UNMADE.fill(count=count) if count else None
        return BoardPage(self._figures(facts), facts.standing.reminder, receipts)

    def _figures(self, facts: _Facts) -> Figures:
        totals, shift = facts.totals, facts.standing.shift
        assert totals is not None
        assert shift is not None
        is_blind = self._till.house.settings.is_blind_count
        taken, given = dict(totals.by_tender), dict(totals.refunds_by_tender)
        return Figures(
            revenue_minor=totals.revenue_minor,
            sales_count=totals.sales_count,
            average_minor=totals.average_minor,
            refunds_minor=totals.refunds_minor,
            refunds_count=totals.refunds_count,
            earned_minor=totals.points_earned_minor,
            spent_minor=totals.points_spent_minor,
            drawer_minor=None if is_blind else totals.expected_cash_minor,
            float_minor=shift.cash_float_minor,
            cash_sales_minor=taken.get(TenderKind.CASH, 0) - given.get(TenderKind.CASH, 0),
            cash_in_minor=totals.cash_in_minor,
            cash_out_minor=totals.cash_out_minor,
            by_tender=totals.by_tender,
            by_hour=facts.by_hour,
        )

    def _show_board(self) -> None:
        if self._facts is not None:
            self._put(self._first_page(self._facts))
        self.reload()

    # ------------------------------------------------------------ typing

    def type_key(self, key: str) -> None:
        """Add a digit or comma."""
        page = self._state.page
        if isinstance(page, CashForm):
            self._put(replace(page, entry=page.entry.typed(key), error=None))
        elif isinstance(page, CountPage) and page.one_sum is not None:
            self._put(replace(page, one_sum=page.one_sum.typed(key), error=None))
        elif isinstance(page, CountPage) and key.isdigit():
            number = page.pieces[page.chosen][1] * 10 + int(key)
            self._set_pieces(page, number if number <= PIECES_MAX else page.pieces[page.chosen][1])

    def erase(self) -> None:
        """Take the last sign away."""
        page = self._state.page
        if isinstance(page, CashForm):
            self._put(replace(page, entry=page.entry.erased(), error=None))
        elif isinstance(page, CountPage) and page.one_sum is not None:
            self._put(replace(page, one_sum=page.one_sum.erased(), error=None))
        elif isinstance(page, CountPage):
            self._set_pieces(page, page.pieces[page.chosen][1] // 10)

    def _set_pieces(self, page: CountPage, number: int) -> None:
        pieces = list(page.pieces)
        pieces[page.chosen] = (pieces[page.chosen][0], number)
        self._put(replace(page, pieces=tuple(pieces), error=None))

    # ------------------------------------------------------------ cash

    def open_cash_form(self, is_in: bool) -> None:
        """Begin to put cash in or take it out."""
        self._put(CashForm(is_in, AmountEntry()))

    def _on_reason_changed(self, reason: str) -> None:
        page = self._state.page
        if isinstance(page, CashForm):
            self._put(replace(page, reason=reason, error=None))

    def move_cash(self) -> None:
        """Put in or take out what was typed."""
        page = self._state.page
        if not isinstance(page, CashForm) or page.busy:
            return
        sum_minor, reason = page.entry.minor, page.reason
        move = self._till.shift.cash_in if page.is_in else self._till.shift.cash_out
        self._put(replace(page, busy=True, error=None))
        self._tools.approvals.run(
            lambda approval: move(sum_minor, reason, approval),
            success=lambda _movement: self._on_moved(),
            failure=self._on_refused,
            asked=self._on_asked,
        )

    def _on_moved(self) -> None:
        self._tools.bridge.toast(tr("Recorded"), tone=Tone.OK)
        self._show_board()

    def open_drawer(self) -> None:
        """Open the cash drawer; it is logged."""

        def op(approval: Approval | None) -> None:
            self._till.session.require(Action.OPEN_DRAWER, approval)
            self._till.printing.open_drawer()

        self._tools.approvals.run(op, success=lambda _: None, lane=Lane.DEVICE)

    # ------------------------------------------------------------ reports

    def show_report(self) -> None:
        """Show the X report."""
        self._tools.ops.run(
            self._till.shift.x_report,
            success=lambda report: self._put(ReportPage(report.receipt)),
        )

    def _print_report(self) -> None:
        self._tools.ops.run(
            lambda: self._till.shift.x_report(prints=True),
            success=lambda _report: self._tools.bridge.toast(tr("The report is being printed")),
        )

    def save_report(self) -> None:
        """Save the report that is shown as a page and as a PDF."""
        page = self._state.page
        if not isinstance(page, ReportPage) or page.busy:
            return
        self._put(replace(page, busy=True, error=None))
        number, moment = self._state.number, self._tools.clock.now()
        local = moment.astimezone(self._till.house.zone)
        self._tools.ops.run(
            lambda: export_report(page.receipt, self._reports, local, number=number),
            success=self._on_saved,
            failure=self._on_not_saved,
            lane=Lane.QUERY,
        )

    def _on_saved(self, files: Exported) -> None:
        page = self._state.page
        if isinstance(page, ReportPage):
            self._put(replace(page, busy=False, saved_at=str(files.pdf)))

    def _on_not_saved(self, error: AppError) -> None:
        page = self._state.page
        if isinstance(page, ReportPage):
            self._put(replace(page, busy=False, error=Words(error.ru, error.en)))

    def _leave_report(self) -> None:
        page = self._state.page
        if isinstance(page, ReportPage) and page.is_closed:
            self._facts = None
            self._till.session.lock()
            self._put(ClosedPage())
            self._tools.stage.go(ScreenId.LOGIN)
        else:
            self._show_board()

    # ------------------------------------------------------------ closing

    def begin_close(self) -> None:
        """Look what is unfinished; receipts come first, then the count."""
        self.register.begin()
        self._look_unfinished()

    def _look_unfinished(self) -> None:
        def read() -> _Left:
            shift = self._till.shift.current
            rows = self._till.register.unmade(shift.shift_id) if shift else ()
            return _Left(self._read(), self._till.shift.unfinished(), rows)

        self._tools.ops.run(read, success=self._on_unfinished)

    def _on_unfinished(self, left: _Left) -> None:
        self._facts, self._left = left.facts, left.unfinished
        if left.facts.totals is None:
            self._put(ClosedPage(left.facts.standing.suggested_float_minor))
        elif left.unfinished.unfiscalised:
            self._put(self.register.page_of(left.rows))
        else:
            self._count()

    def _count(self) -> None:
        """Begin to count the drawer."""
        facts, left = self._facts, self._left
        if facts is None or left is None or facts.totals is None:
            return
        self._put(
            CountPage(
                pieces=tuple((value, 0) for value in _VALUES),
                chosen=0,
                figures=self._figures(facts),
                open_orders=left.open_orders,
                paying_orders=left.paying_orders,
                unsent=left.unsent,
                unprinted=left.unprinted,
            )
        )

    def choose_row(self, place: int) -> None:
        """Count this note."""
        page = self._state.page
        if isinstance(page, CountPage):
            self._put(replace(page, chosen=place))

    def next_row(self) -> None:
        """Count the next note."""
        page = self._state.page
        if isinstance(page, CountPage):
            self.choose_row((page.chosen + 1) % len(page.pieces))

    def toggle_mode(self) -> None:
        """Count notes, or type one sum."""
        page = self._state.page
        if isinstance(page, CountPage):
            one_sum = AmountEntry() if page.one_sum is None else None
            self._put(replace(page, one_sum=one_sum, error=None))

    def recount(self) -> None:
        """Begin to count again."""
        page = self._state.page
        if isinstance(page, CountPage):
            one_sum = None if page.one_sum is None else AmountEntry()
            pieces = tuple((value, 0) for value, _ in page.pieces)
            self._put(replace(page, pieces=pieces, chosen=0, one_sum=one_sum, error=None))

    def close(self) -> None:
        """Close the shift with what was counted."""
        page = self._state.page
        if not isinstance(page, CountPage) or page.busy or page.paying_orders:
            return
        count = dict(page.pieces) if page.one_sum is None else page.one_sum.minor

        def op(approval: Approval | None) -> ShiftReport:
            self.register.note(approval)
            return self._till.shift.close(
                count,
                approval=self.register.given(Action.CLOSE_OTHERS_SHIFT)
                or self.register.given(Action.CLOSE_SHIFT),
                unmade_approval=self.register.given(Action.FISCAL_DECIDE),
            )

        self._put(replace(page, busy=True, error=None))
        self._tools.approvals.run(
            op, success=self._on_closed, failure=self._on_refused, asked=self._on_asked
        )

    def _on_closed(self, report: ShiftReport) -> None:
        shift = report.shift
        difference = None
        if shift.counted_cash_minor is not None and shift.expected_cash_minor is not None:
            difference = shift.counted_cash_minor - shift.expected_cash_minor
        self._put(ReportPage(report.receipt, is_closed=True, difference_minor=difference))
        self.register.follow(shift.shift_id)

    def _on_asked(self) -> None:
        page = self._state.page
        if isinstance(page, CashForm | CountPage):
            self._put(replace(page, busy=False))

    def _on_refused(self, error: AppError) -> None:
        page = self._state.page
        words = Words(error.ru, error.en)
        if isinstance(page, CashForm | CountPage):
            self._put(replace(page, busy=False, error=words))
        else:
            self._tools.bridge.show_error(error)

    # ------------------------------------------------------------ state

    def put(self, page: ShiftPage) -> None:
        """Show a page."""
        self._put(page)

    def _put(self, page: ShiftPage) -> None:
        shift = self._facts.standing.shift if self._facts else None
        zone = self._till.house.zone
        self._state = ShiftState(
            page=page,
            number=shift.number if shift else 0,
            since=shift.opened_at.astimezone(zone) if shift else None,
            now=self._tools.clock.now().astimezone(zone),
            owner=shift.cashier_name if shift else "",
        )
        self.view.render(self._state)

    def _on_changes(self, topics: object) -> None:
        if self._shown and isinstance(topics, frozenset) and topics & _TOPICS:
            self.reload()
        if self._shown and isinstance(topics, frozenset) and "fiscal" in topics:
            if isinstance(self._state.page, ReceiptsPage):
                self._look_unfinished()
            self.register.look()

    def _connect_signals(self) -> None:
        view = self.view
        view.back_wanted.connect(self.back)
        view.board.cash_wanted.connect(self.open_cash_form)
        view.board.drawer_wanted.connect(self.open_drawer)
        view.board.report_wanted.connect(self.show_report)
        view.board.close_wanted.connect(self.begin_close)
        view.cash.reason_changed.connect(self._on_reason_changed)
        view.cash.confirmed.connect(self.move_cash)
        view.report.print_wanted.connect(self._print_report)
        view.report.save_wanted.connect(self.save_report)
        view.report.done.connect(self._leave_report)
        view.count.next_wanted.connect(self.next_row)
        view.count.row_chosen.connect(self.choose_row)
        view.count.mode_toggled.connect(self.toggle_mode)
        view.count.recount_wanted.connect(self.recount)
        view.count.confirmed.connect(self.close)
        view.board.queue_wanted.connect(lambda: self._tools.stage.go(ScreenId.SYNC))
        view.receipts.queue_wanted.connect(lambda: self._tools.stage.go(ScreenId.SYNC))
        view.receipts.retry_wanted.connect(self.register.pay_off)
        view.receipts.leave_wanted.connect(self.register.let_be)
        view.report.register_wanted.connect(self.register.retry_z)
        view.closed.open_wanted.connect(lambda: self._tools.stage.go(ScreenId.OPEN_SHIFT))
        for page in (view.cash, view.count):
            page.key_typed.connect(self.type_key)
            page.erased.connect(self.erase)
        self._tools.changes.happened.connect(self._on_changes)


def sales_by_hour(
    opened: datetime, now: datetime, times: Sequence[datetime]
) -> tuple[tuple[int, int], ...]:
    """Return each hour since the opening with its number of sales, the last twelve at most."""
    first = opened.replace(minute=0, second=0, microsecond=0)
    hours = max(0, int((now - first).total_seconds()) // 3_600)
    begins = [first + timedelta(hours=place) for place in range(hours + 1)][-HOURS_MAX:]
    counts = Counter(moment.replace(minute=0, second=0, microsecond=0) for moment in times)
    return tuple((begin.hour, counts[begin]) for begin in begins)
