"""What a device that stalls costs the GUI thread: taps on the real till while devices say nothing.

Run: python -m tests.bench.stall_bench [--json FILE] [--rounds N]

Printer, payment terminal, fiscal register, display and scanner are simulators with the drivers' real
threads before them. A stalled one takes what is sent and says nothing, or falls silent in the middle of
an answer; a display takes no byte more, a scanner ends in the middle of a code. Each round plays all of
them, the undisturbed till among them, and a sale whose receipts wait for the device that stalls. A
stall on a connection that held nothing back ends the run: it would prove nothing.

The time of the GUI thread's own work stands beside the frame times: a busy machine does not spoil it.
"""

import argparse
import os
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any, Final

from typing_extensions import override

from app.kernel.ids import ProductId
from app.ui.watchdog import Watchdog
from drivers.sim.atol_web import AtolWebSimulator
from drivers.sim.display import DisplayFault, DisplaySimulator
from drivers.sim.printer import simulated_printer
from drivers.sim.scanner import Fault, ScannerSimulator
from drivers.sim.terminal import TerminalSimulator
from tests.bench.big_menu import LARGE, barcode
from tests.bench.painted import live
from tests.bench.report import Figure, finish, percentile
from tests.bench.sandbox import load_average, prepare
from tests.bench.till_ui_bench import Bench, plain_tiles, tap_samples
from tests.chaos.plug import Plug, Way

ROUNDS: Final = 5
#: Each on another product of the first page: a line that is scrolled out of sight is not painted.
TAPS: Final = 12
_SETTLE_MS: Final = 300
_HOLD_TRIES: Final = 100
#: A hand notices nothing below it; see design, "GUI thread".
BLOCK_LIMIT_MS: Final = 50
NO_STALL: Final = "no stall"


class StallPlug(Plug):
    """A plug that can hold back what passes."""

    def __init__(self, target_port: int) -> None:
        super().__init__(target_port)
        self._flows = threading.Event()
        self._flows.set()
        self._left: int | None = None
        self.holds = False

    def freeze(self, answer_bytes: int | None = None) -> None:
        """Hold everything back from now on, or after so many bytes of an answer."""
        self.holds = False
        self._left = answer_bytes
        if answer_bytes is None:
            self._flows.clear()

    def thaw(self) -> None:
        """Let everything pass."""
        self._left = None
        self._flows.set()

    @override
    def stop(self) -> None:
        self.thaw()
        super().stop()

    @override
    def _admit(self, data: bytes, way: Way) -> tuple[bytes, bytes]:
        """Return what passes now and what passes after the stall; waits while all is held back."""
        if not self._flows.is_set():
            self.holds = True
            self._flows.wait()
        left = self._left
        if left is None or way is not Way.TO_TILL:
            return data, b""
        self._left = None
        self._flows.clear()
        return data[:left], data[left:]


class Stage:
    """Devices, plugs and the till's window."""

    def __init__(self, home: Path) -> None:
        self.printer, self.terminal = simulated_printer(), TerminalSimulator()
        self.register, self.scanner = AtolWebSimulator(hidden_polls=0), ScannerSimulator()
        self.display = DisplaySimulator("cd5220")
        for device in (self.printer, self.terminal, self.register, self.display):
            device.start()
        self.scanner.plug()
        ports = (self.printer.port, self.terminal.port, self.register.port)
        self.plugs = {
            name: StallPlug(port)
            for name, port in zip(("printer", "terminal", "fiscal"), ports, strict=True)
        }
        for plug in self.plugs.values():
            plug.start()
        self.bench = Bench(home, self.scanner, self._devices())
        self.bench.open()
        self.bench.till.shift.open(100_000)
        self.bench.rest()

    def _devices(self) -> tuple[dict[str, Any], ...]:
        where = {name: f"127.0.0.1:{plug.port}" for name, plug in self.plugs.items()}
        return tuple(
            {"id": name, "kind": kind, "model": model, "transport": transport, "address": address}
            for name, kind, model, transport, address in (
                ("printer", "printer", "printer.escpos", "tcp", where["printer"]),
                ("terminal", "terminal", "terminal.zvt", "tcp", where["terminal"]),
                ("fiscal", "fiscal", "fiscal.atol", "http", f"http://{where['fiscal']}"),
                ("display", "display", "display.line", "serial", self.display.address),
            )
        )

    def close(self) -> None:
        """End everything."""
        for plug in self.plugs.values():
            plug.thaw()
        self.bench.close()
        self.scanner.unplug()
        for plug in self.plugs.values():
            plug.stop()
        for device in (self.printer, self.terminal, self.register, self.display):
            device.stop()

    # -------------------------------------------------------------- provoking
    def use(self) -> None:
        """Give every device something to do; nobody waits for it here."""
        till, rig = self.bench.till, self.bench.core.rig
        till.sale.tap(self.product)
        done = till.checkout.pay_exact_cash().done
        assert done is not None, "a sale waits for no device"
        till.checkout.dismiss()
        till.printing.print_receipt(till.printing.receipt_of(done.sale))
        for name in ("terminal", "fiscal", "printer"):
            worker = rig._kept[name].worker
            assert worker is not None
            worker.look_now()
        self.bench.ui.board.publish(till.sale.state(), select="")

    @property
    def product(self) -> ProductId:
        """A product that is sold by one tap."""
        return ProductId(f"p{self.bench.plain[0]}")

    def hold(self, name: str, answer_bytes: int | None) -> Callable[[], None]:
        """Stall a device behind a plug, wait until it holds something; return what ends it."""
        plug = self.plugs[name]
        plug.freeze(answer_bytes)
        self.use()
        for _ in range(_HOLD_TRIES):
            live(20)
            if plug.holds or (answer_bytes is not None and not plug._flows.is_set()):
                return plug.thaw
        raise AssertionError(f"{name}: nothing was held back, the round would prove nothing")

    def stick(self) -> Callable[[], None]:
        """Have the display take nothing more."""
        self.display.fault = DisplayFault.STUCK
        self.use()

        def end() -> None:
            self.display.fault = None

        return end

    def cut_code(self) -> Callable[[], None]:
        """Have the scanner end in the middle of a code."""
        self.scanner.fault = Fault.NO_SUFFIX
        self.scanner.scan(barcode(self.bench.plain[0]))
        self.use()

        def end() -> None:
            self.scanner.fault = None

        return end

    def work(self) -> Callable[[], None]:
        """Have every device work as it should."""
        self.use()
        return lambda: None


def stalls(stage: Stage) -> Mapping[str, Callable[[], Callable[[], None]]]:
    """Return what begins each stall; it returns what ends it."""
    found: dict[str, Callable[[], Callable[[], None]]] = {NO_STALL: stage.work}
    for name in stage.plugs:
        found[f"{name} says nothing"] = lambda name=name: stage.hold(name, None)  # type: ignore[misc]  # bound at once
        found[f"{name} in mid-answer"] = lambda name=name: stage.hold(name, 1)  # type: ignore[misc]  # bound at once
    found["display takes nothing"] = stage.stick
    found["scanner in mid-code"] = stage.cut_code
    return found


def measure(stage: Stage, rounds: int) -> list[Figure]:
    """Play the rounds, each stall once in each, one after the other."""
    taps: dict[str, list[list[float]]] = defaultdict(list)
    blocks: dict[str, list[float]] = defaultdict(list)
    work: dict[str, list[float]] = defaultdict(list)
    tap_samples(stage.bench, 10)
    begun = stalls(stage)
    for _ in range(rounds):
        for name, begin in begun.items():
            stage.bench.empty()
            end = begin()
            assert plain_tiles(stage.bench)
            watchdog = Watchdog()
            watchdog.start()
            before = time.thread_time()
            taps[name].append(tap_samples(stage.bench, TAPS))
            work[name].append((time.thread_time() - before) * 1000 / TAPS)
            blocks[name].append(watchdog.stop().longest_ms)
            end()
            live(_SETTLE_MS)
            stage.bench.rest()
    figures = []
    for name in begun:
        figures += [
            Figure(f"{name}: tap to painted, P50", median(map(median, taps[name])), "ms"),
            Figure(
                f"{name}: tap to painted, P95",
                percentile([tap for one in taps[name] for tap in one], 0.95),
                "ms",
            ),
            Figure(f"{name}: tap to painted, longest", median(map(max, taps[name])), "ms"),
            Figure(f"{name}: longest block", median(blocks[name]), "ms", BLOCK_LIMIT_MS),
            Figure(f"{name}: work of the GUI thread for a tap", median(work[name]), "ms"),
        ]
    return figures


def main() -> int:
    """Measure and print."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options, _ = parser.parse_known_args()
    figures = [Figure("load average at the beginning", load_average(), "processes")]
    with tempfile.TemporaryDirectory(prefix=".stall-bench-", dir=Path.cwd()) as folder:
        home = Path(folder, "till")
        prepare(home, LARGE)
        stage = Stage(home)
        try:
            figures += measure(stage, options.rounds)
        finally:
            stage.close()
    figures.append(Figure("load average at the end", load_average(), "processes"))
    return finish("stall", figures, sys.argv)


if __name__ == "__main__":
    sys.exit(main())
