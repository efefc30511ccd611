"""The simulated register as a program: its address out, orders in.

It prints ``{"url": "http://127.0.0.1:..."}`` and answers each order by a JSON line:

    next FAULT        misbehave in the next posting (see `drivers.sim.atol_web.FAULTS`)
    paper ok|out      the roll
    cover open|closed
    link ok|lost      between the server and the register
    shift expired     the open shift is older than 24 hours
    journal           every document of the fiscal storage, sums in roubles
    quit
"""

import sys
from collections.abc import Iterable, Mapping
from typing import TextIO, cast

from drivers.fiscal.exact import JsonValue, dump
from drivers.sim.atol_web import AtolWebSimulator
from drivers.sim.orders import Act, Answer, read_port, run_program, take_orders

#: Switches of the register: order -> word -> the machine's attribute and its value.
_SWITCHES: Mapping[str, Mapping[str, tuple[str, bool]]] = {
    "paper": {"ok": ("has_paper", True), "out": ("has_paper", False)},
    "cover": {"open": ("is_cover_open", True), "closed": ("is_cover_open", False)},
    "link": {"ok": ("is_linked", True), "lost": ("is_linked", False)},
}


def obey(simulator: AtolWebSimulator, orders: Iterable[str], answers: TextIO) -> None:
    """Carry out orders, one a line, until `quit` or the end."""

    def misbehave(words: list[str]) -> None:
        with simulator.http.lock:
            simulator.misbehave(" ".join(words))

    def age(words: list[str]) -> None:
        if words != ["expired"]:
            raise ValueError("a shift can be made: expired")
        misbehave(["shift-expired"])

    def journal(_words: list[str]) -> Answer:
        return simulator.journal()

    acts: dict[str, Act] = {"next": misbehave, "shift": age, "journal": journal}
    acts |= {name: _switch(simulator, name) for name in _SWITCHES}
    take_orders(acts, orders, answers, _dump)


def _dump(answer: Answer) -> str:
    """Write an answer with exact sums."""
    return dump(cast("Mapping[str, JsonValue]", answer))


def _switch(simulator: AtolWebSimulator, name: str) -> Act:
    states = _SWITCHES[name]

    def act(words: list[str]) -> None:
        word = " ".join(words)
        if word not in states:
            raise ValueError(f"{name} can be: {', '.join(states)}")
        attribute, value = states[word]
        with simulator.http.lock:
            setattr(simulator.machine, attribute, value)

    return act


def main(arguments: list[str] | None = None) -> int:
    """Run the simulator until its input ends."""
    port = read_port(arguments, "python -m drivers.sim.atol_web_console", __doc__, 16732)
    simulator = AtolWebSimulator(port)
    return run_program(
        simulator,
        lambda: {"url": simulator.url},
        lambda: obey(simulator, sys.stdin, sys.stdout),
    )


if __name__ == "__main__":
    raise SystemExit(main())
