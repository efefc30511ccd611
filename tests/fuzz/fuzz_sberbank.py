"""Any bytes as the files `e` and `p` of Sberbank's program, in every code page.

`python -m tests.fuzz.fuzz_sberbank -runs=100000`
"""

import contextlib

from drivers.api.errors import ProtocolError
from drivers.sim.sberbank import result_text, slip_lines
from drivers.sim.terminal_journal import Booking
from drivers.terminals.sberbank import codes
from drivers.terminals.sberbank.files import parse_result, parse_slip
from drivers.terminals.text import ENCODINGS, decode_text, masked
from tests.fuzz.common import run

_BOOKING = Booking("payment", 123450, "643", "0042", "000017", "1120", "134500", "A1B2C3")
_SLIP = "\r\n".join(slip_lines(_BOOKING))
SEEDS = [
    text.encode(page, errors="replace")
    for page in ("cp866", "koi8-r", "utf-8")
    for text in (result_text(0, "ОДОБРЕНО", _BOOKING), result_text(4451, "ОТКАЗ", None), _SLIP)
]


def one(data: bytes) -> None:
    """Read the same bytes as either file."""
    for encoding in ENCODINGS:
        decode_text(data, encoding)
        slip = parse_slip(data, encoding)
        assert slip.amount_minor is None or slip.amount_minor >= 0
        with contextlib.suppress(ProtocolError):
            result = parse_result(data, encoding)
            assert codes.result_text(result.code)
            assert masked(result.masked_pan) == result.masked_pan


if __name__ == "__main__":
    run(
        one,
        SEEDS,
        instrument=("drivers.terminals.sberbank.files", "drivers.terminals.text"),
    )
