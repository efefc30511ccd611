"""Marked goods on the sale screen: the dialog that asks for codes, lines in their states, the payment."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6

from app.domain.catalog import Marking
from app.till.camera import CameraEye
from app.ui.app import TillUi
from app.ui.frame.screen import ScreenId
from app.ui.preferences import MemoryPreferences
from app.ui.theme import Theme, ThemeName
from drivers.api.camera import FailureHandler, Frame, FrameHandler
from drivers.api.marking import MarkingSettings
from drivers.api.scanner import Scan, ScanHandler, Source
from drivers.sim.marking import MarkingSimulator
from tests.fakes.pictures import cut_words
from tests.till.bench import BORIS, PINS
from tests.till.marked import MarkBench
from tests.ui.sale.cafe import cafe_menu
from tests.ui.sale.conftest import SaleDriver

pytestmark = pytest.mark.gui

WATER = "Вода «Сенежская» 0,5\u00a0л"
CAKE = "Медовик"
GS = "\x1d"
PATIENT_S = 30.0


class MarkDriver(SaleDriver):
    """Works the sale screen with marked water on the menu."""

    ean = ""

    def code(self, number: int = 1) -> str:
        """Return the code of one bottle of water."""
        return f"010{self.ean}215Jg{number:010d}{GS}93Mdk5"

    def scan(self, text: str) -> None:
        """Read a code by any scanner."""
        self.ui.window.deliver_scan(text)
        self.settle()

    def warnings(self) -> list[tuple[str, str]]:
        """Return what the lines say of their codes, with its colours."""
        return [(x.warning, x.warning_look) for x in self.ui.window.panel.lines.lines]

    @property
    def is_asking(self) -> bool:
        """Tell whether the dialog is open."""
        return self.ui.sale.marking.is_asking


@pytest.fixture
def services() -> Iterator[MarkingSimulator]:
    simulator = MarkingSimulator()
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def marked(look: Theme, tmp_path: Path, services: MarkingSimulator) -> Iterator[MarkDriver]:
    assert look is not None
    asks = MarkingSettings(
        cdn_url=services.url, api_key="key", timeout_s=PATIENT_S, limit_s=PATIENT_S
    )
    bench = MarkBench(tmp_path / "till", asks=asks)
    till = bench.ready()
    menu = cafe_menu()
    name = WATER.replace("\u00a0", " ")
    products = tuple(
        replace(one, marking=Marking.PIECE if one.name == name else Marking.NONE)
        for one in menu.products
    )
    bench.store.replace_menu(replace(menu, products=products))
    till.reload()
    ui = TillUi(till, MemoryPreferences(), bench.clock)
    ui.window.resize(1366, 768)
    ui.start(ScreenId.SALE)
    driver = MarkDriver(ui, bench)
    driver.ean = next(one.barcodes[0] for one in products if one.name == name)
    driver.settle()
    yield driver
    assert ui.close(10)
    bench.close()
    shiboken6.delete(ui.window)


def test_a_marked_tile_asks_for_a_code_and_any_scanner_answers(marked: MarkDriver) -> None:
    state = marked.tile(WATER).state
    assert state is not None
    assert state.is_marked
    marked.sell(WATER)
    assert marked.is_asking
    assert marked.warnings() == [("Отсканируйте код с упаковки", "scan")]
    marked.scan(marked.code())
    assert not marked.is_asking
    assert marked.warnings() == [("Код проверен", "ok")]


def test_a_scan_in_the_sale_adds_a_checked_line_without_a_dialog(marked: MarkDriver) -> None:
    marked.scan(marked.code(1))
    marked.scan(marked.code(2))
    assert not marked.is_asking
    assert [line[0] for line in marked.lines()] == ["1", "1"]
    assert [look for _, look in marked.warnings()] == ["ok", "ok"]


def test_three_pieces_ask_for_three_codes(marked: MarkDriver) -> None:
    marked.key("3")
    marked.sell(WATER)
    panel = marked.ui.sale.marking.panel
    assert panel.state.left == "Осталось отсканировать: 3"
    marked.scan(marked.code(1))
    assert panel.state.left == "Осталось отсканировать: 2"
    marked.scan(marked.code(1))
    assert panel.state.trouble == "Этот код уже в чеке"
    assert marked.is_asking
    marked.scan(marked.code(2))
    assert panel.state.trouble == ""
    marked.scan(marked.code(3))
    assert not marked.is_asking
    assert len(marked.lines()) == 3


def test_plus_asks_for_another_code(marked: MarkDriver) -> None:
    marked.scan(marked.code())
    marked.tap(marked.ui.window.panel.lines.actions_row.plus)
    assert marked.is_asking
    assert [line[0] for line in marked.lines()] == ["1", "1"]


def test_payment_asks_for_what_is_missing(marked: MarkDriver) -> None:
    marked.sell(WATER)
    marked.key("Esc")
    assert not marked.is_asking
    panel = marked.ui.window.panel
    assert panel.main.meaning.is_enabled
    assert panel.state is not None
    assert panel.state.warning == "Нет кода: Вода «Сенежская» 0,5 л"
    marked.ui.sale.on_main("pay")
    marked.settle()
    assert marked.is_asking
    marked.scan(marked.code())
    marked.ui.sale.on_main("pay")
    marked.settle()
    assert not marked.is_asking


def test_a_refused_code_is_a_red_line_with_two_ways_out(
    marked: MarkDriver, services: MarkingSimulator
) -> None:
    services.set_code(marked.code(1)[:31], sold=True)
    marked.sell(CAKE)
    marked.scan(marked.code(1))
    assert marked.warnings()[1] == ("Код уже продан. Возьмите другую упаковку", "danger")
    assert len(marked.toasts()) == 1
    marked.ui.sale.on_main("pay")
    marked.settle()
    panel = marked.ui.sale.marking.panel
    assert marked.is_asking
    assert panel.state.trouble == "Код уже продан. Возьмите другую упаковку"
    marked.scan(marked.code(2))
    assert marked.warnings()[1] == ("Код проверен", "ok")
    services.set_code(marked.code(3)[:31], isBlocked=True)
    marked.scan(marked.code(3))
    marked.ui.sale.on_main("pay")
    marked.settle()
    marked.tap(panel.remove)
    assert [name for _, name, _ in marked.lines()] == [CAKE, WATER.replace("\u00a0", " ")]


def test_an_unreachable_service_lets_the_sale_go_on(
    marked: MarkDriver, services: MarkingSimulator
) -> None:
    services.break_("drop")
    marked.scan(marked.code())
    assert marked.warnings() == [("Код не проверен, продавать можно", "warn")]
    assert not marked.ui.sale.marking.stops_payment()


def test_another_barcode_in_the_dialog_is_refused_in_words(marked: MarkDriver) -> None:
    marked.sell(WATER)
    marked.scan(marked.ean)
    panel = marked.ui.sale.marking.panel
    assert panel.state.trouble.startswith("Это не код маркировки")
    assert marked.is_asking
    assert len(marked.lines()) == 1


def test_a_code_may_be_typed(marked: MarkDriver) -> None:
    marked.sell(WATER)
    marked.tap(marked.ui.sale.marking.panel.typed)
    text = marked.ui.actions.text
    text.field.setText(marked.code())
    marked.tap(text.done)
    assert marked.warnings() == [("Код проверен", "ok")]


def test_the_line_itself_opens_the_dialog(marked: MarkDriver) -> None:
    marked.sell(WATER)
    marked.key("Esc")
    scan = marked.ui.window.panel.lines.actions_row.scan
    assert scan.isVisible()
    marked.tap(scan)
    assert marked.is_asking


def test_a_held_order_comes_back_without_a_dialog(marked: MarkDriver) -> None:
    marked.sell(WATER)
    marked.key("Esc")
    sale_id = marked.bench.till.sale.state().order.sale_id
    marked.key("F7")
    marked.ui.actions.recall(sale_id)
    marked.settle()
    assert len(marked.lines()) == 1
    assert not marked.is_asking


class FakeCamera:
    """A camera that sees what it is told to."""

    def __init__(self) -> None:
        self.running = False
        self.on_scan: ScanHandler | None = None

    def start(
        self,
        on_scan: ScanHandler,
        on_frame: FrameHandler | None = None,
        on_failure: FailureHandler | None = None,
    ) -> None:
        """Begin."""
        del on_failure
        self.running, self.on_scan = True, on_scan
        assert on_frame is not None
        on_frame(Frame(bytes(4 * 4 * 3), 4, 4))

    def stop(self, wait_s: float = 0.0) -> None:
        """End."""
        del wait_s
        self.running = False


def test_the_camera_reads_codes_in_the_dialog_and_stops_with_it(marked: MarkDriver) -> None:
    marking, camera = marked.ui.sale.marking, FakeCamera()
    marking.use_camera(CameraEye(camera, marked.bench.clock))
    marked.sell(WATER)
    marked.tap(marking.panel.camera)
    assert camera.running
    assert marking.panel.picture.has_picture
    assert camera.on_scan is not None
    camera.on_scan(Scan(marked.code(), Source.CAMERA))
    marked.settle()
    assert marked.warnings() == [("Код проверен", "ok")]
    assert not marked.is_asking
    assert not camera.running


def test_without_a_camera_there_is_no_button_for_it(marked: MarkDriver) -> None:
    marked.sell(WATER)
    assert marked.ui.sale.marking.panel.camera.isHidden()
    assert (
        marked.ui.sale.marking.panel.skip.isHidden()
    )  # and this house sells nothing without codes


def test_a_senior_lets_a_piece_be_sold_without_its_code(marked: MarkDriver) -> None:
    house = marked.bench.till.house
    house.settings = replace(house.settings, sells_without_marks=True)
    marked.sell(WATER)
    marked.tap(marked.ui.sale.marking.panel.skip)
    marked.tap(marked.ui.actions.text.done)
    assert marked.warnings() == [("Отсканируйте код с упаковки", "scan")]  # a PIN is asked for
    for digit in PINS[BORIS]:
        marked.key(digit)
    marked.key("Enter")
    assert marked.warnings() == [("Без кода: Код не читается", "warn")]
    assert not marked.ui.sale.marking.stops_payment()


def test_a_guest_card_is_taken_while_a_code_is_asked_for(marked: MarkDriver) -> None:
    marked.sell(WATER)
    marked.scan("LC:000000")
    assert marked.is_asking
    assert marked.ui.sale.marking.panel.state.trouble == ""
    assert marked.toasts() != []  # what became of the card is told as everywhere


def picture(driver: MarkDriver, name: str) -> None:
    """Draw the window, keep it if a folder is named, and fail if a word of the dialog does not fit."""
    image = driver.ui.window.grab().toImage()
    folder = os.environ.get("MAXLOYALTY_PICTURES")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        assert image.save(str(Path(folder) / f"{name}.png"))
    dialog = driver.ui.window.dialogs.dialog
    assert dialog is None or not cut_words(dialog)


@pytest.mark.parametrize("theme", [ThemeName.LIGHT, ThemeName.DARK])
@pytest.mark.parametrize("size", [(1366, 768), (1024, 768)])
def test_pictures(
    marked: MarkDriver,
    services: MarkingSimulator,
    look: Theme,
    theme: ThemeName,
    size: tuple[int, int],
) -> None:
    look.apply(name=theme, scale_percent=100)
    services.set_code(marked.code(2)[:31], sold=True)
    marked.sell(CAKE)
    marked.ui.window.resize(*size)
    for number in (1, 2):
        marked.scan(marked.code(number))
    services.break_("drop")
    marked.scan(marked.code(3))
    name = f"S02-marked-{size[0]}-{theme.value}"
    picture(marked, f"{name}-lines")
    marked.sell(WATER)
    picture(marked, f"{name}-asks")
    marked.scan(marked.code(3))
    picture(marked, f"{name}-refused")
    look_of = [each for _, each in marked.warnings()]
    assert look_of == ["warn", "ok", "danger", "warn", "scan"]
