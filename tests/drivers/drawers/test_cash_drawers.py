"""Drawers on a port of their own and in a printer's socket, against their simulators."""

import queue
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drivers.api.device import DeviceConfig, DeviceKind, DeviceState, Health
from drivers.api.drawer import CashDrawer, DrawerState
from drivers.api.errors import (
    ConfigurationError,
    ConnectionLost,
    NotConnected,
    OutcomeUnknown,
    Timeout,
    TransportError,
)
from drivers.drawers.port import PortDrawer
from drivers.registry import build_drawer, build_printer, watch_drawer
from drivers.sim.drawer import DrawerSimulator
from drivers.sim.printer import simulated_printer
from drivers.supervisor import Worker

WAIT_S = 30.0
ASK: dict[str, Any] = {"ask": "05", "answer_s": 20.0}
posix = pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")


@pytest.fixture
def simulator() -> Iterator[DrawerSimulator]:
    made = DrawerSimulator(ask=b"\x05")
    made.start()
    yield made
    made.stop()


def drawer_of(simulator: DrawerSimulator, **options: str | float) -> CashDrawer:
    return build_drawer(
        DeviceConfig("till", DeviceKind.DRAWER, "drawer.port", "serial", simulator.address, options)
    )


@posix
def test_drawer_opens_and_tells_its_state(simulator: DrawerSimulator) -> None:
    drawer = drawer_of(simulator, **ASK)
    drawer.open()
    assert drawer.tells_state
    assert drawer.state() is DrawerState.CLOSED
    drawer.kick()
    assert simulator.wait_for_openings(1, WAIT_S)
    assert drawer.state() is DrawerState.OPEN
    simulator.push_shut()
    assert drawer.state() is DrawerState.CLOSED
    simulator.jammed = True
    drawer.kick()
    assert drawer.state() is DrawerState.CLOSED
    drawer.close()


@posix
def test_drawer_that_cannot_tell_is_not_asked(simulator: DrawerSimulator) -> None:
    drawer = drawer_of(simulator)
    with pytest.raises(NotConnected):
        drawer.state()
    drawer.open()
    assert not drawer.tells_state
    assert drawer.state() is DrawerState.UNKNOWN
    drawer.close()


@posix
def test_silent_and_pulled_drawers_are_told(simulator: DrawerSimulator) -> None:
    drawer = drawer_of(simulator, ask="05", answer_s=0.2)
    drawer.open()
    simulator.silent = True
    with pytest.raises(Timeout):
        drawer.state()
    simulator.unplug()
    with pytest.raises(TransportError):
        drawer.state()
    with pytest.raises(TransportError):
        drawer.kick()


class Breaking:
    """A line that breaks after so many bytes."""

    name, is_open, can_read = "line", True, True

    def __init__(self, sent_bytes: int) -> None:
        self._sent_bytes = sent_bytes

    def write(self, data: bytes, timeout_s: float = 0) -> None:
        raise ConnectionLost("pulled", sent_bytes=self._sent_bytes)


@pytest.mark.parametrize(("sent", "error"), [(0, ConnectionLost), (3, OutcomeUnknown)])
def test_pulse_that_may_have_gone_is_never_called_a_failure(
    sent: int, error: type[Exception]
) -> None:
    transport: Any = Breaking(sent)
    with pytest.raises(error):
        PortDrawer(transport).kick()


@posix
def test_supervisor_tells_the_state_in_words(simulator: DrawerSimulator) -> None:
    config = DeviceConfig(
        "till", DeviceKind.DRAWER, "drawer.port", "serial", simulator.address, ASK
    )
    watched = watch_drawer(config)
    watched.open()
    assert watched.poll().words_ru == "ящик закрыт"
    simulator.is_open = True
    assert (watched.poll().words_en, watched.poll().health) == (
        "the drawer is open",
        Health.ONLINE,
    )
    watched.close()


@posix
def test_drawer_is_there_again_after_it_was_unplugged(tmp_path: Path) -> None:
    simulator = DrawerSimulator(ask=b"\x05", path=tmp_path / "drawer")
    simulator.start()
    config = DeviceConfig(
        "till",
        DeviceKind.DRAWER,
        "drawer.port",
        "serial",
        simulator.address,
        {**ASK, "answer_s": 1.0},
    )
    states: queue.Queue[DeviceState] = queue.Queue()
    worker = Worker(
        "till", config.kind, config.model, watch_drawer(config), on_state=states.put,
        backoff_s=(0.02,),
    )  # fmt: skip
    worker.start()
    while states.get(timeout=WAIT_S).health is not Health.ONLINE:
        pass
    simulator.unplug()
    while worker.state.health is not Health.OFFLINE:
        worker.look_now()
        threading.Event().wait(0.02)
    simulator.plug()
    states.put(worker.state)
    while states.get(timeout=WAIT_S).health is not Health.OFFLINE:
        pass
    while states.get(timeout=WAIT_S).health is not Health.ONLINE:
        pass
    worker.submit(lambda drawer: drawer.kick()).result(WAIT_S)
    assert simulator.wait_for_openings(1, WAIT_S)
    assert worker.stop()
    simulator.stop()


def test_drawer_in_a_printers_socket_is_opened_through_it() -> None:
    config = DeviceConfig("till", DeviceKind.DRAWER, "drawer.printer", "printer", "receipt")
    with simulated_printer() as simulator:
        printer = build_printer(
            DeviceConfig(
                "receipt", DeviceKind.PRINTER, "printer.escpos", "tcp", simulator.address,
                {"profile": "xprinter-xp80", "drawer_open_level": "high"},
            )
        )  # fmt: skip
        drawer = build_drawer(config, printer)
        drawer.open()
        before = drawer.state()
        drawer.kick()
        assert before is DrawerState.CLOSED
        simulator.wait_until(lambda: simulator.drawer_count == 1)
        assert drawer.state() is DrawerState.OPEN
        drawer.close()
        printer.close()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kick": ""}, "needs bytes"),
        ({"kick": "XY"}, "is no hex"),
        ({"ask": "0"}, "is no hex"),
        ({"open_mask": 0}, "within"),
        ({"open_mask": 1, "open_value": 2}, "within"),
    ],
)
def test_senseless_settings_are_refused(options: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        build_drawer(DeviceConfig("d", DeviceKind.DRAWER, "drawer.port", "serial", "COM9", options))


def test_drawer_without_its_printer_is_a_sentence() -> None:
    config = DeviceConfig("d", DeviceKind.DRAWER, "drawer.printer", "printer", "kitchen")
    with pytest.raises(ConfigurationError, match="there is no printer 'kitchen'"):
        build_drawer(config)
