"""Requests to the public interface that repeat themselves until the service has answered.

A changing request draws its key once and keeps it through every repetition, so the service does the
work once however often it is asked. Repeated are 429 and 5xx, connections that fail and answers that do
not come; what the service refuses for a reason is not repeated.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import httpx

from app.api_client.answers import Answer, read_answer
from app.api_client.errors import ServiceProblem, from_transport, problem_from
from app.contracts.base import WireModel
from app.kernel.clock import Clock, SystemClock
from app.kernel.errors import AppError, TemporaryError
from app.kernel.ids import Ids, SystemIds
from app.kernel.version import VERSION

_TIMEOUT: Final = httpx.Timeout(connect=5.0, read=30.0, write=30.0, pool=5.0)
_CHANGING: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and after which pauses a request is repeated.

    Attributes:
        pauses_s: Seconds before each repetition, give or take a fifth; empty to repeat nothing.
        longest_pause_s: A longer `Retry-After` ends the repetitions instead of being waited for.
    """

    pauses_s: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0)
    longest_pause_s: float = 60.0


class RestClient:
    """Sends requests and repeats them. Any thread; calls block.

    Args:
        base_url: Where the service is, `https://loyalty.example`.
        api_key: `mlk_live_…` or `mlk_test_…`.
        retries: When to repeat.
        transport: Replaces the network, for tests.
        clock: Waits between repetitions; the machine's if left out.
        ids: Draws keys of requests.

    Raises:
        AddressInvalidError: The address is unusable.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str,
        *,
        retries: RetryPolicy | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Clock | None = None,
        ids: Ids | None = None,
    ) -> None:
        self._clock = clock or SystemClock()
        self._ids = ids or SystemIds(self._clock)
        self._retries = retries or RetryPolicy()
        headers = {"X-API-Key": api_key, "User-Agent": f"maxloyalty-python/{VERSION}"}
        try:
            self._http = httpx.Client(
                base_url=base_url,
                headers=headers,
                timeout=_TIMEOUT,
                transport=transport,
                trust_env=False,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise from_transport(error) from error

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def ask(
        self,
        method: str,
        path: str,
        kind: type[Answer],
        body: WireModel | None = None,
        *,
        key: str | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request and return its answer.

        Args:
            method: GET, POST, PUT, PATCH or DELETE.
            path: From `/api/` on.
            kind: The message that comes back.
            body: What is sent.
            key: Idempotency key of a changing request; drawn if left out.
            params: Of the address.

        Raises:
            AppError: One of `app.api_client.errors`; a TemporaryError after the last repetition.
        """
        headers = {}
        if method in _CHANGING:
            headers["Idempotency-Key"] = key or self._ids.new()
        if body is not None:
            headers["Content-Type"] = "application/json"
        content = None if body is None else body.to_wire_json().encode()
        request = self._request(method, path, headers, content, params)
        return read_answer(self._repeat(request), kind)

    def download(self, url: str) -> bytes:
        """Return the file behind a signed link; the key stays at home."""
        request = self._request("GET", url, {}, None, None)
        request.headers.pop("X-API-Key", None)
        return self._repeat(request).content

    def _request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        content: bytes | None,
        params: Mapping[str, str] | None,
    ) -> httpx.Request:
        try:
            return self._http.build_request(
                method, path, headers=dict(headers), content=content, params=params
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise from_transport(error) from error

    def _repeat(self, request: httpx.Request) -> httpx.Response:
        for pause_s in self._retries.pauses_s:
            try:
                return self._send(request)
            except TemporaryError as error:
                wait_s = self._wait_s(error, pause_s)
                if wait_s > self._retries.longest_pause_s:
                    raise
            self._clock.sleep(wait_s)
        return self._send(request)

    def _wait_s(self, error: AppError, pause_s: float) -> float:
        """Return how long to wait: as asked for, else the pause with its jitter."""
        asked = error.retry_after_s if isinstance(error, ServiceProblem) else None
        spread = pause_s * (0.8 + self._ids.below(401) / 1000)
        return spread if asked is None else max(float(asked), 0.0)

    def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            response = self._http.send(request)
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise from_transport(error) from error
        if response.status_code >= httpx.codes.BAD_REQUEST:
            raise problem_from(response)
        return response
