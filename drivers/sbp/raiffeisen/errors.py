"""Refusals of the bank in words. Source of the codes: [API] "Справочник ошибок"."""

from collections.abc import Mapping
from typing import ClassVar

from typing_extensions import override

from drivers.api.errors import DeviceRefused, Language

TEXTS: Mapping[str, tuple[str, str]] = {
    "ERROR.ACCOUNT_IS_NOT_REGISTERED": (
        "Счёт не зарегистрирован в банке",
        "The account is not registered at the bank",
    ),
    "ERROR.INVALID_REQUEST": ("Банк не принял запрос", "The bank did not accept the request"),
    "ERROR.QR_EXPIRATION_DATE_NOT_VALID": (
        "Неверный срок QR-кода, проверьте часы кассы",
        "Wrong expiry of the code, check the till's clock",
    ),
    "ERROR.MERCHANT_NOT_REGISTERED": (
        "Ресторан не зарегистрирован в СБП",
        "The restaurant is not registered in SBP",
    ),
    "ERROR.SBP_MERCHANT_ID_IS_MISSING": (
        "Не указан номер ресторана в СБП",
        "The restaurant's SBP number is missing",
    ),
    "ERROR.DYNAMIC_QR_WITHOUT_AMOUNT": ("Не указана сумма", "The sum is missing"),
    "ERROR.INVALID_ORDER": ("Недопустимый номер заказа", "The order's id is not allowed"),
    "ERROR.NOT_FOUND": ("Банк не знает такого QR-кода", "The bank does not know this code"),
    "ERROR.REFUND_INSUFFICIENT_FUNDS": (
        "Сумма возврата больше остатка по платежу",
        "The refund is above what is left of the payment",
    ),
    "ERROR.REFUND_NOT_FOUND": ("Банк не знает такого возврата", "The bank knows no such refund"),
}
_UNKNOWN = ("Банк отказал", "The bank refused")


class BankRefused(DeviceRefused):
    """The bank said no; nothing was booked. `bank_code` is its code."""

    code: ClassVar[str] = "qr.refused"

    def __init__(self, bank_code: str, message: str = "", *, device: str = "") -> None:
        super().__init__(f"{bank_code}: {message}"[:300], device=device)
        self.bank_code = bank_code

    @override
    def text(self, lang: Language = "ru") -> str:
        """Say the bank's reason."""
        russian, english = TEXTS.get(self.bank_code, _UNKNOWN)
        sentence = (russian if lang == "ru" else english) + "."
        return f"{self.device}: {sentence}" if self.device else sentence
