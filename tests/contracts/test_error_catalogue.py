"""A2: the catalogue is complete in both languages, and its statuses are those of the specification."""

import re

import pytest

from app.contracts.errors import CATALOGUE, ErrorCode

SPECIFIED = {
    "INVALID_API_KEY": 401,
    "API_KEY_EXPIRED": 401,
    "INSUFFICIENT_PERMISSIONS": 403,
    "GUEST_NOT_FOUND": 404,
    "DUPLICATE_PHONE": 409,
    "INVALID_PHONE_FORMAT": 422,
    "GUEST_CARD_NOT_FOUND": 404,
    "INSUFFICIENT_BALANCE": 422,
    "MIN_CHECK_AMOUNT": 422,
    "REDEEM_LIMIT_EXCEEDED": 422,
    "LOYALTY_SYSTEM_DISABLED": 403,
    "DUPLICATE_CHECK": 409,
    "INTERNAL_ERROR": 500,
    "SERVICE_UNAVAILABLE": 503,
    "RESERVATION_EXPIRED": 422,
    "SUBSCRIPTION_EXPIRED": 402,
    "TENANT_LIMIT_REACHED": 402,
    "LOYALTY_ALREADY_APPLIED_TO_SPLIT": 422,
}


@pytest.mark.parametrize(("code", "status"), SPECIFIED.items())
def test_status_is_the_specified_one(code: str, status: int) -> None:
    assert CATALOGUE[ErrorCode(code)].status == status


@pytest.mark.parametrize("code", ErrorCode)
def test_code_is_explained_in_both_languages(code: ErrorCode) -> None:
    info = CATALOGUE[code]
    assert 400 <= info.status < 600
    for text in (info.title, info.help_en):
        assert re.search("[A-Za-z]", text)
        assert not re.search("[А-Яа-я]", text)
    for text in (info.title_ru, info.help_ru):
        assert re.search("[А-Яа-я]", text)
