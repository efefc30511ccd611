"""The client for integrators: guests, points, gift cards, webhooks and exports over the public interface.

    with LoyaltyClient("https://loyalty.example", "mlk_live_...") as client:
        guest = client.guests.create("+7 912 345-67-89", first_name="Мария")
        client.loyalty.earn(EarnRequest(guest_id=guest.id, order_id="A-17", check_amount=1_250_00))

Amounts and points are whole hundredths in code: `1_250_00` is 1 250.00. Requests are repeated on 429 and
5xx (see `rest`); a changing call takes a `key` of your own if it must survive the end of your program.
Every refusal is one of `app.api_client.errors` with the service's code in `code`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Generic, Self, TypeVar

import httpx

from app.api_client.answers import read_value
from app.api_client.rest import RestClient, RetryPolicy
from app.contracts import adjustments, exports, gift_cards, guests, webhooks
from app.contracts.base import WireModel
from app.contracts.lists import LIMIT_MAX, CursorAnswer, ListAnswer
from app.contracts.transactions import (
    BookedResponse,
    EarnRequest,
    MovementView,
    RedeemRequest,
    RulesResponse,
    TransactionView,
)
from app.kernel.clock import Clock, SystemClock
from app.kernel.errors import FinalError
from app.kernel.ids import Ids

Item = TypeVar("Item", bound=WireModel)

_GUESTS: Final = "/api/v1/guests"
_LOYALTY: Final = "/api/v1/loyalty"
_GIFT_CARDS: Final = "/api/v1/gift-cards"
_WEBHOOKS: Final = "/api/v1/webhooks"
_EXPORTS: Final = "/api/v1/exports"


class ExportFailedError(FinalError):
    """The service could not make the file; `reason` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "EXPORT_FAILED", f"Файл не собран: {reason}", f"No file was made: {reason}"
        )
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A page of a list; `next_offset` is None on the last one.

    There are `total` rows in all if `total_is_exact`, otherwise at least so many.
    """

    data: tuple[Item, ...]
    total: int
    next_offset: int | None
    total_is_exact: bool = True


class _Room:
    """What the groups of calls have in common."""

    def __init__(self, rest: RestClient) -> None:
        self._rest = rest

    def _page(
        self, path: str, kind: type[Item], limit: int, offset: int, filters: dict[str, str]
    ) -> Page[Item]:
        params = {**filters, "limit": str(limit), "offset": str(offset)}
        answer = self._rest.ask("GET", path, ListAnswer[Any], params=params)
        data = tuple(read_value(one, kind) for one in answer.data)
        where = answer.pagination
        return Page(data, where.total, where.next_offset, where.total_is_exact)

    def _walk(self, path: str, kind: type[Item], filters: dict[str, str]) -> Iterator[Item]:
        params = {**filters, "limit": str(LIMIT_MAX)}
        while True:
            answer = self._rest.ask("GET", path, CursorAnswer[Any], params=params)
            for one in answer.data:
                yield read_value(one, kind)
            following = answer.pagination.next_cursor
            if following is None:
                return
            params["cursor"] = following


class Guests(_Room):
    """`/api/v1/guests`. Filters of lists are named as in the description: `phone`, `search`, `minBalance`."""

    def create(
        self, phone: str, first_name: str = "", *, key: str | None = None
    ) -> guests.GuestView:
        """Register a guest.

        Raises:
            RuleRefusedError: DUPLICATE_PHONE.
            InputRefusedError: INVALID_PHONE_FORMAT.
        """
        body = guests.AddGuestRequest(phone=phone, first_name=first_name)
        return self._rest.ask("POST", _GUESTS, guests.GuestView, body, key=key)

    def get(self, guest_id: str) -> guests.GuestView:
        """Return a guest with his card."""
        return self._rest.ask("GET", f"{_GUESTS}/{guest_id}", guests.GuestView)

    def change(
        self, guest_id: str, changes: guests.ChangeGuestRequest, *, key: str | None = None
    ) -> guests.GuestView:
        """Change what is named, leave the rest."""
        path = f"{_GUESTS}/{guest_id}"
        return self._rest.ask("PATCH", path, guests.GuestView, changes, key=key)

    def merge(
        self, guest_id: str, source_guest_id: str, *, key: str | None = None
    ) -> guests.GuestView:
        """Move everything of the source to the guest."""
        body = guests.MergeGuestsRequest(source_guest_id=source_guest_id)
        path = f"{_GUESTS}/{guest_id}/merge"
        return self._rest.ask("POST", path, guests.GuestView, body, key=key)

    def delete(self, guest_id: str, *, key: str | None = None) -> guests.ErasedGuest:
        """Delete a guest: what names him is erased, the books stay."""
        return self._rest.ask("DELETE", f"{_GUESTS}/{guest_id}", guests.ErasedGuest, key=key)

    def list(self, limit: int = 50, offset: int = 0, **filters: str) -> Page[guests.GuestView]:
        """Return a page of guests."""
        return self._page(_GUESTS, guests.GuestView, limit, offset, filters)

    def walk(self, **filters: str) -> Iterator[guests.GuestView]:
        """Go through all guests, by cursor."""
        return self._walk("/api/v2/guests", guests.GuestView, filters)


class Loyalty(_Room):
    """`/api/v1/loyalty` and `/api/v1/transactions`."""

    def earn(self, request: EarnRequest, *, key: str | None = None) -> BookedResponse:
        """Close a check that earns; the same order is booked once, whatever the key."""
        path = f"{_LOYALTY}/earn"
        return self._rest.ask("POST", path, BookedResponse, request, key=key)

    def redeem(self, request: RedeemRequest, *, key: str | None = None) -> BookedResponse:
        """Close a check that redeems points, and earns on the rest.

        Raises:
            RuleRefusedError: INSUFFICIENT_BALANCE, REDEEM_LIMIT_EXCEEDED, MIN_CHECK_AMOUNT.
        """
        path = f"{_LOYALTY}/redeem"
        return self._rest.ask("POST", path, BookedResponse, request, key=key)

    def adjust(
        self, request: adjustments.ManualAdjustmentRequest, *, key: str | None = None
    ) -> adjustments.ManualAdjustmentResponse:
        """Give or take points by hand, with a reason."""
        path = f"{_LOYALTY}/manual-adjustment"
        return self._rest.ask("POST", path, adjustments.ManualAdjustmentResponse, request, key=key)

    def transfer(
        self, request: adjustments.TransferRequest, *, key: str | None = None
    ) -> adjustments.TransferResponse:
        """Move points from one card to another."""
        path = f"{_LOYALTY}/transfer"
        return self._rest.ask("POST", path, adjustments.TransferResponse, request, key=key)

    def rules(self) -> RulesResponse:
        """Return the rules that are in force and those that will be."""
        return self._rest.ask("GET", f"{_LOYALTY}/rules", RulesResponse)

    def transaction(self, transaction_id: str) -> TransactionView:
        """Return a closed check."""
        path = f"/api/v1/transactions/{transaction_id}"
        return self._rest.ask("GET", path, TransactionView)

    def transactions(
        self, limit: int = 50, offset: int = 0, **filters: str
    ) -> Page[TransactionView]:
        """Return a page of closed checks."""
        kind = TransactionView
        return self._page("/api/v1/transactions", kind, limit, offset, filters)

    def walk_transactions(self, **filters: str) -> Iterator[TransactionView]:
        """Go through all closed checks, by cursor."""
        return self._walk("/api/v2/transactions", TransactionView, filters)

    def movements(self, limit: int = 50, offset: int = 0, **filters: str) -> Page[MovementView]:
        """Return a page of movements of points."""
        path = f"{_LOYALTY}/transactions"
        return self._page(path, MovementView, limit, offset, filters)


class GiftCards(_Room):
    """`/api/v1/gift-cards`."""

    def issue(
        self, request: gift_cards.IssueGiftCardRequest, *, key: str | None = None
    ) -> gift_cards.GiftCardIssued:
        """Issue a card; its code is in this answer and never again."""
        return self._rest.ask("POST", _GIFT_CARDS, gift_cards.GiftCardIssued, request, key=key)

    def get(self, gift_card_id: str) -> gift_cards.GiftCardDetails:
        """Return a card with its movements."""
        return self._rest.ask("GET", f"{_GIFT_CARDS}/{gift_card_id}", gift_cards.GiftCardDetails)

    def look_up(self, code: str) -> gift_cards.GiftCardDetails:
        """Return the card with this code."""
        body = gift_cards.GiftCardLookUp(code=code)
        return self._rest.ask("POST", f"{_GIFT_CARDS}/lookup", gift_cards.GiftCardDetails, body)

    def redeem(
        self, request: gift_cards.RedeemGiftCardRequest, *, key: str | None = None
    ) -> gift_cards.RedeemGiftCardResponse:
        """Pay with a card, or hold what will be paid."""
        path = f"{_GIFT_CARDS}/redeem"
        return self._rest.ask("POST", path, gift_cards.RedeemGiftCardResponse, request, key=key)

    def refund(
        self, request: gift_cards.RefundGiftCardRequest, *, key: str | None = None
    ) -> gift_cards.RefundGiftCardResponse:
        """Give back what was paid with a card."""
        path = f"{_GIFT_CARDS}/refund"
        return self._rest.ask("POST", path, gift_cards.RefundGiftCardResponse, request, key=key)

    def top_up(
        self, gift_card_id: str, request: gift_cards.TopUpGiftCardRequest, *, key: str | None = None
    ) -> gift_cards.GiftCardChanged:
        """Put more on a card."""
        path = f"{_GIFT_CARDS}/{gift_card_id}/top-up"
        return self._rest.ask("POST", path, gift_cards.GiftCardChanged, request, key=key)

    def list(
        self, limit: int = 50, offset: int = 0, **filters: str
    ) -> Page[gift_cards.GiftCardView]:
        """Return a page of cards, without their codes."""
        return self._page(_GIFT_CARDS, gift_cards.GiftCardView, limit, offset, filters)


class Webhooks(_Room):
    """`/api/v1/webhooks`."""

    def create(
        self, request: webhooks.CreateWebhookRequest, *, key: str | None = None
    ) -> webhooks.WebhookView:
        """Subscribe; `secret` is in this answer and never again."""
        return self._rest.ask("POST", _WEBHOOKS, webhooks.WebhookView, request, key=key)

    def get(self, webhook_id: str) -> webhooks.WebhookView:
        """Return a subscription."""
        return self._rest.ask("GET", f"{_WEBHOOKS}/{webhook_id}", webhooks.WebhookView)

    def change(
        self, webhook_id: str, changes: webhooks.ChangeWebhookRequest, *, key: str | None = None
    ) -> webhooks.WebhookView:
        """Change what is named; `state` pauses and resumes."""
        path = f"{_WEBHOOKS}/{webhook_id}"
        return self._rest.ask("PATCH", path, webhooks.WebhookView, changes, key=key)

    def delete(self, webhook_id: str, *, key: str | None = None) -> None:
        """End a subscription."""
        self._rest.ask("DELETE", f"{_WEBHOOKS}/{webhook_id}", WireModel, key=key)

    def send_test(
        self, webhook_id: str, event: str = "guest.created", *, key: str | None = None
    ) -> webhooks.DeliveryView:
        """Have an example of an event sent."""
        body = webhooks.TestEventRequest(type=event)
        path = f"{_WEBHOOKS}/{webhook_id}/test"
        return self._rest.ask("POST", path, webhooks.DeliveryView, body, key=key)

    def deliveries(
        self, webhook_id: str, limit: int = 50, offset: int = 0, **filters: str
    ) -> Page[webhooks.DeliveryView]:
        """Return a page of the log of deliveries."""
        path = f"{_WEBHOOKS}/{webhook_id}/deliveries"
        return self._page(path, webhooks.DeliveryView, limit, offset, filters)

    def list(self, limit: int = 50, offset: int = 0) -> Page[webhooks.WebhookView]:
        """Return a page of subscriptions."""
        return self._page(_WEBHOOKS, webhooks.WebhookView, limit, offset, {})


class Exports(_Room):
    """`/api/v1/exports`.

    Args:
        rest: Sends.
        clock: Waits for files.
    """

    def __init__(self, rest: RestClient, clock: Clock) -> None:
        super().__init__(rest)
        self._clock = clock

    def start(
        self, request: exports.CreateExportRequest, *, key: str | None = None
    ) -> exports.ExportView:
        """Ask for a file."""
        return self._rest.ask("POST", _EXPORTS, exports.ExportView, request, key=key)

    def get(self, export_id: str) -> exports.ExportView:
        """Return how far a file is."""
        return self._rest.ask("GET", f"{_EXPORTS}/{export_id}", exports.ExportView)

    def wait(
        self, export_id: str, *, longest_s: float = 600, pause_s: float = 1
    ) -> exports.ExportView:
        """Wait until a file is ready, or for so many seconds; look at `state`.

        Raises:
            ExportFailedError: The service has given up.
        """
        until = self._clock.monotonic() + longest_s
        while True:
            job = self.get(export_id)
            if job.state is exports.ExportState.FAILED:
                raise ExportFailedError(job.error or "")
            if job.state is exports.ExportState.READY or self._clock.monotonic() >= until:
                return job
            self._clock.sleep(pause_s)

    def download(self, job: exports.ExportView) -> bytes:
        """Return the file of a job that is READY."""
        assert job.url is not None, "ask again: the link is in the answer of a job that is READY"
        return self._rest.download(job.url)

    def list(self, limit: int = 50, offset: int = 0) -> Page[exports.ExportView]:
        """Return a page of jobs."""
        return self._page(_EXPORTS, exports.ExportView, limit, offset, {})


class LoyaltyClient:
    """Everything that an integrator calls. Any thread; calls block. A context manager.

    Args:
        base_url: Where the service is.
        api_key: With the scopes of what you call.
        retries: When to repeat; four times within about eight seconds if left out.
        transport: Replaces the network, for tests.
        clock: For tests.
        ids: For tests.
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
        clock = clock or SystemClock()
        self._rest = RestClient(
            base_url, api_key, retries=retries, transport=transport, clock=clock, ids=ids
        )
        self.guests = Guests(self._rest)
        self.loyalty = Loyalty(self._rest)
        self.gift_cards = GiftCards(self._rest)
        self.webhooks = Webhooks(self._rest)
        self.exports = Exports(self._rest, clock)

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
        self._rest.close()
