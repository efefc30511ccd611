"""A bank's payments by QR code behind the till's port: every call runs on the device's thread.

`app.bootstrap.rig` makes it from the settings, and moves it to another thread when those change.
"""

from datetime import datetime

from app.bootstrap.supervised import Supervised
from drivers.api.qr_payment import QrCode, QrPayments, QrRefund, QrStatus


class SupervisedQr(Supervised[QrPayments]):
    """A `QrPayments` whose every call runs on the device's own thread."""

    def check(self) -> None:
        """Ask whether the bank answers and knows the key."""
        self._do(lambda device: device.check())

    def register(
        self,
        amount_minor: int,
        order_id: str,
        *,
        expires_at: datetime | None = None,
        purpose: str = "",
    ) -> QrCode:
        """Register a code; see `QrPayments.register`."""
        return self._do(
            lambda device: device.register(
                amount_minor, order_id, expires_at=expires_at, purpose=purpose
            )
        )

    def find(self, order_id: str) -> QrCode | None:
        """Return the code last registered for an order."""
        return self._do(lambda device: device.find(order_id))

    def status(self, qr_id: str) -> QrStatus:
        """Ask where a code stands."""
        return self._do(lambda device: device.status(qr_id))

    def cancel(self, qr_id: str) -> QrStatus:
        """Make a code worthless; see `QrPayments.cancel`."""
        return self._do(lambda device: device.cancel(qr_id))

    def refund(
        self, order_id: str, refund_id: str, amount_minor: int, *, purpose: str = ""
    ) -> QrRefund:
        """Give money of a paid order back; see `QrPayments.refund`."""
        return self._do(
            lambda device: device.refund(order_id, refund_id, amount_minor, purpose=purpose)
        )

    def refund_status(self, refund_id: str) -> QrRefund | None:
        """Ask where a refund stands."""
        return self._do(lambda device: device.refund_status(refund_id))


_IS_A_BANK: type[QrPayments] = SupervisedQr
