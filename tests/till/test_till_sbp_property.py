"""Whatever happens in whatever order, the bank's book and the till's say the same in the end."""

import contextlib
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.tender import TenderKind
from app.kernel.errors import AppError
from app.kernel.ids import PaymentId
from app.till.payment_states import Phase
from app.till.refund_plan import RefundWish
from app.till.refunds import RefundPhase
from app.till.session import ApprovalNeeded
from drivers.sim.sbp import Code, Fault
from tests.till.bench import BORIS, CAKE, COFFEE, PINS
from tests.till.phone_bench import PhoneBench

FAULTS = ("lost-before", "lost-after", "error-500-after", "garbage", "cut-midway", "too-many")
STEPS_MIN, STEPS_MAX = 15, 40


class Day:
    """What may happen at a till with a bank."""

    def __init__(self, bench: PhoneBench) -> None:
        self.bench = bench
        self._enter()

    def _enter(self) -> None:
        self.bench.till.session.sign_in(BORIS, PINS[BORIS])

    def order(self) -> None:
        self.bench.till.sale.tap(COFFEE)

    def order_cake(self) -> None:
        self.bench.till.sale.tap(CAKE)

    def start(self) -> None:
        self.bench.till.checkout.start_sbp()

    def start_part(self) -> None:
        self.bench.till.checkout.start_sbp(70_00)

    def poll(self) -> None:
        self.bench.till.checkout.poll_sbp()

    def check(self) -> None:
        self.bench.till.checkout.resolve_payment()

    def cancel(self) -> None:
        self.bench.till.checkout.cancel_sbp()

    def guest_pays(self) -> None:
        for code in _payable(self.bench):  # also one that he saw a while ago
            self.bench.bank.pay(code)

    def guest_is_declined(self) -> None:
        for code in self.bench.live_codes():
            self.bench.bank.decline(code)

    def time_passes(self) -> None:
        self.bench.clock.advance(timedelta(minutes=3))

    def pay_cash_part(self) -> None:
        self.bench.till.checkout.pay_cash(10_00, part_minor=10_00)

    def remove(self) -> None:
        for tender in self.bench.till.checkout.state().order.order.tenders[-1:]:
            self.bench.till.checkout.remove_part(tender.payment_id)

    def refund(self) -> None:
        for sale in self.bench.sales():
            wish = RefundWish(sale.sale_id, "передумал", amount_minor=40_00)
            self.bench.till.refunds.refund(wish)

    def resolve_refund(self) -> None:
        self.bench.till.refunds.resolve()

    def bank_dawdles(self) -> None:
        self.bench.settles = not self.bench.settles

    def fault_next(self, name: str) -> None:
        self.bench.bank.next(Fault(name))

    def senior_decides(self) -> None:
        state = self.bench.till.checkout.state()
        if state.pending is not None and state.pending.amount_minor > 0:
            self.bench.till.checkout.confirm_not_paid()

    def silence(self) -> None:
        self.bench.bank.always(Fault("lost-before"))

    def silence_ends(self) -> None:
        self.bench.bank.always(None)

    def restart(self) -> None:
        self.bench.restart()
        self._enter()

    # -------------------------------------------------------------- the end of the day
    def settle(self) -> None:
        """The bank works again, and the cashier asks about everything."""
        bench = self.bench
        bench.bank.always(None)
        bench.bank._faults.clear()
        bench.settles = True
        for _again in range(3):
            if bench.till.refunds.pending() is not None:
                assert bench.till.refunds.resolve().phase is not RefundPhase.UNKNOWN
            if bench.till.checkout.state().phase in (Phase.CODE, Phase.UNKNOWN):
                bench.till.checkout.cancel_sbp()
        bench.restart()  # what came after a decision goes back at the next start
        self._enter()
        assert bench.till.checkout.state().pending is None
        assert bench.till.refunds.pending() is None

    def booked_minor(self) -> int:
        """Return what the till says it has from the bank."""
        tenders = self.bench.till.checkout.state().order.order.tenders
        parts = sum(t.amount_minor for t in tenders if t.kind is TenderKind.SBP)
        return parts + self.bench.booked_minor()


def _payable(bench: PhoneBench) -> list[str]:
    """Return the codes that somebody has seen and could pay."""
    with bench.store.reader() as db:
        rows = {code.qr_id: db.payments.find(PaymentId(code.order)) for code in _codes(bench)}
    return [qr_id for qr_id, row in rows.items() if row is not None and row.code]


def _codes(bench: PhoneBench) -> list[Code]:
    return [code for code in bench.bank.bank.codes.values() if code.state in ("NEW", "IN_PROGRESS")]


_NAMES = [
    *("order", "order_cake", "start", "start_part", "poll", "check", "cancel", "guest_pays"),
    *("guest_is_declined", "time_passes", "pay_cash_part", "remove", "refund", "resolve_refund"),
    *("bank_dawdles", "silence", "silence_ends", "restart"),
]
_PATHS = (
    "order",
    "senior_decides",
    "start",
    "guest_pays",
    "poll",
    "cancel",
    "remove",
    "refund",
    "silence",
)  # that much would not happen by chance
STEPS = st.one_of(
    st.sampled_from(_NAMES).map(lambda name: lambda day: getattr(day, name)()),
    st.sampled_from(_PATHS).map(lambda name: lambda day: getattr(day, name)()),
    st.sampled_from(FAULTS).map(lambda name: lambda day: day.fault_next(name)),
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
@given(st.lists(STEPS, min_size=STEPS_MIN, max_size=STEPS_MAX))
def test_the_books_of_bank_and_till_agree(steps: list[Callable[[Day], None]]) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        bench = PhoneBench(Path(folder) / "till")
        try:
            bench.ready()
            day = Day(bench)
            day.order()
            for step in steps:
                with contextlib.suppress(AppError, ApprovalNeeded):
                    step(day)
                assert len(_payable(bench)) <= 1, "two codes that could both be paid"
            day.settle()
            assert bench.bank.bank.taken_minor() == day.booked_minor()
        finally:
            bench.close()
