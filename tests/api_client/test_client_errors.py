"""Every way a call can fail has its own error with words; nothing of httpx gets through."""

import inspect
import json

import httpx
import pytest

from app.api_client.client import ClientSettings, ServiceClient
from app.api_client.errors import (
    AccessRefusedError,
    AddressInvalidError,
    AnswerInvalidError,
    ConnectionBrokenError,
    InputRefusedError,
    NotConnectedError,
    RequestRefusedError,
    RuleRefusedError,
    ServiceBusyError,
    ServiceProblem,
    TimedOutError,
    from_transport,
    words_for,
)
from app.contracts.errors import CATALOGUE
from app.kernel.errors import AppError, BugError, FinalError, InputError, RuleError, TemporaryError
from app.kernel.version import VERSION

SETTINGS = ClientSettings("http://127.0.0.1:1", "tlk_test_1", restaurant_id="r1")

EXPECTED: dict[type[Exception], type[AppError]] = {
    httpx.ConnectTimeout: NotConnectedError,
    httpx.PoolTimeout: NotConnectedError,
    httpx.ReadTimeout: TimedOutError,
    httpx.WriteTimeout: TimedOutError,
    httpx.TimeoutException: TimedOutError,
    httpx.ConnectError: NotConnectedError,
    httpx.ReadError: ConnectionBrokenError,
    httpx.WriteError: ConnectionBrokenError,
    httpx.CloseError: ConnectionBrokenError,
    httpx.NetworkError: ConnectionBrokenError,
    httpx.RemoteProtocolError: ConnectionBrokenError,
    httpx.ProxyError: NotConnectedError,
    httpx.UnsupportedProtocol: AddressInvalidError,
    httpx.InvalidURL: AddressInvalidError,
    httpx.DecodingError: AnswerInvalidError,
    httpx.TooManyRedirects: AnswerInvalidError,
}
# Bases that are never raised themselves, and faults of our own code.
OURS = {
    httpx.HTTPError,
    httpx.RequestError,
    httpx.TransportError,
    httpx.ProtocolError,
    httpx.LocalProtocolError,
    httpx.HTTPStatusError,
    httpx.CookieConflict,
    httpx.StreamError,
    httpx.StreamConsumed,
    httpx.StreamClosed,
    httpx.ResponseNotRead,
    httpx.RequestNotRead,
}


def exceptions_of_httpx() -> set[type[Exception]]:
    return {
        value
        for value in vars(httpx).values()
        if inspect.isclass(value) and issubclass(value, Exception)
    }


def test_every_exception_of_httpx_has_its_place() -> None:
    assert exceptions_of_httpx() == set(EXPECTED) | OURS


@pytest.mark.parametrize("kind", list(EXPECTED))
def test_transport_errors_are_translated(kind: type[Exception]) -> None:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise kind("told to fail")

    heard: list[AppError | None] = []
    with ServiceClient(SETTINGS, transport=httpx.MockTransport(fail)) as client:
        client.subscribe(heard.append)
        with pytest.raises(EXPECTED[kind]) as caught:
            client.ping()
    assert heard == [caught.value]
    assert caught.value.ru
    assert caught.value.en


def test_a_fault_of_our_own_is_a_bug() -> None:
    assert isinstance(from_transport(httpx.LocalProtocolError("x")), BugError)


def answering(response: httpx.Response) -> ServiceClient:
    return ServiceClient(SETTINGS, transport=httpx.MockTransport(lambda _request: response))


@pytest.mark.parametrize(
    ("status", "code", "expected", "base"),
    [
        (401, "INVALID_API_KEY", AccessRefusedError, FinalError),
        (403, "INSUFFICIENT_PERMISSIONS", AccessRefusedError, FinalError),
        (403, "LOYALTY_SYSTEM_DISABLED", RuleRefusedError, RuleError),
        (404, "GUEST_NOT_FOUND", RuleRefusedError, RuleError),
        (409, "DUPLICATE_PHONE", RuleRefusedError, RuleError),
        (422, "INSUFFICIENT_BALANCE", RuleRefusedError, RuleError),
        (422, "INVALID_PHONE_FORMAT", InputRefusedError, InputError),
        (422, "QR_FORGED", InputRefusedError, InputError),
        (422, "VALIDATION_ERROR", RequestRefusedError, FinalError),
        (409, "IDEMPOTENCY_KEY_REUSED", RequestRefusedError, FinalError),
        (429, "RATE_LIMIT_EXCEEDED", ServiceBusyError, TemporaryError),
        (500, "INTERNAL_ERROR", ServiceBusyError, TemporaryError),
        (503, "SERVICE_UNAVAILABLE", ServiceBusyError, TemporaryError),
    ],
)
def test_problems_become_errors_that_tell_what_to_do(
    status: int, code: str, expected: type[ServiceProblem], base: type[AppError]
) -> None:
    fields = {"errorCode": code, "status": status, "detail": "why", "requestId": "req-1"}
    response = httpx.Response(status, json=fields, headers={"Retry-After": "12"})
    with answering(response) as client, pytest.raises(expected) as caught:
        client.search_guest(phone="79123456789")
    error = caught.value
    assert isinstance(error, base)
    assert (error.code, error.status, error.detail) == (code, status, "why")
    assert (error.request_id, error.retry_after_s) == ("req-1", 12)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 418, 429, 500, 502, 503])
def test_answers_without_a_problem_document_are_understood(status: int) -> None:
    with (
        answering(httpx.Response(status, text="<html>нет</html>")) as client,
        pytest.raises(ServiceProblem) as caught,
    ):
        client.ping()
    retryable = status in {408, 429} or status >= 500
    assert caught.value.is_retryable is retryable
    assert isinstance(caught.value, TemporaryError) is retryable


@pytest.mark.parametrize(
    "content", [b"<html></html>", b"[]", b"{}", b"\xff", b'{"a":NaN}', b'{"a":1,"a":2}', b""]
)
def test_an_answer_that_is_none_of_ours_is_temporary(content: bytes) -> None:
    with (
        answering(httpx.Response(200, content=content)) as client,
        pytest.raises(AnswerInvalidError),
    ):
        client.ping()


def test_a_wrong_menu_says_where_and_why() -> None:
    menu = {
        "version": "1",
        "categories": [],
        "taxes": [],
        "modifierGroups": [],
        "products": [
            {"id": "a", "categoryId": "c", "name": "Чай", "sku": "", "taxId": "t", "price": 10},
            {"id": "b", "categoryId": "c", "name": "Латте", "sku": "", "taxId": "t", "price": "x"},
        ],
    }
    with (
        answering(httpx.Response(200, json=menu)) as client,
        pytest.raises(AnswerInvalidError) as caught,
    ):
        client.menu()
    assert caught.value.place == "products[1].price («Латте»)"
    assert caught.value.reason == "must be a number"


@pytest.mark.parametrize("code", list(CATALOGUE))
def test_each_code_of_the_service_has_words_in_both_languages(code: str) -> None:
    ru, en = words_for(code)
    assert any("а" <= letter <= "я" for letter in ru.lower())
    assert en.isascii()


def test_an_unusable_address_is_told_as_such() -> None:
    with pytest.raises(AddressInvalidError), ServiceClient(ClientSettings("ht!tp://[", "k")) as c:
        c.ping()


def test_headers_name_the_till() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"success": True})

    settings = ClientSettings("http://127.0.0.1:1", "tlk_1", "r1", "i1", "t1", "0.1.0", "iiko")
    with ServiceClient(settings, transport=httpx.MockTransport(answer)) as client:
        client.cancel_reservation("res-1", "передумал", key="k-1")
    request = seen[0]
    assert request.url.path == "/api/pos-integration/iiko/cancel-reservation"
    assert json.loads(request.content) == {"reservationId": "res-1", "reason": "передумал"}
    expected = {
        "X-API-Key": "tlk_1",
        "X-Plugin-Version": VERSION,
        "X-Restaurant-Id": "r1",
        "X-Installation-Id": "i1",
        "X-Terminal-Id": "t1",
        "Idempotency-Key": "k-1",
    }
    assert {name: request.headers[name] for name in expected} == expected
