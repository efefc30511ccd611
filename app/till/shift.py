"""The shift: opening with a float, cash in and out, X report, closing with a count, Z report (T2)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from app.domain import shift as rules
from app.domain.sale import SaleState
from app.kernel.clock import Clock
from app.kernel.ids import Ids, ShiftId
from app.kernel.text import clean_line, format_money
from app.store.rows import CashDirection, CashMovement, Shift
from app.till import fiscal_texts, texts
from app.till.desk import Desk
from app.till.fiscalisation import Fiscalisation
from app.till.house import House
from app.till.order import Approval
from app.till.permissions import Action
from app.till.printing import Printing
from app.till.receipts import shift_document
from app.till.session import ApprovalNeeded, Session
from app.till.words import Words
from drivers.api.receipt import ReceiptDocument

_REST_SETTING: Final = "shift_rest_minor"


@dataclass(frozen=True, slots=True)
class ShiftState:
    """How the shift stands.

    Attributes:
        shift: The open shift, or None.
        suggested_float_minor: What was left in the drawer when the last one was closed.
        reminder: A sentence when the shift is (nearly) too long, else None.
        is_too_long: The fiscal limit of 24 hours has passed.
        next_number: The number of the shift that can be opened; 0 while one is open.
    """

    shift: Shift | None
    suggested_float_minor: int
    reminder: Words | None = None
    is_too_long: bool = False
    next_number: int = 0


@dataclass(frozen=True, slots=True)
class ShiftReport:
    """An X or Z report: the figures and the paper.

    `expected_minor` is None while a blind count hides it.
    """

    shift: Shift
    totals: rules.ShiftTotals
    receipt: ReceiptDocument
    expected_minor: int | None


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What stands in the way of closing, or may stay.

    Attributes:
        open_orders: Orders aside or on the desk; they move into the next shift.
        paying_orders: Orders with money moving; these must be finished first.
        unsent: Operations that the service has not taken; they may stay.
        unprinted: Receipts that wait for the printer; they may stay.
        unfiscalised: Receipts of this shift that something keeps from being made; a senior lets them
            stay.
    """

    open_orders: int
    paying_orders: int
    unsent: int
    unprinted: int
    unfiscalised: int = 0


class ShiftDesk:
    """What is done with the shift; on the till's lane.

    Args:
        desk: The orders, which must not be half paid when the shift closes.
        printing: Prints the reports.
        fiscal: The register's shift.
    """

    def __init__(self, desk: Desk, printing: Printing, fiscal: Fiscalisation) -> None:
        self._fiscal = fiscal
        self._desk = desk
        self._printing = printing
        self._store = desk.store
        self._clock: Clock = desk.clock
        self._ids: Ids = desk.ids
        self._session: Session = desk.session
        self._house: House = desk.house
        with self._store.reader() as db:
            self._shift = db.shifts.find_open()

    # -------------------------------------------------------------- looking
    @property
    def current(self) -> Shift | None:
        """Return the open shift, or None."""
        return self._shift

    def opened(self) -> Shift:
        """Return the open shift.

        Raises:
            RuleError: There is none.
        """
        if self._shift is None:
            raise texts.SHIFT_CLOSED.rule_error("SHIFT_CLOSED")
        return self._shift

    def state(self) -> ShiftState:
        """Return how the shift stands, with a reminder when it is time to close."""
        shift = self._shift
        if shift is None:
            with self._store.reader() as db:
                number = db.shifts.next_number()
            return ShiftState(None, self._rest(), next_number=number)
        now = self._clock.now()
        facts = _facts(shift)
        is_long = facts.is_too_long(now)
        words = texts.SHIFT_LONG if is_long else texts.SHIFT_SOON
        is_reminded = is_long or facts.is_nearly_too_long(now)
        reminder = words.fill(number=shift.number) if is_reminded else None
        hours = self._house.settings.shift_hours
        if reminder is None and hours and now - shift.opened_at >= timedelta(hours=hours):
            reminder = texts.SHIFT_TIME.fill(number=shift.number, hours=hours)
        return ShiftState(shift, self._rest(), reminder, is_long)

    def _rest(self) -> int:
        with self._store.reader() as db:
            return int(db.settings.find(_REST_SETTING) or 0)

    def unfinished(self) -> Unfinished:
        """Return what is unfinished, for the first step of closing."""
        with self._store.reader() as db:
            drafts = db.drafts.list_all()
            counts = db.outbox.counts()
            unprinted = db.print_jobs.count_waiting()
            unmade = db.fiscal.count_held_up(self._shift.shift_id) if self._shift else 0
        paying = sum(draft.state is SaleState.PAYING for draft in drafts)
        return Unfinished(len(drafts) - paying, paying, counts.unsent, unprinted, unmade)

    # -------------------------------------------------------------- opening
    def open(self, float_minor: int, approval: Approval | None = None) -> ShiftState:
        """Open a shift with a counted float.

        Raises:
            RuleError: One is open already.
            ApprovalNeeded: The person may not open shifts.
        """
        person = self._session.require(Action.OPEN_SHIFT, approval)
        if float_minor < 0:
            raise texts.AMOUNT_WRONG.input_error("AMOUNT_WRONG")
        if self._shift is not None:
            words = texts.SHIFT_OPEN_ALREADY.fill(number=self._shift.number)
            raise words.rule_error("SHIFT_OPEN_ALREADY")
        shift_id = ShiftId(self._ids.new())
        self._fiscal.open_shift(shift_id, person.name, float_minor)
        with self._store.unit() as uow:
            shift = Shift(
                shift_id=shift_id,
                number=uow.shifts.next_number(),
                cashier_id=person.staff_id,
                cashier_name=person.name,
                opened_at=self._clock.now(),
                cash_float_minor=float_minor,
            )
            uow.shifts.open(shift)
            uow.outbox.add(self._desk.operations.shift_open(shift))
            uow.commit()
        self._shift = shift
        self._desk.wake_sync()
        return self.state()

    # -------------------------------------------------------------- cash
    def cash_in(
        self, amount_minor: int, reason: str, approval: Approval | None = None
    ) -> CashMovement:
        """Put cash into the drawer."""
        return self._move(CashDirection.IN, amount_minor, reason, approval)

    def cash_out(
        self, amount_minor: int, reason: str, approval: Approval | None = None
    ) -> CashMovement:
        """Take cash out of the drawer.

        Raises:
            InputError: The drawer does not hold that much.
        """
        have = self.totals().expected_cash_minor
        if amount_minor > have:
            raise texts.CASH_SHORT.fill(have=format_money(have)).input_error("CASH_SHORT")
        return self._move(CashDirection.OUT, amount_minor, reason, approval)

    def _move(
        self, direction: CashDirection, amount_minor: int, reason: str, approval: Approval | None
    ) -> CashMovement:
        person = self._session.require(Action.CASH_IN_OUT, approval)
        shift = self.opened()
        if amount_minor <= 0:
            raise texts.AMOUNT_WRONG.input_error("AMOUNT_WRONG")
        text = clean_line(reason)
        if not text:
            raise texts.REASON_NEEDED.input_error("REASON_NEEDED")
        movement = CashMovement(
            movement_id=self._ids.new(),
            shift_id=shift.shift_id,
            cashier_id=person.staff_id,
            direction=direction,
            amount_minor=amount_minor,
            reason=text,
            occurred_at=self._clock.now(),
        )
        task = self._fiscal.cash_task(movement, person.name)
        with self._store.unit() as uow:
            if task is not None:
                uow.fiscal.add(task)
            uow.shifts.add_movement(movement)
            uow.outbox.add(self._desk.operations.cash_movement(movement))
            uow.commit()
        self._desk.wake_sync()
        self._fiscal.wake()
        return movement

    # -------------------------------------------------------------- reports
    def totals(self) -> rules.ShiftTotals:
        """Return the sums of the open shift."""
        return self._totals(self.opened())

    def x_report(self, *, prints: bool = False) -> ShiftReport:
        """Return the X report of the open shift, at any time; print it if wanted."""
        person = self._session.require(Action.X_REPORT)
        shift = self.opened()
        totals = self._totals(shift)
        report = self._report(shift, totals, totals.expected_cash_minor)
        if prints:
            self._fiscal.x_report(person.name)
            if self._printing.has_printer or not self._fiscal.has_register:
                self._printing.print_receipt(report.receipt, kind="report")
        return report

    def _totals(self, shift: Shift) -> rules.ShiftTotals:
        with self._store.reader() as db:
            sales = db.sales.list_by_shift(shift.shift_id)
            refunds = db.sales.list_refunds_by_shift(shift.shift_id)
            movements = db.shifts.list_movements(shift.shift_id)
        return rules.shift_totals(_facts(shift), sales, refunds, [_moved(m) for m in movements])

    def _report(
        self, shift: Shift, totals: rules.ShiftTotals, expected_minor: int | None
    ) -> ShiftReport:
        is_hidden = self._house.settings.is_blind_count and shift.closed_at is None
        receipt = shift_document(
            _facts(shift),
            totals,
            self._house.venue,
            self._clock.now(),
            self._house.zone,
            is_blind=is_hidden,
        )
        return ShiftReport(shift, totals, receipt, None if is_hidden else expected_minor)

    # -------------------------------------------------------------- closing
    def close(
        self,
        count: Mapping[int, int] | int,
        *,
        rest_minor: int | None = None,
        approval: Approval | None = None,
        unmade_approval: Approval | None = None,
        prints: bool = True,
    ) -> ShiftReport:
        """Close the shift with a cash count and return the Z report.

        Args:
            count: Number of notes and coins by their value in kopecks, or the counted sum.
            rest_minor: What stays in the drawer for the next shift; None is all of it.
            approval: A supervisor's, to close somebody else's shift.
            unmade_approval: A supervisor's, to close it although receipts of it are not made yet.
            prints: Print the report.

        Raises:
            RuleError: An order is half paid.
            ApprovalNeeded: It is somebody else's shift, or receipts of it are not made.
        """
        counted = count if isinstance(count, int) else rules.counted_cash(dict(count))
        if counted < 0:
            raise texts.COUNT_WRONG.input_error("COUNT_WRONG")
        with self._desk.lock:
            shift = self.opened()
            closer = self._closer(shift, approval)
            self._refuse_half_paid()
            operator = self._closes_unmade(shift, unmade_approval or approval)
            z_report = self._fiscal.close_task(shift.shift_id, operator)
            totals = self._totals(shift)
            closed = replace(
                shift,
                closed_at=self._clock.now(),
                expected_cash_minor=totals.expected_cash_minor,
                counted_cash_minor=counted,
            )
            with self._store.unit() as uow:
                sums = uow.sales.totals(shift.shift_id)
                uow.shifts.close(closed)
                if z_report is not None:
                    uow.fiscal.add(z_report)
                uow.settings.put(_REST_SETTING, str(counted if rest_minor is None else rest_minor))
                uow.outbox.add(self._desk.operations.shift_close(closed, sums, closer))
                uow.commit()
            self._shift = None
        self._desk.wake_sync()
        self._fiscal.wake()
        report = self._report(closed, totals, totals.expected_cash_minor)
        if prints and self._printing.has_printer:
            self._printing.print_receipt(report.receipt, kind="report")
        return report

    def _closer(self, shift: Shift, approval: Approval | None) -> str:
        person = self._session.signed_in()
        if shift.cashier_id == person.staff_id:
            self._session.require(Action.CLOSE_SHIFT, approval)
        else:
            self._session.require(Action.CLOSE_OTHERS_SHIFT, approval)
        return person.staff_id

    def _closes_unmade(self, shift: Shift, approval: Approval | None) -> str:
        """Return the name of who closes it, once he may although receipts are not made."""
        person = self._session.signed_in()
        with self._store.reader() as db:
            unmade = db.fiscal.count_held_up(shift.shift_id)
        if not unmade:
            return person.name
        try:
            return self._session.require(Action.FISCAL_DECIDE, approval).name
        except ApprovalNeeded as error:
            words = fiscal_texts.SHIFT_UNMADE.fill(count=unmade)
            raise ApprovalNeeded(error.action, ru=words.ru, en=words.en) from error

    def _refuse_half_paid(self) -> None:
        with self._store.reader() as db:
            paying = db.drafts.list_all(SaleState.PAYING)
        if paying:
            words = texts.SHIFT_HAS_PAYMENT.fill(number=paying[0].number)
            raise words.rule_error("SHIFT_HAS_PAYMENT")


def _facts(shift: Shift) -> rules.Shift:
    return rules.Shift(
        shift_id=shift.shift_id,
        number=shift.number,
        cashier_id=shift.cashier_id,
        cashier_name=shift.cashier_name,
        opened_at=shift.opened_at,
        float_minor=shift.cash_float_minor,
        closed_at=shift.closed_at,
        expected_minor=shift.expected_cash_minor,
        counted_minor=shift.counted_cash_minor,
    )


def _moved(movement: CashMovement) -> rules.CashMovement:
    return rules.CashMovement(
        movement_id=movement.movement_id,
        shift_id=movement.shift_id,
        cashier_id=movement.cashier_id,
        moved_at=movement.occurred_at,
        direction=rules.CashDirection(movement.direction.value),
        amount_minor=movement.amount_minor,
        reason=movement.reason,
    )
