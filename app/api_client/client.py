"""The calls of the service, typed.

Amounts and points are hundredths in code and units on the wire. Each changing call takes a key:
the same key with the same request is answered as before, so repeating after a time-out is safe.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

import httpx

from app.api_client.answers import Answer, read_answer
from app.api_client.errors import AnswerInvalidError, from_transport, problem_from
from app.contracts import plugin, pos, sync
from app.contracts.base import WireModel
from app.kernel.errors import AppError
from app.kernel.version import VERSION

#: A cashier waits for these. Connecting and reading have their own limits.
INTERACTIVE: Final = httpx.Timeout(connect=1.0, read=3.0, write=3.0, pool=1.0)
#: Nobody waits for these: batches, the menu.
BATCH: Final = httpx.Timeout(connect=1.0, read=30.0, write=30.0, pool=1.0)
#: Is the service there? A slow answer is as good as none.
PING: Final = httpx.Timeout(connect=1.0, read=1.2, write=1.0, pool=1.0)


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Where the service is and who calls (A12). `kind` is till, iiko or rkeeper."""

    base_url: str
    api_key: str
    restaurant_id: str = ""
    installation_id: str = ""
    terminal_id: str = ""
    plugin_version: str = VERSION
    kind: str = "till"

    def headers(self) -> dict[str, str]:
        """Return the headers that go with every call."""
        named = {
            "X-API-Key": self.api_key,
            "X-Plugin-Version": self.plugin_version,
            "X-Restaurant-Id": self.restaurant_id,
            "X-Installation-Id": self.installation_id,
            "X-Terminal-Id": self.terminal_id,
        }
        return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class MenuAnswer:
    """A menu with its entity tag."""

    menu: pos.MenuResponse
    etag: str


#: Told after each call: None when the service answered (with whatever), else the error.
CallListener = Callable[[AppError | None], None]


class ServiceClient:
    """Calls the service. Any thread; calls block. Close it, or use it as a context manager.

    Args:
        settings: Where and who.
        transport: Replaces the network, for tests.
    """

    def __init__(
        self, settings: ClientSettings, *, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.settings = settings
        self._listeners: tuple[CallListener, ...] = ()
        self._lock = threading.Lock()
        self._plugin = f"/api/pos-integration/{settings.kind}"
        try:
            self._http = httpx.Client(
                base_url=settings.base_url,
                headers=settings.headers(),
                timeout=INTERACTIVE,
                transport=transport,
                trust_env=False,
                limits=httpx.Limits(max_connections=8, max_keepalive_connections=4),
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise from_transport(error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def subscribe(self, listener: CallListener) -> None:
        """Have a quick function told how each call ended, on the calling thread."""
        with self._lock:
            self._listeners = (*self._listeners, listener)

    # -------------------------------------------------------------- guests
    def search_guest(
        self, *, phone: str | None = None, code6: str | None = None, qr: str | None = None
    ) -> plugin.SearchGuestResponse:
        """Look a guest up by exactly one of phone, six digits or a scanned text."""
        request = plugin.SearchGuestRequest(phone=phone, code6_digit=code6, qr=qr)
        return self._post("search-guest", request, plugin.SearchGuestResponse)

    def create_guest(
        self, phone: str, first_name: str | None = None, *, key: str
    ) -> plugin.CreateGuestResponse:
        """Register a guest.

        Raises:
            RuleRefusedError: DUPLICATE_PHONE, the phone is registered already.
        """
        request = plugin.CreateGuestRequest(phone=phone, first_name=first_name)
        return self._post("create-guest", request, plugin.CreateGuestResponse, key)

    # -------------------------------------------------------------- points of an order
    def calculate(self, request: plugin.CalculateRequest) -> plugin.CalculateResponse:
        """Ask what a check may redeem and will earn; nothing changes."""
        return self._post("calculate", request, plugin.CalculateResponse)

    def reserve_points(
        self, request: plugin.ReservePointsRequest, *, key: str
    ) -> plugin.ReserveResponse:
        """Hold points for an order."""
        return self._post("reserve-points", request, plugin.ReserveResponse, key)

    def reserve_discount(
        self, request: plugin.ReserveDiscountRequest, *, key: str
    ) -> plugin.ReserveResponse:
        """Fix a tier's percentage for an order."""
        return self._post("reserve-discount", request, plugin.ReserveResponse, key)

    def update_reservation(
        self, request: plugin.UpdateReservationRequest, *, key: str
    ) -> plugin.UpdateReservationResponse:
        """Change what is held."""
        path = f"{self._plugin}/update-reservation"
        return self._send("PUT", path, request, plugin.UpdateReservationResponse, key=key)

    def cancel_reservation(
        self, reservation_id: str, reason: str | None = None, *, key: str
    ) -> plugin.SuccessResponse:
        """Give what is held back."""
        request = plugin.CancelReservationRequest(reservation_id=reservation_id, reason=reason)
        return self._post("cancel-reservation", request, plugin.SuccessResponse, key)

    def finalize_points(
        self, request: plugin.FinalizePointsRequest, *, key: str
    ) -> plugin.FinalizeResponse:
        """Close a check: redeem what was held and earn, or earn only."""
        return self._post("finalize-points", request, plugin.FinalizeResponse, key)

    def finalize_discount(
        self, request: plugin.FinalizeDiscountRequest, *, key: str
    ) -> plugin.FinalizeResponse:
        """Close a check with the fixed percentage."""
        return self._post("finalize-discount", request, plugin.FinalizeResponse, key)

    def finalize_refund(
        self, request: plugin.FinalizeRefundRequest, *, key: str
    ) -> plugin.FinalizeRefundResponse:
        """Take points back and return redeemed ones for a refund."""
        return self._post("finalize-refund", request, plugin.FinalizeRefundResponse, key)

    # -------------------------------------------------------------- what a till needs
    def ping(self) -> pos.PingResponse:
        """Ask whether the service is there, and which menu and configuration are current."""
        return self._send("GET", "/api/v1/pos/ping", None, pos.PingResponse, timeout=PING)

    def menu(self, etag: str = "") -> MenuAnswer | None:
        """Return the menu, or None if it is still the one with this tag.

        Raises:
            AnswerInvalidError: The menu is not in its form; `place` and `reason` say where.
        """
        headers = {"If-None-Match": f'"{etag}"'} if etag else {}
        response = self._call("GET", "/api/v1/pos/menu", headers=headers, timeout=BATCH)
        if response.status_code == httpx.codes.NOT_MODIFIED:
            self._tell(None)
            return None
        menu = self._understand(response, pos.MenuResponse)
        return MenuAnswer(menu, response.headers.get("ETag", "").removeprefix("W/").strip('"'))

    def config(self) -> pos.ConfigResponse:
        """Return the venue, its staff, halls and rules."""
        return self._send("GET", "/api/v1/pos/config", None, pos.ConfigResponse, timeout=BATCH)

    def guests(self, limit: int = 500) -> pos.GuestsResponse:
        """Return the most frequent guests, at most 1 000."""
        path = f"/api/v1/pos/guests?limit={limit}"
        return self._send("GET", path, None, pos.GuestsResponse, timeout=BATCH)

    def card_codes(self, count: int, *, key: str) -> pos.CardCodesResponse:
        """Reserve unused six-digit codes, at most 50, for guests registered offline."""
        request = pos.CardCodesRequest(count=count)
        path = "/api/v1/pos/card-codes"
        return self._send("POST", path, request, pos.CardCodesResponse, key=key, timeout=BATCH)

    def sync_batch(self, operations: Sequence[sync.SyncOperation]) -> sync.SyncBatchResponse:
        """Deliver up to 50 operations; each carries its own key."""
        request = sync.SyncBatchRequest(operations=tuple(operations))
        path = "/api/v1/pos/sync/batch"
        return self._send("POST", path, request, sync.SyncBatchResponse, timeout=BATCH)

    # -------------------------------------------------------------- inside
    def _post(
        self, name: str, request: WireModel, kind: type[Answer], key: str | None = None
    ) -> Answer:
        return self._send("POST", f"{self._plugin}/{name}", request, kind, key=key)

    def _send(
        self,
        method: str,
        path: str,
        request: WireModel | None,
        kind: type[Answer],
        *,
        key: str | None = None,
        timeout: httpx.Timeout = INTERACTIVE,
    ) -> Answer:
        headers = {"Idempotency-Key": key} if key else {}
        content = None
        if request is not None:
            headers["Content-Type"] = "application/json"
            content = request.to_wire_json().encode()
        response = self._call(method, path, headers=headers, content=content, timeout=timeout)
        return self._understand(response, kind)

    def _understand(self, response: httpx.Response, kind: type[Answer]) -> Answer:
        """Read an answer; only one that is ours proves that the service is there."""
        try:
            answer = read_answer(response, kind)
        except AnswerInvalidError as error:
            # A wrong field in our own form still came from the service, a page of a portal did not.
            self._tell(None if error.place else error)
            raise
        self._tell(None)
        return answer

    def _call(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str],
        timeout: httpx.Timeout,
        content: bytes | None = None,
    ) -> httpx.Response:
        try:
            response = self._http.request(
                method, path, headers=dict(headers), content=content, timeout=timeout
            )
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, RuntimeError) as error:
            ours = from_transport(error)
            self._tell(ours)
            raise ours from error
        if response.status_code >= httpx.codes.BAD_REQUEST:
            problem = problem_from(response)
            self._tell(problem)
            raise problem
        return response

    def _tell(self, error: AppError | None) -> None:
        for listener in self._listeners:
            listener(error)
