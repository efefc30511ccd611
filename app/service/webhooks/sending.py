"""One delivery over HTTP: a judged address, connections kept open, limits on time and on bytes.

Written on asyncio with httptools, because the usual clients resolve the name again by themselves or
spend more on a request than the rest of a delivery costs. Redirects are answers like any other.

    SendError            the attempt failed; the text says how, for the log that the owner reads
"""

import asyncio
import socket
import ssl
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, NamedTuple, Protocol, cast

import certifi
import httptools
from typing_extensions import override

from app.kernel.errors import TemporaryError
from app.service.webhooks.targets import Target, TargetRefusedError, TargetRules, judge

TOTAL_S: Final = 10.0
CONNECT_S: Final = 3.0
# The status is the answer; the rest of it is read for the connection's sake and may not hold us.
BODY_S: Final = 1.0
IDLE_S: Final = 15.0
HEAD_BYTES_MAX: Final = 65_536
BODY_BYTES_MAX: Final = 65_536
_ADDRESSES_MAX: Final = 3
_IDLE_PER_ORIGIN_MAX: Final = 32
_RESOLVERS: Final = 16


class SendError(TemporaryError):
    """An attempt that brought no answer."""

    def __init__(self, said: str) -> None:
        super().__init__("WEBHOOK_ATTEMPT_FAILED", said, said)
        self.said = said


class Reply(NamedTuple):
    """What the receiver answered."""

    status: int
    retry_after_s: int | None


class Resolver(Protocol):
    """Finds the numbers behind a name."""

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Return all addresses; raises OSError when there are none."""
        ...


class SystemResolver:
    """The machine's name service, on threads of its own so that slow names hold up nothing else."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(_RESOLVERS, thread_name_prefix="webhook-names")

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        """Ask for all addresses of a name; numbers in any spelling come back as they really are."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._pool, lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        )
        return [str(entry[4][0]) for entry in found]

    def close(self) -> None:
        """Let the threads go without waiting for names that are still looked up."""
        self._pool.shutdown(wait=False, cancel_futures=True)


class _Connection(asyncio.Protocol):
    """One connection; one exchange at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.idle_since = 0.0
        self._parser: httptools.HttpResponseParser | None = None
        self._head: asyncio.Future[Reply] | None = None
        self._done: asyncio.Future[bool] | None = None
        self._bytes = 0
        self._retry_after: int | None = None
        self.got_bytes = False

    @property
    def is_open(self) -> bool:
        """Tell whether another exchange may be tried."""
        return self.transport is not None and not self.transport.is_closing()

    async def exchange(self, request: bytes) -> tuple[Reply, bool]:
        """Send a request; return the answer and whether the connection can be used again."""
        assert self.transport is not None
        loop = asyncio.get_running_loop()
        self._head, self._done = loop.create_future(), loop.create_future()
        self._parser = httptools.HttpResponseParser(self)
        self._bytes, self._retry_after, self.got_bytes = 0, None, False
        self.transport.write(request)
        try:
            reply = await self._head
            try:
                async with asyncio.timeout(BODY_S):
                    again = await self._done
            except TimeoutError:
                again = False
        finally:
            self._head = self._done = self._parser = None
        return reply, again

    def abort(self) -> None:
        """Close at once."""
        if self.transport is not None:
            self.transport.abort()

    @override
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not asserted: the transports of uvloop do everything, but are of no asyncio class.
        self.transport = cast("asyncio.Transport", transport)

    @override
    def data_received(self, data: bytes) -> None:
        if self._parser is None:
            self.abort()  # nothing was asked
            return
        self.got_bytes = True
        self._bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self._fail(SendError("the answer is not HTTP"))
            return
        # Looked at afterwards: one piece may bring the whole head and much of a long body.
        if self._bytes > HEAD_BYTES_MAX and self._head is not None and not self._head.done():
            self._fail(SendError("the head of the answer is too long"))
            return
        if self._bytes > HEAD_BYTES_MAX + BODY_BYTES_MAX:
            self._finish(again=False)

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(SendError("the connection was closed before an answer"))

    def _fail(self, error: SendError) -> None:
        if self._head is not None and not self._head.done():
            self._head.set_exception(error)
        self._finish(again=False)

    def _finish(self, *, again: bool) -> None:
        if self._done is not None and not self._done.done():
            self._done.set_result(again)
        if not again:
            self.abort()

    # What httptools calls.

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take note of Retry-After in its form of seconds."""
        if name.lower() == b"retry-after" and value.isdigit() and len(value) <= 9:
            self._retry_after = int(value)

    def on_headers_complete(self) -> None:
        """Take the status, unless it is only a word on the way (1xx)."""
        assert self._parser is not None
        status = self._parser.get_status_code()
        if status >= 200 and self._head is not None and not self._head.done():
            self._head.set_result(Reply(status, self._retry_after))

    def on_message_complete(self) -> None:
        """Note the end of the answer."""
        if self._head is not None and self._head.done() and self._parser is not None:
            self._finish(again=self._parser.should_keep_alive())


class Sender:
    """Posts to targets; belongs to one event loop.

    Args:
        rules: Which addresses may be called.
        resolver: Finds the numbers behind names.
        tls: How servers are verified; by default against the system's and certifi's authorities.
    """

    def __init__(
        self, rules: TargetRules, resolver: Resolver, tls: ssl.SSLContext | None = None
    ) -> None:
        self._rules = rules
        self._resolver = resolver
        # Authorities take megabytes: they are read when somebody is to be verified.
        self._tls = tls
        self._idle: defaultdict[tuple[str, str, int], list[_Connection]] = defaultdict(list)

    async def post(self, target: Target, headers: Mapping[str, str], body: bytes) -> Reply:
        """Post once.

        Raises:
            SendError: There was no answer in time, or no connection.
            TargetRefusedError: The name leads where deliveries may not go.
        """
        request = _request(target, headers, body)
        try:
            async with asyncio.timeout(TOTAL_S):
                return await self._post(target, request)
        except TimeoutError as error:
            raise SendError(f"no answer within {TOTAL_S:.0f} s") from error

    async def _post(self, target: Target, request: bytes) -> Reply:
        waiting = self._take_idle(target)
        if waiting is not None:
            try:
                return await self._exchange(waiting, target, request)
            except SendError:
                # The receiver closed it while it was idle: not an attempt that failed.
                if waiting.got_bytes:
                    raise
        return await self._exchange(await self._connect(target), target, request)

    async def _exchange(self, connection: _Connection, target: Target, request: bytes) -> Reply:
        again = False
        try:
            reply, again = await connection.exchange(request)
        finally:
            if again and connection.is_open:
                self._keep(connection, target)
            else:
                connection.abort()
        return reply

    async def _connect(self, target: Target) -> _Connection:
        try:
            async with asyncio.timeout(CONNECT_S):
                return await self._connect_to_any(target)
        except TimeoutError as error:
            raise SendError(f"no connection within {CONNECT_S:.0f} s") from error

    async def _connect_to_any(self, target: Target) -> _Connection:
        try:
            found = await self._resolver(target.host, target.port)
        except (OSError, UnicodeError) as error:
            raise SendError("the name of the server is not known") from error
        # Judged here and connected to by number: the name is not asked a second time.
        addresses = judge(found, self._rules)[:_ADDRESSES_MAX]
        failed: Exception | None = None
        for address in addresses:
            try:
                async with asyncio.timeout(CONNECT_S / len(addresses)):
                    return await self._connect_to(target, address)
            except (OSError, ssl.SSLError, TimeoutError) as error:
                failed = error
        raise SendError(_said_of(failed)) from failed

    async def _connect_to(self, target: Target, address: str) -> _Connection:
        secure = target.scheme == "https"
        if secure and self._tls is None:
            self._tls = _verify_by_authorities()
        _, made = await asyncio.get_running_loop().create_connection(
            _Connection,
            address,
            target.port,
            ssl=self._tls if secure else None,
            server_hostname=target.host if secure else None,
        )
        return made

    def _take_idle(self, target: Target) -> _Connection | None:
        idle = self._idle[_origin(target)]
        while idle:
            connection = idle.pop()
            if connection.is_open:
                return connection
        return None

    def _keep(self, connection: _Connection, target: Target) -> None:
        idle = self._idle[_origin(target)]
        if len(idle) >= _IDLE_PER_ORIGIN_MAX:
            connection.abort()
            return
        connection.idle_since = asyncio.get_running_loop().time()
        idle.append(connection)

    def close_idle(self, *, all_of_them: bool = False) -> None:
        """Close connections that nobody has used for a while."""
        limit = asyncio.get_running_loop().time() - IDLE_S
        for origin, idle in list(self._idle.items()):
            kept = []
            for connection in idle:
                if all_of_them or connection.idle_since < limit or not connection.is_open:
                    connection.abort()
                else:
                    kept.append(connection)
            if kept:
                self._idle[origin] = kept
            else:
                del self._idle[origin]


def _origin(target: Target) -> tuple[str, str, int]:
    return target.scheme, target.host, target.port


def _said_of(error: Exception | None) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return "the secure connection could not be made"
    if isinstance(error, TimeoutError):
        return f"no connection within {CONNECT_S:.0f} s"
    return "the connection was refused"


def _request(target: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [
        f"POST {target.path} HTTP/1.1",
        f"Host: {target.authority}",
        *(f"{name}: {value}" for name, value in headers.items()),
        f"Content-Length: {len(body)}",
        "",
        "",
    ]
    return "\r\n".join(lines).encode("ascii") + body


def _verify_by_authorities() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


__all__ = ["Reply", "Resolver", "SendError", "Sender", "SystemResolver", "TargetRefusedError"]
