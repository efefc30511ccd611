"""Codes that are shown to be paid by phone: how they are written down, and what a screen gets."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.domain.sale import PaymentIntent
from app.domain.tender import TenderKind
from app.kernel.clock import from_iso, to_iso
from app.till.qr import QrDots
from app.till.words import Words

#: How long a guest has. Banks allow days, but a queue stands behind him (reference 5.7).
CODE_LIFE: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class ShownCode:
    """A code as the row of its payment keeps it; it is on the disk before anybody sees it.

    Attributes:
        qr_id: The bank's name of it.
        payload: The text of the code.
        until: When it ends, by the till's clock.
    """

    qr_id: str
    payload: str
    until: datetime

    def to_text(self) -> str:
        """Return it as text for the row."""
        fields = {"id": self.qr_id, "payload": self.payload, "until": to_iso(self.until)}
        return json.dumps(fields, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class PhoneCode:
    """A payment by phone that is waited for.

    Attributes:
        payload: The text of the code.
        amount_minor: What it asks for.
        until: When it ends.
        dots: The code to be drawn; None if its text is too long for a screen.
        note: What the bank said of it last.
    """

    payload: str
    amount_minor: int
    until: datetime
    dots: QrDots | None = None
    note: Words | None = None


def code_of(intent: PaymentIntent) -> ShownCode | None:
    """Return the code that was shown for a payment, None before there is one."""
    if not intent.code:
        return None
    fields = json.loads(intent.code)
    return ShownCode(fields["id"], fields["payload"], from_iso(fields["until"]))


def is_by_phone(intent: PaymentIntent | None) -> bool:
    """Tell whether a bank's codes move this money, not the terminal."""
    return intent is not None and intent.kind is TenderKind.SBP
