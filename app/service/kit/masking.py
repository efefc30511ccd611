"""Leaving out of texts what names a person or opens a door: phones, names, keys, codes, passwords.

What is masked stays recognisable to who knows it already: the last two digits of a phone, the first
letter of a name, the beginning and the end of a key.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

_KEY = re.compile(r"\b((?:mlk_live|mlk_test|tlk|ilk|rkl|whsec)_)[A-Za-z0-9+/=_-]+")
_TOKEN = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,2}")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Not from the middle of a number, and not a date.
_PHONE = re.compile(r"(?<!\d)(?!\d{4}-\d\d-\d\d)\+?\d(?:[\s()\-]{0,2}\d){6,14}")
_DIGITS_MIN: Final = 10
_CODE: Final = "•••"

_NAMES: Final = frozenset(
    [
        "name",
        "firstname",
        "lastname",
        "middlename",
        "fullname",
        "guestname",
        "customername",
        "cashiername",
        "address",
        "comment",
        "search",
        "birthdate",
        "birthday",
        "email",
    ]
)
_SECRETS: Final = frozenset(
    [
        "password",
        "newpassword",
        "oldpassword",
        "secret",
        "token",
        "accesstoken",
        "refreshtoken",
        "apikey",
        "key",
        "code",
        "code6digit",
        "otp",
        "totp",
        "qr",
        "initdata",
        "signature",
        "cursor",
        "pin",
        "recoverycode",
        "codes",
    ]
)
_PHONES: Final = frozenset({"phone", "phones", "phonenumber"})


def mask_text(text: str) -> str:
    """Return text without whole phones, addresses of mail, keys and tokens."""
    text = _KEY.sub(lambda found: found[1] + _CODE + found[0][-4:], text)
    text = _TOKEN.sub(_CODE, text)
    text = _EMAIL.sub(lambda found: found[0][0] + _CODE, text)
    return _PHONE.sub(_mask_phone, text)


def mask_query(query: str) -> str:
    """Return the query of an address with its values masked by their names."""
    pairs = parse_qsl(query, keep_blank_values=True)
    masked = [(name, str(_mask_field(name, value))) for name, value in pairs]
    return urlencode(masked, safe="•@+:,./", encoding="utf-8")


def mask_body(body: bytes, limit: int) -> str:
    """Return a body as text, masked by the names of its fields and cut to a length."""
    text = body.decode("utf-8", "replace").replace("\x00", "\ufffd")
    try:
        parsed = json.loads(text)
        masked = json.dumps(mask_json(parsed), ensure_ascii=False)
    except (ValueError, RecursionError):
        # No JSON: a name in it cannot be told from any other word, so only its size is kept.
        return f"({len(body)} bytes, not JSON)" if body else ""
    # What a broken surrogate became in JSON no database takes.
    masked = masked.encode("utf-8", "replace").decode()
    return masked if len(masked) <= limit else masked[:limit] + "…"


def mask_json(value: Any) -> Any:  # noqa: ANN401 - JSON is anything
    """Return a JSON value with what is personal or secret masked."""
    if isinstance(value, Mapping):
        return {mask_text(name): _mask_field(name, inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [mask_json(inner) for inner in value]
    return mask_text(value) if isinstance(value, str) else value


def _mask_field(name: str, value: Any) -> Any:  # noqa: ANN401 - JSON is anything
    plain = name.replace("_", "").replace("-", "").lower()
    if plain not in _NAMES | _SECRETS | _PHONES:
        return mask_json(value)
    if isinstance(value, list):
        return [_mask_field(name, inner) for inner in value]
    if isinstance(value, Mapping) or value is None or isinstance(value, bool):
        return mask_json(value)
    text = str(value)
    if plain in _PHONES:
        return _CODE + text[-2:] if text else text
    if plain in _NAMES:
        return text[:1] + _CODE if text else text
    return _CODE if text else text


def _mask_phone(found: "re.Match[str]") -> str:
    digits = re.sub(r"\D", "", found[0])
    if len(digits) < _DIGITS_MIN:
        return found[0]
    return _CODE + digits[-2:]
