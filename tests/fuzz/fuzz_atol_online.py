"""Fuzzes what reads the answers and callbacks of ATOL Online, and the simulator's own reader.

python -m tests.fuzz.fuzz_atol_online -runs=100000
"""

import contextlib

from drivers.fiscal.atol_online.answers import read_report, read_token
from drivers.fiscal.atol_online.callback import CallbackReceiver
from drivers.fiscal.atol_online.errors import error_of, group_of
from drivers.sim.atol_online_rules import BadBodyError, check_form, find_fault, read_body
from tests.fuzz.common import run

_SEEDS = (
    b'\x00{"token":"abc","timestamp":"20.11.2026 12:00:00","error":null}',
    b'\x01{"uuid":"u","status":"wait","error":{"code":34,"text":"later","type":"system"}}',
    b'\x01{"uuid":"u","status":"done","payload":{"fiscal_document_number":7,"total":1.10}}',
    b'\x01{"status":"fail","error":{"code":-3804,"text":"x","type":"driver"}}',
    b'\x03{"external_id":"a","timestamp":"t","receipt":{"items":[],"payments":[],"total":0}}',
)
_RECEIVER = CallbackReceiver("0123456789abcdef")
_RECEIVER._handler = lambda _: None


def read_any(data: bytes) -> None:
    """The first byte chooses the reader."""
    kind, rest = data[:1], data[1:]
    if kind == b"\x00":
        read_token(rest)
    elif kind == b"\x02":
        assert _RECEIVER.answer(_RECEIVER.path, rest) in (200, 400)
    elif kind == b"\x03":
        with contextlib.suppress(BadBodyError):
            body = read_body(rest)
            check_form("v5", "sell", body)
            find_fault(body)
    else:
        report = read_report(rest)
        if report.error is not None:
            assert group_of(report.error)
            assert error_of(report.error).text("ru")


if __name__ == "__main__":
    run(
        read_any,
        _SEEDS,
        instrument=("drivers.fiscal.atol_online.answers", "drivers.sim.atol_online_rules"),
    )
