"""The error tree: every class is fit for a cashier's screen in both languages."""

import pytest

import drivers.api.fiscal_errors
import drivers.api.printer  # noqa: F401 - its errors belong to the tree
from drivers.api.errors import (
    Blame,
    DriverBug,
    DriverError,
    FinalError,
    OutcomeUnknown,
    TemporaryError,
    Timeout,
)


def everything(kind: type[DriverError] = DriverError) -> list[type[DriverError]]:
    own = [kind] if kind.__module__.startswith("drivers.api") else []
    found = own + [item for child in kind.__subclasses__() for item in everything(child)]
    return list(dict.fromkeys(found))  # a class with two parents is met twice


@pytest.mark.parametrize("kind", everything(), ids=lambda kind: kind.__name__)
def test_error_has_short_text_in_both_languages(kind: type[DriverError]) -> None:
    for lang in ("ru", "en"):
        assert 0 < len(kind.texts[lang]) <= 90
        assert kind.texts[lang].endswith(".")


def test_codes_are_unique() -> None:
    codes = [kind.code for kind in everything()]
    assert len(codes) == len(set(codes))


def test_retry_and_blame_are_in_the_type() -> None:
    assert TemporaryError.retryable
    assert not FinalError.retryable
    assert not OutcomeUnknown.retryable
    assert DriverBug.blame is Blame.BUG
    assert Timeout.blame is Blame.ENVIRONMENT


def test_text_names_device_and_reason() -> None:
    error = OutcomeUnknown(reason=Timeout("x"), device="Кухня")
    assert error.text("ru").startswith("Кухня: Устройство не отвечает.")
    assert error.text("en").endswith("Check the device.")
    assert str(error) == "device.outcome_unknown: device.timeout: x"
