"""Taking money: kinds of tender, change, quick amounts, cash rounding and mixed payment."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from app.kernel.errors import InputError
from app.kernel.ids import PaymentId
from app.kernel.text import format_money

AMOUNT_MAX_MINOR: Final = 100_000_000_00
_QUICK_STEPS_MINOR: Final = (50_00, 100_00, 500_00, 1_000_00, 2_000_00, 5_000_00)
_QUICK_COUNT: Final = 4


class TenderKind(StrEnum):
    """How a part of a check is paid."""

    CASH = "cash"
    CARD = "card"
    SBP = "sbp"
    GIFT_CARD = "gift_card"


@dataclass(frozen=True, slots=True)
class Tender:
    """A part that has been paid. For cash `received_minor` - `change_minor` = `amount_minor`."""

    payment_id: PaymentId
    kind: TenderKind
    amount_minor: int
    received_minor: int = 0
    change_minor: int = 0
    receipt_no: str = ""
    rrn: str = ""
    auth_code: str = ""
    masked_pan: str = ""


def quick_amounts(due_minor: int) -> tuple[int, ...]:
    """Return up to four sums above what is due that a guest is likely to hand over."""
    if due_minor <= 0:
        return ()
    above = sorted({(due_minor // step + 1) * step for step in _QUICK_STEPS_MINOR})
    if len(above) <= _QUICK_COUNT:
        return tuple(above)
    return (*above[: _QUICK_COUNT - 1], above[-1])


def round_cash(due_minor: int, step_minor: int) -> int:
    """Return what is to be paid in cash: down to the step, in the guest's favour.

    Args:
        due_minor: What is due, not negative.
        step_minor: 1 switches rounding off; 100 takes off the kopecks.
    """
    assert due_minor >= 0
    return due_minor - due_minor % step_minor if step_minor > 1 else due_minor


def change_due(due_minor: int, received_minor: int) -> int:
    """Return the change for cash that was handed over.

    Raises:
        InputError: The sum is below what is due, or beyond all sense.
    """
    if received_minor > AMOUNT_MAX_MINOR:
        raise InputError(
            "AMOUNT_TOO_LARGE", "Слишком большая сумма. Проверьте", "The sum is too large"
        )
    if received_minor < due_minor:
        missing = format_money(due_minor - received_minor)
        raise InputError("UNDERPAID", f"Не хватает {missing}", f"{missing} is missing")
    return received_minor - due_minor


@dataclass(frozen=True, slots=True)
class Settlement:
    """What is due and the parts already paid; immutable."""

    due_minor: int
    tenders: tuple[Tender, ...] = ()

    @property
    def paid_minor(self) -> int:
        """Return the sum of the parts."""
        return sum(tender.amount_minor for tender in self.tenders)

    @property
    def remaining_minor(self) -> int:
        """Return what is still to be paid."""
        return self.due_minor - self.paid_minor

    @property
    def is_settled(self) -> bool:
        """Tell whether everything is paid."""
        return self.remaining_minor == 0

    @property
    def change_minor(self) -> int:
        """Return all change."""
        return sum(tender.change_minor for tender in self.tenders)

    def pay_cash(
        self, payment_id: PaymentId, received_minor: int, *, part_minor: int | None = None
    ) -> "Settlement":
        """Take cash for the rest, or for a part of it.

        Args:
            payment_id: Key of this part.
            received_minor: What the guest handed over.
            part_minor: The part it pays; None means all that remains.

        Raises:
            InputError: Too little was handed over, or the part is not within the rest.
        """
        part = self._checked_part(self.remaining_minor if part_minor is None else part_minor)
        change = change_due(part, received_minor)
        tender = Tender(payment_id, TenderKind.CASH, part, received_minor, change)
        return replace(self, tenders=(*self.tenders, tender))

    def pay_exact(self, tender: Tender) -> "Settlement":
        """Take a part by a tender that gives no change (card, SBP, gift card).

        Raises:
            InputError: The part is above what remains: change would be impossible.
        """
        self._checked_part(tender.amount_minor)
        return replace(self, tenders=(*self.tenders, tender))

    def checked_part(self, part_minor: int) -> int:
        """Return a part that may be asked of a tender without change, or say why it may not be."""
        return self._checked_part(part_minor)

    def without(self, payment_id: PaymentId) -> "Settlement":
        """Take back a part that was returned to the guest."""
        return replace(self, tenders=tuple(t for t in self.tenders if t.payment_id != payment_id))

    def _checked_part(self, part_minor: int) -> int:
        if part_minor < 0 or (part_minor == 0 and self.remaining_minor > 0):
            raise InputError("AMOUNT_ZERO", "Введите сумму больше нуля", "Enter a sum above zero")
        if part_minor > self.remaining_minor:
            rest = format_money(self.remaining_minor)
            raise InputError(
                "CHANGE_IMPOSSIBLE",
                f"Сдача возможна только с наличных. Осталось оплатить {rest}",
                f"Change is given from cash only. {rest} remains to be paid",
            )
        return part_minor
