"""Any bytes as ZVT: messages, bitmaps, TLV containers, serial frames, answers.

`python -m tests.fuzz.fuzz_zvt -runs=100000`
"""

import contextlib

from drivers.api.errors import ProtocolError
from drivers.terminals.zvt import answers, codec, fields, frame
from drivers.terminals.zvt.answers import Talk
from drivers.terminals.zvt.codec import Apdu
from tests.fuzz.common import run

SEEDS = [
    bytes.fromhex(text)
    for text in (
        "800000",
        "060F00",
        "061E016C",
        "06010A04000000001234490978",
        "06D10C402A2A20486106041F070101",
        "04FF1EFF10061A2418070845555220312E3233070C42697474652077617274656E",
        "10028000001003F51F",
        "040F022700",
        "06D30606250407024142",
    )
]


def one(data: bytes) -> None:
    """Read the same bytes in every way that a terminal's bytes are read."""
    _frames(data)
    taken = codec.take_apdu(data)
    apdu = taken[0] if taken else Apdu(codec.STATUS_INFORMATION, data)
    for read in (answers.printed_line, answers.printed_block, answers.progress):
        with contextlib.suppress(ProtocolError):
            read(apdu.data, "cp866")
    fields.without_card_data(apdu.data)
    parsed = fields.parse_fields(apdu.data)
    for final in (apdu, Apdu(codec.COMPLETION, apdu.data), Apdu(codec.ABORTED, apdu.data)):
        talk = Talk(parsed, apdu.data, final, ())
        for judge in (
            answers.terminal_result,
            lambda t, _e, lang: answers.terminal_status(t, lang),
        ):
            with contextlib.suppress(ProtocolError):
                judge(talk, "cp866", "ru")
        answers.batch_result(talk)


def _frames(data: bytes) -> None:
    """Cut frames off until nothing is left; each step must make the rest shorter."""
    rest = bytearray(data)
    while rest:
        try:
            taken = frame.take_frame(rest)
        except frame.FrameError as error:
            used = error.used
        else:
            if taken is None:
                return
            used = taken[1]
        assert used > 0
        del rest[:used]


if __name__ == "__main__":
    run(
        one,
        SEEDS,
        instrument=(
            "drivers.terminals.zvt.codec",
            "drivers.terminals.zvt.fields",
            "drivers.terminals.zvt.frame",
            "drivers.terminals.zvt.answers",
        ),
    )
