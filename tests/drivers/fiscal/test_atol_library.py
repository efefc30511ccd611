"""The road through the vendor's library: where it is found, how it is set up, what a broken call means."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from drivers.api.errors import ConfigurationError, DriverError, NotConnected, OutcomeUnknown
from drivers.api.fiscal import FiscalVerdict
from drivers.fiscal.atol import library as module
from drivers.fiscal.atol.driver import AtolRegister
from drivers.fiscal.atol.library import LibraryRoad, load_wrapper
from drivers.fiscal.notes import NoteStore
from drivers.sim.atol_web_library import Handle, SimulatedLibrary
from drivers.sim.atol_web_register import RegisterMachine
from drivers.sim.atol_web_rules import TaskError
from tests.drivers.fiscal.samples import WHO, receipt

if TYPE_CHECKING:
    from tests.drivers.fiscal.conftest import LibraryRig


def test_a_missing_driver_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WRAPPERS", ())
    with pytest.raises(ConfigurationError, match="the driver of ATOL is not installed"):
        LibraryRoad("usb").open()
    with pytest.raises(ConfigurationError, match="no file"):
        load_wrapper("/nowhere/libfptr10.py")


def test_the_wrapper_is_loaded_from_where_the_vendor_puts_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "libfptr10.py"
    path.write_text("class IFptr:\n    where = __file__\n", encoding="utf-8")
    monkeypatch.setattr(module, "WRAPPERS", (tmp_path / "absent.py", path))
    monkeypatch.setattr(module, "MODULE", "libfptr10_of_a_test")
    assert load_wrapper().IFptr.where == str(path)
    assert load_wrapper(str(path)).IFptr.where == str(path)


def test_a_broken_wrapper_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "libfptr10.py"
    path.write_text("raise OSError('no shared library')\n", encoding="utf-8")
    monkeypatch.setattr(module, "MODULE", "libfptr10_of_a_test")
    with pytest.raises(ConfigurationError, match="no shared library"):
        load_wrapper(str(path))


def test_a_shared_library_that_does_not_load_is_told(machine: RegisterMachine) -> None:
    missing = SimulatedLibrary(machine, is_missing=True)
    with pytest.raises(ConfigurationError, match="cannot be started"):
        LibraryRoad("usb", library="x.so", load=lambda _: missing).open()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("usb", {Handle.LIBFPTR_SETTING_PORT: "1"}),
        (
            "10.0.0.5",
            {
                Handle.LIBFPTR_SETTING_PORT: "2",
                Handle.LIBFPTR_SETTING_IPADDRESS: "10.0.0.5",
                Handle.LIBFPTR_SETTING_IPPORT: "5555",
            },
        ),
        (
            "till:6000",
            {
                Handle.LIBFPTR_SETTING_PORT: "2",
                Handle.LIBFPTR_SETTING_IPADDRESS: "till",
                Handle.LIBFPTR_SETTING_IPPORT: "6000",
            },
        ),
        (
            "COM3",
            {
                Handle.LIBFPTR_SETTING_PORT: "0",
                Handle.LIBFPTR_SETTING_COM_FILE: "COM3",
                Handle.LIBFPTR_SETTING_BAUDRATE: "115200",
            },
        ),
        (
            "/dev/ttyACM0@9600",
            {
                Handle.LIBFPTR_SETTING_PORT: "0",
                Handle.LIBFPTR_SETTING_COM_FILE: "/dev/ttyACM0",
                Handle.LIBFPTR_SETTING_BAUDRATE: "9600",
            },
        ),
        (
            "bluetooth:00:11:22:33:44:55",
            {
                Handle.LIBFPTR_SETTING_PORT: "3",
                Handle.LIBFPTR_SETTING_MACADDRESS: "00:11:22:33:44:55",
            },
        ),
    ],
)
def test_the_address_becomes_the_vendors_settings(
    machine: RegisterMachine, address: str, expected: dict[int, str]
) -> None:
    library = SimulatedLibrary(machine)
    road = LibraryRoad(address, load=lambda _: library)
    road.open()
    road.open()
    assert library.settings == {Handle.LIBFPTR_SETTING_MODEL: "500", **expected}
    road.close()
    road.close()


def test_a_register_that_is_off_is_not_connected(library: "LibraryRig") -> None:
    library.machine.is_linked = False
    with pytest.raises(NotConnected):
        library.connect().open()


def test_a_garbled_answer_is_judged_by_the_storage(library: "LibraryRig") -> None:
    register = library.connect()
    register.open_shift(WHO, "o-1")
    library.library.spoiled_answers.append("{garbage")
    document = register.register(receipt(), "sale-1")
    assert (document.number, document.recovered) == (2, True)
    library.library.spoiled_answers.append('{"fiscalParams": {}}')
    assert register.register(receipt(500), "sale-2").number == 3
    assert len(library.machine.receipts) == 2


def test_without_notes_a_lost_document_is_left_to_a_human(library: "LibraryRig") -> None:
    """The library remembers nothing, and neither does a driver without a state folder."""
    road = LibraryRoad("usb", load=lambda _: library.library)
    assert AtolRegister(road).find_document("sale-1").verdict is FiscalVerdict.UNCERTAIN
    library.notes.write_text("{damaged", encoding="utf-8")
    assert library.connect().find_document("sale-1").verdict is FiscalVerdict.UNCERTAIN


def test_cash_whose_answer_was_lost_is_counted_by_the_register(library: "LibraryRig") -> None:
    register = library.connect()
    register.open_shift(WHO, "o-1")
    original = library.machine.process

    def lost(task):  # noqa: ANN001, ANN202 - the shape of what it wraps
        result = original(task)
        if task.get("type") == "cashIn":
            raise TaskError(6)
        return result

    library.machine.process = lost  # type: ignore[method-assign]  # its answer is lost
    assert register.cash_in(5000, WHO, "in-1") == 5000
    library.machine.process = original  # type: ignore[method-assign]  # its answer is lost
    assert library.connect().find_document("in-1").verdict is FiscalVerdict.FOUND
    assert library.connect().cash_in(5000, WHO, "in-1") == 5000
    assert library.machine.income_count == 1


def test_notes_that_cannot_be_written_send_nothing(library: "LibraryRig", tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    road = LibraryRoad("usb", load=lambda _: library.library)
    register = AtolRegister(road, notes=NoteStore(tmp_path / "file" / "notes.json"))
    with pytest.raises(ConfigurationError, match="cannot write"):
        register.register(receipt(), "sale-1")
    assert library.machine.documents == []


def test_an_unknown_outcome_stays_so_while_the_register_is_off(library: "LibraryRig") -> None:
    register = library.connect()
    library.machine.faults.append("link-after")
    with pytest.raises(OutcomeUnknown):
        register.register(receipt(), "sale-1")
    with pytest.raises(DriverError):
        register.find_document("sale-1")
    with pytest.raises(DriverError):
        library.connect().register(receipt(), "sale-1")
    library.heal()
    assert library.connect().register(receipt(), "sale-1").number == 2
    assert len(library.machine.receipts) == 1


def test_a_made_document_is_not_denied_while_the_register_is_off(library: "LibraryRig") -> None:
    """An error that is no `OutcomeUnknown` says "not made"; found by random days."""
    register = library.connect()
    register.register(receipt(), "sale-1")
    library.machine.is_linked = False
    with pytest.raises(OutcomeUnknown) as caught:
        register.register(receipt(), "sale-1")
    assert isinstance(caught.value.reason, NotConnected)


def test_two_open_sales_of_one_sum_do_not_take_one_document(library: "LibraryRig") -> None:
    """The first made nothing, the second did, neither answer came; found by random days."""
    register = library.connect()
    register.open_shift(WHO, "o-1")
    for document_id, fault in (("sale-1", "link-before"), ("sale-2", "link-after")):
        library.machine.faults.append(fault)
        with pytest.raises(OutcomeUnknown):
            register.register(receipt(), document_id)
        library.heal()
    restarted = library.connect()
    assert restarted.find_document("sale-1").verdict is FiscalVerdict.ABSENT
    assert restarted.find_document("sale-2").verdict is FiscalVerdict.FOUND
    assert restarted.register(receipt(), "sale-1").number == 3
    assert restarted.register(receipt(), "sale-2").number == 2
