"""Paying by phone in the real window: the code, its seconds, every end, and the guest's display."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.domain.tender import TenderKind
from app.till.payment_states import WayOut
from app.till.qr_codes import CODE_LIFE
from app.ui.app import TillUi
from app.ui.frame.screen import ScreenId
from app.ui.login.presenter import About, LoginPresenter
from app.ui.payment.code_watch import ASK_EVERY_S
from app.ui.payment.presenter import PaymentPresenter
from app.ui.payment.state import CashPage, DonePage, Page, SbpPage, SeveralPage, Tab, TroublePage
from app.ui.preferences import MemoryPreferences
from app.ui.text import Language, set_language
from app.ui.theme import Theme, ThemeName
from drivers.sim.sbp import Fault
from tests.till.bench import CAKE, COFFEE, guest
from tests.till.phone_bench import PhoneBench
from tests.ui.driven_window import DrivenWindow

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


@dataclass
class Window(DrivenWindow):
    """A till with a bank, on the payment screen."""

    bench: PhoneBench
    payment: PaymentPresenter

    def seconds(self, count: int) -> None:
        """Let time pass for the screen."""
        for _ in range(count):
            self.bench.clock.advance(timedelta(seconds=1))
            self.payment._on_tick()
            self.settle()

    def guest_pays(self) -> None:
        """A guest pays; the screen asks by itself."""
        assert self.bench.bank.pay(self.bench.code())
        self.seconds(ASK_EVERY_S)

    @property
    def page(self) -> Page | None:
        return self.payment.page

    @property
    def sbp(self) -> SbpPage:
        page = self.page
        assert isinstance(page, SbpPage)
        return page


@pytest.fixture
def window(tmp_path: Path, qtbot: QtBot) -> Iterator[Window]:
    bench = PhoneBench(tmp_path)
    till = bench.ready()
    till.sale.tap(COFFEE)
    till.sale.tap(CAKE)
    till.guests.bind(guest())
    ui = TillUi(till, MemoryPreferences(), bench.clock)
    payment = PaymentPresenter(ui.tools, till)
    for screen in (LoginPresenter(ui.tools, till, About("1.0")), payment):
        ui.add(screen)
    qtbot.addWidget(ui.window)
    ui.window.resize(1366, 768)
    ui.start(ScreenId.LOGIN)
    made = Window(ui, qtbot, bench, payment)
    made.settle()
    ui.board.publish(till.sale.state())
    ui.go(ScreenId.PAYMENT)
    made.settle()
    payment._tick.stop()  # the tests say when a second has passed
    yield made
    made.settle()
    ui.close()
    bench.close()


def test_f3_shows_a_code_and_the_payment_ends_by_itself(window: Window) -> None:
    window.keys("F3")
    assert window.sbp.amount_minor == 533_33
    assert window.sbp.seconds_left == CODE_LIFE.total_seconds()
    board = window.ui.board.state
    assert board is not None
    assert board.lights.words is not None
    assert board.lights.words.ru == "Ждём СБП"

    window.guest_pays()

    assert isinstance(window.page, DonePage)
    assert [t.kind for t in window.bench.sales()[0].tenders] == [TenderKind.SBP]


def test_seconds_go_by_without_drawing_the_code_again(window: Window) -> None:
    window.keys("F3")
    code = window.payment.view.sbp.code
    window.seconds(1)
    drawn = code.draws
    assert drawn
    before = window.sbp.seconds_left

    window.seconds(5)
    QApplication.processEvents()

    assert window.sbp.seconds_left == before - 5
    assert code.draws == drawn


def test_the_bank_is_asked_every_three_seconds(window: Window) -> None:
    window.keys("F3")
    asked = len(window.bench.bank.bank.received)
    window.seconds(ASK_EVERY_S - 1)
    assert len(window.bench.bank.bank.received) == asked
    window.seconds(1)
    assert len(window.bench.bank.bank.received) > asked


def test_what_the_bank_told_by_itself_is_seen_at_once(window: Window) -> None:
    window.keys("F3")
    window.bench.bank.pay(window.bench.code())
    window.bench.till.checkout.poll_sbp()  # as a notice of the bank does, on its own thread
    window.ui.changes.notify({"payments"})
    window.settle()
    assert isinstance(window.page, DonePage)


def test_cancel_brings_back_the_ways_to_pay(window: Window) -> None:
    window.keys("F3")
    assert window.payment.is_money_moving
    window.payment.view.sbp.cancel_button.click()
    window.settle()

    assert isinstance(window.page, CashPage)
    assert not window.payment.is_money_moving
    assert window.bench.live_codes() == []


def test_esc_makes_the_code_worthless_and_stays_here(window: Window) -> None:
    window.keys("F3")
    window.keys("Esc")
    assert isinstance(window.page, CashPage)
    assert window.bench.live_codes() == []
    assert window.ui.window.current is window.payment


def test_a_guest_who_was_quicker_than_cancel_has_paid(window: Window) -> None:
    window.keys("F3")
    window.bench.bank.pay(window.bench.code())
    window.payment.view.sbp.cancel_button.click()
    window.settle()
    assert isinstance(window.page, DonePage)


def test_a_silent_bank_is_told_when_somebody_asks(window: Window) -> None:
    window.keys("F3")
    window.bench.bank.always(Fault("lost-before"))
    window.seconds(ASK_EVERY_S)
    assert window.sbp.note is not None, "nothing is decided by a question that was lost"

    window.payment.view.sbp.check_button.click()
    window.settle()

    page = window.page
    assert isinstance(page, TroublePage)
    assert page.words.ru == "Банк пока не подтвердил. Не отдавайте заказ"
    assert [way.way for way in page.ways] == [WayOut.CHECK, WayOut.CANCEL, WayOut.NOT_PAID]
    assert page.ways[2].needs_senior
    window.bench.bank.always(None)
    window.guest_pays()
    assert isinstance(window.page, DonePage), "the screen goes on asking by itself"


def test_a_code_that_ran_out_can_be_made_again(window: Window) -> None:
    window.keys("F3")
    window.bench.clock.advance(CODE_LIFE)
    window.seconds(ASK_EVERY_S)
    page = window.page
    assert isinstance(page, TroublePage)
    assert [way.way for way in page.ways] == [WayOut.RETRY, WayOut.CASH, WayOut.OTHER_TENDER]

    window.payment.go_way(WayOut.RETRY)
    window.settle()

    assert window.sbp.amount_minor == 533_33
    window.guest_pays()
    assert window.bench.bank.bank.taken_minor() == 533_33


def test_a_part_by_phone_and_its_way_back(window: Window) -> None:
    window.keys("F5")
    window.payment.choose_kind(TenderKind.SBP)
    window.keys("2", "0", "0")
    meaning = window.payment.main_meaning()
    assert meaning is not None
    assert (meaning.key, meaning.label) == ("sbp", "По СБП")
    window.payment.on_main(meaning.key)
    window.settle()
    assert window.sbp.amount_minor == 200_00

    window.guest_pays()
    page = window.page
    assert isinstance(page, SeveralPage)
    assert [(part.kind, part.amount_minor) for part in page.parts] == [(TenderKind.SBP, 200_00)]
    window.payment.remove_part(page.parts[0].payment_id)
    assert window.sbp.words is not None, "the bank gives it back"
    window.settle()

    assert window.bench.bank.bank.taken_minor() == 0
    assert window.payment.flow.state is not None
    assert window.payment.flow.state.order.order.tenders == ()


def test_the_code_comes_out_of_the_printer(window: Window) -> None:
    window.keys("F3")
    window.payment.view.sbp.print_button.click()
    window.settle()
    assert [job.kind for job in window.bench.jobs()] == ["slip"]
    assert isinstance(window.page, SbpPage)


def test_the_way_is_marked_and_the_others_are_shut_meanwhile(window: Window) -> None:
    window.keys("F3")
    tabs = window.payment.view.tabs
    assert tabs.buttons[Tab.SBP].isChecked()
    assert not tabs.isEnabled()
    window.keys("F2")
    assert isinstance(window.page, SbpPage)


def test_after_a_restart_the_same_code_is_shown(window: Window) -> None:
    window.keys("F3")
    payload = window.bench.code()
    recovered = window.bench.restart()

    assert recovered.checkout is not None
    assert recovered.checkout.code is not None
    assert payload in recovered.checkout.code.payload


@pytest.mark.parametrize("theme", [ThemeName.LIGHT, ThemeName.DARK])
@pytest.mark.parametrize("size", [(1366, 768), (1024, 768)])
def test_pictures(window: Window, look: Theme, theme: ThemeName, size: tuple[int, int]) -> None:
    look.apply(name=theme, scale_percent=100)
    window.ui.window.resize(*size)
    window.keys("F3")
    window.bench.bank.decline(window.bench.code())
    name = f"S06-sbp-{size[0]}-{theme.value}"
    _picture(window, name)
    window.seconds(ASK_EVERY_S)
    _picture(window, f"{name}-again")
    window.bench.bank.always(Fault("lost-before"))
    window.payment.view.sbp.check_button.click()
    window.settle()
    _picture(window, f"{name}-unknown")
    window.bench.bank.always(None)
    window.seconds(ASK_EVERY_S)
    sbp = window.payment.view.sbp
    assert sbp.isVisible()
    assert sbp.rect().contains(sbp.code.geometry())
    for button in (sbp.print_button, sbp.check_button, sbp.cancel_button):
        corner = button.mapTo(sbp, button.rect().bottomRight())
        assert sbp.rect().contains(corner)


@pytest.mark.parametrize("scale", [100, 125, 150])
def test_the_whole_code_is_seen_at_every_size(
    window: Window, look: Theme, qtbot: QtBot, scale: int
) -> None:
    look.apply(scale_percent=scale)
    window.keys("F3")
    code = window.payment.view.sbp.code
    qtbot.waitUntil(lambda: code.visibleRegion().boundingRect() == code.rect(), timeout=60_000)


@pytest.mark.parametrize("spoken", ["ru", "en"])
def test_nothing_is_cut_off_in_a_small_window(window: Window, spoken: Language) -> None:
    set_language(spoken)
    window.ui.window.resize(1024, 768)
    window.keys("F3")
    QApplication.processEvents()
    sbp = window.payment.view.sbp
    for part in (sbp, sbp.code, sbp.print_button, sbp.check_button, sbp.cancel_button):
        assert part.visibleRegion().boundingRect() == part.rect(), part


def _picture(window: Window, name: str) -> None:
    QApplication.processEvents()
    image = window.ui.window.grab().toImage()
    folder = os.environ.get("MAXLOYALTY_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        assert image.save(str(Path(folder) / f"{name}.png"))
