"""The simulated bank as a program: its address out, orders in.

It prints ``{"url": "http://127.0.0.1:.../api"}`` and answers each order by a JSON line:

    pay               the guest pays the code that was made last
    pay at cancel     he does so in the moment in which the till takes a code back
    scan              he has scanned it and thinks
    decline           his bank says no; the code can be tried again
    expire            the time of the code runs out
    next FAULT [S]    do one of `drivers.sim.sbp.FAULTS` with the next request, S seconds long
    journal           all codes and refunds, sums in kopecks
    quit

A refund is carried out by the time the till asks what became of it.
"""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import TextIO

from drivers.sim.http_server import Request
from drivers.sim.orders import Act, Answer, read_port, run_program, take_orders
from drivers.sim.sbp import FAULTS, Code, Fault, SbpSimulator

_REFUNDS = "/sbp/v1/refund/"


class Guest:
    """The guest before the code, and the bank behind him. Any thread.

    Args:
        simulator: The bank.
    """

    def __init__(self, simulator: SbpSimulator) -> None:
        self._simulator = simulator
        self._pays_at_cancel = False
        simulator.on_request = self._on_request

    def last(self) -> Code:
        """Return the code that was made last.

        Raises:
            ValueError: There is none.
        """
        codes = list(self._simulator.bank.codes.values())
        if not codes:
            raise ValueError("there is no code yet")
        return codes[-1]

    def pay(self, words: list[str]) -> Answer:
        """Pay now, or when the code is taken back."""
        if words == ["at", "cancel"]:
            self._pays_at_cancel = True
            return {}
        if words:
            raise ValueError("pay, or pay at cancel")
        code = self.last()
        if not self._simulator.pay(code.qr_id):
            raise ValueError(f"the code is {code.state}")
        return {"amount_minor": code.amount_minor}

    def _on_request(self, request: Request) -> None:
        name = request.path.rpartition("/")[2]
        bank = self._simulator.bank
        if request.method == "DELETE" and name in bank.codes and self._pays_at_cancel:
            self._pays_at_cancel = False
            self._simulator.pay(name)
        elif request.method == "GET" and _REFUNDS in request.path and name in bank.refunds:
            self._simulator.settle(name)


def obey(simulator: SbpSimulator, orders: Iterable[str], answers: TextIO) -> None:
    """Carry out orders, one a line, until `quit` or the end."""
    guest = Guest(simulator)

    def misbehave(words: list[str]) -> None:
        if not words or words[0] not in FAULTS or len(words) > 2:
            raise ValueError(f"faults: {', '.join(FAULTS)}")
        simulator.next(Fault(words[0], float(words[1]) if words[1:] else 0.0))

    def journal(_words: list[str]) -> Answer:
        bank = simulator.bank
        return {
            "codes": [asdict(code) for code in bank.codes.values()],
            "refunds": [asdict(refund) for refund in bank.refunds.values()],
        }

    def about(act: Callable[[str], None]) -> Act:
        return lambda _words: act(guest.last().qr_id)

    def alone(act: Act) -> Act:
        def locked(words: list[str]) -> Answer | None:
            with simulator.lock:
                return act(words)

        return locked

    acts: dict[str, Act] = {
        "pay": guest.pay,
        "scan": about(simulator.begin),
        "decline": about(simulator.decline),
        "expire": about(simulator.expire),
        "next": misbehave,
        "journal": journal,
    }
    take_orders({name: alone(act) for name, act in acts.items()}, orders, answers, _dump)


def _dump(answer: Answer) -> str:
    return json.dumps(answer, ensure_ascii=False)


def main(arguments: list[str] | None = None) -> int:
    """Run the simulator until its input ends."""
    port = read_port(arguments, "python -m drivers.sim.sbp_console", __doc__, 8100)
    simulator = SbpSimulator(port)
    return run_program(
        simulator,
        lambda: {"url": simulator.url},
        lambda: obey(simulator, sys.stdin, sys.stdout),
    )


if __name__ == "__main__":
    raise SystemExit(main())
