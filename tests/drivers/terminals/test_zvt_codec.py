"""Bytes of ZVT: vectors from the reference, round trips, and garbage that must end in one error."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.errors import ConfigurationError, NotSupported, ProtocolError
from drivers.api.terminal import Progress
from drivers.terminals.zvt import answers, codec, fields
from drivers.terminals.zvt.codec import Apdu, decode_apdu, take_apdu
from drivers.terminals.zvt.frame import FrameError, crc16, encode_frame, take_frame
from drivers.terminals.zvt.tables import RESULT_TEXTS, progress_of, result_text


def test_authorisation_matches_the_reference_vector() -> None:
    """Reference, Appendix B: authorise 12.34 EUR."""
    message = codec.authorisation(1234, "EUR").encode()
    assert message == bytes.fromhex("06 01 0A 04 00 00 00 00 12 34 49 09 78")


def test_serial_acknowledge_matches_the_reference_vector() -> None:
    """Reference, Appendix B: APDU 80 00 00 on the line, CRC low byte first."""
    assert encode_frame(b"\x80\x00\x00") == bytes.fromhex("10 02 80 00 00 10 03 F5 1F")
    assert crc16(b"\x80\x00\x00") == 0x1FF5


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (codec.reversal("000000", "12", 500, "RUB"), "0630 10 000000 870012 04000000000500 490643"),
        (codec.refund("123456", 500, "643"), "0631 0D 123456 04000000000500 490643"),
        (codec.end_of_day("000000"), "0650 03 000000"),
        (codec.repeat_receipt("000000"), "0620 03 000000"),
        (codec.status_enquiry("000000"), "0501 05 000000 0300"),
    ],
)
def test_commands_have_their_bytes(command: Apdu, expected: str) -> None:
    assert command.encode() == bytes.fromhex(expected)


@given(st.binary(min_size=2, max_size=2), st.binary(max_size=700), st.binary(max_size=5))
def test_apdu_round_trip_leaves_what_follows(control: bytes, data: bytes, rest: bytes) -> None:
    apdu = Apdu(control, data)
    message = apdu.encode()
    assert take_apdu(message + rest) == (apdu, len(message))
    assert decode_apdu(message) == apdu


@given(st.binary(max_size=700))
def test_unfinished_apdu_waits_for_more(data: bytes) -> None:
    message = Apdu(b"\x04\x0f", data).encode()
    for end in (0, 1, 2, 4, len(message) - 1):
        if end < len(message):
            assert take_apdu(message[:end]) is None


def test_length_takes_three_bytes_from_255_on() -> None:
    assert Apdu(b"\x06\xd3", bytes(254)).encode()[:3] == bytes.fromhex("06D3FE")
    assert Apdu(b"\x06\xd3", bytes(255)).encode()[:5] == bytes.fromhex("06D3FFFF00")
    assert Apdu(b"\x06\xd3", bytes(256)).encode()[:5] == bytes.fromhex("06D3FF0001")
    with pytest.raises(ProtocolError):
        Apdu(b"\x06\xd3", bytes(65536)).encode()


@given(st.integers(min_value=0, max_value=10**12 - 1))
def test_bcd_round_trip(number: int) -> None:
    assert int(codec.decode_bcd(codec.encode_bcd(number, 6))) == number


@pytest.mark.parametrize("bad", [10**12, "12a", "-1"])
def test_numbers_that_do_not_fit_are_refused(bad: int | str) -> None:
    with pytest.raises(ProtocolError):
        codec.encode_bcd(bad, 6)


def test_unknown_currency_and_senseless_sums_are_refused() -> None:
    with pytest.raises(ConfigurationError):
        codec.authorisation(100, "XXX")
    with pytest.raises(NotSupported):
        codec.authorisation(0, "RUB")


@given(st.binary(max_size=300), st.binary(max_size=20).filter(lambda noise: b"\x10" not in noise))
def test_frame_round_trip_behind_noise(apdu: bytes, noise: bytes) -> None:
    frame = encode_frame(apdu)
    assert take_frame(noise + frame) == (apdu, len(noise) + len(frame))


@given(st.binary(min_size=1, max_size=60), st.data())
def test_damaged_frame_is_never_taken_for_a_good_one(apdu: bytes, data: st.DataObject) -> None:
    frame = bytearray(encode_frame(apdu))
    place = data.draw(st.integers(2, len(frame) - 1))
    bit = data.draw(st.integers(0, 7))
    frame[place] ^= 1 << bit
    # One flipped bit may hide the end (then more is awaited), never change the message.
    with contextlib.suppress(FrameError):
        assert take_frame(frame) is None


@given(st.binary(max_size=400))
def test_garbage_frames_raise_nothing_else(data: bytes) -> None:
    with contextlib.suppress(FrameError):
        take_frame(data)


_TAGS = st.sampled_from(
    [fields.AMOUNT, fields.TRACE, fields.TEXT, fields.CARD_NAME, fields.TLV, fields.RECEIPT, 0xA7]
)


@st.composite
def bitmaps(draw: st.DrawFn) -> tuple[int, bytes]:
    tag = draw(_TAGS)
    size = {fields.AMOUNT: 6, fields.TRACE: 3, fields.RECEIPT: 2}.get(tag)
    longest = 99 if tag in (fields.CARD_NAME, 0xA7) else 300
    return tag, draw(st.binary(min_size=size or 0, max_size=longest if size is None else size))


@given(st.lists(bitmaps(), max_size=10))
def test_fields_round_trip(items: list[tuple[int, bytes]]) -> None:
    data = b"".join(fields.encode_field(tag, value) for tag, value in items)
    parsed = fields.parse_fields(data)
    assert list(parsed.items) == items
    assert parsed.rest == b""


def test_unknown_field_stops_the_reading_and_keeps_what_came_before() -> None:
    parsed = fields.parse_fields(bytes.fromhex("2700 99 0102"))
    assert parsed.find(fields.RESULT) == b"\x00"
    assert parsed.rest == bytes.fromhex("99 0102")


@pytest.mark.parametrize("data", ["04 00", "8B F1 F7 44", "3C F0", "06 05 07", "8B FA F0"])
def test_cut_fields_are_protocol_errors(data: str) -> None:
    with pytest.raises(ProtocolError):
        fields.parse_fields(bytes.fromhex(data))


@given(
    st.lists(
        st.tuples(st.sampled_from([0x07, 0x24, 0x1F2B, 0x44]), st.binary(max_size=300)), max_size=6
    )
)
def test_tlv_round_trip(items: list[tuple[int, bytes]]) -> None:
    flat = [(tag, value) for tag, value in items if tag != 0x24]
    data = b"".join(fields.encode_tlv(tag, value) for tag, value in flat)
    assert list(fields.walk_tlv(data)) == flat


def test_tlv_is_walked_into_containers_but_not_for_ever() -> None:
    inner = fields.encode_tlv(0x07, b"line")
    assert list(fields.walk_tlv(fields.encode_tlv(0x25, inner))) == [(0x25, inner), (0x07, b"line")]
    deep = b""
    for _ in range(fields.TLV_DEPTH_MAX + 2):
        deep = fields.encode_tlv(0x25, deep)
    with pytest.raises(ProtocolError):
        list(fields.walk_tlv(deep))


@given(st.binary(max_size=300))
def test_garbage_in_any_parser_is_a_protocol_error_or_nothing(data: bytes) -> None:
    readers = (
        fields.parse_fields,
        lambda raw: list(fields.walk_tlv(raw)),
        lambda raw: answers.progress(raw, "cp866"),
        lambda raw: answers.printed_line(raw, "cp866"),
        lambda raw: answers.printed_block(raw, "cp866"),
        fields.without_card_data,
    )
    for read in readers:
        with contextlib.suppress(ProtocolError):
            read(data)


def test_card_numbers_are_masked_even_if_the_terminal_sends_them_whole() -> None:
    assert fields.masked_pan(bytes.fromhex("EEEEEEEEEEEE4771")) == "************4771"
    assert fields.masked_pan(bytes.fromhex("4276550012344771")) == "************4771"
    assert fields.masked_pan(bytes.fromhex("427655001234477F")) == "***********4477"
    raw = fields.encode_field(fields.PAN, bytes.fromhex("4276550012344771"))
    raw += fields.encode_field(fields.TRACK_2, bytes.fromhex("4276550012344771D25122"))
    assert bytes.fromhex("4276") not in fields.without_card_data(raw)


def test_every_code_has_words_in_both_languages() -> None:
    for code in range(256):
        russian, english = result_text(code), result_text(code, "en")
        assert russian
        assert english
        assert progress_of(code) in Progress
    assert all(ru and en for ru, en in RESULT_TEXTS.values())


@pytest.mark.parametrize(
    ("data", "seconds"), [("0A", 0), ("0A 01", 60), ("0A 12", 720), ("0A 00", 0)]
)
def test_intermediate_status_tells_how_long_to_wait(data: str, seconds: int) -> None:
    assert answers.progress(bytes.fromhex(data), "cp866")[2] == seconds
