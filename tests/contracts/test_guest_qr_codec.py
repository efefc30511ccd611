"""L17: a guest's code says what was written, to nobody but a holder of the company's key."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.contracts.guest_codes import DYNAMIC_PREFIX, printed_digits
from app.contracts.guest_qr import (
    CLOCK_SLACK,
    EXPIRED,
    FORGED,
    VALID_FOR,
    WRONG_TYPE,
    GuestQr,
    GuestQrError,
    key_text,
    public_key_of,
    read_guest_qr,
    write_guest_qr,
)

KEY = key_text(bytes(range(32)))
OTHER_KEY = key_text(bytes(range(1, 33)))
PUBLIC = public_key_of(KEY)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
QR = GuestQr("01JD3YQ7Z0ABCDEFGHJKMNPQRS", NOW, "ABCDEFGH01234567")


def refusal(text: str, at: datetime = NOW, key: str = PUBLIC) -> str:
    with pytest.raises(GuestQrError) as error:
        read_guest_qr(text, key, at)
    return error.value.code


@given(
    card_id=st.text(st.characters(codec="utf-8"), min_size=1, max_size=100),
    seconds=st.integers(0, 4_000_000_000),
    nonce=st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=1, max_size=40),
    key=st.binary(min_size=32, max_size=32),
)
@example(card_id="a.b.c", seconds=0, nonce="0", key=bytes(32))
def test_what_was_written_is_read(card_id: str, seconds: int, nonce: str, key: bytes) -> None:
    made_at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    qr = GuestQr(card_id, made_at, nonce)
    private = key_text(key)
    assert read_guest_qr(write_guest_qr(private, qr), public_key_of(private), made_at) == qr


def test_a_known_code_never_changes_its_form() -> None:
    """Codes and keys live in two programs of different age."""
    assert PUBLIC == "A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"
    assert write_guest_qr(KEY, QR) == (
        "MLQ:BcWvvSxTjJayZjE9vh82IoCYhXPhZ3vnsMgddYEksCWXQc8r1HpaNIMLlBt1W7vT0ZSbg9hElSaM"
        "l_FvnAx1BGNhcmQuMDFKRDNZUTdaMEFCQ0RFRkdISktNTlBRUlMuMTc5NTE2NTIwMC5BQkNERUZHSDAx"
        "MjM0NTY3"
    )


def test_a_code_fits_a_small_picture() -> None:
    """QR version 9 at level M holds 180 bytes (ISO/IEC 18004, table 7)."""
    assert len(write_guest_qr(KEY, QR)) <= 180


@pytest.mark.parametrize(
    ("age", "code"),
    [
        (timedelta(0), None),
        (VALID_FOR - timedelta(seconds=1), None),
        (VALID_FOR, EXPIRED),
        (timedelta(days=400), EXPIRED),
        (-CLOCK_SLACK, None),
        (-CLOCK_SLACK - timedelta(seconds=1), EXPIRED),
    ],
)
def test_a_code_is_good_for_five_minutes(age: timedelta, code: str | None) -> None:
    text = write_guest_qr(KEY, QR)
    if code is None:
        assert read_guest_qr(text, PUBLIC, NOW + age) == QR
    else:
        assert refusal(text, NOW + age) == code


def test_another_type_is_told_from_a_forgery() -> None:
    gift = GuestQr("gift-1", NOW, "0", type="gift")
    assert refusal(write_guest_qr(KEY, gift)) == WRONG_TYPE
    assert refusal(write_guest_qr(OTHER_KEY, gift)) == FORGED
    assert refusal("https://example.com") == WRONG_TYPE


def test_a_forgery_is_seen_before_its_age() -> None:
    assert refusal(write_guest_qr(OTHER_KEY, QR), NOW + timedelta(days=1)) == FORGED


@given(st.integers(0, 10_000), st.characters(codec="utf-8"))
@example(write_guest_qr(KEY, QR).index("_") - len(DYNAMIC_PREFIX), "/")
def test_one_changed_character_spoils_a_code(place: int, character: str) -> None:
    text = write_guest_qr(KEY, QR)
    place = len(DYNAMIC_PREFIX) + place % (len(text) - len(DYNAMIC_PREFIX) - 1)
    changed = text[:place] + character + text[place + 1 :]
    if changed != text:
        assert refusal(changed) == FORGED


@given(st.text(max_size=200))
@example("")
@example("====")
@example("Zm9v")
def test_any_text_behind_the_prefix_is_judged(text: str) -> None:
    assert refusal(DYNAMIC_PREFIX + text) == FORGED
    assert refusal(write_guest_qr(KEY, QR), key=text[:43]) == FORGED


def test_only_a_whole_printed_code_names_its_digits() -> None:
    assert printed_digits("MLC:482913:ABCDEFGHIJ") == "482913"
    for other in ("MLC:48291:A", "MLC:482913", "MLC:482913:", "mlc:482913:A", "482913", ""):
        assert printed_digits(other) is None
