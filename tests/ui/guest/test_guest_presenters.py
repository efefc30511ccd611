"""Finding, registering and redeeming over a whole till with a fake service."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.domain.guest import GuestCard
from app.domain.sale import LoyaltyAction
from app.till.camera import CameraEye
from app.ui.frame.screen import ScreenId
from app.ui.guest.presenter import GuestPresenter
from app.ui.guest.search_presenter import SearchPresenter
from app.ui.guest.state import (
    CameraPage,
    CardPage,
    CodePage,
    PhonePage,
    ReasonsPage,
    RedeemPage,
    RegisterPage,
    Tab,
    WelcomePage,
)
from app.ui.ops import Ops
from drivers.api.camera import FailureHandler, Frame, FrameHandler
from drivers.api.scanner import Scan, ScanHandler, Source
from tests.fakes.stage import FakeStage
from tests.till.bench import COFFEE, SOUP, Bench, guest

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


class FakeCamera:
    """A camera that shows what it is told to show."""

    def __init__(self) -> None:
        self.running = False
        self.on_scan: ScanHandler | None = None
        self.on_frame: FrameHandler | None = None

    def start(
        self,
        on_scan: ScanHandler,
        on_frame: FrameHandler | None = None,
        on_failure: FailureHandler | None = None,
    ) -> None:
        del on_failure
        self.running, self.on_scan, self.on_frame = True, on_scan, on_frame

    def stop(self, wait_s: float = 0.0) -> None:
        del wait_s
        self.running = False


@dataclass
class Desk:
    bench: Bench
    stage: FakeStage
    search: SearchPresenter
    card: GuestPresenter
    camera: FakeCamera
    ops: Ops

    def settle(self) -> None:
        assert self.ops.wait_idle(60)

    def type(self, keys: str) -> None:
        for key in keys:
            self.search.on_key(key)
        self.settle()

    def open_card(self) -> GuestCard:
        """Bind a guest whom the service knows and open the guest's screen."""
        card = self.bench.service.add(guest(points=500_00))
        self.type(card.phone[1:])
        self.search.on_leave()
        self.card.on_enter()
        self.settle()
        return card


@pytest.fixture
def desk(tmp_path: Path, ops: Ops) -> Iterator[Desk]:
    bench = Bench(tmp_path)
    till = bench.ready()
    for _ in range(5):
        till.sale.tap(COFFEE)
    stage = FakeStage()
    tools = stage.tools(ops, till.session, bench.clock)
    tools.board.publish(till.sale.state())
    camera = FakeCamera()
    search = SearchPresenter(tools, till, CameraEye(camera, bench.clock))
    desk = Desk(bench, stage, search, GuestPresenter(tools, till), camera, ops)
    search.on_enter()
    yield desk
    ops.wait_idle(60)
    bench.close()


def test_whole_phone_of_a_known_guest_binds_at_once(desk: Desk) -> None:
    card = desk.bench.service.add(guest())
    desk.type(card.phone[1:])
    assert desk.stage.went == [ScreenId.GUEST]
    bound = desk.bench.till.sale.state().guest
    assert bound is not None
    assert bound.card_id == card.card_id


def test_number_typed_with_an_eight_is_the_same_number(desk: Desk) -> None:
    desk.type("8912345678")
    assert isinstance(desk.search.state.page, PhonePage | RegisterPage)


def test_short_phone_says_what_is_missing(desk: Desk) -> None:
    desk.type("91234")
    desk.search.on_key("Enter")
    desk.settle()
    page = desk.search.state.page
    assert isinstance(page, PhonePage)
    assert page.error is not None
    assert page.digits == "91234", "nothing that was typed is lost"


def test_unknown_phone_leads_to_registration_and_a_card_that_earns(desk: Desk) -> None:
    desk.type("9990001122")
    page = desk.search.state.page
    assert isinstance(page, RegisterPage)
    assert page.phone == "9990001122"

    desk.search.on_key("Enter")
    page = desk.search.state.page
    assert isinstance(page, RegisterPage)
    assert page.error is not None, "without consent nobody is registered"

    desk.search.view.register.name.setText("мария")
    desk.search.view.register.consent.click()
    desk.search.view.register.button.click()
    desk.settle()
    page = desk.search.state.page
    assert isinstance(page, WelcomePage)
    assert page.name == "Мария"
    assert page.earn_minor > 0
    assert len(page.code6) == 6


def test_asking_for_a_new_guest_twice_loses_nothing_that_was_typed(desk: Desk) -> None:
    desk.type("9990001122")
    desk.search.view.register.consent.click()
    desk.search.view.phone.new_wanted.emit()  # the finger was down already when the answer came
    page = desk.search.state.page
    assert isinstance(page, RegisterPage)
    assert page.phone == "9990001122"
    assert page.has_consent


def test_registration_works_without_a_network(desk: Desk) -> None:
    desk.bench.online = False
    desk.type("9990001122")
    assert isinstance(desk.search.state.page, RegisterPage)
    desk.search.view.register.consent.click()
    desk.search.register()
    desk.settle()
    page = desk.search.state.page
    assert isinstance(page, WelcomePage)
    assert page.is_offline
    assert page.code6 == "482913"


def test_sixth_digit_of_a_code_searches(desk: Desk) -> None:
    card = desk.bench.service.add(guest())
    desk.search.choose_tab(Tab.CODE)
    desk.type("000000")
    page = desk.search.state.page
    assert isinstance(page, CodePage)
    assert page.error is not None
    for _ in range(6):
        desk.search.on_key("Backspace")
    desk.type(card.code6)
    assert desk.stage.went == [ScreenId.GUEST]


def test_camera_shows_pictures_binds_and_stops_on_leaving(desk: Desk) -> None:
    card = desk.bench.service.add(guest())
    desk.search.choose_tab(Tab.CAMERA)
    assert desk.camera.running
    assert desk.camera.on_frame is not None
    desk.camera.on_frame(Frame(bytes(4 * 2 * 3), 4, 2))
    assert desk.search.view.camera.picture.has_picture

    assert desk.camera.on_scan is not None
    desk.camera.on_scan(Scan(card.code6, Source.CAMERA))
    desk.settle()
    assert desk.stage.went == [ScreenId.GUEST]
    desk.search.on_leave()
    assert not desk.camera.running


def test_camera_pictures_come_at_most_ten_a_second(desk: Desk) -> None:
    taken: list[object] = []
    eye = CameraEye(desk.camera, desk.bench.clock)
    eye.start(on_code=lambda _: None, on_picture=taken.append, on_failure=lambda _: None)
    assert desk.camera.on_frame is not None
    for _ in range(30):  # three seconds of a camera with ten pictures at each moment
        for _ in range(3):
            desk.camera.on_frame(Frame(bytes(3), 1, 1))
        desk.bench.clock.sleep(0.1)
    assert len(taken) <= 31


def test_wrong_code_in_the_camera_says_so_and_goes_on(desk: Desk) -> None:
    desk.search.choose_tab(Tab.CAMERA)
    assert desk.camera.on_scan is not None
    desk.camera.on_scan(Scan("forged", Source.CAMERA))
    desk.settle()
    page = desk.search.state.page
    assert isinstance(page, CameraPage)
    assert page.error is not None
    assert page.is_on


def test_suggested_points_are_redeemed_with_one_key(desk: Desk) -> None:
    desk.open_card()
    desk.card.on_key("2")
    desk.settle()
    assert desk.card.state is not None
    page = desk.card.state.page
    assert isinstance(page, CardPage)
    assert page.action is LoyaltyAction.SPEND
    assert desk.bench.till.sale.state().order.spend_minor == page.max_spend_minor
    assert desk.card.state.reserved_left_s > 0


def test_amount_above_the_maximum_is_refused_beside_the_field(desk: Desk) -> None:
    desk.open_card()
    desk.card.type_amount()
    for key in "9999":
        desk.card.on_key(key)
    desk.settle()
    assert desk.card.state is not None
    page = desk.card.state.page
    assert isinstance(page, RedeemPage)
    assert page.error is not None
    desk.card.on_key("Enter")
    desk.settle()
    assert desk.bench.till.sale.state().order.spend_minor == 0


def test_typed_amount_is_held_and_can_be_given_back(desk: Desk) -> None:
    desk.open_card()
    desk.card.type_amount()
    for key in "100":
        desk.card.on_key(key)
    desk.card.on_key("Enter")
    desk.settle()
    assert desk.bench.till.sale.state().order.spend_minor == 100_00
    desk.card.on_key("1")
    desk.settle()
    assert desk.bench.till.sale.state().order.spend_minor == 0


def test_offline_only_earning_is_offered(desk: Desk) -> None:
    desk.open_card()
    desk.bench.online = False
    desk.card.on_enter()
    desk.settle()
    assert desk.card.state is not None
    page = desk.card.state.page
    assert isinstance(page, CardPage)
    assert not page.can_redeem
    assert page.why_not is not None
    assert desk.card.state.is_offline


def test_card_taken_off_can_be_brought_back(desk: Desk) -> None:
    card = desk.open_card()
    desk.card.unbind()
    desk.settle()
    assert desk.bench.till.sale.state().guest is None
    action = desk.stage.toasts[-1].action
    assert action is not None
    action.run()
    desk.settle()
    bound = desk.bench.till.sale.state().guest
    assert bound is not None
    assert bound.card_id == card.card_id


def test_screen_without_a_guest_looks_for_one(desk: Desk) -> None:
    desk.card.on_enter()
    assert desk.stage.went == [ScreenId.GUEST_SEARCH]


def test_one_tap_explains_the_points_and_back_returns_to_the_choices(desk: Desk) -> None:
    desk.bench.till.sale.tap(SOUP)
    desk.open_card()
    desk.card.view.why_button.click()
    state = desk.card.state
    assert state is not None
    assert isinstance(state.page, ReasonsPage)
    words = [reason.words.ru for reason in state.page.reasons]
    figures = {reason.words.ru: reason.figure for reason in state.page.reasons}
    assert figures["«Кофе»: учтено"] == "1\u202f000,00"
    assert any(text.endswith(": без баллов") for text in words), "what is left out is named"
    assert state.page.reasons[-1].is_result
    assert "до целых вниз" in words[-1], "rate and rounding are told"
    assert desk.card.on_key("Esc")
    shown = desk.card.state
    assert shown is not None
    assert isinstance(shown.page, CardPage)
    assert desk.stage.went[-1] is ScreenId.GUEST, "only the page is left, not the guest"
