"""The branches that fiscal registers add to the error tree, and the words they show."""

import pytest

from drivers.api import fiscal_errors
from drivers.api.errors import DriverError, OutcomeUnknown, TemporaryError

KINDS = [
    kind
    for kind in vars(fiscal_errors).values()
    if isinstance(kind, type)
    and issubclass(kind, DriverError)
    and kind.__module__ == fiscal_errors.__name__
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_error_has_short_text_in_both_languages_and_stands_in_the_drawing(
    kind: type[DriverError],
) -> None:
    for lang in ("ru", "en"):
        assert 0 < len(kind.texts[lang]) <= 90
        assert kind.texts[lang].endswith(".")
    assert kind.__name__ in (fiscal_errors.__doc__ or "")
    assert kind.code.startswith("fiscal.")


def test_codes_are_unique() -> None:
    assert len({kind.code for kind in KINDS}) == len(KINDS)


def test_blame_for_a_retry_is_in_the_type() -> None:
    assert fiscal_errors.ShiftExpired().retryable
    assert isinstance(fiscal_errors.DrawerShort(), TemporaryError)
    assert not fiscal_errors.FnExpired().retryable
    for kind in (fiscal_errors.FiscalOutcomeUnknown, fiscal_errors.DocumentUnprinted):
        assert issubclass(kind, OutcomeUnknown)
        assert not kind.retryable


def test_the_register_speaks_before_our_hint() -> None:
    error = fiscal_errors.FnFault(
        "code 115", device="Касса", register_code=115, words={"ru": "Ошибка обмена с ФН"}
    )
    assert error.text("ru").startswith("Касса: Ошибка обмена с ФН (115). Фискальный накопитель")
    assert error.text("en") == f"Касса: {fiscal_errors.FnFault.texts['en']}"
