"""Every model of scale on its simulator, and the driver that talks to it."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from drivers.scales.cas import Cas
from drivers.scales.driver import Dialect, LineScale
from drivers.scales.massak2 import Massak2
from drivers.scales.massak100 import Massak100
from drivers.scales.pos2m import Pos2m
from drivers.sim.escpos_links import PtyLink, TcpLink
from drivers.sim.scale import ScaleSimulator
from drivers.transport.base import Transport
from drivers.transport.serial import SerialTransport
from drivers.transport.tcp import TcpTransport

PATIENT_S = 20.0
"""Long limits: a busy machine must not fail a test."""
HASTY_S = 0.3

DIALECTS: dict[str, Callable[[], Dialect]] = {
    "massak100": Massak100,
    "massak2": Massak2,
    "pos2m": Pos2m,
    "cas": Cas,
}
ROADS = [("massak100", "tcp"), *((model, "pty") for model in DIALECTS)]


@dataclass
class Bench:
    """A simulator and the driver on its line."""

    model: str
    road: str
    simulator: ScaleSimulator
    scale: LineScale

    def hurry(self) -> None:
        """Give up soon: for what never comes."""
        self.scale._line._timeout_s = HASTY_S


def transport_to(simulator: ScaleSimulator, road: str) -> Transport:
    if road == "tcp":
        host, _, port = simulator.address.rpartition(":")
        return TcpTransport(host, int(port))
    return SerialTransport(simulator.address)


@pytest.fixture(params=ROADS, ids=["-".join(road) for road in ROADS])
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    model, road = request.param
    yield from make_bench(model, road)


def make_bench(model: str, road: str = "pty", mouth: Any = None) -> Iterator[Bench]:
    if road == "pty" and sys.platform == "win32":
        pytest.skip("pseudo-terminals are POSIX")
    link = TcpLink() if road == "tcp" else PtyLink()
    simulator = ScaleSimulator(mouth or model, link)
    simulator.start()
    scale = LineScale(transport_to(simulator, road), DIALECTS[model](), answer_s=PATIENT_S)
    scale.open()
    yield Bench(model, road, simulator, scale)
    scale.close()
    simulator.stop()
