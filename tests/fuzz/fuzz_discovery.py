"""atheris over what unknown devices of a network answer to the search.

`python -m tests.fuzz.fuzz_discovery -runs=100000`
"""

from drivers.discovery import fiscal_web, network
from drivers.transport.transcript import Entry, ReplayTransport
from tests.fuzz.common import run

SEEDS = (
    b"\x12_TM-T88V\0",
    b"\x12",
    bytes.fromhex("f8 55 ce 09 00 21 92 10 00 00 82 a5 e1 eb 00 00"),
    b'{"serverVersion": "1.0.4.0"}',
)


def one(data: bytes) -> None:
    """Read the same bytes as a printer's name, a scale's answer and a web server's version."""
    assert network.printer_name(data).isprintable()
    assert len(fiscal_web.version_of(data)) <= fiscal_web.VERSION_MAX
    for ask in (network.ask_printer, network.ask_massak):
        ask(_Answers(data), "127.0.0.1:9")


class _Answers(ReplayTransport):
    """Gives its bytes in pieces of three, whatever it is asked."""

    def __init__(self, data: bytes) -> None:
        pieces = [Entry("<", data[place : place + 3]) for place in range(0, len(data), 3)]
        super().__init__(pieces)
        self.open()

    def write(self, data: bytes, timeout_s: float = 0.0) -> None:
        """Take any question."""


if __name__ == "__main__":
    run(
        one,
        SEEDS,
        instrument=["drivers.discovery.network", "drivers.discovery.fiscal_web"],
    )
