"""What every driver of QR payments promises, on the simulator of its bank.

A payment is true only by the bank's own answer, a lost answer is resolved by asking, and nothing is
taken or given back twice.
"""

import contextlib
import json
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.api.errors import (
    AccessDenied,
    ConfigurationError,
    ConnectionLost,
    DeviceBusy,
    DeviceRefused,
    DriverError,
    NotSupported,
    OutcomeUnknown,
    Timeout,
    TransportError,
)
from drivers.api.qr_payment import OrderAlreadyPaid, QrPayments, QrState, RefundState
from drivers.sbp.build import raiffeisen_of
from drivers.sim.http_server import CutLink, Request
from drivers.sim.sbp import FAULTS, MERCHANT_ID, SECRET_KEY, Fault, Refund, SbpSimulator
from tests.drivers.sbp.conftest import MakeQr

LOST_AFTER = ("lost-after", "cut-midway", "error-500-after", "garbage", "no-http")
LOST_BEFORE = ("lost-before", "error-500")


def test_guest_pays_and_the_restaurant_gives_a_part_back(
    bank: SbpSimulator, qr: QrPayments
) -> None:
    code = qr.register(111011, "till-7-0042", purpose="Обед")
    assert "sum=111011" in code.payload
    assert qr.status(code.qr_id).state is QrState.NEW
    bank.begin(code.qr_id)
    assert qr.status(code.qr_id).state is QrState.IN_PROGRESS
    bank.pay(code.qr_id)
    paid = qr.status(code.qr_id)
    assert paid.is_paid
    assert (paid.amount_minor, paid.order_id) == (111011, "till-7-0042")
    assert paid.transaction_id
    assert paid.paid_at
    begun = qr.refund("till-7-0042", "refund-1", 11011)
    assert begun.state is RefundState.IN_PROGRESS
    bank.settle("refund-1")
    done = qr.refund_status("refund-1")
    assert done is not None
    assert (done.state, done.amount_minor) == (RefundState.COMPLETED, 11011)
    assert bank.bank.taken_minor() == 100000


def test_request_carries_what_the_api_wants(bank: SbpSimulator, qr: QrPayments) -> None:
    until = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    code = qr.register(111011, "1-22-333", expires_at=until, purpose="Назначение")
    (request,) = bank.bank.received
    assert json.loads(request.body, parse_float=str) == {
        "amount": "1110.11",
        "currency": "RUB",
        "order": "1-22-333",
        "paymentDetails": "Назначение",
        "qrExpirationDate": "2026-11-20T16:30:00+00:00",
        "qrType": "QRDynamic",
        "sbpMerchantId": MERCHANT_ID,
    }
    assert "authorization" not in request.headers
    assert code.expires_at == "2026-11-20T16:30:00+00:00"


def test_declined_try_leaves_the_code_open(bank: SbpSimulator, qr: QrPayments) -> None:
    code = qr.register(100, "o-1")
    bank.decline(code.qr_id)
    status = qr.status(code.qr_id)
    assert status.state is QrState.DECLINED
    assert status.can_be_paid
    bank.pay(code.qr_id)
    assert qr.status(code.qr_id).is_paid


def test_expired_code_is_told_and_the_order_gets_a_new_one(
    bank: SbpSimulator, qr: QrPayments
) -> None:
    first = qr.register(100, "o-1")
    bank.expire(first.qr_id)
    assert qr.status(first.qr_id).state is QrState.EXPIRED
    second = qr.register(100, "o-1")
    assert second.qr_id != first.qr_id


def test_cancelled_code_cannot_be_paid(bank: SbpSimulator, qr: QrPayments) -> None:
    code = qr.register(100, "o-1")
    assert qr.cancel(code.qr_id).state is QrState.CANCELLED
    assert not bank.pay(code.qr_id)
    assert qr.cancel(code.qr_id).state is QrState.CANCELLED


def test_guest_who_pays_while_the_till_cancels_has_paid(bank: SbpSimulator, qr: QrPayments) -> None:
    """The race of the reference: one more question after the cancellation."""
    code = qr.register(100, "o-1")

    def pay_first(request: object) -> None:
        if getattr(request, "method", "") == "DELETE":
            bank.pay(code.qr_id)

    bank.on_request = pay_first
    assert qr.cancel(code.qr_id).is_paid


def test_guest_who_pays_between_two_questions_has_paid_with_all_facts(
    bank: SbpSimulator, qr: QrPayments
) -> None:
    code = qr.register(100, "o-1")

    def pay_between(request: object) -> None:
        if "/v2/qrs/" in getattr(request, "path", ""):
            bank.pay(code.qr_id)

    bank.on_request = pay_between
    status = qr.status(code.qr_id)
    assert status.is_paid
    assert status.transaction_id


def test_same_order_gets_the_same_code_even_after_a_restart(
    bank: SbpSimulator, qr: QrPayments, make_qr: MakeQr
) -> None:
    code = qr.register(100, "o-1")
    assert qr.register(100, "o-1").qr_id == code.qr_id
    again = make_qr()
    assert again.find("o-1") == code
    assert again.register(100, "o-1").qr_id == code.qr_id
    assert len(bank.bank.codes) == 1


def test_paid_order_never_gets_a_second_code(
    bank: SbpSimulator, qr: QrPayments, make_qr: MakeQr
) -> None:
    code = qr.register(100, "o-1")
    bank.pay(code.qr_id)
    with pytest.raises(OrderAlreadyPaid):
        qr.register(100, "o-1")
    # A till without notes is stopped by the bank itself.
    stranger = raiffeisen_of(bank.url, SECRET_KEY, {"merchant_id": MERCHANT_ID}, None)
    with pytest.raises(OrderAlreadyPaid) as caught:
        stranger.register(100, "o-1")
    assert caught.value.text("ru").startswith("Этот заказ уже оплачен")
    assert len(bank.bank.codes) == 1


def test_other_sum_is_refused_while_the_first_can_be_paid(
    bank: SbpSimulator, qr: QrPayments
) -> None:
    first = qr.register(100, "o-1")
    with pytest.raises(DeviceRefused):
        qr.register(200, "o-1")
    qr.cancel(first.qr_id)
    assert qr.register(200, "o-1").qr_id != first.qr_id


@pytest.mark.parametrize("fault", [*LOST_AFTER, *LOST_BEFORE])
def test_lost_answer_to_a_registration_books_nothing_and_may_be_repeated(
    bank: SbpSimulator, qr: QrPayments, fault: str
) -> None:
    """The code that nobody has seen stays unpaid; the one that is shown is the order's own."""
    bank.next(Fault(fault))
    with pytest.raises(DriverError) as caught:
        qr.register(100, "o-1")
    assert not isinstance(caught.value, OutcomeUnknown)
    code = qr.register(100, "o-1")
    bank.pay(code.qr_id)
    assert qr.status(code.qr_id).is_paid
    assert bank.bank.taken_minor() == 100


@pytest.mark.parametrize("fault", [*LOST_AFTER, *LOST_BEFORE])
@pytest.mark.parametrize("restarted", [False, True])
def test_lost_answer_to_a_refund_is_unknown_and_resolved_by_asking(
    bank: SbpSimulator, qr: QrPayments, make_qr: MakeQr, fault: str, restarted: bool
) -> None:
    code = qr.register(1000, "o-1")
    bank.pay(code.qr_id)
    bank.next(Fault(fault, path="/sbp/v1/refund"))
    with pytest.raises(OutcomeUnknown):
        qr.refund("o-1", "r-1", 300)
    if restarted:
        qr = make_qr()
    known = qr.refund_status("r-1")
    assert (known is not None) is (fault in LOST_AFTER)
    # Asked for again under the same id, whatever had happened, it is given back once.
    assert qr.refund("o-1", "r-1", 300).refund_id == "r-1"
    assert qr.refund("o-1", "r-1", 300).refund_id == "r-1"
    assert bank.bank.taken_minor() == 700


def test_bank_that_is_away_took_nothing(bank: SbpSimulator, qr: QrPayments) -> None:
    code = qr.register(1000, "o-1")
    bank.pay(code.qr_id)
    bank.stop()
    with pytest.raises(TransportError) as caught:
        qr.refund("o-1", "r-1", 300)
    assert caught.value.sent_bytes == 0
    with pytest.raises(TransportError):
        qr.status(code.qr_id)


def test_slow_bank_is_waited_for_and_a_stalled_one_is_not(
    bank: SbpSimulator, make_qr: MakeQr
) -> None:
    patient, hasty = make_qr(), make_qr(timeout_s=0.3)
    code = patient.register(1000, "o-1")
    bank.next(Fault("slow", 0.4))
    bank.pay(code.qr_id)
    assert patient.status(code.qr_id).is_paid
    bank.next(Fault("slow", 5.0))
    with pytest.raises(Timeout):
        hasty.status(code.qr_id)
    bank.next(Fault("slow", 5.0, "/sbp/v1/refund"))
    with pytest.raises(OutcomeUnknown):
        hasty.refund("o-1", "r-1", 300)
    found = patient.refund_status("r-1")
    assert found is not None
    assert bank.bank.taken_minor() == 700


def test_guest_pays_after_the_till_gave_up_waiting(bank: SbpSimulator, qr: QrPayments) -> None:
    """Paid after the time-out: a later question shows it, a cancellation does not hide it."""
    code = qr.register(100, "o-1")
    bank.next(*(Fault("lost-before"),) * 3)
    for _ in range(3):
        with pytest.raises(ConnectionLost):
            qr.status(code.qr_id)
    bank.pay(code.qr_id)
    assert qr.cancel(code.qr_id).is_paid


def test_refusals_are_told_in_words(bank: SbpSimulator, qr: QrPayments) -> None:
    code = qr.register(100, "o-1")
    bank.pay(code.qr_id)
    with pytest.raises(DeviceRefused) as caught:
        qr.refund("o-1", "r-1", 101)
    assert caught.value.text("ru") == "Сумма возврата больше остатка по платежу."
    assert caught.value.text("en") == "The refund is above what is left of the payment."
    with pytest.raises(DeviceRefused):
        qr.status("F" * 32)
    assert qr.refund_status("never-asked") is None
    assert bank.bank.taken_minor() == 100


def test_check_tells_a_wrong_key_from_a_bank_that_is_away(
    bank: SbpSimulator, make_qr: MakeQr
) -> None:
    make_qr().check()
    with pytest.raises(AccessDenied):
        make_qr("some-other-key").check()
    bank.next(Fault("too-many"))
    with pytest.raises(DeviceBusy):
        make_qr().check()
    bank.stop()
    with pytest.raises(TransportError):
        make_qr().check()


@pytest.mark.parametrize("fault", FAULTS)
def test_no_fault_leaks_the_key_or_raises_what_is_not_documented(
    bank: SbpSimulator, make_qr: MakeQr, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    qr = make_qr(timeout_s=0.5)
    code = qr.register(1000, "o-1")
    bank.pay(code.qr_id)
    bank.always(Fault(fault, 1.0))
    errors = []
    for call in (
        qr.check,
        lambda: qr.register(500, "o-2"),
        lambda: qr.status(code.qr_id),
        lambda: qr.cancel(code.qr_id),
        lambda: qr.refund("o-1", "r-1", 100),
        lambda: qr.refund_status("r-1"),
    ):
        try:
            call()
        except DriverError as error:
            errors.append(error)
    assert errors
    told = " ".join([caplog.text, repr(qr), *(f"{e!r} {e} {e.detail} {e.text()}" for e in errors)])
    assert SECRET_KEY not in told
    assert bank.bank.taken_minor() >= 900
    caplog.clear()


def test_key_never_travels_unprotected() -> None:
    options = {"merchant_id": MERCHANT_ID}
    for url in ("http://pay.raif.ru/api", "ftp://127.0.0.1/", "pay.raif.ru", ""):
        with pytest.raises(ConfigurationError):
            raiffeisen_of(url, SECRET_KEY, options, None)
    for key in ("", "ключ", "two\r\nlines"):
        with pytest.raises(ConfigurationError):
            raiffeisen_of("https://pay.raif.ru/api", key, options, None)
    for merchant in ("", "MA 1", "MA00000000001234"):
        with pytest.raises(ConfigurationError):
            raiffeisen_of("https://pay.raif.ru/api", SECRET_KEY, {"merchant_id": merchant}, None)


@pytest.mark.parametrize(
    ("amount", "order"),
    [(0, "o"), (-1, "o"), (10**12, "o"), (1, ""), (1, "a/b"), (1, "x" * 41), (1, "ё")],
)
def test_what_the_bank_would_refuse_is_not_sent(
    bank: SbpSimulator, qr: QrPayments, amount: int, order: str
) -> None:
    with pytest.raises(NotSupported):
        qr.register(amount, order)
    with pytest.raises(NotSupported):
        qr.refund(order, "r-1", amount)
    assert bank.bank.received == []


def test_damaged_notes_count_as_none(
    bank: SbpSimulator, qr: QrPayments, make_qr: MakeQr, tmp_path: Path
) -> None:
    code = qr.register(100, "o-1")
    (tmp_path / "notes.json").write_text('{"codes": [{"qr_id": 5', encoding="utf-8")
    fresh = make_qr()
    assert fresh.find("o-1") is None
    with contextlib.suppress(OrderAlreadyPaid):
        assert fresh.register(100, "o-1").qr_id != code.qr_id


@pytest.mark.parametrize("direction", ["to the bank", "to the till"])
def test_plug_pulled_in_the_middle_of_a_refund(
    bank: SbpSimulator, tmp_path: Path, direction: str
) -> None:
    """At every third byte: nothing given back, or given back once and found by asking."""
    is_up = direction == "to the bank"
    link = CutLink(bank.port)
    link.start()
    options = {"merchant_id": MERCHANT_ID, "timeout_s": 20.0}
    whole = raiffeisen_of(bank.url, SECRET_KEY, options, None)
    cut = raiffeisen_of(f"http://127.0.0.1:{link.port}/api", SECRET_KEY, options, None)
    code = whole.register(1_000_000, "o-1")
    bank.pay(code.qr_id)
    ends: set[str] = set()
    try:
        for number, place in enumerate(range(0, 420 if is_up else 200, 3), 1):
            link.cut(up_bytes=place if is_up else None, down_bytes=None if is_up else place)
            refund_id = f"r-{place}"
            try:
                cut.refund("o-1", refund_id, 100)
                ends.add("result")
            except OutcomeUnknown:
                found = whole.refund_status(refund_id)
                ends.add("absent" if found is None else "found")
            except TransportError:
                assert refund_id not in bank.bank.refunds
                ends.add("nothing")
            assert cut.refund("o-1", refund_id, 100).refund_id == refund_id
            assert bank.bank.taken_minor() == 1_000_000 - 100 * number
    finally:
        link.stop()
    assert ends >= ({"absent", "result"} if is_up else {"found", "result"})


def test_refund_that_arrives_after_the_question_is_given_once(
    bank: SbpSimulator, qr: QrPayments
) -> None:
    """The lost request comes to the bank between our question and our repetition."""
    code = qr.register(1000, "o-1")
    bank.pay(code.qr_id)
    bank.next(Fault("lost-before", path="/sbp/v1/refund"))
    with pytest.raises(OutcomeUnknown):
        qr.refund("o-1", "r-1", 300)

    def arrive_late(request: Request) -> None:
        if request.method == "POST":
            bank.bank.refunds["r-1"] = Refund("r-1", "o-1", 300)

    bank.on_request = arrive_late
    assert qr.refund("o-1", "r-1", 300).state is RefundState.IN_PROGRESS
    assert bank.bank.taken_minor() == 700
