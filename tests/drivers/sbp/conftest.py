"""The bank's simulator and a driver on it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.api.qr_payment import QrPayments
from drivers.sbp.build import raiffeisen_of
from drivers.sim.sbp import MERCHANT_ID, SECRET_KEY, SbpSimulator

MakeQr = Callable[..., QrPayments]


@pytest.fixture
def bank() -> Iterator[SbpSimulator]:
    made = SbpSimulator()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def make_qr(bank: SbpSimulator, tmp_path: Path) -> MakeQr:
    """Make a driver; each call is a restart of the till with the same notes."""

    def make(secret_key: str = SECRET_KEY, timeout_s: float = 20.0) -> QrPayments:
        options = {"merchant_id": MERCHANT_ID, "timeout_s": timeout_s}
        return raiffeisen_of(bank.url, secret_key, options, tmp_path / "notes.json")

    return make


@pytest.fixture
def qr(make_qr: MakeQr) -> Iterator[QrPayments]:
    made = make_qr()
    made.open()
    yield made
    made.close()
