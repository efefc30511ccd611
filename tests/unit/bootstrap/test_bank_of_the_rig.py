"""The bank of codes among the till's devices: set up, moved, let go, and heard when it calls."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap.rig import Rig
from app.bootstrap.watching import QR_KEY_VARIABLE
from drivers.api.device import DeviceConfig, Health
from drivers.api.errors import ConfigurationError, DriverError
from drivers.api.qr_payment import RefundState
from drivers.sim.sbp import MERCHANT_ID, SECRET_KEY, SbpSimulator, send_notice


@pytest.fixture
def bank() -> Iterator[SbpSimulator]:
    made = SbpSimulator()
    made.start()
    yield made
    made.stop()


@pytest.fixture
def rig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    monkeypatch.setenv(QR_KEY_VARIABLE, SECRET_KEY)
    made = Rig((), state_folder=tmp_path, on_state=lambda _: None, on_scan=lambda _: None)
    made.supervisor.start()
    yield made
    made.supervisor.stop()


def config(url: str, **options: object) -> DeviceConfig:
    return DeviceConfig.from_json(
        {
            "id": "bank",
            "kind": "qr_payment",
            "model": "qr.sbp_raiffeisen",
            "transport": "https",
            "address": url,
            "options": {"merchant_id": MERCHANT_ID, **options},
        }
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_codes_and_refunds_go_through_the_thread_of_the_device(
    rig: Rig, bank: SbpSimulator
) -> None:
    assert rig.devices.qr is None
    rig.put(config(bank.url))
    port = rig.devices.qr
    assert port is not None
    assert rig.probe("bank").health is Health.ONLINE
    port.open()
    port.check()
    code = port.register(100, "o-1")
    assert port.find("o-1") == code
    assert port.status(code.qr_id).can_be_paid
    bank.pay(code.qr_id)
    assert port.cancel(code.qr_id).is_paid
    refund = port.refund("o-1", "r-1", 40)
    assert refund.state is RefundState.IN_PROGRESS
    assert port.refund_status("r-1") == refund
    port.close()
    assert port.status(code.qr_id).is_paid, "the supervisor keeps it open"


def test_other_settings_move_the_same_port_and_removing_takes_it_away(
    rig: Rig, bank: SbpSimulator
) -> None:
    rig.put(config("http://127.0.0.1:9"))
    port = rig.devices.qr
    assert port is not None
    with pytest.raises(DriverError):
        port.register(100, "o-1")

    rig.put(config(bank.url))

    assert rig.devices.qr is port
    assert port.register(100, "o-1").amount_minor == 100
    rig.remove("bank")
    assert rig.devices.qr is None


def test_a_signed_notice_makes_the_till_ask(rig: Rig, bank: SbpSimulator) -> None:
    called = threading.Event()
    rig.on_notice = called.set
    listening = free_port()
    rig.put(config(bank.url, notice_port=listening))
    assert rig.devices.qr is not None
    code = rig.devices.qr.register(100, "o-1")
    bank.pay(code.qr_id)
    body, signature = bank.notice(code.qr_id)

    assert send_notice("127.0.0.1", listening, body, "0" * 64) == 403
    assert not called.is_set()
    assert send_notice("127.0.0.1", listening, body, signature) == 200
    assert called.wait(30)

    rig.remove("bank")
    assert send_notice("127.0.0.1", listening, body, signature) == 0, "nobody listens any more"


def test_a_port_in_use_stops_no_payment(
    rig: Rig, bank: SbpSimulator, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        rig.put(config(bank.url, notice_port=other.getsockname()[1]))
        assert rig.devices.qr is not None
        assert rig.devices.qr.register(100, "o-1").amount_minor == 100
    assert "notices are not heard" in caplog.text
    caplog.clear()


@pytest.mark.parametrize("port", [-1, 70_000])
def test_what_is_no_port_is_refused(rig: Rig, bank: SbpSimulator, port: int) -> None:
    with pytest.raises(ConfigurationError, match="notice_port"):
        rig.check(config(bank.url, notice_port=port))
    assert rig.devices.qr is None
