"""Frames of four protocols: vectors of the sources, round trips, and any bytes at all."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.errors import ConfigurationError, DriverError, NotSupported, ProtocolError
from drivers.api.scale import ScaleNeedsService, Weight
from drivers.scales import cas, massak2, massak100, pos2m
from drivers.scales.line import Cutter, Piece
from drivers.sim.scale_dialects import massak_frame, pos2m_frame

CUTTERS: dict[str, Cutter] = {
    "massak100": massak100.cut_frame,
    "massak2": massak2.cut_answer,
    "pos2m": pos2m.cut_frame,
    "cas": cas.cut_frame,
    "cas-ack": cas.cut_ack,
}
PARSERS: dict[str, Callable[[bytes], Weight]] = {
    "massak100": massak100.parse_mass,
    "massak2": massak2.parse_answer,
    "pos2m": pos2m.parse_state,
    "cas": cas.parse_weight,
}
MASSAK_QUERY = bytes.fromhex("F8 55 CE 01 00 23 23 00")
MASSAK_ZERO = bytes.fromhex("F8 55 CE 0D 00 24 00 00 00 00 01 01 00 01 00 00 00 00 FC 23")
POS2M_QUERY = bytes.fromhex("02 05 3A 30 30 33 30 3C")


def cut_all(cut: Cutter, data: bytes) -> list[Piece]:
    """Feed to the end, as the line does; a cutter that never ends fails the test."""
    pieces: list[Piece] = []
    for _ in range(len(data) + 2):
        piece = cut(data)
        assert 0 <= piece.used <= len(data)
        if not piece.used:
            assert piece.body is None
            return pieces
        pieces.append(piece)
        data = data[piece.used :]
    raise AssertionError("the cutter does not end")


def test_massak_100_vectors_of_the_reference() -> None:
    assert massak100.frame(b"\x23") == MASSAK_QUERY
    (piece,) = cut_all(massak100.cut_frame, MASSAK_ZERO)
    assert piece.body is not None
    assert massak100.parse_mass(piece.body) == Weight(0, stable=True, tare_g=0, zero=True)


def test_massak_check_sum_is_not_xmodem_and_both_can_be_chosen() -> None:
    body = MASSAK_ZERO[5:-2]
    assert massak100.check_massa(body) == 0x23FC
    assert massak100.check_xmodem(b"123456789") == 0x31C3  # the catalogue of CRCs
    assert massak100.check_xmodem(body) != 0x23FC
    framed = massak100.frame(body, "xmodem")
    assert massak100.cut_frame(framed, "xmodem").body == body
    assert massak100.cut_frame(framed).damaged


@pytest.mark.parametrize(
    ("weight", "code", "division", "grams"),
    [
        (3505, 0, "auto", 351),  # tenths: half a gram is rounded away from zero
        (3504, 0, "auto", 350),
        (-3505, 0, "auto", -351),
        (350, 1, "auto", 350),
        (35, 2, "auto", 350),
        (3, 3, "auto", 300),
        (2, 4, "auto", 2000),
        (350, 7, "1", 350),  # the installer knows better than the table
        (35, 1, "10", 350),
    ],
)
def test_divisions_become_grams(weight: int, code: int, division: str, grams: int) -> None:
    body = b"\x24" + weight.to_bytes(4, "little", signed=True) + bytes((code, 1, 0, 0))
    reading = massak100.parse_mass(body, division)
    assert (reading.grams, reading.tare_g) == (grams, None)


def test_unknown_division_is_a_sentence_for_the_installer() -> None:
    with pytest.raises(ConfigurationError, match="set the option 'division'"):
        massak100.parse_mass(b"\x24" + bytes(4) + bytes((9, 1, 0, 0)))


@pytest.mark.parametrize(
    ("data", "weight"),
    [
        # Seen on a line: 2 kg at rest (public clients of the scales).
        ("80 00 d0 07 00", Weight(2000, stable=True, tare_g=None)),
        ("c0 00 00 00 00", Weight(0, stable=True, tare_g=None, zero=True)),
        ("20 00 78 00 80", Weight(-120, stable=False, tare_g=None, has_tare=True)),
        ("80 01 b1 0d 00", Weight(351, stable=True, tare_g=None)),
    ],
)
def test_massak_2_answers(data: str, weight: Weight) -> None:
    assert massak2.parse_answer(bytes.fromhex(data)) == weight


def test_pos2m_vectors_of_the_document() -> None:
    assert pos2m.frame(b"\x3a" + b"0030") == POS2M_QUERY
    reply = b"\x3a\x00" + bytes.fromhex("1d 00 5e 01 00 00 78 00 00")
    (ack, piece) = cut_all(pos2m.cut_frame, b"\x06" + pos2m_frame(reply))
    assert (ack.used, piece.body) == (1, reply)
    assert pos2m.parse_state(reply) == Weight(350, stable=True, tare_g=120, has_tare=True)


@pytest.mark.parametrize("bit", [5, 7, 9])
def test_pos2m_troubles_are_told(bit: int) -> None:
    state = (1 << bit).to_bytes(2, "little")
    with pytest.raises(ScaleNeedsService):
        pos2m.parse_state(b"\x3a\x00" + state + bytes(7))


def test_cas_texts_become_grams() -> None:
    assert cas.parse_weight(b"S 00.845kg") == Weight(845, stable=True, tare_g=None)
    assert cas.parse_weight(b"U-02.371kg").grams == -2371
    assert cas.parse_weight(b"S 000350kg").grams == 350  # without a point: three places
    assert cas.parse_weight(b"S 000350kg", 2).grams == 3500
    assert cas.parse_weight(b"S  350.5 g").grams == 351
    assert cas.parse_weight(b"S   123.7 g").grams == 124
    assert cas.parse_weight(b"UFFFFFFFkg").overload
    with pytest.raises(NotSupported, match="kilograms"):
        cas.parse_weight(b"S 01.000lb")
    with pytest.raises(ProtocolError):
        cas.parse_weight(b"S ??.???kg")


def test_cas_long_form_is_read() -> None:
    content = b"S  123.70kg"
    framed = b"\x81\x02" + content + bytes((cas.check(content),)) + b"\x03"
    assert [piece.body for piece in cut_all(cas.cut_frame, framed)] == [content]


@pytest.mark.parametrize("make", [
    lambda: massak100.Massak100Options(division="5"),
    lambda: massak100.Massak100Options(check="crc32"),
    lambda: pos2m.Pos2mOptions(password="12345"),  # noqa: S106 - no secret
    lambda: pos2m.Pos2mOptions(password="паро"),  # noqa: S106 - ditto
    lambda: cas.CasOptions(decimals=9),
])  # fmt: skip
def test_senseless_settings_are_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ConfigurationError):
        make()


@pytest.mark.parametrize("name", CUTTERS)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_cut_without_a_fault_and_to_an_end(name: str, data: bytes) -> None:
    cut_all(CUTTERS[name], data)


@pytest.mark.parametrize("name", PARSERS)
@given(body=st.binary(max_size=40))
def test_any_body_is_a_weight_or_an_error_of_ours(name: str, body: bytes) -> None:
    for front in (b"", b"\x24", b"\x3a\x00", b"S "):
        try:
            reading = PARSERS[name](front + body)
        except DriverError:
            continue
        assert isinstance(reading.grams, int)


@given(body=st.binary(min_size=1, max_size=64), noise=st.binary(max_size=20))
def test_massak_frames_made_apart_are_the_same_and_survive_noise(body: bytes, noise: bytes) -> None:
    """The driver works byte by byte, the simulator divides polynomials."""
    assert massak100.frame(body) == massak_frame(body)
    found = cut_all(massak100.cut_frame, noise.replace(b"\xf8", b"") + massak_frame(body))
    assert found[-1].body == body


@given(content=st.binary(min_size=1, max_size=64), place=st.integers(min_value=0))
def test_pos2m_frames_survive_the_trip_and_one_wrong_bit_is_seen(
    content: bytes, place: int
) -> None:
    framed = pos2m.frame(content)
    assert framed == pos2m_frame(content)
    assert pos2m.cut_frame(framed).body == content
    place = 2 + place % (len(framed) - 2)
    wrong = framed[:place] + bytes((framed[place] ^ 0x04,)) + framed[place + 1 :]
    assert pos2m.cut_frame(wrong).body is None


@given(
    grams=st.integers(min_value=-99_999, max_value=99_999),
    stable=st.booleans(),
)
def test_cas_weights_survive_the_trip(grams: int, stable: bool) -> None:
    shown = f"{abs(grams) // 1000:02d}.{abs(grams) % 1000:03d}".encode()
    content = (b"S" if stable else b"U") + (b"-" if grams < 0 else b" ") + shown + b"kg"
    piece = cas.cut_frame(cas.frame(content))
    assert piece.body == content
    assert cas.parse_weight(content) == Weight(grams, stable=stable, tare_g=None)
