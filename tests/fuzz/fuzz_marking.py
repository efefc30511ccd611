"""Fuzzes the reader of marking codes and of the answers about them.

python -m tests.fuzz.fuzz_marking -runs=100000
"""

from datetime import UTC, datetime

from drivers.fiscal.marking.answers import judge, read_answer
from drivers.fiscal.marking.codes import parse_mark
from tests.fuzz.common import run

_WATER = b"010460043993125621JgXJ5.T1234ab\x1d93Mdk5"
_NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
_CODE = parse_mark(_WATER)
_SEEDS = (
    b"\x00" + _WATER,
    b"\x00]d2" + _WATER.replace(b"\x1d", b"<GS>"),
    b"\x0004600439931256JgXJ5.TAAAAabcd",
    b'\x01{"code":0,"codes":[{"found":true,"expireDate":"2026-01-01","smp":5}],"reqId":"a"}',
    b'\x01{"results":[{"codes":[{"isBlocked":false}]}]}',
)


def read_any(data: bytes) -> None:
    """The first byte chooses: a code as bytes, as typed text, or an answer."""
    kind, rest = data[:1], data[1:]
    if kind == b"\x00":
        assert parse_mark(rest).text.isascii()
        return
    if kind == b"\x02":
        parse_mark(rest.decode("utf-8", "replace"), typed=True)
        return
    judge(read_answer(rest), [_CODE], source="fuzz", now=_NOW)


if __name__ == "__main__":
    run(
        read_any,
        _SEEDS,
        instrument=("drivers.fiscal.marking.codes", "drivers.fiscal.marking.answers"),
    )
