"""A fiscal register from the settings: wired, changed and taken away while the till runs."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.bootstrap.core import Core
from app.bootstrap.fiscal import SupervisedRegister
from app.bootstrap.rig import Rig
from app.kernel.ids import ShiftId
from app.settings import Settings
from app.store.rows import FiscalKind
from app.store.session import Topic
from app.sync.state import SyncState
from drivers.api.device import DeviceConfig, DeviceKind, DeviceState, Health, OptionValue
from drivers.api.errors import ConfigurationError
from drivers.api.fiscal import (
    FiscalCapability,
    FiscalItem,
    FiscalPayment,
    FiscalReceipt,
    FiscalVerdict,
    Operator,
    PaymentKind,
    ReceiptKind,
    ShiftPhase,
    Taxation,
)
from drivers.sim.atol_web import AtolWebSimulator

WHO = Operator("Анна")
WAIT_S = 20.0


@pytest.fixture
def register() -> Iterator[AtolWebSimulator]:
    made = AtolWebSimulator(hidden_polls=0)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig((), state_folder=tmp_path, on_state=lambda _: None, on_scan=lambda _: None)
    made.supervisor.start()
    yield made
    made.supervisor.stop()


def config(url: str, key: str = "register", **options: OptionValue) -> DeviceConfig:
    return DeviceConfig(key, DeviceKind.FISCAL, "fiscal.atol", "http", url, options=options)


def receipt(amount_minor: int = 100_00) -> FiscalReceipt:
    return FiscalReceipt(
        ReceiptKind.SELL,
        WHO,
        Taxation.USN_INCOME,
        (FiscalItem("Кофе", amount_minor),),
        (FiscalPayment(PaymentKind.CASH, amount_minor),),
    )


def test_every_call_reaches_the_register(rig: Rig, register: AtolWebSimulator) -> None:
    rig.put(config(register.url))
    device = rig.devices.fiscal
    assert isinstance(device, SupervisedRegister)
    assert FiscalCapability.PRINTS in device.capabilities
    device.open()
    device.open_shift(WHO, "open")
    assert device.shift_state().phase is ShiftPhase.OPEN
    made = device.register(receipt(), "one")
    assert device.find_document("one").verdict is FiscalVerdict.FOUND
    assert device.last_document() is not None
    assert device.cash_in(50_00, WHO, "in") == 150_00
    assert device.cash_out(50_00, WHO, "out") == 100_00
    assert device.totals().sell.amount_minor == 100_00
    assert device.status().paper is True
    device.x_report(WHO)
    device.copy_last(WHO)
    device.continue_print()
    device.close()  # the supervisor's business
    assert device.z_report(WHO, "close").number == made.number + 1


def test_the_house_decides_taxes_and_who_prints(rig: Rig, register: AtolWebSimulator) -> None:
    rig.put(
        config(register.url, taxation="patent", receipts=False, paperless=True, title="АТОЛ 30Ф")
    )
    house = rig.devices.fiscal_house
    assert (house.taxation, house.prints, house.is_paperless, house.name) == (
        "patent",
        False,
        True,
        "АТОЛ 30Ф",
    )
    assert [index for index, _ in house.emit(receipt())] == [0]

    rig.put(config(register.url))
    assert rig.devices.fiscal_house.prints is None
    assert rig.devices.fiscal_house.taxation == "usn_income"


def test_a_taxation_nobody_knows_is_refused_and_leaves_the_old_one(
    rig: Rig, register: AtolWebSimulator
) -> None:
    rig.put(config(register.url))
    before = rig.devices.fiscal
    with pytest.raises(ConfigurationError, match="taxation"):
        rig.put(config(register.url, taxation="usn"))
    assert rig.devices.fiscal is before
    assert rig.devices.fiscal_house.taxation == "usn_income"


def test_the_register_may_change_and_go_while_the_till_runs(
    rig: Rig, register: AtolWebSimulator
) -> None:
    other = AtolWebSimulator(hidden_polls=0)
    other.start()
    try:
        rig.put(config(register.url))
        held = rig.devices.fiscal
        rig.put(config(other.url))
        assert rig.devices.fiscal is held
        assert held is not None
        held.register(receipt(), "one")
        assert [len(sim.machine.receipts) for sim in (register, other)] == [0, 1]
        rig.remove("register")
        assert rig.devices.fiscal is None
    finally:
        other.stop()


class Ears:
    """Waits until the register is seen in a state, and for changes of its queue."""

    def __init__(self) -> None:
        self.states: list[DeviceState] = []
        self.changed = threading.Condition()

    def on_sync(self, state: SyncState) -> None:
        """Ignore it."""

    def on_scan(self, scan: object) -> None:
        """Ignore it."""

    def on_device(self, state: DeviceState) -> None:
        with self.changed:
            self.states.append(state)
            self.changed.notify_all()

    def on_change(self, topics: frozenset[Topic]) -> None:
        with self.changed:
            self.changed.notify_all()


def test_what_waits_is_made_as_soon_as_the_register_is_back(
    tmp_path: Path, register: AtolWebSimulator
) -> None:
    entry = config(register.url).to_json()
    ears = Ears()
    core = Core(Settings(home=tmp_path, devices=(entry,)), ears)
    till, store = core.open(), core.store
    assert store is not None
    core.rig.supervisor.start()
    register.machine.is_linked = False
    till.fiscal.start()
    try:
        with store.unit() as uow:
            uow.fiscal.add(till.fiscal.tasks.of_shift(FiscalKind.SHIFT_OPEN, ShiftId("s"), "Анна"))
            uow.commit()
        till.fiscal.wake()
        with ears.changed:
            assert ears.changed.wait_for(
                lambda: any(state.health is Health.OFFLINE for state in ears.states), WAIT_S
            )
        register.machine.is_linked = True

        def is_done() -> bool:
            with store.reader() as db:
                return db.fiscal.count_open() == 0

        with ears.changed:
            assert ears.changed.wait_for(is_done, WAIT_S)
        assert [document.kind for document in register.machine.documents] == ["openShift"]
    finally:
        core.close()
