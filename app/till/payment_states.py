"""What the payment screen shows: where the payment stands, what failed, and the ways out.

A failure is never a dead end: it names what is already done and carries the ways out as data.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.sale import PaymentIntent, Sale
from app.domain.tender import TenderKind
from app.kernel.ids import OperationId
from app.till.order import OrderState, StepState
from app.till.permissions import Action
from app.till.qr_codes import PhoneCode
from app.till.words import Words


class Phase(StrEnum):
    """Where a payment stands."""

    TAKING = "taking"  # waiting for the cashier
    ASK_POINTS = "ask_points"  # the hold on the points ran out: asked once
    TERMINAL = "terminal"  # the terminal works, or a bank is asked for a code
    CODE = "code"  # a code is shown and waits for the guest's phone: checkout.poll_sbp
    FAILED = "failed"  # it did not work, no money moved
    UNKNOWN = "unknown"  # money may have moved: ask the terminal (T68)
    DONE = "done"


class WayOut(StrEnum):
    """Something the cashier can do about a failure."""

    RETRY = "retry"  # the same tender once more
    CASH = "cash"
    OTHER_TENDER = "other_tender"
    CHECK = "check"  # checkout.resolve_payment
    SLIP = "slip"  # checkout.confirm_by_slip with the RRN, by a senior
    NOT_PAID = "not_paid"  # checkout.confirm_not_paid, by a senior who sees that there is no slip
    CANCEL = "cancel"  # checkout.abandon_payment
    RESERVE_AGAIN = "reserve_again"  # guests.redeem with the former amount
    WITHOUT_POINTS = "without_points"  # checkout.accept_lost_points
    BACK = "back"  # to the order
    NEXT_GUEST = "next_guest"
    RECEIPT_RETRY = "receipt_retry"  # fiscal.retry
    RENEW_SHIFT = "renew_shift"  # fiscal.renew_shift: Z report, a new shift, then the receipt
    WITHOUT_RECEIPT = "without_receipt"  # fiscal.give_up, by a senior: a refund comes instead
    KITCHEN_RETRY = "kitchen_retry"  # kitchen_trouble.retry
    KITCHEN_HERE = "kitchen_here"  # kitchen_trouble.print_here
    KITCHEN_TOLD = "kitchen_told"  # kitchen_trouble.say_aloud
    E_RECEIPT = "e_receipt"  # fiscal.send_electronically to the guest's phone


@dataclass(frozen=True, slots=True)
class Way:
    """A way out with the words on its button; `needs` names a right it takes."""

    way: WayOut
    words: Words
    needs: Action | None = None


NO_ADVICE: Final = Words("", "")


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong in words, with the ways out, the best one first.

    `detail` is for support: codes and the device's own text. `advice` says what to do next.
    """

    code: str
    words: Words
    ways: tuple[Way, ...]
    detail: str = ""
    advice: Words = NO_ADVICE


@dataclass(frozen=True, slots=True)
class Method:
    """A way to pay on the left of the screen; `why_not` says why it cannot be used now."""

    kind: TenderKind
    is_enabled: bool
    why_not: Words | None = None


@dataclass(frozen=True, slots=True)
class Completed:
    """A finished sale: everything is stored; printing and delivery go on by themselves.

    Attributes:
        sale: The sale as it was entered.
        change_minor: To be given to the guest.
        earned_minor: Points the guest will get, in hundredths.
        operation_id: The sale in the outbox.
        print_job_id: The receipt in the print queue; '' without paper.
        fiscal_task_id: The receipt in the queue of the fiscal register; '' without one.
        kitchen_jobs: Its tickets in the print queue; None where there is no kitchen.
    """

    sale: Sale
    change_minor: int
    earned_minor: int
    operation_id: OperationId
    print_job_id: str = ""
    fiscal_task_id: str = ""
    kitchen_jobs: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a finished sale has come in the queues.

    Attributes:
        steps: Its steps as they stand now.
        failure: Why its receipt is not made or not on paper, or the kitchen knows nothing, with
            the ways out; None if nothing is in the way.
    """

    steps: tuple[StepState, ...]
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class CheckoutState:
    """Everything the payment screen shows.

    Attributes:
        order: The order; after completion it is the next, empty one.
        phase: Where the payment stands.
        quick_minor: Sums that a guest is likely to hand over.
        cash_due_minor: What remains if it is paid in cash, after cash rounding.
        steps: The steps with their states.
        methods: The tenders of this till.
        failure: What went wrong, with ways out; None if nothing did.
        pending: The card payment whose outcome is not known.
        done: The finished sale in phase DONE.
        code: The code to be shown in phase CODE.
    """

    order: OrderState
    phase: Phase
    quick_minor: tuple[int, ...]
    cash_due_minor: int
    steps: tuple[StepState, ...]
    methods: tuple[Method, ...]
    failure: Failure | None = None
    pending: PaymentIntent | None = None
    done: Completed | None = None
    code: PhoneCode | None = None

    @property
    def remaining_minor(self) -> int:
        """Return what is still to be paid."""
        return self.order.remaining_minor
