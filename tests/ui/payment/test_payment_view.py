"""The payment screen: pictures of every page and failure in both themes, and the intents."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from app.domain.tender import TenderKind, quick_amounts
from app.till import fiscal_texts, receipt_texts, texts
from app.till.order import StepName, StepState, StepStatus
from app.till.payment_states import WayOut
from app.till.words import Words
from app.ui.payment.state import (
    CardPage,
    CashPage,
    DonePage,
    Page,
    PartRow,
    PaymentState,
    SeveralPage,
    StepCard,
    Tab,
    TabState,
    TroublePage,
    WayButton,
)
from app.ui.payment.view import PaymentView
from app.ui.text import Language, set_language
from app.ui.widgets.amount_entry import AmountEntry
from app.ui.widgets.room import Room
from tests.fakes.pictures import WORK_AREA, photograph

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]

DUE = 1_444_00
TABS = (
    TabState(Tab.CASH),
    TabState(Tab.CARD),
    TabState(Tab.SBP, is_enabled=False, why_not=texts.TENDER_NOT_HERE),
    TabState(Tab.GIFT_CARD, is_enabled=False, why_not=texts.TENDER_NOT_HERE),
    TabState(Tab.SEVERAL),
)


def steps(
    money: StepStatus = StepStatus.DONE,
    printing: StepStatus = StepStatus.NOT_YET,
    printed: Words = texts.STEP_PRINT_QUEUED,
) -> tuple[StepState, ...]:
    return (
        StepState(StepName.AUTHORISE, money, Words("Карта •••• 4417, 1 444,00 ₽", "Card")),
        StepState(StepName.LOYALTY, StepStatus.WAITING, texts.STEP_LOYALTY_QUEUED),
        StepState(StepName.PRINT, printing, printed),
    )


def trouble(words: Words, *ways: WayButton, is_unknown: bool = False) -> TroublePage:
    return TroublePage(
        words=words,
        steps=steps(StepStatus.FAILED),
        ways=ways,
        detail="ZVT 6C 05 11",
        is_unknown=is_unknown,
    )


CASH = CashPage(DUE, AmountEntry("2000"), quick_amounts(DUE))
UNDERPAID = CashPage(DUE, AmountEntry("1400"), quick_amounts(DUE))
CARD = CardPage(DUE, None, steps(StepStatus.NOW), elapsed_s=42)
SEVERAL = SeveralPage(
    parts=(
        PartRow("p1", TenderKind.CASH, 444_00),
        PartRow("p2", TenderKind.CARD, 500_00, "•••• 4417"),
    ),
    remaining_minor=500_00,
    kind=TenderKind.CARD,
    kinds=(TenderKind.CASH, TenderKind.CARD),
    entry=AmountEntry(),
)
DECLINED = trouble(
    texts.CARD_DECLINED,
    WayButton(WayOut.RETRY, texts.WAY_RETRY),
    WayButton(WayOut.CASH, texts.WAY_CASH),
    WayButton(WayOut.OTHER_TENDER, texts.WAY_OTHER),
)
UNKNOWN = trouble(
    texts.CARD_UNKNOWN,
    WayButton(WayOut.CHECK, texts.WAY_CHECK),
    WayButton(WayOut.SLIP, texts.WAY_SLIP, needs_senior=True),
    WayButton(WayOut.CANCEL, texts.WAY_CANCEL, needs_senior=True),
    is_unknown=True,
)
DONE = DonePage(
    number=128,
    due_minor=DUE,
    change_minor=556_00,
    received_minor=2_000_00,
    steps=steps(printing=StepStatus.DONE, printed=texts.STEP_PRINT_DONE),
    guest_name="Мария К.",
    spent_minor=300_00,
    earned_minor=101_00,
)
FISCAL_DONE = replace(
    DONE,
    steps=(
        StepState(
            StepName.FISCAL,
            StepStatus.DONE,
            fiscal_texts.STEP_DONE_NUMBER.fill(number="38 402"),
        ),
        *DONE.steps[1:2],
        StepState(StepName.KITCHEN, StepStatus.DONE, Words("Кухня получила", "The kitchen has it")),
        StepState(StepName.PRINT, StepStatus.DONE, texts.STEP_PRINT_DONE),
    ),
)
UNRECEIPTED = TroublePage(
    words=Words("Чек не пробит: закончилась бумага", "Receipt not made: no paper"),
    steps=(),
    cards=(
        StepCard(
            receipt_texts.PAID_CHANGE.fill(change="56,00 ₽"),
            Words("Наличные, 1 500,00 ₽", "Cash, 1 500,00 ₽"),
            StepStatus.DONE,
        ),
        StepCard(
            receipt_texts.POINTS_SPENT,
            Words("Мария К.: −300, начислим +101", "Maria K.: −300, to be earned +101"),
            StepStatus.DONE,
        ),
        StepCard(
            Words("Чек не пробит: закончилась бумага", "Receipt not made: no paper"),
            receipt_texts.advice("printer.paper_out"),
            StepStatus.FAILED,
        ),
        StepCard(
            receipt_texts.NOTHING,
            Words("Сырники уже готовятся", "Being cooked"),
            StepStatus.NOT_YET,
            name=StepName.KITCHEN,
        ),
    ),
    ways=(
        WayButton(WayOut.RECEIPT_RETRY, receipt_texts.CHOICE_RETRY),
        WayButton(
            WayOut.E_RECEIPT,
            Words("Чек в СМС", "Receipt by SMS"),
            detail="+7 912 •••-67-89",
        ),
        WayButton(
            WayOut.RENEW_SHIFT,
            receipt_texts.CHOICE_RENEW,
        ),
        WayButton(
            WayOut.NEXT_GUEST,
            Words("Следующий гость, чек пробьём позже", "Next guest, receipt later"),
        ),
    ),
    title=receipt_texts.PAID_CASH,
    detail="printer.paper_out",
    is_paid=True,
    paid_minor=DUE,
    change_minor=56_00,
)
NO_PAPER = DonePage(
    number=128,
    due_minor=DUE,
    change_minor=0,
    received_minor=0,
    steps=steps(printing=StepStatus.FAILED, printed=texts.STEP_PRINT_LATER),
    auto_next_s=15,
)


def payment(page: Page, tab: Tab = Tab.CASH, **changes: bool) -> PaymentState:
    return PaymentState(page, TABS, tab, **changes)


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("S06-payment", payment(CASH)),
        ("S06-underpaid", payment(UNDERPAID)),
        ("S06-card-wait", payment(CARD, Tab.CARD, can_go_back=False)),
        ("S06-mixed", payment(SEVERAL, Tab.SEVERAL)),
        ("S06-declined", payment(DECLINED)),
        ("S06-unknown", payment(UNKNOWN, can_go_back=False)),
        ("S06-done", payment(DONE, can_go_back=False)),
        ("S06-progress-error", payment(UNRECEIPTED, can_go_back=False)),
        ("S06-done-fiscal", payment(FISCAL_DONE, can_go_back=False)),
        ("S06-done-no-paper", payment(NO_PAPER, can_go_back=False)),
    ],
)
def test_payment_page_fits_the_work_area(qtbot: QtBot, name: str, state: PaymentState) -> None:
    view = PaymentView()
    view.render(state)
    photograph(qtbot, view, name, WORK_AREA)


def test_slip_form_asks_for_twelve_digits(qtbot: QtBot) -> None:
    view = PaymentView()
    page = TroublePage(
        words=texts.CARD_STILL_UNKNOWN,
        steps=(),
        ways=UNKNOWN.ways,
        is_unknown=True,
        asks_slip=True,
        slip="12345",
        slip_error=texts.RRN_WRONG,
    )
    view.render(payment(page, can_go_back=False))
    photograph(qtbot, view, "S06-slip", WORK_AREA)
    assert not view.trouble.slip.confirm_button.isEnabled()


def test_underpaid_says_how_much_is_missing_and_offers_another_tender(qtbot: QtBot) -> None:
    view = PaymentView()
    qtbot.addWidget(view)
    view.render(payment(UNDERPAID))

    assert "44,00" in view.cash.change.text()
    with qtbot.waitSignal(view.cash.rest_wanted, timeout=60_000):
        view.cash.change.button.click()


def test_default_way_out_of_an_unknown_outcome_is_to_check(qtbot: QtBot) -> None:
    view = PaymentView()
    qtbot.addWidget(view)
    view.render(payment(UNKNOWN, can_go_back=False))

    assert next(iter(view.trouble.buttons)) is WayOut.CHECK
    with qtbot.waitSignal(view.trouble.way_chosen, timeout=60_000) as chosen:
        view.trouble.buttons[WayOut.CHECK].click()
    assert chosen.args == [WayOut.CHECK]


def test_tender_that_is_not_connected_cannot_be_chosen(qtbot: QtBot) -> None:
    view = PaymentView()
    qtbot.addWidget(view)
    view.render(payment(CASH))

    assert not view.tabs.buttons[Tab.SBP].isEnabled()
    assert view.tabs.buttons[Tab.SBP].toolTip() == texts.TENDER_NOT_HERE.ru


def test_keys_of_the_pad_reach_the_sum(qtbot: QtBot) -> None:
    view = PaymentView()
    qtbot.addWidget(view)
    view.render(payment(CASH))
    typed: list[str] = []
    view.key_typed.connect(typed.append)

    for key in ("1", "5", "context", "0"):
        view.cash.pad.keys[key].click()

    assert typed == ["1", "5", ",", "0"]


@pytest.mark.parametrize(
    ("keys", "minor"),
    [("2000", 2_000_00), ("12,5", 12_50), (",05", 5), ("1,234", 1_23), ("00012", 12_00)],
)
def test_typed_sum_is_what_was_typed(keys: str, minor: int) -> None:
    entry = AmountEntry()
    for key in keys:
        entry = entry.typed(key)
    assert entry.minor == minor


@pytest.mark.parametrize("spoken", ["ru", "en"])
def test_the_page_of_a_waiting_receipt_fits_a_small_screen(qtbot: QtBot, spoken: Language) -> None:
    view = PaymentView()
    set_language(spoken)
    view.render(payment(UNRECEIPTED, can_go_back=False))
    photograph(qtbot, view, f"S06-progress-error-1024-{spoken}", QSize(652, 712))
    room = view.findChild(Room)
    assert isinstance(room, Room)
    assert not room.horizontalScrollBar().isVisible()
    assert not room.verticalScrollBar().isVisible()
    photograph(qtbot, view, f"S06-progress-error-{spoken}", WORK_AREA)


def test_a_long_reason_takes_no_room_from_what_is_to_be_tapped(qtbot: QtBot) -> None:
    long = (
        "Учётная запись облачной кассы заблокирована (14). Проверьте логин и пароль облачной кассы"
    )
    cards = [replace(card, detail=Words(long, long)) for card in UNRECEIPTED.cards[:1]]
    page = replace(UNRECEIPTED, cards=(*cards, *UNRECEIPTED.cards[1:]))
    view = PaymentView()
    view.render(payment(page, can_go_back=False))
    photograph(qtbot, view, "S06-progress-long-1024", QSize(652, 712))
    for button in view.trouble.buttons.values():
        row = button.parentWidget()
        assert row is not None
        assert button.geometry().bottom() < row.height(), "its lower edge is to be seen"


def test_four_confirmations_fit_a_small_screen(qtbot: QtBot) -> None:
    view = PaymentView()
    view.render(payment(FISCAL_DONE, can_go_back=False))
    photograph(qtbot, view, "S06-done-fiscal-1024", QSize(652, 712))


def test_the_phone_for_the_receipt_is_typed_on_the_same_page(qtbot: QtBot) -> None:
    view = PaymentView()
    page = replace(UNRECEIPTED, asks_phone=True, slip="912345")
    view.render(payment(page, can_go_back=False))
    photograph(qtbot, view, "S06-receipt-phone", WORK_AREA)
    assert view.trouble.slip.field.text() == "+7 912345"
    assert not view.trouble.slip.confirm_button.isEnabled()


def test_only_the_next_guest_is_free_while_the_register_is_asked(qtbot: QtBot) -> None:
    view = PaymentView()
    qtbot.addWidget(view)
    view.render(payment(replace(UNRECEIPTED, busy=True), can_go_back=False))
    free = {way for way, button in view.trouble.buttons.items() if button.isEnabled()}
    assert free == {WayOut.NEXT_GUEST}


def test_a_button_under_a_finger_stays_while_the_register_tries_again(qtbot: QtBot) -> None:
    view = PaymentView()
    qtbot.addWidget(view)
    view.render(payment(UNRECEIPTED, can_go_back=False))
    before = dict(view.trouble.buttons)
    view.render(
        payment(replace(UNRECEIPTED, detail="running printer.paper_out"), can_go_back=False)
    )
    view.render(payment(replace(UNRECEIPTED, busy=True), can_go_back=False))
    assert view.trouble.buttons == before
    view.render(payment(replace(UNRECEIPTED, ways=UNRECEIPTED.ways[:1]), can_go_back=False))
    assert set(view.trouble.buttons) == {WayOut.RECEIPT_RETRY}
