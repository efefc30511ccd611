"""The devices screen over a real till and a real printer simulator: tests, settings, rights, finds."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from app.bootstrap.device_book import DeviceBook
from app.bootstrap.rig import Rig
from app.settings import Settings
from app.store.rows import StaffMember
from app.till.camera import CameraEye, Picture
from app.till.customer_setup import CustomerSetup, ScreenMode
from app.till.equipment import Equipment
from app.till.equipment_cards import screen_card
from app.till.equipment_states import (
    DRAWER_CARD,
    NONE_READABLE,
    SCREEN_CARD,
    WEDGE_CARD,
    CalibrationState,
    Found,
    Light,
    Setup,
)
from app.till.words import Words
from app.ui.bridge import Tone
from app.ui.devices.forms import ADDRESS, TRANSPORT
from app.ui.devices.guest_screen import GuestScreen
from app.ui.devices.presenter import DevicesPresenter
from app.ui.devices.state import DetailState, Page
from app.ui.frame.screen import ScreenId
from app.ui.ops import Ops
from drivers.api.camera import Frame
from drivers.api.printer import Paper
from drivers.api.scanner import Scan, Source
from drivers.printers.profiles import get_profile
from drivers.sim.printer import DEFAULT_PROFILE, PrinterSimulator
from tests.fakes.stage import FakeStage
from tests.till.bench import ANNA, BORIS, CHEAP_HASHER, PINS, Bench

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


class FakeCamera:
    """Shows one green picture and reads one code."""

    def __init__(self) -> None:
        self.running = False

    def start(self, on_scan: object, on_frame: object = None, on_failure: object = None) -> None:
        """Show and read at once."""
        del on_failure
        self.running = True
        assert callable(on_frame)
        assert callable(on_scan)
        on_frame(Frame(bytes((0, 200, 0)) * 12, 4, 3))
        on_scan(Scan("4600000000015", Source.CAMERA))

    def stop(self, wait_s: float = 0.0) -> None:
        """Let go."""
        del wait_s
        self.running = False


@dataclass
class GuestsScreen:
    """Remembers what the guest's display was told."""

    setup: CustomerSetup = field(default_factory=CustomerSetup)
    tests: int = 0
    saved: list[CustomerSetup] = field(default_factory=list)

    def show_test(self) -> None:
        """Count."""
        self.tests += 1

    def set_up(self, setup: CustomerSetup) -> None:
        """Keep."""
        self.setup = setup

    def port(self) -> GuestScreen:
        """Return what the screen is given."""
        return GuestScreen(self.show_test, lambda: self.setup, self.saved.append, self.set_up)


class FakeCalibrator:
    """Tells what a test wants told."""

    def __init__(self) -> None:
        self.told: Callable[[CalibrationState], None] | None = None
        self.started: list[str] = []
        self.stops = 0

    def sheet(self) -> Picture:
        """Return a sheet of four dots."""
        return Picture(bytes(24), 2, 4)

    def start(self, device_id: str, told: Callable[[CalibrationState], None]) -> None:
        """Keep who is to be told."""
        self.started.append(device_id)
        self.told = told
        told(CalibrationState(Words("Считайте первый код", "Scan the first code")))

    def tick(self) -> None:
        """Nothing happens by itself."""

    def stop(self) -> None:
        """Count."""
        self.stops += 1


class Finder:
    """Finds what a test put there; the network only if it is asked for."""

    def __init__(self, found: list[Found]) -> None:
        self.found = found

    def __call__(self, *, network: bool) -> list[Found]:
        """Find."""
        return [each for each in self.found if network or not each.found_id.startswith("net")]


@dataclass
class Desk:
    bench: Bench
    stage: FakeStage
    presenter: DevicesPresenter
    rig: Rig
    ops: Ops
    home: Path
    guests: GuestsScreen
    camera: FakeCamera
    found: list[Found]
    equipment: Equipment
    calibrator: FakeCalibrator

    def settle(self) -> None:
        for _ in range(3):
            assert self.ops.wait_idle(60)
            QCoreApplication.sendPostedEvents()

    def enter(self) -> None:
        self.presenter.on_enter()
        self.settle()

    def test(self, device_id: str) -> None:
        self.presenter.view.test_wanted.emit(device_id)
        self.settle()

    def open(self, device_id: str) -> None:
        self.presenter.view.settings_wanted.emit(device_id)
        self.settle()

    def light(self, device_id: str) -> Light:
        card = self.presenter.state.equipment.find(device_id)
        assert card is not None
        return card.light

    def kept(self) -> list[dict[str, object]]:
        data = json.loads((self.home / "till.json").read_text(encoding="utf-8"))
        devices: list[dict[str, object]] = data["devices"]
        return devices

    def allow(self) -> None:
        """Have the administrator enter the PIN."""
        self.presenter._tools.approvals.panel.entered.emit(PINS[BORIS])
        self.settle()

    @property
    def detail(self) -> DetailState:
        return self.presenter.detail.panel.state

    def page(self) -> Page:
        """The page of the dialog that is shown now."""
        return self.detail.page


def make_admin(bench: Bench) -> None:
    """Make Boris an administrator: only they may change settings."""
    with bench.store.unit() as uow:
        uow.staff.replace_all(
            [
                StaffMember(ANNA, "Анна", "cashier", CHEAP_HASHER.hash(PINS[ANNA])),
                StaffMember(BORIS, "Борис", "admin", CHEAP_HASHER.hash(PINS[BORIS])),
            ]
        )
        uow.commit()


@pytest.fixture
def printer() -> Iterator[PrinterSimulator]:
    with PrinterSimulator(get_profile(DEFAULT_PROFILE)) as simulator:
        yield simulator


@pytest.fixture
def desk(tmp_path: Path, ops: Ops, printer: PrinterSimulator) -> Iterator[Desk]:
    bench = Bench(tmp_path / "store")
    till = bench.ready()
    make_admin(bench)
    home = tmp_path / "home"
    entry = {
        "id": "receipt", "kind": "printer", "model": "printer.escpos", "transport": "tcp",
        "address": printer.address,
    }  # fmt: skip
    settings = Settings(home=home, devices=(entry,))
    rig = Rig(
        settings.devices, state_folder=tmp_path, on_state=lambda _: None, on_scan=lambda _: None
    )
    rig.supervisor.start()
    found: list[Found] = []
    equipment = Equipment(till, rig, DeviceBook(settings), Finder(found), bench.clock)
    equipment.screen_card = lambda: screen_card(None, is_on=True, in_window=False)
    stage = FakeStage()
    tools = stage.tools(ops, till.session, bench.clock)
    guests, camera = GuestsScreen(), FakeCamera()

    def eye_of(_device_id: str) -> CameraEye:
        return CameraEye(camera, bench.clock)

    calibrator = FakeCalibrator()
    presenter = DevicesPresenter(tools, equipment, guests.port(), eye_of, calibrator)
    yield Desk(
        bench, stage, presenter, rig, ops, home, guests, camera, found, equipment, calibrator
    )
    presenter.on_leave()
    ops.wait_idle(60)
    rig.supervisor.stop()
    bench.close()


def test_cashier_sees_every_device_and_what_stands_behind_them(desk: Desk) -> None:
    desk.enter()
    cards = desk.presenter.state.equipment.cards
    assert [card.device_id for card in cards] == ["receipt", WEDGE_CARD, DRAWER_CARD, SCREEN_CARD]
    assert not desk.presenter.state.equipment.may_change


def test_test_receipt_comes_out_of_the_printer(desk: Desk, printer: PrinterSimulator) -> None:
    desk.enter()
    desk.test("receipt")
    text = "\n".join(printer.wait_for_receipts(1)[0].lines)
    assert "ПРОВЕРКА ПЕЧАТИ" in text
    assert "1 444,00" in text
    assert desk.stage.toasts[-1].text.startswith("Чек")
    assert desk.light("receipt") is Light.READY


def test_fault_is_told_with_what_to_do_and_what_happens_meanwhile(
    desk: Desk, printer: PrinterSimulator
) -> None:
    desk.enter()
    printer.set_paper(Paper.OUT)
    desk.test("receipt")
    assert "бумаг" in desk.stage.toasts[-1].text.lower()
    desk.presenter.check_all()
    desk.settle()
    card = desk.presenter.state.equipment.find("receipt")
    assert card is not None
    assert card.light is not Light.READY
    assert card.hint.ru
    assert card.fallback is not None
    assert "очеред" in card.fallback.ru
    assert "внимания" in desk.stage.toasts[-1].text


def test_check_of_everything_says_that_all_is_well(desk: Desk) -> None:
    desk.enter()
    desk.presenter.on_key("F5")
    desk.settle()
    assert desk.stage.toasts[-1].text == "Все устройства отвечают"
    assert not desk.presenter.state.is_checking


def test_drawer_is_opened_through_the_printer(desk: Desk, printer: PrinterSimulator) -> None:
    desk.enter()
    desk.bench.till.printing._devices.printers = desk.rig.devices.printers
    before = printer.drawer_count
    desk.test(DRAWER_CARD)
    printer.wait_until(lambda: printer.drawer_count > before)
    assert "Ящик открыт" in desk.stage.toasts[-1].text


def test_scan_test_shows_the_code_and_keeps_it_from_the_order(desk: Desk) -> None:
    desk.enter()
    assert not desk.presenter.on_scan("4600000000015"), "nobody waits: it is for the order"
    desk.test(WEDGE_CARD)
    assert desk.page() is Page.SCAN
    assert desk.presenter.on_scan("0104600000000015\x1d21abc")
    assert desk.detail.scanned == "0104600000000015·21abc"
    desk.presenter.detail.panel.gone.emit()
    assert not desk.presenter.on_scan("4600000000015")


def test_camera_shows_its_picture_and_stops_with_the_dialog(desk: Desk) -> None:
    desk.enter()
    config = Setup("", "camera.opencv", "camera", "0")
    desk.bench.sign_in(BORIS)
    desk.equipment.save(config)
    desk.presenter.load()
    desk.settle()
    desk.test("camera")
    assert desk.camera.running
    assert desk.presenter.detail.panel.camera.has_picture
    assert desk.detail.scanned == "4600000000015"
    desk.presenter.detail.panel.gone.emit()
    assert not desk.camera.running


def test_settings_take_an_administrators_pin(desk: Desk) -> None:
    desk.enter()
    desk.open("receipt")
    panel = desk.presenter.detail.panel
    assert desk.page() is Page.LOCKED
    panel.unlock_wanted.emit()
    desk.settle()
    assert desk.page() is Page.LOCKED
    desk.allow()
    assert desk.page() is Page.FORM
    assert desk.stage.dialogs[-1] is panel

    values = {**panel.form.values(), "name": "Бар", "columns": "42"}
    panel.save_wanted.emit(values)
    desk.settle()
    kept = desk.kept()[0]
    assert kept["options"] == {"name": "Бар", "columns": 42}
    card = desk.presenter.state.equipment.find("receipt")
    assert card is not None
    assert card.name.ru == "Бар"


def test_changed_printer_works_without_a_restart(desk: Desk, printer: PrinterSimulator) -> None:
    desk.enter()
    desk.bench.sign_in(BORIS)
    adapter = desk.rig.devices.receipt_printer
    with PrinterSimulator(get_profile(DEFAULT_PROFILE)) as other:
        setup = Setup("receipt", "printer.escpos", "tcp", other.address)
        desk.equipment.save(setup)
        assert desk.rig.devices.receipt_printer is adapter, "the till keeps the same port"
        desk.test("receipt")
        assert other.wait_for_receipts(1)
        assert not printer.receipts


def test_wrong_settings_change_nothing_and_say_why(desk: Desk) -> None:
    desk.enter()
    desk.bench.sign_in(BORIS)
    desk.presenter.load()
    desk.settle()
    desk.open("receipt")
    panel = desk.presenter.detail.panel
    good = dict(panel.form.values())
    for bad, word in (
        ({"columns": "много"}, "числом"),
        ({ADDRESS: ""}, "адрес"),
        ({ADDRESS: "127.0.0.1:99999"}, "99999"),
        ({"profile": "no-such-printer"}, "no-such-printer"),
    ):
        panel.save_wanted.emit({**good, **bad})
        desk.settle()
        assert desk.detail.error is not None, bad
        assert word in desk.detail.error.ru
        assert not (desk.home / "till.json").exists()
    assert "receipt" in desk.rig.states()


def test_settings_wait_while_money_moves(desk: Desk) -> None:
    desk.enter()
    desk.bench.sign_in(BORIS)
    desk.presenter.load()
    desk.settle()
    desk.open("receipt")
    panel = desk.presenter.detail.panel
    with desk.bench.till.card.alone():
        panel.save_wanted.emit(dict(panel.form.values()))
        desk.settle()
    assert desk.detail.error is not None
    assert "оплат" in desk.detail.error.ru
    assert not (desk.home / "till.json").exists()


def test_find_is_connected_and_tested_with_one_tap(desk: Desk) -> None:
    with PrinterSimulator(get_profile(DEFAULT_PROFILE)) as other:
        setup = Setup("", "printer.escpos", "tcp", other.address)
        desk.found.append(Found("x", "Xprinter", other.address, Words("принтер", "printer"), setup))
        desk.bench.sign_in(BORIS)
        desk.enter()
        assert [each.title for each in desk.presenter.state.found] == ["Xprinter"]
        desk.presenter.view.found.connect_wanted.emit("x")
        desk.settle()
        assert other.wait_for_receipts(1)
        assert not desk.presenter.state.found
        assert [entry["id"] for entry in desk.kept()] == ["receipt", "printer"]
        assert "printer" in desk.rig.devices.printers
        desk.presenter.search()
        desk.settle()
        assert not desk.presenter.state.found, "what is used is not found again"


def test_find_of_a_cashier_waits_for_the_pin(desk: Desk) -> None:
    setup = Setup("", "printer.escpos", "tcp", "127.0.0.1:9")
    desk.found.append(Found("x", "Xprinter", "127.0.0.1:9", Words("", ""), setup))
    desk.enter()
    desk.presenter.view.found.connect_wanted.emit("x")
    desk.settle()
    assert desk.stage.dialogs, "a senior is asked"
    assert not (desk.home / "till.json").exists()
    assert desk.presenter.state.busy == frozenset(), "the PIN may never come"


def test_device_is_added_by_hand_and_removed(desk: Desk) -> None:
    desk.bench.sign_in(BORIS)
    desk.enter()
    desk.presenter.view.add_wanted.emit()
    desk.settle()
    panel = desk.presenter.detail.panel
    assert desk.page() is Page.MODELS
    panel.model_chosen.emit("terminal.zvt")
    assert desk.page() is Page.FORM
    panel.save_wanted.emit({TRANSPORT: "tcp", ADDRESS: "127.0.0.1:9", "password": "000000"})
    desk.settle()
    assert desk.rig.devices.terminal is not None
    assert [entry["id"] for entry in desk.kept()] == ["receipt", "terminal"]

    desk.open("terminal")
    panel.remove_wanted.emit()
    desk.settle()
    assert desk.rig.devices.terminal is None
    assert [entry["id"] for entry in desk.kept()] == ["receipt"]
    assert desk.presenter.state.equipment.find("terminal") is None


def test_guests_display_is_tested_and_set_up(desk: Desk) -> None:
    desk.bench.sign_in(BORIS)
    desk.enter()
    desk.test(SCREEN_CARD)
    assert desk.guests.tests == 1
    desk.open(SCREEN_CARD)
    panel = desk.presenter.detail.panel
    values = {**panel.form.values(), "mode": "off", "title": "Завтрак"}
    panel.save_wanted.emit(values)
    desk.settle()
    assert desk.guests.saved == [CustomerSetup(ScreenMode.OFF, title="Завтрак")]
    assert desk.guests.setup.mode is ScreenMode.OFF

    desk.open(SCREEN_CARD)
    panel.save_wanted.emit({**values, "join_url": "card.example.com"})
    desk.settle()
    assert desk.detail.error is not None
    assert len(desk.guests.saved) == 1


def test_typed_text_survives_news_of_the_device(desk: Desk) -> None:
    desk.bench.sign_in(BORIS)
    desk.enter()
    desk.open("receipt")
    form = desk.presenter.detail.panel.form
    field = form.field("name")
    field.setText("Бар")  # type: ignore[attr-defined]  # a line to type in
    desk.presenter._tools.changes.notify({"devices"})
    desk.settle()
    assert form.values()["name"] == "Бар"


def test_escape_goes_back_and_stops_the_search(desk: Desk) -> None:
    desk.enter()
    assert desk.presenter._search_timer.isActive()
    desk.presenter.on_key("Esc")
    assert desk.stage.went == [ScreenId.SALE]
    desk.presenter.on_leave()
    assert not desk.presenter._search_timer.isActive()


def test_code_of_the_typing_scanner_is_remembered(desk: Desk) -> None:
    desk.enter()
    desk.equipment.note_scan("")
    desk.presenter._tools.changes.notify({"devices"})
    desk.settle()
    card = desk.presenter.state.equipment.find(WEDGE_CARD)
    assert card is not None
    assert card.fact is not None
    assert card.fact.ru.startswith("последний код ")
    assert card.light is Light.READY


def test_code_page_is_found_by_the_strip(desk: Desk, printer: PrinterSimulator) -> None:
    desk.bench.sign_in(BORIS)
    desk.enter()
    desk.open("receipt")
    panel = desk.presenter.detail.panel
    assert panel.letters.isVisibleTo(panel)
    panel.strip_wanted.emit()
    assert desk.page() is Page.STRIP
    panel.strip.print_wanted.emit()
    desk.settle()
    printed = printer.wait_for_receipts(1)[0].lines
    line = next(line for line in desk.detail.strip if line.label.endswith(" 17/866"))
    assert any(each.startswith(line.label) for each in printed), "paper and screen say the same"

    panel.strip.chosen.emit(line.index)
    desk.settle()
    assert desk.kept()[0]["options"] == {"code_page": "cp866", "code_page_number": 17}
    assert "ПРОВЕРКА ПЕЧАТИ" in "\n".join(printer.wait_for_receipts(2)[1].lines)
    assert panel.strip.buttons[line.index].isChecked()
    panel.strip_wanted.emit()
    assert panel.form.values()["code_page_number"] == "17", "the form knows it"

    panel.strip.chosen.emit(NONE_READABLE)
    desk.settle()
    options = desk.kept()[0]["options"]
    assert isinstance(options, dict)
    assert "code_page_number" not in options, "pictures need no code page of the printer"


def test_look_of_receipts_is_changed_with_a_living_sample(desk: Desk) -> None:
    desk.bench.sign_in(BORIS)
    desk.enter()
    desk.open("receipt")
    panel = desk.presenter.detail.panel
    page = panel.receipt_page
    assert panel.look.isVisibleTo(panel)
    panel.look_wanted.emit()
    desk.settle()
    assert desk.page() is Page.RECEIPT
    assert not page.keep.isEnabled(), "receipts look like this already"
    usual = page.picture.pixmap().height()

    page.base_chosen.emit("compact")
    desk.settle()
    short = page.picture.pixmap().height()
    assert short < usual
    assert not page.choices["lines.modifiers"].isChecked()
    page.choice_made.emit("lines.modifiers")
    desk.settle()
    assert page.choices["lines.modifiers"].isChecked()
    assert page.picture.pixmap().height() > short
    page.width_chosen.emit(32)
    desk.settle()
    assert page.widths[32].isChecked()

    page.keep_wanted.emit()
    desk.settle()
    assert not page.keep.isEnabled()
    assert desk.bench.till.printing.templates.current.lines.modifiers
    panel.look_wanted.emit()
    assert desk.page() is Page.FORM


def test_other_devices_have_no_strip(desk: Desk) -> None:
    desk.bench.sign_in(BORIS)
    desk.enter()
    desk.open(SCREEN_CARD)
    panel = desk.presenter.detail.panel
    assert not panel.letters.isVisibleTo(panel)


def test_network_is_searched_only_when_a_person_wants_it(desk: Desk) -> None:
    setup = Setup("", "printer.escpos", "tcp", "192.0.2.57:9100")
    desk.found.append(Found("net 1", "Xprinter", "192.0.2.57:9100", Words("", ""), setup))
    desk.enter()
    assert not desk.presenter.state.found
    desk.presenter.view.found.network_wanted.emit()
    desk.settle()
    assert [each.title for each in desk.presenter.state.found] == ["Xprinter"]
    desk.presenter.search()
    desk.settle()
    assert len(desk.presenter.state.found) == 1, "the search by itself does not forget it"


def test_second_printer_has_the_name_of_the_find(desk: Desk) -> None:
    setup = Setup("printer-7", "printer.escpos", "tcp", "127.0.0.1:9")
    desk.found.append(Found("x", "Xprinter XP-80", "127.0.0.1:9", Words("", ""), setup))
    desk.bench.sign_in(BORIS)
    desk.enter()
    desk.presenter.connect_found("x")
    desk.settle()
    card = desk.presenter.state.equipment.find("printer-7")
    assert card is not None
    assert card.name.ru == "Принтер «Xprinter XP-80»"
    assert desk.stage.toasts[-1].tone is Tone.WARNING, "it does not answer"


def test_typing_scanner_is_learnt_step_by_step_and_kept(desk: Desk) -> None:
    desk.bench.sign_in(BORIS)
    desk.enter()
    desk.open(WEDGE_CARD)
    panel = desk.presenter.detail.panel
    panel.calibrate_wanted.emit()
    desk.settle()
    assert desk.page() is Page.CALIBRATE
    assert desk.calibrator.started == [WEDGE_CARD]
    assert panel.calibrate_page.sheet.has_picture
    assert panel.calibrate_page.words() == "Считайте первый код"

    told = desk.calibrator.told
    assert told is not None
    told(CalibrationState(Words("Считайте второй код", "Second"), step=2))
    assert panel.calibrate_page.words() == "Считайте второй код"
    learnt = (("gap_max_s", 0.03), ("layout", "latin"), ("lock", "none"), ("prefix", ""),
              ("separator", ""), ("suffix", ""))  # fmt: skip
    told(CalibrationState(Words("Сканер настроен", "Done"), step=3, options=learnt))
    desk.settle()
    data = json.loads((desk.home / "till.json").read_text(encoding="utf-8"))
    assert data["wedge"] == dict(learnt)
    assert desk.detail.result is not None
    assert desk.detail.result.is_ok
    assert desk.calibrator.stops >= 1


def test_calibration_ends_with_the_dialog(desk: Desk) -> None:
    desk.bench.sign_in(BORIS)
    desk.enter()
    desk.open(WEDGE_CARD)
    panel = desk.presenter.detail.panel
    panel.calibrate_wanted.emit()
    desk.settle()
    panel.gone.emit()
    desk.settle()
    assert desk.calibrator.stops == 1


def test_cashier_learns_no_scanner(desk: Desk) -> None:
    desk.enter()
    desk.open(WEDGE_CARD)
    panel = desk.presenter.detail.panel
    assert desk.page() is Page.LOCKED
    assert not panel.calibrate.isVisibleTo(panel)
    panel.unlock_wanted.emit()
    desk.settle()
    desk.allow()
    assert panel.calibrate.isVisibleTo(panel)
