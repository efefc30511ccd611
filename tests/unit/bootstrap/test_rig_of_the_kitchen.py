"""Settings of printers and drawers become stations, substitutes and drawers of the till, at run time."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap.rig import Rig
from app.till.devices import RECEIPT_PRINTER, Station
from drivers.api.device import DeviceConfig, DeviceKind, OptionValue
from drivers.api.errors import ConfigurationError
from drivers.printers.profiles import get_profile
from drivers.sim.drawer import DrawerSimulator
from drivers.sim.printer import DEFAULT_PROFILE, PrinterSimulator


def printer(key: str, **options: OptionValue) -> DeviceConfig:
    return DeviceConfig(
        key, DeviceKind.PRINTER, "printer.escpos", "tcp", "127.0.0.1:9", options=options
    )


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig((), state_folder=tmp_path, on_state=lambda _: None, on_scan=lambda _: None)
    made.supervisor.start()
    yield made
    made.supervisor.stop()


def test_a_printer_of_the_kitchen_gets_no_receipts_even_if_it_is_the_first(rig: Rig) -> None:
    rig.put(printer("p1", kitchen="Супы; Горячее", station="Горячий цех", substitute="p3"))
    rig.put(printer("p2"))
    rig.put(printer("p3", name="Бар", kitchen="*", substitute="Чеки"))
    rig.put(printer("p2", name="Чеки"))

    assert list(rig.devices.printers) == ["p1", RECEIPT_PRINTER, "p3"]
    assert rig.devices.stations == (
        Station("p1", "Горячий цех", ("Супы", "Горячее"), "p3"),
        Station("p3", "Бар", ("*",), RECEIPT_PRINTER),
    )


def test_one_printer_may_do_both(rig: Rig) -> None:
    rig.put(printer("only", kitchen="*", receipts=True))
    assert list(rig.devices.printers) == [RECEIPT_PRINTER]
    assert rig.devices.stations == (Station(RECEIPT_PRINTER, "only", ("*",)),)


def test_a_printer_outside_the_kitchen_prints_receipts_whatever_the_switch_says(rig: Rig) -> None:
    rig.put(printer("only", receipts=False))
    assert list(rig.devices.printers) == [RECEIPT_PRINTER]


def test_a_new_role_takes_effect_at_once(rig: Rig) -> None:
    told: list[str] = []
    rig.on_printer = lambda: told.append("told")
    rig.put(printer("p1"))
    rig.put(printer("p2"))
    assert list(rig.devices.printers) == [RECEIPT_PRINTER, "p2"]
    rig.put(printer("p1", kitchen="Супы", substitute="nowhere"))

    assert set(rig.devices.printers) == {"p1", RECEIPT_PRINTER}
    assert rig.printer("p2") is rig.devices.receipt_printer, "somebody must print receipts"
    assert rig.devices.stations == (Station("p1", "p1", ("Супы",)),)
    rig.put(printer("p1"))
    assert rig.printer("p2") is rig.devices.receipt_printer
    assert not rig.devices.stations
    assert told


def test_a_removed_printer_is_no_station_and_no_substitute(rig: Rig) -> None:
    rig.put(printer("p1", kitchen="*", substitute="p2"))
    rig.put(printer("p2", kitchen="Чай"))
    told: list[str] = []
    rig.on_printer = lambda: told.append("its tickets need another way")
    rig.remove("p2")
    assert told
    assert rig.devices.stations == (Station("p1", "p1", ("*",)),)
    rig.remove("p1")
    assert not rig.devices.stations


def test_a_drawer_of_its_own_opens_by_its_own_choice(rig: Rig) -> None:
    simulator = DrawerSimulator()
    simulator.start()
    config = DeviceConfig(
        "box",
        DeviceKind.DRAWER,
        "drawer.port",
        "serial",
        simulator.address,
        options={"drawer_when": "always"},
    )
    rig.put(config)
    drawer = rig.devices.drawers["box"]
    assert drawer.when == "always"
    drawer.kick()
    assert simulator.wait_for_openings(1, 60)
    rig.remove("box")
    simulator.stop()

    assert not rig.devices.drawers


def test_a_wrong_choice_is_refused(rig: Rig) -> None:
    for options in ({"drawer_when": "sometimes"}, {"kitchen": 5}):
        config = printer("p1", **options)
        with pytest.raises(ConfigurationError):
            rig.put(config)
    with PrinterSimulator(get_profile(DEFAULT_PROFILE)) as simulator:
        box = DeviceConfig(
            "box",
            DeviceKind.DRAWER,
            "drawer.port",
            "tcp",
            simulator.address,
            options={"drawer_when": "sometimes"},
        )
        with pytest.raises(ConfigurationError, match="drawer_when"):
            rig.put(box)
    assert not rig.devices.drawers
