"""The bank's own examples, played to the driver request by request; the source stands in the file."""

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from drivers.api.errors import DeviceRefused
from drivers.api.qr_payment import QrState, RefundState
from drivers.sbp.build import raiffeisen_of
from drivers.sim.http_server import HttpSimulator, Reply, Request

FOLDER = Path(__file__).parents[2] / "transcripts" / "sbp"


@dataclass
class Exchange:
    """One request as it must come, and the answer to it."""

    line: str
    body: str
    reply: Reply


def load(name: str) -> deque[Exchange]:
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if line and not line.startswith("#")]
    found: deque[Exchange] = deque()
    while lines:
        request = lines.pop(0)[2:]
        body = lines.pop(0)[2:] if lines[0].startswith("> {") else ""
        status, answer = int(lines.pop(0)[2:]), lines.pop(0)[2:]
        found.append(Exchange(request, body, Reply(status, answer.encode())))
    return found


@pytest.fixture
def script() -> deque[Exchange]:
    return load("raiffeisen-payment.txt")


@pytest.fixture
def bank(script: deque[Exchange]) -> Iterator[HttpSimulator]:
    def answer(request: Request) -> Reply:
        due = script.popleft()
        told = json.loads(request.body, parse_float=str) if request.body else None
        wanted = json.loads(due.body, parse_float=str) if due.body else None
        if (f"{request.method} {request.path}", told) == (due.line, wanted):
            return due.reply
        return Reply(500, f"wanted {due.line} {wanted}, got {request} {told}".encode())

    made = HttpSimulator(answer)
    made.start()
    yield made
    made.stop()


def test_payment_and_refund_of_the_banks_examples(
    bank: HttpSimulator, script: deque[Exchange]
) -> None:
    qr = raiffeisen_of(bank.url, "key", {"merchant_id": "MA0000000552"}, None)
    until = datetime.fromisoformat("2023-07-22T09:14:38+03:00")
    code = qr.register(111011, "1-22-333", expires_at=until, purpose="Назначение платежа")
    assert code.qr_id == "AD100004BAL7227F9BNP6KNE007J9B3K"
    assert qr.status(code.qr_id).state is QrState.NEW
    paid = qr.status(code.qr_id)
    assert (paid.state, paid.amount_minor, paid.transaction_id) == (QrState.PAID, 111011, "23")
    assert qr.refund("1-22-333", "test_refundId_007", 15000).state is RefundState.IN_PROGRESS
    done = qr.refund_status("test_refundId_007")
    assert done is not None
    assert (done.state, done.amount_minor) == (RefundState.COMPLETED, 15000)
    with pytest.raises(DeviceRefused):
        qr.refund("1-22-333", "test_refundId_008", 999900)
    assert not script
