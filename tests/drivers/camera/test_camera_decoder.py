"""The pair of readers: what the first misses the harder looks read, and nothing is read wrongly."""

import cv2
import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from drivers.api.errors import ConfigurationError
from drivers.api.scanner import Symbology
from drivers.scanners.decoder import SIDE_MAX, Decoder, Look
from drivers.scanners.readers import (
    FORMATS,
    Found,
    Picture,
    is_seen_again,
    pyzbar_reader,
    zxing_reader,
)
from drivers.sim.camera import qr_picture
from tests.bench.codes_set import DISTORTIONS, Sample, make_frame, make_text

EMPTY = np.full((120, 160, 3), 90, dtype=np.uint8)
SIZE = (640, 480)
# Beyond both readers even when mild: a DataMatrix is found by its two solid sides, which must be
# straight and whole.
UNREAD = {("curved", "datamatrix"), ("dirty", "datamatrix")}
has_pyzbar = pytest.mark.skipif(pyzbar_reader(("qr",)) is None, reason="libzbar is not installed")


def sample(name: str, kind: str, number: int) -> Sample:
    """One of fourteen frames of a distortion, as `codes_set.make_samples` numbers them."""
    place = list(DISTORTIONS).index(name)
    text = make_text(kind, 1000 * place + number + SIZE[0])
    seed = 10_000 * place + 10 * number + SIZE[0]
    frame = make_frame(kind, text, name, number / 13, SIZE, seed)
    return Sample(name, kind, SIZE, number / 13, text, frame)


@pytest.mark.parametrize("name", list(DISTORTIONS))
def test_mildly_spoilt_codes_of_each_format_are_read(name: str) -> None:
    decoder = Decoder(FORMATS, single=True)
    for kind, symbology in (
        ("qr", Symbology.QR),
        ("code128", Symbology.CODE128),
        ("datamatrix", Symbology.DATAMATRIX),
        ("ean13", Symbology.EAN13),
    ):
        text = make_text(kind, 77)
        found = decoder.decode(make_frame(kind, text, name, 0.0, SIZE, seed=5))
        told = [(code.text, code.symbology, code.data) for code in found]
        assert told == ([] if (name, kind) in UNREAD else [(text, symbology, text.encode())])


@has_pyzbar
@pytest.mark.parametrize(
    ("name", "kind", "number"),
    [
        ("inverted", "ean13", 1),
        ("noise", "code128", 6),
        ("low contrast", "ean13", 9),
        ("dark", "datamatrix", 11),
        ("shadow", "qr", 12),
        ("slope of light", "ean13", 13),
        ("coarse", "ean13", 5),
    ],
)
def test_harder_looks_read_what_the_first_cannot(name: str, kind: str, number: int) -> None:
    spoilt = sample(name, kind, number)
    grey = np.asarray(cv2.cvtColor(spoilt.frame, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    assert spoilt.text not in [code.text for code in zxing_reader(FORMATS)(grey)]
    assert [code.text for code in Decoder(FORMATS, single=True).decode(spoilt.frame)] == [
        spoilt.text
    ]


@has_pyzbar
def test_camera_reads_a_hard_code_within_fifteen_frames() -> None:
    """One second at 15 frames each: harder looks come in turn."""
    for name, kind, number in (("shadow", "qr", 12), ("slope of light", "ean13", 13)):
        spoilt = sample(name, kind, number)
        decoder = Decoder(("qr", "ean"))
        read = [bool(decoder.decode(spoilt.frame)) for _ in range(15)]
        assert any(read)


def test_harder_looks_are_taken_in_turn_at_every_so_many_empty_frames() -> None:
    decoder = Decoder(("qr",), second_every=3)
    asked: list[str] = []

    def seen(name: str) -> list[Found]:
        asked.append(name)
        return []

    names = [look.name for look in decoder._looks]
    decoder._looks = tuple(
        Look(name, lambda _, name=name: seen(name), lambda grey: grey)  # type: ignore[misc]  # mypy cannot type a default of a lambda
        for name in names
    )
    for _ in range(3 * len(names) + 3):
        assert decoder.decode(EMPTY) == []
    assert asked == [*names, names[0]]


def test_warming_up_changes_nothing_that_is_read() -> None:
    decoder = Decoder(("qr", "ean"))
    decoder.warm_up()
    assert decoder._empty_frames == 0
    assert [code.text for code in decoder.decode(qr_picture("LC:1", 300))] == ["LC:1"]


def test_no_harder_look_is_taken_where_none_is_wanted() -> None:
    decoder = Decoder(("qr",), second_every=0)
    assert not decoder.has_second_opinion
    assert [decoder.decode(EMPTY) for _ in range(5)] == [[]] * 5


@has_pyzbar
def test_second_reader_reads_the_same_code() -> None:
    read = pyzbar_reader(("qr", "datamatrix"))
    assert read is not None
    (found,) = read(qr_picture("LC:1", 300))
    assert (found.text, found.symbology, found.data) == ("LC:1", Symbology.QR, b"LC:1")
    assert pyzbar_reader(("datamatrix",)) is None


def misreading() -> Found:
    return Found("4600682000013", Symbology.EAN13, b"4600682000013", (20, 20, 140, 60))


def test_code_with_a_mere_check_digit_must_be_seen_twice() -> None:
    """Noise makes bars; one check digit lets a tenth of its misreadings pass."""
    decoder = Decoder(("ean",), second_every=0)
    decoder._quick = lambda _: [misreading()]
    decoder._first = lambda _: []
    assert decoder.decode(EMPTY) == []
    assert [code.text for code in decoder.decode(EMPTY)] == ["4600682000013"]


def test_single_pictures_confirm_nothing_for_each_other() -> None:
    decoder = Decoder(("ean",), second_every=0, single=True)
    decoder._first = lambda _: [misreading()]
    assert [decoder.decode(EMPTY) for _ in range(3)] == [[]] * 3


@pytest.mark.parametrize("turned", [False, True])
def test_code_that_is_there_is_seen_again_at_its_place(*, turned: bool) -> None:
    text = make_text("ean13", 3)
    frame = make_frame("ean13", text, "easy", 0.0, SIZE, seed=1)
    grey = np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    if turned:
        grey = np.ascontiguousarray(np.rot90(grey))
    (found,) = zxing_reader(("ean",))(grey)
    assert is_seen_again(grey, found)
    assert not is_seen_again(grey, Found("4600682000013", found.symbology, b"4", found.area))
    assert not is_seen_again(grey[:0], found)


def test_every_code_of_a_picture_is_told_once() -> None:
    first, second = qr_picture("LC:1", 200), qr_picture("GIFT:2", 200)
    side = min(first.shape[0], second.shape[0])
    both = np.hstack((first[:side, :side], second[:side, :side], first[:side, :side]))
    found = Decoder(("qr",), single=True).decode(np.stack((both,) * 3, axis=-1))
    assert sorted(code.text for code in found) == ["GIFT:2", "LC:1"]


def test_large_pictures_are_read_and_made_small_for_harder_looks() -> None:
    code = qr_picture("LC:1", 1200)
    page = np.pad(code, ((600, 600), (900, 900)), constant_values=255)
    assert max(page.shape) > SIDE_MAX
    decoder = Decoder(("qr",), single=True)
    assert [found.text for found in decoder.decode(page)] == ["LC:1"]
    assert decoder.decode(np.full((2400, 3200), 80, dtype=np.uint8)) == []


def test_gs_is_kept_and_other_alphabets_are_read() -> None:
    marking = "010460043993125621JgXJ5T\x1d93Mdk5"
    kind = zxingcpp.BarcodeFormat.DataMatrix
    code = zxingcpp.create_barcode("(01)04600439931256(21)JgXJ5T(93)Mdk5", kind, gs1=True)
    picture = np.array(zxingcpp.write_barcode_to_image(code, scale=4, add_quiet_zones=True))
    (found,) = Decoder(FORMATS, single=True).decode(np.pad(picture, 40, constant_values=255))
    assert (found.text, found.data) == (marking, marking.encode())
    (found,) = Decoder(("qr",), single=True).decode(qr_picture("Гость № 7", 300))
    assert found.text == "Гость № 7"


@pytest.mark.parametrize("formats", [(), ("qr", "maxicode")])
def test_unknown_formats_are_refused(formats: tuple[str, ...]) -> None:
    with pytest.raises(ConfigurationError):
        Decoder(formats)


@settings(max_examples=30, deadline=None)
@given(arrays.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40))))
def test_any_picture_is_decoded_without_an_exception(picture: Picture) -> None:
    for single in (False, True):
        decoder = Decoder(FORMATS, second_every=1, single=single)
        for _ in range(3):
            assert isinstance(decoder.decode(picture), list)
