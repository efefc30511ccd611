"""What whoever takes money or gives it back works with."""

from dataclasses import dataclass

from app.till.card import CardDesk
from app.till.desk import Desk
from app.till.fiscalisation import Fiscalisation
from app.till.printing import Printing
from app.till.qr_desk import QrDesk
from app.till.shift import ShiftDesk


@dataclass(frozen=True, slots=True)
class MoneyTools:
    """Given to payments and refunds.

    Attributes:
        desk: Store, clock, session, and the order.
        shifts: Money moves in an open shift, and the drawer must hold the cash.
        card: The terminal.
        printing: Receipts.
        fiscal: Receipts of the fiscal register.
        qr: The bank of codes for phones.
    """

    desk: Desk
    shifts: ShiftDesk
    card: CardDesk
    printing: Printing
    fiscal: Fiscalisation
    qr: QrDesk
