"""Receipt printer simulator on TCP, a pseudo-terminal or a simulated USB, told to misbehave while it runs.

It parses ESC/POS or Star line mode as its profile says, answers questions for its state, renders each receipt to PNG with its text
beside it, and counts drawer pulses. Usable in a thread (``PrinterSimulator``) and alone::

    python -m drivers.sim.printer --port 0 --out receipts
    python -m drivers.sim.printer --pty --profile xprinter-xp58

The program prints its address and then obeys commands from standard input; ``help`` lists them.
"""

import dataclasses
import sys
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from drivers.api.printer import Paper
from drivers.printers.profiles import FONT_PATH, PrinterProfile, get_profile
from drivers.sim.escpos_links import Link, PtyLink, TcpLink
from drivers.sim.escpos_machine import MachineState, PrinterMachine, SimulatedReceipt

DEFAULT_PROFILE = "xprinter-xp80"
RECEIPTS_KEPT = 1000
BUFFER_BYTES = 64 * 1024
_READ_BYTES = 4096
_STOP_WAIT_S = 5.0


class PrinterSimulator:
    """A printer that exists only as bytes and pictures. All methods may be called from any thread.

    Order of calls: ``start -> (anything)* -> stop``; as a context manager it does both.

    Args:
        profile: the model to play.
        out_dir: where ``receipt-0001.png`` and ``.txt`` go; None keeps receipts in memory only.
        link: TcpLink (default: a free port), PtyLink, or ``drivers.sim.usb_backend.UsbLink``.
        double_byte: start in double-byte mode, as Chinese models do until ``FS .`` comes.
        buffer_bytes: how much waits unprinted before no more is taken from the wire.
        font_path: for the pictures.
    """

    def __init__(
        self,
        profile: PrinterProfile,
        out_dir: Path | None = None,
        *,
        link: Link | None = None,
        double_byte: bool = False,
        buffer_bytes: int = BUFFER_BYTES,
        font_path: Path = FONT_PATH,
    ) -> None:
        self.profile = profile
        self._out_dir = out_dir
        self._link: Link = link or TcpLink()
        self._buffer_bytes = buffer_bytes
        self._font_path = font_path
        self._machine = PrinterMachine(profile, double_byte=double_byte)
        self._changed = threading.Condition()
        self._receipts: deque[SimulatedReceipt] = deque(maxlen=RECEIPTS_KEPT)
        self._saved_count = 0
        self._unplug_at: int | None = None
        self._is_unplugged = False
        self._is_stopping = False
        self._threads: list[threading.Thread] = []

    # -- life ------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to serve."""
        assert not self._threads, "started twice"
        if self._out_dir is not None:
            self._out_dir.mkdir(parents=True, exist_ok=True)
        for work in (self._serve, self._print):
            thread = threading.Thread(target=work, name=f"sim-printer{work.__name__}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Stop serving; repeatable."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify_all()
        self._link.shut()
        for thread in self._threads:
            thread.join(_STOP_WAIT_S)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    # -- what it did -----------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """``127.0.0.1:port`` or the path of the pseudo-terminal."""
        return self._link.address

    @property
    def link(self) -> Link:
        """Where it is plugged in."""
        return self._link

    @property
    def port(self) -> int:
        """TCP port; 0 on a pseudo-terminal."""
        return self._link.port if isinstance(self._link, TcpLink) else 0

    @property
    def receipts(self) -> list[SimulatedReceipt]:
        """The last pieces of paper, oldest first."""
        with self._changed:
            return list(self._receipts)

    @property
    def drawer_count(self) -> int:
        """Pulses the drawer got."""
        with self._changed:
            return self._machine.drawer_count

    @property
    def received_bytes(self) -> int:
        """Bytes that came over the wire."""
        with self._changed:
            return self._machine.received_bytes

    @property
    def state(self) -> MachineState:
        """A copy of the switches."""
        with self._changed:
            return dataclasses.replace(self._machine.state)

    def wait_for_receipts(self, count: int, timeout_s: float = 10.0) -> list[SimulatedReceipt]:
        """Wait until so many receipts were made since the start (and saved), then give the last ones.

        Raises:
            TimeoutError: they did not come.
        """
        self.wait_until(lambda: self._saved_count >= count, timeout_s)
        return self.receipts

    def wait_until(self, condition: Callable[[], bool], timeout_s: float = 10.0) -> None:
        """Wait until something is true; checked after each change inside the simulator.

        Raises:
            TimeoutError: it did not become true.
        """
        with self._changed:
            if not self._changed.wait_for(condition, timeout_s):
                raise TimeoutError("the simulated printer did not get there")

    # -- misbehaviour ----------------------------------------------------------------------------------

    def set_paper(self, paper: Paper | str) -> None:
        """Change the roll: ``ok`` also lets a stopped buffer print on."""
        self._switch(lambda state: setattr(state, "paper", Paper(paper)))

    def set_cover(self, *, is_open: bool) -> None:
        """Open or close the cover."""
        self._switch(lambda state: setattr(state, "cover_open", is_open))

    def set_cutter_error(self, *, is_jammed: bool) -> None:
        """Jam the knife, or free it."""
        self._switch(lambda state: setattr(state, "cutter_error", is_jammed))

    def set_head_hot(self, *, is_hot: bool) -> None:
        """Overheat the head, or let it cool."""
        self._switch(lambda state: setattr(state, "head_hot", is_hot))

    def set_offline(self, *, is_offline: bool) -> None:
        """Press the off-line button."""
        self._switch(lambda state: setattr(state, "offline", is_offline))

    def set_silent(self, *, is_silent: bool) -> None:
        """Answer nothing from now on, or answer again."""
        self._switch(lambda state: setattr(state, "silent", is_silent))

    def set_line_delay(self, seconds: float) -> None:
        """Take so long for each printed line."""
        self._switch(lambda state: setattr(state, "line_delay_s", max(seconds, 0.0)))

    def set_swallow(self, every: int) -> None:
        """Lose each so many-th byte from now on, as on a bad cable; 0 loses none."""
        self._switch(lambda state: setattr(state, "swallow_every", max(every, 0)))

    def set_buffer_full(self, *, is_full: bool) -> None:
        """Take nothing more from the wire, or take again."""
        self._switch(lambda state: setattr(state, "buffer_full", is_full))

    def close_drawer(self) -> None:
        """Push the drawer in."""
        self._switch(lambda state: setattr(state, "drawer_open", False))

    def end_paper_after(self, lines: int) -> None:
        """Run out of paper after so many more printed lines."""
        with self._changed:
            self._machine.lines_until_paper_out = lines

    def unplug_after(self, byte_count: int) -> None:
        """Lose power after so many more received bytes; it is back at the next connection."""
        with self._changed:
            self._unplug_at = self._machine.received_bytes + byte_count

    def unplug(self) -> None:
        """Lose power and stay away until ``plug_in``."""
        with self._changed:
            self._is_unplugged = True
            self._lose_power()
        self._link.shut()

    def plug_in(self) -> None:
        """Come back, on the same TCP port; a pseudo-terminal gets a new path."""
        self._link.reopen()
        with self._changed:
            self._is_unplugged = False
            self._changed.notify_all()

    def _switch(self, change: Callable[[MachineState], None]) -> None:
        with self._changed:
            change(self._machine.state)
            self._link.send(self._machine.automatic_status())
            self._changed.notify_all()

    # -- threads ---------------------------------------------------------------------------------------

    def _serve(self) -> None:
        """Thread: one connection after another."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._is_stopping or not self._is_unplugged)
                if self._is_stopping:
                    return
            if self._link.accept():
                self._talk()
                with self._changed:
                    self._machine.end_connection()
                    self._changed.notify_all()

    def _talk(self) -> None:
        """One connection: take bytes while the buffer has room."""
        while True:
            with self._changed:
                self._changed.wait_for(self._has_room)
                if self._is_stopping:
                    return
            data = self._link.read(_READ_BYTES)
            if not data:
                return
            if not self._take(data):
                self._link.drop()
                if not isinstance(self._link, TcpLink):
                    self._link.reopen()
                return

    def _take(self, data: bytes) -> bool:
        """Give bytes to the machine; False when power was lost among them."""
        with self._changed:
            is_lost = False
            if self._unplug_at is not None:
                left = self._unplug_at - self._machine.received_bytes
                is_lost = len(data) >= left
                data = data[: max(left, 0)] if is_lost else data
            answer = self._machine.receive(data)
            if is_lost:
                self._unplug_at = None
                self._lose_power()
            else:
                self._link.send(answer)
            self._changed.notify_all()
            return not is_lost

    def _lose_power(self) -> None:
        self._machine.power_cycle()
        self._machine.end_connection()
        self._changed.notify_all()

    def _has_room(self) -> bool:
        if self._is_stopping:
            return True
        is_full = self._machine.state.buffer_full
        return not is_full and self._machine.queued_bytes < self._buffer_bytes

    def _print(self) -> None:
        """Thread: works the buffer off."""
        while True:
            with self._changed:
                self._changed.wait_for(self._has_work)
                if self._is_stopping:
                    return
                receipt, delay_s = self._work()
            if receipt is not None:
                self._keep(receipt)
            if delay_s:
                with self._changed:
                    self._changed.wait_for(lambda: self._is_stopping, delay_s)

    def _has_work(self) -> bool:
        return self._is_stopping or self._machine.has_work

    def _work(self) -> tuple[SimulatedReceipt | None, float]:
        did_stop = self._machine.state.stops
        step = self._machine.step()
        self._link.send(step.answer)
        if self._machine.state.stops != did_stop:
            self._link.send(self._machine.automatic_status())
        self._changed.notify_all()
        return step.receipt, self._machine.state.line_delay_s if step.printed else 0.0

    def _keep(self, receipt: SimulatedReceipt) -> None:
        if self._out_dir is not None:
            path = self._out_dir / f"receipt-{receipt.number:04d}.png"
            receipt.image(self._font_path).save(path)
            path.with_suffix(".txt").write_text("\n".join(receipt.lines) + "\n", encoding="utf-8")
        with self._changed:
            self._receipts.append(receipt)
            self._saved_count = receipt.number
            self._changed.notify_all()


def simulated_printer(
    profile_id: str = DEFAULT_PROFILE,
    *,
    port: int = 0,
    pty: bool = False,
    out_dir: Path | None = None,
) -> PrinterSimulator:
    """A simulator ready to start, by the id of a printer profile.

    Raises:
        ConfigurationError: there is no such profile.
    """
    link: Link = PtyLink() if pty else TcpLink(port)
    return PrinterSimulator(get_profile(profile_id), out_dir, link=link)


if __name__ == "__main__":
    from drivers.sim.escpos_console import main

    sys.exit(main())
