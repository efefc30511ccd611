"""Notices of the bank: signed, forged, replayed, damaged; vector made by an independent sum."""

import contextlib
import json
from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.errors import AccessDenied, ConfigurationError, DriverError, ProtocolError
from drivers.api.qr_payment import QrCode, QrNotice, QrPayments, QrState
from drivers.sbp.raiffeisen import wire
from drivers.sbp.raiffeisen.notes import QrNotes
from drivers.sbp.raiffeisen.notice import read_notice, sign
from drivers.sbp.raiffeisen.receiver import NoticeReceiver
from drivers.sim.sbp import MERCHANT_ID, SECRET_KEY, SbpSimulator, send_notice

# Fields as in the bank's own example of a notice; the sum was made with
# printf '%s' "$LINE" | openssl dgst -sha256 -hmac test-key
LINE = "101.01|MA0000000552|order-1|SUCCESS|2020-07-24T17:20:00.999232+03:00"
DIGEST = "462d012f8798c4bb782b13378af389c92252a440abac7bfa239c3323c7a5c73d"
BODY = (
    b'{"transactionId":17998,"qrId":"AS1000408BSPMRDI8IHBGO4DFQAISU9O","sbpMerchantId":'
    b'"MA0000000552","merchantId":123,"amount":101.01,"currency":"RUB","transactionDate":'
    b'"2020-07-24T17:20:00.999232+03:00","paymentStatus":"SUCCESS","additionalInfo":null,'
    b'"order":"order-1","createDate":"2020-07-24T17:19:58+03:00"}'
)


@pytest.fixture
def heard() -> list[QrNotice]:
    return []


@pytest.fixture
def receiver(heard: list[QrNotice]) -> Iterator[NoticeReceiver]:
    notes = QrNotes()
    notes.put_code(QrCode("OURS", "o-1", 100, "https://qr.nspk.ru/OURS"))
    made = NoticeReceiver(SECRET_KEY, MERCHANT_ID, heard.append, notes=notes)
    made.start()
    yield made
    made.stop()


def post(receiver: NoticeReceiver, body: bytes, signature: str) -> int:
    return send_notice("127.0.0.1", receiver.port, body, signature)


@pytest.fixture
def notice(bank: SbpSimulator, qr: QrPayments) -> tuple[bytes, str]:
    code = qr.register(100, "o-1")
    bank.pay(code.qr_id)
    return bank.notice(code.qr_id)


def test_signature_matches_an_independent_tool() -> None:
    assert sign(LINE, "test-key") == DIGEST
    told = read_notice(BODY, DIGEST, "test-key", "MA0000000552")
    assert (told.order_id, told.amount_minor, told.state) == ("order-1", 10101, QrState.PAID)
    assert read_notice(BODY, DIGEST.upper(), "test-key", "MA0000000552") == told


@pytest.mark.parametrize("written", ["10", "10.0", "10.00", "1e1"])
def test_sum_may_be_written_in_any_way_that_means_the_same(written: str) -> None:
    """The bank signs the sum as text; [SDK] writes what its library makes of the number."""
    for signed in {"10", "10.0", "10.00", written}:
        line = f"{signed}|MA1|o|SUCCESS|t"
        body = BODY.replace(b"101.01", written.encode())
        body = body.replace(b"MA0000000552", b"MA1").replace(b"order-1", b"o")
        body = body.replace(b"2020-07-24T17:20:00.999232+03:00", b"t")
        assert read_notice(body, sign(line, "k"), "k", "MA1").amount_minor == 1000


def test_signed_notice_is_told_once_with_the_tills_own_code(
    receiver: NoticeReceiver, heard: list[QrNotice], notice: tuple[bytes, str]
) -> None:
    """The code's id in the body is not signed: whoever repeats a notice may change it."""
    body, signature = notice
    changed = json.loads(body, parse_float=Decimal)
    changed["qrId"] = "ANOTHERCODE"
    assert post(receiver, json.dumps({**changed, "amount": 1}).encode(), signature) == 200
    assert post(receiver, body, signature) == 200
    assert post(receiver, body, signature) == 200
    (told,) = heard
    assert (told.order_id, told.amount_minor, told.state) == ("o-1", 100, QrState.PAID)
    assert told.qr_id == "OURS"


def test_forged_notice_is_refused_and_not_told(
    receiver: NoticeReceiver, heard: list[QrNotice], notice: tuple[bytes, str]
) -> None:
    body, signature = notice
    for forged in ("", "0" * 64, signature[:-1], "ключ", signature[::-1]):
        assert receiver.take(body, forged) == 403
    assert post(receiver, body, "0" * 64) == 403
    dearer = body.replace(b'"amount": 1', b'"amount": 9')
    assert post(receiver, dearer, signature) == 403
    other = body.replace(b"o-1", b"o-2")
    assert post(receiver, other, signature) == 403
    assert heard == []


def test_notice_for_another_merchant_is_refused() -> None:
    with pytest.raises(AccessDenied):
        read_notice(BODY, DIGEST, "test-key", "MA0000000553")
    with pytest.raises(AccessDenied):
        read_notice(BODY, DIGEST, "other-key", "MA0000000552")


def test_till_that_cannot_take_it_gets_it_again(
    notice: tuple[bytes, str], caplog: pytest.LogCaptureFixture
) -> None:
    body, signature = notice
    failures = [RuntimeError("disk full")]
    heard: list[QrNotice] = []

    def take(told: QrNotice) -> None:
        if failures:
            raise failures.pop()
        heard.append(told)

    receiver = NoticeReceiver(SECRET_KEY, MERCHANT_ID, take)
    assert receiver.take(body, signature) == 500
    assert receiver.take(body, signature) == 200
    assert len(heard) == 1
    assert "the handler of notices failed" in caplog.text
    assert SECRET_KEY not in caplog.text
    caplog.clear()


def test_garbage_is_refused(receiver: NoticeReceiver, heard: list[QrNotice]) -> None:
    for body in (b"", b"{", b"[]", b"null", b'{"amount": 1}', b"\xff" * 100, b"9" * 5000):
        assert post(receiver, body, "0" * 64) in (400, 403)
    assert post(receiver, b" " * 70_000, "0" * 64) in (0, 400)
    assert heard == []


def test_receiver_needs_a_key() -> None:
    with pytest.raises(ConfigurationError):
        NoticeReceiver("", MERCHANT_ID, print)


@given(st.binary(max_size=300), st.text(max_size=80))
def test_any_notice_ends_in_a_documented_error(body: bytes, signature: str) -> None:
    with pytest.raises((ProtocolError, AccessDenied)):
        read_notice(body, signature, "key", "MA1")


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3)
    ),
    max_leaves=8,
)
_NAMES = st.sampled_from(
    ["amount", "qrId", "paymentStatus", "qrStatus", "refundStatus", "payload", "order"]
)


@given(st.dictionaries(_NAMES, _JSON))
def test_any_answer_ends_in_a_value_or_a_documented_error(answer: dict[str, object]) -> None:
    parsed = wire.parse(json.dumps(answer).encode())
    for read in (
        lambda: wire.read_code(parsed, "o", 1),
        lambda: wire.read_payment(parsed, "A1"),
        lambda: wire.read_state(parsed, "A1"),
        lambda: wire.read_refund(parsed, "r"),
    ):
        with contextlib.suppress(DriverError):
            read()


@given(st.integers(1, wire.AMOUNT_MAX - 1))
def test_sums_go_there_and_back_to_the_kopeck(amount: int) -> None:
    sent = wire.encode({"order": "o"}, amount)
    assert wire.minor(wire.parse(sent), "amount") == amount
    assert b"e" not in sent.replace(b"order", b"")


@pytest.mark.parametrize(
    "text", ["0.001", "1E-99999999", "1e999999999", "-1", "true", '"5"', "NaN", "1e400"]
)
def test_sum_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ProtocolError):
        wire.minor(wire.parse(f'{{"amount": {text}}}'.encode()), "amount")
