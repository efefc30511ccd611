"""A simulated scale on TCP or a pseudo-terminal: weighs what it is told to, and misbehaves on order.

As a program: `python -m drivers.sim.scale massak100 --port 5001` (or `--pty`) prints its address as a
JSON line and takes orders on its input, one a line: ``load 350``, ``tare 20``, ``shaky on``,
``fault silent 2``, ``always slow``, ``unplug``, ``plug``, ``quit``.
"""

import argparse
import enum
import json
import sys
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from typing_extensions import override

from drivers.sim.cabled import CabledSimulator
from drivers.sim.escpos_links import Link, PtyLink, TcpLink
from drivers.sim.orders import run_program
from drivers.sim.scale_dialects import MOUTHS, Mouth, Plate

_SLOW_S = 0.3
_NOISE = b"\xff\x00\x55garbage\x00"
_READ_MAX = 4096


class ScaleFault(enum.StrEnum):
    """What goes wrong with a reply."""

    SILENT = "silent"
    WRONG_CHECKSUM = "wrong-checksum"
    NOISE_BEFORE = "noise-before"
    NOISE_ONLY = "noise-only"
    SPLIT = "split"
    SLOW = "slow"
    DROP_MIDWAY = "drop-midway"
    FLOOD = "flood"
    NAK = "nak"


class ScaleSimulator(CabledSimulator):
    """A scale. Order: ``start -> (load | next | always | unplug | plug)* -> stop``; any thread.

    Args:
        model: 'massak100', 'massak2', 'pos2m' or 'cas', or a ready `Mouth` over `plate`.
        link: TCP or a pseudo-terminal; a pseudo-terminal without it.
        path: symbolic link to the pseudo-terminal, so that the address stays over a new plug.
    """

    def __init__(
        self,
        model: str | Mouth,
        link: Link | None = None,
        *,
        plate: Plate | None = None,
        path: Path | None = None,
    ) -> None:
        self.plate = plate or Plate()
        self._mouth = MOUTHS[model](self.plate) if isinstance(model, str) else model
        self._queue: deque[ScaleFault] = deque()
        self._standing: ScaleFault | None = None
        self.journal: list[tuple[str, bytes]] = []
        super().__init__("sim-scale", link, path)

    def load(self, grams: int, *, stable: bool = True) -> None:
        """Put so much on the plate."""
        self.plate.load_g, self.plate.stable = grams, stable

    def next(self, fault: ScaleFault, count: int = 1) -> None:
        """Spoil the next replies."""
        self._queue.extend([fault] * count)

    def always(self, fault: ScaleFault | None) -> None:
        """Spoil every reply, or none."""
        self._standing = fault

    @override
    def _serve(self) -> None:
        rest = b""
        while received := self._link.read(_READ_MAX):
            self.journal.append((">", received))
            replies, rest = self._mouth.hear(rest + received)
            for reply in replies:
                self._answer(reply)

    def _answer(self, reply: bytes) -> None:
        fault = self._queue.popleft() if self._queue else self._standing
        if fault in (ScaleFault.SPLIT, ScaleFault.SLOW):
            pause_s = _SLOW_S if fault is ScaleFault.SLOW else 0.01
            for place in range(len(reply)):
                self._send(reply[place : place + 1])
                self._ending.wait(pause_s if place + 1 < len(reply) else 0)
        elif fault is ScaleFault.DROP_MIDWAY:
            self._send(reply[: max(len(reply) // 2, 1)])
            self._link.drop()
        else:
            self._send(self._spoil(reply, fault))

    def _spoil(self, reply: bytes, fault: ScaleFault | None) -> bytes:
        if fault is None:
            return reply
        return {
            ScaleFault.SILENT: b"",
            ScaleFault.WRONG_CHECKSUM: self._mouth.damage(reply),
            ScaleFault.NOISE_BEFORE: _NOISE + reply,
            ScaleFault.NOISE_ONLY: _NOISE,
            ScaleFault.FLOOD: _NOISE * 1000,
            ScaleFault.NAK: b"\x15",
        }[fault]

    def _send(self, data: bytes) -> None:
        if data:
            self.journal.append(("<", data))
            self._link.send(data)


def obey(simulator: ScaleSimulator, orders: Iterable[str], answers: TextIO) -> None:
    """Carry out orders, one a line, until `quit` or the end; each is answered by a JSON line."""
    for line in orders:
        verb, *words = line.split() or [""]
        if verb == "quit":
            return
        try:
            _do(simulator, verb, words)
            reply: dict[str, object] = {"ok": True, "shown_g": simulator.plate.net_g}
        except (ValueError, IndexError) as error:
            reply = {"ok": False, "error": str(error) or f"no such order: {line.strip()}"}
        answers.write(json.dumps(reply) + "\n")
        answers.flush()


def _do(simulator: ScaleSimulator, verb: str, words: list[str]) -> None:
    if verb == "load":
        simulator.load(int(words[0]), stable=simulator.plate.stable)
    elif verb == "tare":
        simulator.plate.tare_g = int(words[0])
    elif verb == "shaky":
        simulator.plate.stable = words[0] != "on"
    elif verb == "fault":
        simulator.next(ScaleFault(words[0]), int(words[1]) if len(words) > 1 else 1)
    elif verb == "always":
        simulator.always(None if words[0] == "well" else ScaleFault(words[0]))
    elif verb == "unplug":
        simulator.unplug()
    elif verb == "plug":
        simulator.plug()
    else:
        raise ValueError(f"no such order: {verb}")


def main(arguments: list[str] | None = None) -> int:
    """Run the simulator until its input ends."""
    parser = argparse.ArgumentParser(prog="python -m drivers.sim.scale", description=__doc__)
    parser.add_argument("model", choices=tuple(MOUTHS))
    parser.add_argument("--port", type=int, default=5001)
    parser.add_argument("--pty", action="store_true", help="a pseudo-terminal instead of a port")
    chosen = parser.parse_args(arguments)
    simulator = ScaleSimulator(chosen.model, PtyLink() if chosen.pty else TcpLink(chosen.port))
    return run_program(
        simulator,
        lambda: {"address": simulator.address},
        lambda: obey(simulator, sys.stdin, sys.stdout),
    )


if __name__ == "__main__":
    raise SystemExit(main())
