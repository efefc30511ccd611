"""A till whose guests pay by phone: the bank's simulator over HTTP, the real driver, a fuse between them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from typing_extensions import override

from app.domain.tender import TenderKind
from app.till.devices import Devices
from app.till.payment_states import CheckoutState
from drivers.api.qr_payment import QrCode, QrPayments, QrRefund, QrStatus
from drivers.sbp.build import raiffeisen_of
from drivers.sim.http_server import Request
from drivers.sim.sbp import MERCHANT_ID, SECRET_KEY, SbpSimulator
from tests.fakes.fuse import Fuse
from tests.till.bench import Bench

Result = TypeVar("Result")


class FusedQr:
    """The real driver; the process may die before each question and after each answer."""

    def __init__(self, real: QrPayments, fuse: Fuse) -> None:
        self._real, self._fuse = real, fuse

    def open(self) -> None:
        self._real.open()

    def close(self) -> None:
        self._real.close()

    def check(self) -> None:
        self._real.check()

    def register(
        self,
        amount_minor: int,
        order_id: str,
        *,
        expires_at: datetime | None = None,
        purpose: str = "",
    ) -> QrCode:
        return self._do(
            "register",
            lambda: self._real.register(
                amount_minor, order_id, expires_at=expires_at, purpose=purpose
            ),
        )

    def find(self, order_id: str) -> QrCode | None:
        return self._real.find(order_id)

    def status(self, qr_id: str) -> QrStatus:
        return self._do("status", lambda: self._real.status(qr_id))

    def cancel(self, qr_id: str) -> QrStatus:
        return self._do("cancel", lambda: self._real.cancel(qr_id))

    def refund(
        self, order_id: str, refund_id: str, amount_minor: int, *, purpose: str = ""
    ) -> QrRefund:
        return self._do("refund", lambda: self._real.refund(order_id, refund_id, amount_minor))

    def refund_status(self, refund_id: str) -> QrRefund | None:
        return self._do("refund status", lambda: self._real.refund_status(refund_id))

    def _do(self, name: str, call: Callable[[], Result]) -> Result:
        self._fuse.pass_by(f"before {name}")
        result = call()
        self._fuse.pass_by(f"after {name}")
        return result


@dataclass
class PhoneBench(Bench):
    """A till on the bench with a bank.

    Attributes:
        bank: The simulator.
        settles: The bank ends a refund as soon as it is asked about it.
        has_bank: One is set up.
        timeout_s: How long the till waits for the bank.
    """

    bank: SbpSimulator = field(default_factory=SbpSimulator)
    settles: bool = True
    has_bank: bool = True
    timeout_s: float = 20.0

    @override
    def __post_init__(self) -> None:
        self.bank.on_request = self._settle
        self.bank.start()
        super().__post_init__()

    @override
    def _devices(self) -> Devices:
        devices = super()._devices()
        if self.has_bank:
            options = {"merchant_id": MERCHANT_ID, "timeout_s": self.timeout_s}
            notes = self.folder / "qr-bank.json"
            real = raiffeisen_of(self.bank.url, SECRET_KEY, options, notes)
            devices.qr = FusedQr(real, self.fuse)
        return devices

    @override
    def close(self) -> None:
        super().close()
        self.bank.stop()

    def _settle(self, request: Request) -> None:
        if self.settles and "/refund/" in request.path:
            for refund in self.bank.bank.refunds.values():
                if refund.state == "IN_PROGRESS":
                    refund.state = "COMPLETED"

    def code(self) -> str:
        """Return the bank's name of the code that was registered last."""
        return next(reversed(self.bank.bank.codes))

    def live_codes(self) -> list[str]:
        """Return the codes that a guest could pay now."""
        codes = self.bank.bank.codes.values()
        return [code.qr_id for code in codes if code.state in ("NEW", "IN_PROGRESS")]

    def guest_pays(self) -> CheckoutState:
        """A guest pays what is shown, and the till asks."""
        assert self.bank.pay(self.code())
        return self.till.checkout.poll_sbp()

    def booked_minor(self) -> int:
        """Return what the sales say they got by phone, less what refunds gave back."""
        with self.store.reader() as db:
            sales = [db.sales.get(head.sale_id) for head in db.sales.list_heads()]
            refunds = [one for sale in sales for one in db.sales.list_refunds(sale.sale_id)]
        kept = [t for sale in sales for t in sale.tenders]
        back = [t for refund in refunds for t in refund.tenders]
        taken, given = (
            sum(t.amount_minor for t in tenders if t.kind is TenderKind.SBP)
            for tenders in (kept, back)
        )
        return taken - given
