"""The services that answer about codes: the network of the marking system, its local module, ТС ПИоТ.

Routes, headers and bodies: public documents of the marking system; body of the local module: public client
answer: public emulator. ТС ПИоТ is experimental: its form is known from
a public sample client only.
"""

import base64
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from drivers.api.device import Health, Probe
from drivers.api.errors import ConfigurationError, DriverError, ProtocolError, TransportError
from drivers.api.marking import CODES_PER_CHECK_MAX, MarkCode, MarkingUnavailable, MarkResult
from drivers.fiscal.marking.answers import judge, read_answer, unchecked
from drivers.fiscal.marking.hosts import Host, HostBook
from drivers.transport.http import HttpAnswer, HttpLink

CHECK_TIMEOUT_S = 1.5  # 4.4 item 4
_TRUE_API = "/api/v4/true-api"
_EMERGENCY = 203  # 4.4 item 4: the marking system lets everybody sell unchecked
_EMERGENCY_WORDS = (
    "система маркировки работает в аварийном режиме, продажа разрешена",
    "the marking system is in its emergency mode, selling is allowed",
)
_BUSY = 429
_REFUSED_KEY = (401, 403)

MakeLink = Callable[[str], HttpLink]
"""Makes the road to an address; replaced where certificates of one's own are needed."""


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What all services share.

    Attributes:
        timeout_s: for one question.
        limit_s: for all hosts together, before the next service is asked.
        probe_s: for the list of hosts with their speeds, and for a look at a module.
        refuse_other_owner: refuse things of another owner instead of warning.
    """

    timeout_s: float = CHECK_TIMEOUT_S
    limit_s: float = 3.0
    probe_s: float = 3.0
    refuse_other_owner: bool = False


class _Asking:
    """One question to one address, with what the answer means."""

    def __init__(self, options: CheckOptions, now: Callable[[], datetime]) -> None:
        self.options = options
        self._now = now

    def ask(
        self,
        link: HttpLink,
        source: str,
        path: str,
        headers: Mapping[str, str],
        body: Mapping[str, object],
        codes: Sequence[MarkCode],
        *,
        returning: bool,
        timeout_s: float,
    ) -> tuple[MarkResult, ...]:
        """Post a question.

        Raises:
            MarkingUnavailable: no usable answer.
            ConfigurationError: the key is not accepted.
            _HostBusyError: 429 or 5xx.
        """
        sent = json.dumps(body).encode()
        headers = {"Content-Type": "application/json; charset=utf-8", **headers}
        answer = _exchange(link, "POST", path, headers, sent, timeout_s)
        if answer.status == _EMERGENCY:
            return tuple(unchecked(code, _EMERGENCY_WORDS, source) for code in codes)
        content = read_answer(_body_of(answer, link.name))
        return judge(
            content,
            codes,
            source=source,
            now=self._now(),
            returning=returning,
            refuse_other_owner=self.options.refuse_other_owner,
        )


class CdnProvider:
    """`MarkingProvider`: the permissive mode's network, the fastest host first.

    Args:
        url: where the list of hosts is, ``https://cdn.crpt.ru``.
        api_key: X-API-KEY of the company.
        now: wall clock with zone, for shelf lives.
        options: limits and rules.
        make_link: see `MakeLink`.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        url: str,
        api_key: str,
        *,
        now: Callable[[], datetime],
        options: CheckOptions | None = None,
        make_link: MakeLink = HttpLink,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._link = make_link(url)
        self._headers = {"X-API-KEY": _header_text("the key", api_key)}
        self._asking = _Asking(options or CheckOptions(), now)
        self._make_link = make_link
        self._clock = clock
        self.book = HostBook()

    def check(
        self, codes: Sequence[MarkCode], *, fn_number: str = "", returning: bool = False
    ) -> tuple[MarkResult, ...]:
        """Ask the hosts one after the other until one answers or the time is over."""
        _check_count(codes)
        if not codes:
            return ()
        options = self._asking.options
        ends = self._clock() + options.limit_s
        self._refresh(options.limit_s)
        body: dict[str, object] = {"codes": [code.text for code in codes]}
        if fn_number:
            body["fiscalDriveNumber"] = fn_number
        failure: MarkingUnavailable | None = None
        for host in self.book.ready(self._clock()):
            left = ends - self._clock()
            if left <= 0:
                break
            try:
                return self._ask(host, body, codes, min(options.timeout_s, left), returning)
            except MarkingUnavailable as error:
                failure = error
        raise failure or MarkingUnavailable("no host of the marking system is free")

    def probe(self) -> Probe:
        """Ask for the hosts if that is due, and tell the fastest."""
        try:
            self._refresh(self._asking.options.probe_s)
        except DriverError as error:
            return Probe.of_error(error)
        ready = self.book.ready(self._clock())
        if not ready:
            return Probe.of_error(MarkingUnavailable("no host is free"))
        hosts, fastest = len(ready), ready[0].average_ms
        return Probe(
            Health.ONLINE,
            f"проверка кодов работает, узлов {hosts}, ответ за {fastest} мс",
            f"codes can be checked, hosts {hosts}, answers in {fastest} ms",
        )

    def close(self) -> None:
        """Hold nothing."""

    def _ask(
        self,
        host: Host,
        body: Mapping[str, object],
        codes: Sequence[MarkCode],
        timeout_s: float,
        returning: bool,
    ) -> tuple[MarkResult, ...]:
        path, link = f"{_TRUE_API}/codes/check", self._make_link(host.url)
        source = f"cdn {link.name}"
        try:
            results = self._asking.ask(
                link,
                source,
                path,
                self._headers,
                body,
                codes,
                returning=returning,
                timeout_s=timeout_s,
            )
        except MarkingUnavailable as error:
            self.book.failed(host, self._clock(), at_once=isinstance(error, _HostBusyError))
            raise
        self.book.succeeded(host)
        return results

    def _refresh(self, limit_s: float) -> None:
        """Ask for the hosts and their speed where it is due; an old list serves while none comes."""
        now_s = self._clock()
        if not self.book.is_stale(now_s):
            return
        ends = now_s + min(limit_s, self._asking.options.probe_s)
        try:
            found = self._measured(self._list_hosts(ends - self._clock()), ends)
        except MarkingUnavailable:
            self.book.list_failed(now_s)
            if not self.book.hosts:
                raise
            return
        self.book.put(found, now_s)

    def _list_hosts(self, timeout_s: float) -> list[str]:
        path = f"{_TRUE_API}/cdn/info"
        answer = _exchange(self._link, "GET", path, self._headers, b"", timeout_s)
        content = _object(_body_of(answer, self._link.name))
        hosts = content.get("hosts")
        entries = hosts if isinstance(hosts, list) else []
        urls = [str(entry.get("host", "")) for entry in entries if isinstance(entry, dict)]
        urls = [url for url in urls if url.startswith(("https://", "http://"))]
        if content.get("code", 0) != 0 or not urls:
            raise MarkingUnavailable(f"{self._link.name}: no list of hosts")
        return urls

    def _measured(self, urls: Sequence[str], ends: float) -> list[tuple[str, int]]:
        """Ask each host for its speed; one that does not answer goes to the end of the list."""
        found = []
        for url in urls:
            average_ms = int(self._asking.options.probe_s * 1000)
            left = ends - self._clock()
            try:
                if left > 0:
                    average_ms = self._average_ms(url, left)
            except ConfigurationError:
                continue  # an address that nobody can use
            except MarkingUnavailable:
                pass
            found.append((url, average_ms))
        return found

    def _average_ms(self, url: str, timeout_s: float) -> int:
        link = self._make_link(url)
        path = f"{_TRUE_API}/cdn/health/check"
        answer = _exchange(link, "GET", path, self._headers, b"", timeout_s)
        value = _object(_body_of(answer, link.name)).get("avgTimeMs")
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise MarkingUnavailable(f"{link.name}: no average time")
        return value


class ModuleProvider:
    """`MarkingProvider`: the local module of the marking system ("ЛМ ЧЗ") on this or another computer.

    Args:
        url: ``http://127.0.0.1:5995``.
        login: of its Basic authorisation.
        password: never logged.
        now: wall clock with zone.
        options: limits and rules.
        make_link: see `MakeLink`.
    """

    def __init__(
        self,
        url: str,
        login: str,
        password: str,
        *,
        now: Callable[[], datetime],
        options: CheckOptions | None = None,
        make_link: MakeLink = HttpLink,
    ) -> None:
        self._link = make_link(url)
        secret = base64.b64encode(f"{login}:{password}".encode()).decode("ascii")
        self._headers = {"Authorization": f"Basic {secret}"}
        self._asking = _Asking(options or CheckOptions(), now)

    def check(
        self, codes: Sequence[MarkCode], *, fn_number: str = "", returning: bool = False
    ) -> tuple[MarkResult, ...]:
        """Ask the module."""
        _check_count(codes)
        if not codes:
            return ()
        headers = {**self._headers, **({"X-ClientId": fn_number} if fn_number else {})}
        return self._asking.ask(
            self._link,
            "local module",
            "/api/v2/cis/outCheck",
            headers,
            {"cis_list": [{"cis": code.text} for code in codes]},
            codes,
            returning=returning,
            timeout_s=self._asking.options.timeout_s,
        )

    def probe(self) -> Probe:
        """Ask its status."""
        try:
            answer = _exchange(
                self._link,
                "GET",
                "/api/v2/status",
                self._headers,
                b"",
                self._asking.options.probe_s,
            )
            status = str(_object(_body_of(answer, self._link.name)).get("status", ""))
        except DriverError as error:
            return Probe.of_error(error)
        if status == "ready":
            return Probe(Health.ONLINE, "локальный модуль готов", "the local module is ready")
        words = (
            f"локальный модуль не готов ({status})",
            f"the local module is not ready ({status})",
        )
        hint = ("Дождитесь обновления его базы.", "Wait until its data are updated.")
        return Probe(Health.DEGRADED, *words, *hint, code="marking.module")

    def close(self) -> None:
        """Hold nothing."""


class PiotProvider:
    """`MarkingProvider`: ТС ПИоТ on this computer. Experimental: its document is not public.

    Args:
        url: ``https://localhost:51401``.
        now: wall clock with zone.
        options: limits and rules.
        make_link: see `MakeLink`; the module has a certificate of its own.
    """

    def __init__(
        self,
        url: str,
        *,
        now: Callable[[], datetime],
        options: CheckOptions | None = None,
        make_link: MakeLink = HttpLink,
    ) -> None:
        self._link = make_link(url)
        self._asking = _Asking(options or CheckOptions(), now)

    def check(
        self, codes: Sequence[MarkCode], *, fn_number: str = "", returning: bool = False
    ) -> tuple[MarkResult, ...]:
        """Ask the module; codes go in base64."""
        _check_count(codes)
        if not codes:
            return ()
        coded = [base64.b64encode(code.text.encode()).decode("ascii") for code in codes]
        body: dict[str, object] = {"codes": coded}
        if fn_number:
            body["fiscalDriveNumber"] = fn_number
        return self._asking.ask(
            self._link,
            "piot",
            "/api/v2/codes/check",
            {},
            body,
            codes,
            returning=returning,
            timeout_s=self._asking.options.timeout_s,
        )

    def probe(self) -> Probe:
        """Ask about nothing: an answer of any kind shows that it is there."""
        try:
            _exchange(self._link, "GET", "/", {}, b"", self._asking.options.probe_s)
        except DriverError as error:
            return Probe.of_error(error)
        return Probe(Health.ONLINE, "модуль ПИоТ отвечает", "the PIoT module answers")

    def close(self) -> None:
        """Hold nothing."""


class _HostBusyError(MarkingUnavailable):
    """429 or 5xx: another host has to be asked."""


def _exchange(
    link: HttpLink,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    timeout_s: float,
) -> HttpAnswer:
    """Exchange; a check changes nothing, so any failure only means that nobody answered."""
    try:
        return link.exchange(method, path, timeout_s=timeout_s, headers=headers, body=body)
    except (TransportError, ProtocolError) as error:
        raise MarkingUnavailable(error.detail) from error


def _body_of(answer: HttpAnswer, name: str) -> bytes:
    if answer.status in _REFUSED_KEY:
        raise ConfigurationError(f"{name}: key or password is not accepted ({answer.status})")
    if answer.status == _BUSY or answer.status >= 500:
        raise _HostBusyError(f"{name}: status {answer.status}")
    if answer.status != 200:
        raise MarkingUnavailable(f"{name}: status {answer.status}")
    return answer.body


def _object(body: bytes) -> Mapping[str, object]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise MarkingUnavailable(f"no JSON: {error}") from error
    if not isinstance(content, dict):
        raise MarkingUnavailable("the answer is no object")
    return content


def _check_count(codes: Sequence[MarkCode]) -> None:
    if len(codes) > CODES_PER_CHECK_MAX:
        raise ConfigurationError(f"{len(codes)} codes at once, at most {CODES_PER_CHECK_MAX}")


def _header_text(what: str, text: str) -> str:
    if not text or not (text.isascii() and text.isprintable()):
        raise ConfigurationError(f"{what} must have printable Latin letters and digits")
    return text
