"""Any bytes as an answer or a notice of the bank for payments by QR code.

`python -m tests.fuzz.fuzz_sbp -runs=100000`
"""

import contextlib
from typing import Never

from drivers.api.errors import AccessDenied, DriverError, ProtocolError
from drivers.sbp.raiffeisen import wire
from drivers.sbp.raiffeisen.notice import read_notice
from tests.fuzz.common import run

SEEDS = [
    b'{"code":"SUCCESS","qrId":"AD100004BAL7227F9BNP6KNE007J9B3K","payload":"https://qr.nspk.ru/A"}',
    b'{"amount":1110.11,"code":"SUCCESS","order":"o","paymentStatus":"SUCCESS","transactionId":23}',
    b'{"qrId":"A","qrStatus":"NEW","qrExpirationDate":"2026-07-22T09:14:38+03:00"}',
    b'{"code":"SUCCESS","amount":150,"refundStatus":"IN_PROGRESS"}',
    b'{"amount":1E-5,"sbpMerchantId":"MA1","order":"o","paymentStatus":"DECLINED"}',
    b'{"code":"ERROR.NOT_FOUND","message":"x"}',
]


def one(data: bytes) -> None:
    """Read the same bytes as each answer; as a notice they are never believed."""
    with contextlib.suppress(ProtocolError, AccessDenied):
        _unsigned(data)
    answer = wire.parse(data)
    for read in (
        lambda: wire.read_code(answer, "o", 1),
        lambda: wire.read_payment(answer, "A"),
        lambda: wire.read_state(answer, "A"),
        lambda: wire.read_refund(answer, "r"),
        lambda: wire.text(answer, "code"),
    ):
        with contextlib.suppress(DriverError):
            read()


def _unsigned(data: bytes) -> Never:
    read_notice(data, "0" * 64, "key", "MA1")
    raise AssertionError("a notice without a signature was believed")


if __name__ == "__main__":
    run(
        one,
        SEEDS,
        instrument=("drivers.sbp.raiffeisen.wire", "drivers.sbp.raiffeisen.notice"),
    )
