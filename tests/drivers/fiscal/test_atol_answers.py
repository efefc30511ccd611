"""Answers of ATOL: any bytes end in a value or in a documented error; every code has its words."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api import fiscal_errors
from drivers.api.errors import (
    CoverOpen,
    DeviceBusy,
    DriverError,
    FinalError,
    NotConnected,
    OutcomeUnknown,
    PaperOut,
    PortBusy,
    ProtocolError,
    TemporaryError,
)
from drivers.api.fiscal import DocumentKind, FiscalDocument, FnState, ReceiptKind, ShiftPhase
from drivers.fiscal.atol import answers
from drivers.fiscal.atol.errors import error_of, is_doubtful, load_codes
from drivers.fiscal.atol.recovery import judge
from drivers.fiscal.atol.road import Phase
from drivers.fiscal.exact import load
from drivers.fiscal.notes import Note
from tests.fuzz.fuzz_atol_answers import SEEDS, one

KEYS = st.sampled_from(
    [
        "results",
        "status",
        "error",
        "code",
        "description",
        "errorCode",
        "result",
        "uuid",
        "fiscalParams",
        "warnings",
        "total",
        "shiftTotals",
        "receipts",
        "sell",
        "payments",
        "cash",
        "documentTLV",
        "1020",
        "1054",
        "state",
        "expiredTime",
        "fnStatus",
        "fiscalDocumentNumber",
    ]
)
WORDS = st.sampled_from(
    ["ready", "wait", "error", "blocked", "opened", "expired", "closeShift", ""]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)


class TestAnyAnswer:
    @given(st.binary(max_size=200))
    def test_any_bytes_are_read_or_refused(self, data: bytes) -> None:
        one(data)

    @given(JSON)
    def test_any_json_is_read_or_refused(self, value: object) -> None:
        one(json.dumps(value).encode())

    @pytest.mark.parametrize("seed", SEEDS)
    def test_real_answers_are_read(self, seed: bytes) -> None:
        one(seed)


def test_both_shapes_of_a_result_are_one() -> None:
    new = b'{"results":[{"status":"error","error":{"code":44,"description":"x"}}]}'
    old = b'{"results":[{"status":"error","errorCode":44,"errorDescription":"x"}]}'
    assert answers.read_outcome(load(new), "k") == answers.read_outcome(load(old), "k")


def test_the_first_task_that_is_not_done_decides() -> None:
    body = b'[{"status":"ready"},{"status":"error","errorCode":5},{"status":"interrupted"}]'
    assert answers.read_outcome(load(body), "k").code == 5


def test_an_entry_of_another_key_is_not_ours() -> None:
    with pytest.raises(ProtocolError):
        answers.read_outcome(load(b'[{"uuid":"a","results":[{"status":"ready"}]}]'), "k")


@pytest.mark.parametrize("body", [b"{}", b"[]", b'"x"', b"5", b'{"results":[{"status":"odd"}]}'])
def test_an_answer_without_a_status_is_refused(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        answers.read_outcome(load(body), "k")


def test_fields_may_stand_one_level_higher() -> None:
    state = answers.shift_state(answers.as_object(load(b'{"state":"closed","number":"7"}')))
    assert (state.phase, state.number) == (ShiftPhase.CLOSED, 7)
    with pytest.raises(ProtocolError):
        answers.shift_state({})
    with pytest.raises(ProtocolError):
        answers.document({}, DocumentKind.RECEIPT)


def test_a_document_without_total_or_time_has_no_qr() -> None:
    assert FiscalDocument(5).qr_text(ReceiptKind.SELL) == ""
    told = FiscalDocument(5, "77", "99", made_at="2026-11-20T13:45:00", total_minor=5)
    assert told.qr_text(ReceiptKind.SELL_REFUND) == "t=20261120T1345&s=0.05&fn=99&i=5&fp=77&n=2"


class TestCodes:
    def test_every_code_has_words_and_a_class(self) -> None:
        codes = load_codes()
        assert len(codes) == 312
        assert sorted(codes) == [
            *range(1, 279),
            *range(401, 427),
            *range(501, 506),
            *range(601, 604),
        ]
        for code, known in codes.items():
            assert re.fullmatch(r"[A-Z][A-Z0-9_]+", known.name)
            assert known.words["ru"]
            assert re.search("[А-Яа-я]", known.words["ru"])
            assert not re.search("[А-Яа-я]", known.words["en"])
            error = error_of(code, "слова кассы")
            assert isinstance(error, TemporaryError | FinalError)
            assert known.name in error.detail
            assert len(error.text("ru")) < 160

    @pytest.mark.parametrize(
        ("code", "kind"),
        [
            (2, NotConnected),
            (3, PortBusy),
            (44, PaperOut),
            (45, CoverOpen),
            (55, DeviceBusy),
            (52, fiscal_errors.TenderRefused),
            (66, fiscal_errors.TenderRefused),
            (53, fiscal_errors.DrawerShort),
            (80, fiscal_errors.DrawerShort),
            (68, fiscal_errors.ShiftExpired),
            (141, fiscal_errors.ShiftExpired),
            (73, fiscal_errors.ShiftClosed),
            (83, fiscal_errors.ShiftOpen),
            (82, fiscal_errors.DocumentOpen),
            (35, fiscal_errors.ClockWrong),
            (118, fiscal_errors.FnFault),
            (120, fiscal_errors.FnExpired),
            (121, fiscal_errors.FnFull),
            (224, fiscal_errors.FnUnusable),
            (139, fiscal_errors.OfdOverdue),
            (189, fiscal_errors.LicenceMissing),
            (144, fiscal_errors.FiscalDataRefused),
            (409, fiscal_errors.MarkRefused),
            (421, fiscal_errors.MarkUnchecked),
            (105, fiscal_errors.RegisterFault),
        ],
    )
    def test_codes_of_the_reference_mean_what_they_do(
        self, code: int, kind: type[DriverError]
    ) -> None:
        assert type(error_of(code)) is kind

    def test_an_unknown_code_speaks_with_the_registers_words(self) -> None:
        error = error_of(9999, "Новая ошибка")
        assert "Новая ошибка (9999)" in error.text("ru")
        assert not isinstance(error, OutcomeUnknown)

    @pytest.mark.parametrize("code", [1, 2, 3, 4, 241, 115, 116, 159, 166, 177, 44, 45, 46, 114])
    def test_a_code_after_which_a_document_may_exist_is_doubtful(self, code: int) -> None:
        assert is_doubtful(code)
        assert not is_doubtful(68)


class TestJudging:
    NOTE = Note(1, "sell", "d", 10, "99", 5000)

    @staticmethod
    def reader(*totals: int | None, sign: int = 1):  # noqa: ANN205 - a reader of documents
        documents = {
            11 + n: (FiscalDocument(11 + n, total_minor=total), sign)
            for n, total in enumerate(totals)
        }
        return lambda number: documents[number]

    def verdict(
        self, last: int, *totals: int | None, taken: tuple[int, ...] = (), sign: int = 1
    ) -> str:
        reader = self.reader(*totals, sign=sign)
        return judge(self.NOTE, FnState("99", last), taken, reader).verdict.value

    def test_numbers_that_did_not_grow_mean_absent(self) -> None:
        assert self.verdict(10) == "absent"

    def test_the_only_new_receipt_with_our_total_is_ours(self) -> None:
        assert self.verdict(11, 5000) == "found"
        assert self.verdict(11, None) == "found"

    def test_another_total_or_sign_is_not_ours(self) -> None:
        assert self.verdict(11, 4999) == "absent"
        assert self.verdict(11, 5000, sign=2) == "absent"

    def test_a_number_of_another_id_is_not_ours(self) -> None:
        assert self.verdict(11, 5000, taken=(11,)) == "absent"
        assert self.verdict(12, 5000, 5000, taken=(11,)) == "found"

    def test_two_that_may_be_ours_are_left_to_a_human(self) -> None:
        assert self.verdict(12, 5000, 7000) == "uncertain"
        assert self.verdict(12, 5000, 5000) == "uncertain"

    def test_numbers_that_went_back_or_far_ahead_are_left_to_a_human(self) -> None:
        assert self.verdict(9) == "uncertain"
        assert self.verdict(60) == "uncertain"

    def test_a_storage_that_cannot_be_read_is_left_to_a_human(self) -> None:
        def refuse(number: int) -> tuple[FiscalDocument, int]:
            raise ProtocolError(f"{number}")

        lookup = judge(self.NOTE, FnState("99", 11), (), refuse)
        assert (lookup.verdict.value, Phase.LOST.value) == ("uncertain", "lost")
