"""What a call of the service can end in.

    TemporaryError                 nothing is known to have changed; repeating with the key is safe
    +-- NotConnectedError          the service could not be reached, nothing was sent
    +-- TimedOutError              it did not answer in time
    +-- ConnectionBrokenError      the connection broke in the middle
    +-- AnswerInvalidError         something answered, but not what the contract says
    +-- ServiceBusyError           429 or 5xx; may tell when to come back     (ServiceProblem)
    FinalError
    +-- AddressInvalidError        the address in the settings is unusable
    +-- AccessRefusedError         key or subscription is not accepted        (ServiceProblem)
    +-- RequestRefusedError        the request itself is wrong, a fault of ours (ServiceProblem)
    RuleError
    +-- RuleRefusedError           a rule of the service forbids it           (ServiceProblem)
    InputError
    +-- InputRefusedError          what was entered or scanned is unusable    (ServiceProblem)

`ServiceProblem` is what the errors made of a problem document (RFC 9457) have in common.
"""

import json
from typing import Any, ClassVar, Final

import httpx

from app.contracts.errors import CATALOGUE, ErrorCode
from app.kernel.errors import AppError, BugError, FinalError, InputError, RuleError, TemporaryError

RETRY_AFTER_MAX_S: Final = 3_600
_BODY_SHOWN: Final = 200


class NotConnectedError(TemporaryError):
    """The service could not be reached; nothing was sent."""

    def __init__(self) -> None:
        super().__init__(
            "NOT_CONNECTED",
            "Нет связи с сервисом. Касса работает дальше, данные уйдут позже",
            "The service cannot be reached. The till goes on, data will be sent later",
        )


class TimedOutError(TemporaryError):
    """The service did not answer in time; it may still have done what was asked."""

    def __init__(self) -> None:
        super().__init__(
            "TIMED_OUT",
            "Сервис не ответил вовремя. Повторите",
            "The service did not answer in time. Try again",
        )


class ConnectionBrokenError(TemporaryError):
    """The connection broke in the middle; the service may have done what was asked."""

    def __init__(self) -> None:
        super().__init__(
            "CONNECTION_BROKEN",
            "Связь с сервисом прервалась. Повторите",
            "The connection to the service broke. Try again",
        )


class AnswerInvalidError(TemporaryError):
    """Something answered, but not what the contract says (a portal of the Wi-Fi, an old service).

    Attributes:
        place: Where in the answer, for example `products[3].price («Латте»)`; may be empty.
        reason: What is wrong there.
    """

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(
            "ANSWER_INVALID",
            "Сервис ответил непонятно. Проверьте подключение к интернету",
            "The answer makes no sense. Check the connection to the internet",
        )
        self.place = place
        self.reason = reason


class AddressInvalidError(FinalError):
    """The address in the settings is unusable."""

    def __init__(self) -> None:
        super().__init__(
            "ADDRESS_INVALID",
            "Адрес сервиса указан неверно. Исправьте его в настройках",
            "The address of the service is wrong. Correct it in the settings",
        )


class ServiceProblem(AppError):  # noqa: N818 - RFC 9457 calls it a problem, and so do we
    """An answer with an error code.

    Attributes:
        status: HTTP status.
        detail: The service's own sentence in English.
        request_id: To be told to support.
        retry_after_s: Seconds the service asks to wait, None if it does not say.
    """

    is_retryable: ClassVar[bool] = False

    def __init__(
        self,
        code: str,
        ru: str,
        en: str,
        *,
        status: int,
        detail: str = "",
        request_id: str = "",
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(code, ru, en)
        self.status = status
        self.detail = detail
        self.request_id = request_id
        self.retry_after_s = retry_after_s


class ServiceBusyError(ServiceProblem, TemporaryError):
    """429 or 5xx: the same request may succeed later."""

    is_retryable = True


class AccessRefusedError(ServiceProblem, FinalError):
    """The key or the subscription is not accepted; somebody must see to the settings."""


class RequestRefusedError(ServiceProblem, FinalError):
    """The request itself is wrong: a fault of the program, or versions that do not fit."""


class RuleRefusedError(ServiceProblem, RuleError):
    """A rule of the service forbids it: balance, limits, state of a reservation."""


class InputRefusedError(ServiceProblem, InputError):
    """What was entered or scanned cannot be used."""


_INPUT: Final = frozenset(
    {"INVALID_PHONE_FORMAT", "INVALID_CARD_CODE", "QR_WRONG_TYPE", "QR_EXPIRED", "QR_REPLAYED", "QR_FORGED"}
)  # fmt: skip
_REQUEST: Final = frozenset(
    {"VALIDATION_ERROR", "MALFORMED_JSON", "BODY_TOO_LARGE", "NOT_FOUND", "METHOD_NOT_ALLOWED",
     "IDEMPOTENCY_KEY_INVALID", "IDEMPOTENCY_KEY_REUSED", "UNKNOWN_OPERATION"}
)  # fmt: skip


def words_for(code: str, detail_ru: str = "", detail_en: str = "") -> tuple[str, str]:
    """Return sentences for a code of the service: what is wrong and what to do, ru and en.

    Args:
        code: Error code; an unknown one falls back on the details.
        detail_ru: The service's own sentence, shown instead of the general one if there is one.
        detail_en: The same in English.
    """
    try:
        info = CATALOGUE[ErrorCode(code)]
    except (ValueError, KeyError):
        ru = detail_ru or f"Сервис отказал: {code}"
        return ru, detail_en or f"The service refused: {code}"
    ru = f"{(detail_ru or info.title_ru).rstrip('.')}. {info.help_ru.rstrip('.')}"
    return ru, f"{info.title.rstrip('.')}. {info.help_en.rstrip('.')}"


def problem_from(response: httpx.Response) -> ServiceProblem:
    """Return the error for an answer with a status of 400 or above."""
    fields = _problem_fields(response)
    status = response.status_code
    code = str(fields.get("errorCode") or _code_for(status))
    detail = str(fields.get("detail") or response.text[:_BODY_SHOWN])
    ru, en = words_for(code, str(fields.get("detailRu") or ""), detail if fields else "")
    kind = _kind_for(code, status)
    return kind(
        code,
        ru,
        en,
        status=status,
        detail=detail,
        request_id=str(fields.get("requestId") or ""),
        retry_after_s=_retry_after(response),
    )


def _problem_fields(response: httpx.Response) -> dict[str, Any]:
    try:
        fields = json.loads(response.content)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def _code_for(status: int) -> str:
    if status == 429:
        return "RATE_LIMIT_EXCEEDED"
    if status >= 500:
        return "SERVICE_UNAVAILABLE"
    return {401: "INVALID_API_KEY", 403: "INSUFFICIENT_PERMISSIONS", 404: "NOT_FOUND"}.get(
        status, f"HTTP_{status}"
    )


def _kind_for(code: str, status: int) -> type[ServiceProblem]:
    if status == 429 or status >= 500 or status == 408:
        return ServiceBusyError
    if code in _INPUT:
        return InputRefusedError
    if code in _REQUEST or code.startswith("HTTP_"):
        return RequestRefusedError
    if status in {401, 402} or (status == 403 and code != "LOYALTY_SYSTEM_DISABLED"):
        return AccessRefusedError
    return RuleRefusedError


def _retry_after(response: httpx.Response) -> int | None:
    """Return the seconds of `Retry-After`; the form with a date is not used by the service."""
    text = response.headers.get("Retry-After", "").strip()
    return min(int(text), RETRY_AFTER_MAX_S) if text.isascii() and text.isdigit() else None


def from_transport(error: Exception) -> AppError:
    """Return our error for one of httpx.

    `tests/api_client` proves that each exception of httpx has its place here.
    """
    kinds: tuple[tuple[type[Exception] | tuple[type[Exception], ...], type[AppError]], ...] = (
        ((httpx.ConnectTimeout, httpx.ConnectError, httpx.ProxyError), NotConnectedError),
        (httpx.PoolTimeout, NotConnectedError),
        (httpx.TimeoutException, TimedOutError),
        ((httpx.UnsupportedProtocol, httpx.InvalidURL), AddressInvalidError),
        ((httpx.NetworkError, httpx.RemoteProtocolError), ConnectionBrokenError),
    )
    for theirs, ours in kinds:
        if isinstance(error, theirs):
            return ours()  # type: ignore[call-arg]  # each of these takes no arguments
    if isinstance(error, httpx.DecodingError | httpx.TooManyRedirects):
        return AnswerInvalidError(str(error))
    return BugError(f"{type(error).__name__}: {error}")
