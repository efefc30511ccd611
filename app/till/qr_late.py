"""Money by phone that came after a senior had decided that it had not: it goes back to the guest.

A bank may be silent when the decision is made, and tell later that the guest did pay. The row of such
a payment is marked and asked about as soon as the bank answers again; what it books is refunded under
an id made of the payment's own, so that any number of tries gives it back once.
"""

import json
import logging
from dataclasses import replace

from app.domain.sale import PaymentIntent, PaymentState
from app.store.engine import Store
from app.till.qr_codes import code_of
from app.till.qr_desk import QrDesk
from drivers.api.qr_payment import QrPayments

log = logging.getLogger(__name__)

_MARK = "undecided"
_REFUND = "-late"


def marked(intent: PaymentIntent) -> PaymentIntent:
    """Return a payment that nobody could ask about, to be asked about later."""
    if not intent.code:
        return intent
    return replace(intent, code=json.dumps({**json.loads(intent.code), _MARK: True}))


class LateMoney:
    """Gives back what came too late; on the device's lane.

    Args:
        store: Where the rows are.
        qr: The bank.
    """

    def __init__(self, store: Store, qr: QrDesk) -> None:
        self._store = store
        self._qr = qr

    def give_back(self, bank: QrPayments) -> tuple[PaymentIntent, ...]:
        """Ask about each marked payment and give back what was paid; return those that were.

        Ends at the first question that the bank leaves open: it is asked again the next time.
        """
        with self._store.reader() as db:
            waiting = db.payments.list_marked(_MARK)
        returned = []
        for intent in waiting:
            is_over, is_back = self._settle(bank, intent)
            if not is_over:
                break
            state = PaymentState.REVERSED if is_back else PaymentState.DECLINED
            self._write(replace(intent, state=state))
            if is_back:
                log.warning(
                    "payment %s came after the decision and was given back", intent.payment_id
                )
                returned.append(intent)
        return tuple(returned)

    def _settle(self, bank: QrPayments, intent: PaymentIntent) -> tuple[bool, bool]:
        """Tell whether the end of a payment is known, and whether it was given back."""
        code = code_of(intent)
        assert code is not None, "only what was shown is marked"
        movement = self._qr.cancel(bank, intent, code)
        if movement.result is None or not movement.is_approved:
            return not (movement.is_unknown or movement.is_waiting), False
        booked = movement.result.amount_minor or intent.amount_minor
        back = self._qr.return_late(bank, intent, f"{intent.payment_id}{_REFUND}", booked)
        return back, back

    def _write(self, intent: PaymentIntent) -> None:
        fields = json.loads(intent.code)
        del fields[_MARK]
        with self._store.unit() as uow:
            uow.payments.update(replace(intent, code=json.dumps(fields)))
            uow.commit()
