"""atheris over the frames and weights of all four scale protocols."""

from drivers.scales import cas, massak2, massak100, pos2m
from drivers.scales.line import Cutter
from tests.fuzz.common import run

SEEDS = (
    bytes.fromhex("00 f8 55 ce 0d 00 24 00 00 00 00 01 01 00 01 00 00 00 00 fc 23"),
    bytes.fromhex("01 80 00 d0 07 00"),
    bytes.fromhex("02 06 02 0b 3a 00 1d 00 5e 01 00 00 78 00 00 0b"),
    bytes.fromhex("03 06 01 02 53 20 30 30 2e 38 34 35 6b 67 68 03 04"),
    bytes.fromhex("04 06"),
)
_TALKS = (
    (massak100.cut_frame, massak100.parse_mass),
    (massak2.cut_answer, massak2.parse_answer),
    (pos2m.cut_frame, pos2m.parse_state),
    (cas.cut_frame, cas.parse_weight),
    (cas.cut_ack, cas.parse_weight),
)


def read_scales(data: bytes) -> None:
    """The first byte picks the protocol; every frame of the rest is read, whatever became of others."""
    if not data:
        return
    cut, parse = _TALKS[data[0] % len(_TALKS)]
    bodies = list(_bodies(cut, data[1:]))
    for body in (*bodies, data[1:]):
        parse(body)


def _bodies(cut: Cutter, data: bytes) -> list[bytes]:
    bodies = []
    for _ in range(len(data) + 1):
        piece = cut(data)
        assert 0 <= piece.used <= len(data)
        if not piece.used:
            break
        data = data[piece.used :]
        if piece.body is not None:
            bodies.append(piece.body)
    else:
        raise AssertionError("the cutter does not end")
    return bodies


if __name__ == "__main__":
    run(
        read_scales,
        SEEDS,
        instrument=[
            "drivers.scales.cas",
            "drivers.scales.massak2",
            "drivers.scales.massak100",
            "drivers.scales.pos2m",
        ],
    )
