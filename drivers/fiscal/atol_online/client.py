"""Requests to ATOL Online with their token, which is renewed after a day and when it is refused.

A refused token (401, codes 10 and 11) says that the request was not looked at, so it may go once again.
The token and the password stay in memory and in no message.
"""

import json
import time
from collections.abc import Callable

from drivers.api.errors import ConfigurationError, ProtocolError
from drivers.fiscal.atol_online import errors
from drivers.fiscal.atol_online.answers import Report, read_report, read_token
from drivers.fiscal.atol_online.options import OnlineOptions
from drivers.transport.http import HttpAnswer, HttpLink

TOKEN_LIFE_S = 24 * 3600 - 600.0  # 24 h (unconfirmed), renewed ten minutes before
_JSON = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json"}
_UNAUTHORISED = 401


class OnlineClient:
    """Talks to one account. One thread.

    Args:
        link: the base address, ``https://online.atol.ru/possystem/v5``.
        options: the account.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        link: HttpLink,
        options: OnlineOptions,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._link = link
        self._options = options
        self._clock = clock
        self._token = ""
        self._token_ends = 0.0
        self.answered_at: float | None = None

    @property
    def name(self) -> str:
        """Host and port, for messages."""
        return self._link.name

    def forget_token(self) -> None:
        """Take a new one with the next request."""
        self._token = ""

    def ensure_token(self) -> str:
        """Return a token, a new one where there is none or it is old.

        Raises:
            TransportError, ProtocolError: the cloud is not reached.
            LoginRefused: it does not accept login and password.
            ConfigurationError: nothing of the kind is at the address.
        """
        if not self._token or self._clock() >= self._token_ends:
            self._token = self._new_token()
            self._token_ends = self._clock() + TOKEN_LIFE_S
        return self._token

    def post(self, operation: str, body: bytes) -> Report:
        """Hand over a document.

        Raises:
            NotConnected: nothing was sent.
            TransportError, ProtocolError: it may have arrived.
            LoginRefused, ConfigurationError: it was not looked at.
        """
        return self._report("POST", f"/{self._options.group}/{operation}", body)

    def report(self, uuid: str) -> Report:
        """Ask about a document; raises as `post`."""
        return self._report("GET", f"/{self._options.group}/report/{uuid}", b"")

    def _report(self, method: str, path: str, body: bytes) -> Report:
        self.ensure_token()
        answer, report = self._once(method, path, body)
        if report is None or _is_token_refused(answer, report):
            self.forget_token()
            self.ensure_token()
            answer, report = self._once(method, path, body)
        if report is None or _is_token_refused(answer, report):
            raise errors.LoginRefused(f"{self.name}: a new token was refused")
        return report

    def _once(self, method: str, path: str, body: bytes) -> tuple[HttpAnswer, Report | None]:
        answer = self._exchange(method, path, {"Token": self._token}, body)
        if answer.status == _UNAUTHORISED:
            return answer, None
        try:
            return answer, read_report(answer.body)
        except ProtocolError as error:
            raise ProtocolError(f"{self.name}: status {answer.status}: {error.detail}") from error

    def _new_token(self) -> str:
        login = {"login": self._options.login, "pass": self._options.password}
        answer = self._exchange("POST", "/getToken", {}, json.dumps(login).encode())
        try:
            content = read_token(answer.body)
        except ProtocolError as error:
            if 400 <= answer.status < 500 and answer.status != _UNAUTHORISED:
                raise ConfigurationError(
                    f"{self.name}: no ATOL Online at this address (status {answer.status})"
                ) from error
            raise ProtocolError(f"{self.name}: status {answer.status}: {error.detail}") from error
        if content.error is not None:
            raise errors.error_of(content.error)
        return content.token

    def _exchange(self, method: str, path: str, headers: dict[str, str], body: bytes) -> HttpAnswer:
        timeout_s = self._options.timeout_s
        answer = self._link.exchange(
            method, path, timeout_s=timeout_s, headers={**_JSON, **headers}, body=body
        )
        self.answered_at = self._clock()
        return answer


def _is_token_refused(answer: HttpAnswer, report: Report) -> bool:
    error = report.error
    return answer.status == _UNAUTHORISED or (
        error is not None and errors.group_of(error) == errors.TOKEN
    )
