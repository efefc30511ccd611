"""Any bytes as an answer of an ATOL register or its Web server.

`python -m tests.fuzz.fuzz_atol_answers -runs=100000`
"""

import contextlib
from collections.abc import Callable

from drivers.api.errors import ProtocolError
from drivers.api.fiscal import DocumentKind
from drivers.fiscal.atol import answers
from drivers.fiscal.atol.road import JsonObject
from drivers.fiscal.exact import dump, kopecks, load
from tests.fuzz.common import run

SEEDS = [
    text.encode()
    for text in (
        (
            '{"results":[{"status":"ready","error":{"code":0,"description":"Ошибок нет"},"result":'
            '{"fiscalParams":{"total":225.12,"fiscalDocumentNumber":778,"fiscalDocumentSign":"3449"},'
            '"warnings":{"notPrinted":false}}}]}'
        ),
        '{"results":[{"status":"error","errorCode":68,"errorDescription":"Смена","result":null}]}',
        '[{"uuid":"k","results":[{"status":"blocked"}]}]',
        '{"error":{"code":505,"description":"Нет связи"}}',
        '{"shiftStatus":{"state":"opened","number":5,"expiredTime":"2026-11-21T10:00:00+03:00"}}',
        (
            '{"shiftTotals":{"receipts":{"sell":{"count":1,"sum":1.5,"payments":{"cash":1.5}}},'
            '"income":{"sum":1e2,"count":1},"cashDrawer":{"sum":101.5}}}'
        ),
        '{"fnStatus":{"fiscalDocumentNumber":7,"warnings":{"criticalError":true}}}',
        '{"documentTLV":{"fiscalDocumentType":"receipt","1020":1.5,"1054":1,"1077":"9"}}',
        '{"status":{"notSentCount":3,"notSentFirstDocNumber":5}}',
        '{"counters":{"cashSum":12345.67}}',
    )
]
_READERS: tuple[Callable[[JsonObject], object], ...] = (
    answers.shift_state,
    answers.shift_totals,
    answers.fn_state,
    answers.ofd_queue,
    answers.drawer_sum,
    answers.has_document_number,
    lambda result: answers.document(result, DocumentKind.RECEIPT),
    lambda result: answers.stored_document(result, 5),
)


def one(data: bytes) -> None:
    """Read the same bytes in every way that a register's answer is read."""
    try:
        value = load(data)
    except ProtocolError:
        return
    kopecks(value)
    assert load(dump(value)) == value
    answers.read_error(value)
    with contextlib.suppress(ProtocolError):
        answers.is_claim(answers.read_outcome(value, "k"))
    for read in _READERS:
        with contextlib.suppress(ProtocolError):
            read(answers.as_object(value))


if __name__ == "__main__":
    run(one, SEEDS, instrument=("drivers.fiscal.exact", "drivers.fiscal.atol.answers"))
