"""Every test of the service watches that the answers it meets are described (see `described`)."""

import httpx
import pytest

from app.contracts.errors import PROBLEM_MEDIA_TYPE
from tests.service import described
from tests.service.harness import Service

pytestmark = pytest.mark.only_on("sqlite", why="the description comes from no database")


def answer(status: int, code: str | None = None, path: str = "/api/v1/guests") -> httpx.Response:
    request = httpx.Request("GET", f"http://testserver{path}")
    if code is None:
        return httpx.Response(status, request=request, json={})
    headers = {"content-type": PROBLEM_MEDIA_TYPE}
    return httpx.Response(status, request=request, headers=headers, json={"errorCode": code})


def test_described_answers_pass() -> None:
    described.check_answer(answer(200))
    described.check_answer(answer(401, "INVALID_API_KEY"))
    described.check_answer(answer(429, "RATE_LIMIT_EXCEEDED"))
    described.check_answer(answer(404, "GUEST_NOT_FOUND", "/api/v1/guests/nobody"))


@pytest.mark.parametrize("status", [201, 204, 404, 418])
def test_a_status_that_is_not_described_fails(status: int) -> None:
    with pytest.raises(AssertionError, match=f"/api/v1/guests answered {status}"):
        described.check_answer(answer(status))


def test_a_code_that_is_not_described_fails() -> None:
    with pytest.raises(AssertionError, match="refused with MFA_REQUIRED"):
        described.check_answer(answer(403, "MFA_REQUIRED"))


def test_a_literal_path_is_meant_before_one_with_parameters() -> None:
    told = described.find_told("POST", "/api/v1/pos/finance/giftcards/redeem")
    other = described.find_told("GET", "/api/v1/pos/finance/giftcards/4000")
    assert told is not None
    assert told != other
    assert described.find_told("GET", "/nowhere") is None
    assert described.find_told("GET", "/api/v1/guests/a\x00b") is None
    assert described.find_told("PATCH", "/api/v1/guests") is None


def test_the_client_of_tests_looks_at_every_answer(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(described, "find_told", lambda _method, _path: {"418": frozenset()})
    with pytest.raises(AssertionError, match="/healthz answered 200"):
        service.client.get("/healthz")
