"""The files `e` and `p` of Sberbank's program: code pages, cut files, old versions, slips."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.errors import ConfigurationError, DriverError, ProtocolError
from drivers.api.terminal import Outcome, TerminalResult
from drivers.sim.sberbank import result_text as simulated_result
from drivers.sim.sberbank import slip_lines
from drivers.sim.terminal_journal import Booking
from drivers.terminals.sberbank import codes
from drivers.terminals.sberbank.files import parse_result, parse_slip
from drivers.terminals.sberbank.options import SberbankOptions, fill
from drivers.terminals.text import decode_text, masked

#: Sample of a public client.
SAMPLE = (
    "0,ОДОБРЕНО\r\n427400******1234\r\n12/28\r\nA1B2C3\r\n0042\r\nVisa\r\n1\r\n00311159\r\n"
    "20261120134500\r\n632412345678\r\n"
)
BOOKING = Booking("payment", 123450, "643", "0042", "000017", "1120", "134500", "A1B2C3")
WORDS = (
    "ОДОБРЕНО", "Отказ", "одобрено", "Недостаточно средств", "НЕТ СВЯЗИ С БАНКОМ", "Сумма (Руб): 10.00",
    "Операция прервана", "КАФЕ", "РОМАШКА", "Суп", "ИТОГИ СОВПАЛИ", "Карта просрочена", "Неверный ПИН",
    "ООО «Вкусно»", "Спасибо за покупку!", "ОТМЕНЕНО КЛИЕНТОМ", "Позвоните в банк",
)  # fmt: skip


@pytest.mark.parametrize("encoding", ["cp866", "koi8-r", "cp1251", "utf-8"])
def test_sample_of_the_reference_is_read_in_any_code_page(encoding: str) -> None:
    named = parse_result(SAMPLE.encode(encoding), encoding)
    assert (named.code, named.message, named.masked_pan) == (0, "ОДОБРЕНО", "427400******1234")
    assert (named.auth_code, named.number, named.card_name) == ("A1B2C3", "0042", "Visa")
    assert (named.terminal_id, named.when) == ("00311159", "20261120134500")
    assert named.rrn == "632412345678"
    if encoding != "cp1251":  # the program never writes it by itself; it must be named
        assert parse_result(SAMPLE.encode(encoding)) == named


@pytest.mark.parametrize("encoding", ["cp866", "koi8-r", "utf-8"])
@pytest.mark.parametrize("words", WORDS)
def test_code_page_is_found_out_even_from_one_word(words: str, encoding: str) -> None:
    words = words.replace("«", "").replace("»", "")  # neither code page has them
    assert decode_text(words.encode(encoding)) == words


@given(
    st.lists(st.sampled_from(WORDS), min_size=2, max_size=12), st.sampled_from(["cp866", "koi8-r"])
)
def test_code_page_of_a_whole_slip_is_found_out(words: list[str], encoding: str) -> None:
    text = "\r\n".join(words).replace("«", '"').replace("»", '"')
    assert decode_text(text.encode(encoding)) == text


@pytest.mark.parametrize(
    "cut", ["", "0", "2", "20", "2000", ",ОДОБРЕНО", "-1,x", "0x,", "\x00\x01"]
)
def test_result_without_a_whole_code_is_no_result(cut: str) -> None:
    """'2' may be the beginning of '2000': only the comma says that the code is whole."""
    with pytest.raises(ProtocolError):
        parse_result(cut.encode("cp866"))


@given(st.integers(0, len(SAMPLE) - 1))
def test_result_cut_anywhere_says_the_same_code_or_nothing(cut: int) -> None:
    with contextlib.suppress(ProtocolError):
        assert parse_result(SAMPLE[:cut].encode("cp866")).code == 0


def test_old_version_writes_one_line() -> None:
    result = parse_result("4451,НЕДОСТАТОЧНО СРЕДСТВ".encode("cp866"))
    assert (result.code, result.rrn, result.number) == (4451, "", "")


def test_slip_of_the_pad_is_read() -> None:
    slip = parse_slip("\r\n".join(slip_lines(BOOKING)).encode("koi8-r", errors="replace"))
    assert slip.amount_minor == 123450
    assert (slip.rrn, slip.auth_code, slip.number) == ("632400000017", "A1B2C3", "0042")
    assert (slip.date, slip.time, slip.terminal_id) == ("1120", "134500", "00311159")
    assert slip.is_approved


@pytest.mark.parametrize(
    ("line", "minor"),
    [
        ("Сумма (Руб):\n1 234.50", 123450),
        ("СУММА: 12,00 РУБ", 1200),
        ("Сумма операции 1'000'000.01", 100000001),
        ("Итого: 0.50", 50),
        ("Сумма: 12.345", None),
        ("Комиссия 5.00", None),
    ],
)
def test_sum_on_the_slip(line: str, minor: int | None) -> None:
    assert parse_slip(line.encode("cp866")).amount_minor == minor


def test_whole_card_number_is_hidden_and_an_rrn_is_not() -> None:
    assert masked("Карта 2202 2012 3456 4771") == "Карта **** **** **** 4771"
    assert masked("2202201234564771") == "************4771"
    assert masked("RRN: 632412345678") == "RRN: 632412345678"
    assert parse_result(b"0,OK\n2202201234564771\n").masked_pan == "************4771"


@given(st.binary(max_size=600))
def test_any_bytes_end_in_a_result_or_a_documented_error(data: bytes) -> None:
    for encoding in ("auto", "cp866", "koi8-r", "utf-8"):
        with contextlib.suppress(DriverError):
            parse_result(data, encoding)
        slip = parse_slip(data, encoding)
        assert slip.amount_minor is None or slip.amount_minor >= 0


@given(st.integers(0, 9999), st.sampled_from(["cp866", "koi8-r"]))
def test_what_the_program_writes_is_what_is_read(code: int, encoding: str) -> None:
    text = simulated_result(code, "ОДОБРЕНО", BOOKING)
    result = parse_result(text.encode(encoding))
    assert (result.code, result.rrn, result.number) == (code, "632400000017", "0042")


def test_every_code_has_words_in_both_languages() -> None:
    for code in range(10_000):
        russian, english = codes.result_text(code), codes.result_text(code, "en")
        assert russian
        assert english.isascii()
        assert russian != english
    assert codes.result_text(4451) == "Недостаточно средств"
    assert codes.result_text(4499) == "Отказ банка, код 4499"
    assert codes.result_text(7777) == "Отказ терминала, код 7777"
    assert not codes.is_known(1)
    assert not codes.is_known(-9)


def test_arguments_are_filled_and_no_fact_becomes_two_arguments() -> None:
    known = TerminalResult(Outcome.APPROVED, rrn="1 --x", auth_code="A1")
    assert fill("{amount_minor} 0 {rrn}", 500, known) == ("500", "0", "1 --x")
    for wrong in ("{sum}", "{0}", "{amount_minor.x}", "{"):
        with pytest.raises(ConfigurationError):
            SberbankOptions(refund_arguments=wrong)
    with pytest.raises(ConfigurationError):
        SberbankOptions(encoding="ebcdic")
