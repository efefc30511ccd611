"""What a cashier or a guest may get wrong: each has its own sentence, and nothing is lost."""

from collections.abc import Iterator

import pytest

from app.demo.stage import Stage
from app.kernel.errors import AppError
from app.service.guests.qr import printed_qr
from app.till.order import ScanOutcome
from app.till.payment_states import Phase
from app.till.till import Till
from tests.flow.open_tills import OpenTill, Tills

pytestmark = [pytest.mark.e2e, pytest.mark.slow]

MARIA = "9123456789"


@pytest.fixture(scope="module")
def opened(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenTill]:
    tills = Tills(stage, tmp_path_factory.mktemp("cashier"))
    opened = tills.open()
    opened.ready()
    yield opened
    tills.close()


@pytest.fixture
def till(opened: OpenTill) -> Iterator[Till]:
    """A till with a fresh order."""
    till = opened.till
    yield till
    if not till.desk.order.is_blank:
        till.sale.cancel("the test is over")


def sentence(error: AppError) -> str:
    """Return the Russian sentence after a look that it is one, and no traceback."""
    for text in (error.ru, error.en):
        assert text, error.code
        assert not text[0].islower(), text
        assert "Error" not in text, text
        assert "Traceback" not in text, text
    return error.ru


def test_unknown_barcode_is_named_and_adds_nothing(till: Till) -> None:
    result = till.sale.scan("4600000999999")

    assert result.outcome is ScanOutcome.UNKNOWN
    assert result.words is not None
    assert "4600000999999" in result.words.ru
    assert till.desk.order.cart.is_empty


def test_misread_barcode_is_to_be_scanned_again(till: Till) -> None:
    result = till.sale.scan("4600000999990")

    assert result.outcome is ScanOutcome.UNKNOWN
    assert result.words is not None
    assert "ещё раз" in result.words.ru


@pytest.mark.parametrize(
    "text", ["https://example.com/menu", "gift:1234567", "\x00\x1b[31m", "МЛК", "0" * 500]
)
def test_code_of_another_kind_is_answered_with_a_sentence(till: Till, text: str) -> None:
    result = till.sale.scan(text)

    assert result.outcome is ScanOutcome.UNKNOWN
    assert result.words is not None
    assert result.words.ru
    assert till.desk.order.is_blank


@pytest.mark.parametrize("text", ["https://example.com/guest/1", "hello", "MLC:482913", "12345"])
def test_wrong_qr_shown_as_a_guests_card_finds_nobody(till: Till, text: str) -> None:
    with pytest.raises(AppError) as caught:
        till.guests.bind_scanned(text)

    assert sentence(caught.value)
    assert till.desk.order.loyalty is None


def test_forged_qr_is_refused_and_the_genuine_one_taken(till: Till, stage: Stage) -> None:
    forged = printed_qr("another secret", "482913")
    assert till.sale.scan(forged).outcome is ScanOutcome.GUEST
    with pytest.raises(AppError) as caught:
        till.guests.bind_scanned(forged)
    assert sentence(caught.value)
    assert till.desk.order.loyalty is None

    state = till.guests.bind_scanned(stage.printed_card("482913")).state
    assert state.guest is not None
    assert state.guest.code6 == "482913"


@pytest.mark.parametrize("phone", ["", "912345678", "91234567890123", "+7 (912) 345-67", "телефон"])
def test_phone_of_the_wrong_length_is_told_before_the_service_is_asked(
    till: Till, phone: str
) -> None:
    for call in (till.guests.search_phone, till.guests.register):
        with pytest.raises(AppError) as caught:
            call(phone)
        assert caught.value.code == "INVALID_PHONE_FORMAT"
        assert "10 цифр" in sentence(caught.value)


def test_redeeming_above_the_maximum_names_the_maximum(till: Till, opened: OpenTill) -> None:
    till.sale.tap(opened.product(100_00).product_id, 3_000)
    till.guests.bind(till.guests.search_phone(MARIA).hits[0].card)
    preview = till.guests.preview()
    most = preview.max_spend_minor
    assert most > 0

    for amount in (most + 1_00, 10**12, -1_00):
        with pytest.raises(AppError) as caught:
            till.guests.redeem(amount)
        assert caught.value.code == "REDEEM_LIMIT_EXCEEDED"
        assert str(most // 100) in sentence(caught.value)

    assert till.desk.state().order.spend_minor == 0
    assert till.guests.redeem(most).state.order.spend_minor == most


def test_payment_below_the_due_names_what_is_missing(till: Till, opened: OpenTill) -> None:
    due = till.sale.tap(opened.product(100_00).product_id).state.due_minor

    with pytest.raises(AppError) as caught:
        till.checkout.pay_cash(due - 1_00)
    assert caught.value.code == "UNDERPAID"
    assert "1,00" in sentence(caught.value)
    assert till.desk.state().paid_minor == 0

    done = till.checkout.pay_cash(due + 50_00).done
    assert done is not None
    assert done.change_minor == 50_00
    till.checkout.dismiss()


def test_change_from_a_card_is_impossible(till: Till, opened: OpenTill) -> None:
    due = till.sale.tap(opened.product(100_00).product_id).state.due_minor

    with pytest.raises(AppError) as caught:
        till.checkout.pay_card(due + 1)
    assert caught.value.code == "CHANGE_IMPOSSIBLE"
    assert sentence(caught.value)
    for amount in (0, -5_00):
        with pytest.raises(AppError) as caught:
            till.checkout.pay_cash(10_00, part_minor=amount)
        assert sentence(caught.value)

    assert till.checkout.state().phase is Phase.TAKING
    assert till.desk.state().paid_minor == 0


def test_absurd_cash_is_refused_as_a_slip_of_the_finger(till: Till, opened: OpenTill) -> None:
    till.sale.tap(opened.product(100_00).product_id)

    with pytest.raises(AppError) as caught:
        till.checkout.pay_cash(10**15)

    assert sentence(caught.value)
    assert till.desk.state().paid_minor == 0
