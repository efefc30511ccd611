"""Delivering the queue: batches of up to 50, in order, each operation once in effect (O2-O4).

An operation is marked in flight, sent, and then marked by its result. A crash anywhere between
leaves it in flight; the next start puts it back, and its key lets the service answer as before.
The marks need no wait for the disk for the same reason, so that delivering never slows a sale.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from app.api_client.client import ServiceClient
from app.api_client.convert import guest_from_view
from app.api_client.errors import AccessRefusedError, ServiceProblem, words_for
from app.contracts.errors import CATALOGUE, ErrorCode
from app.contracts.sync import (
    BATCH_MAX,
    SyncBatchResponse,
    SyncOperation,
    SyncResult,
    SyncStatus,
)
from app.domain.guest import LOCAL_CARD_PREFIX, GuestCard
from app.kernel.clock import Clock
from app.kernel.errors import AppError, FinalError, InputError, RuleError
from app.kernel.ids import CardId, Ids
from app.store.engine import Store
from app.store.outbox import GUEST_REGISTER
from app.store.rows import Operation
from app.store.uow import UnitOfWork
from app.sync.backoff import delay_s

#: Without an answer for it an operation is sent again.
RESULT_MISSING: Final = "RESULT_MISSING"


@dataclass(frozen=True, slots=True)
class PushResult:
    """What one batch led to. `error` is set if the batch as a whole did not get through.

    `mismatch` says that the service answered for other operations than it was sent.
    """

    sent: int = 0
    done: int = 0
    conflicts: int = 0
    error: AppError | None = None
    mismatch: bool = False


class Pusher:
    """Sends one batch at a time. Sync thread only.

    Args:
        store: Holds the queue.
        client: Calls the service.
        clock: Tells the time.
        ids: Source of jitter.
        is_stopping: Asked after each call: the store may be closing, then results are dropped.
    """

    def __init__(
        self,
        store: Store,
        client: ServiceClient,
        clock: Clock,
        ids: Ids,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._ids = ids
        self._is_stopping = is_stopping
        self._singles = 0

    def push(self) -> PushResult:
        """Send what is ready, at most one batch."""
        batch = self._take()
        if not batch:
            return PushResult()
        try:
            answer = self._client.sync_batch([_to_wire(operation) for operation in batch])
        except AppError as error:
            if self._is_stopping():
                return PushResult(error=error)
            return self._failed(batch, error)
        if self._is_stopping():
            return PushResult(sent=len(batch))
        return self._answered(batch, answer)

    def _take(self) -> tuple[Operation, ...]:
        limit = 1 if self._singles else BATCH_MAX
        with self._store.unit(durable=False) as uow:
            # Only this thread sends, so what is still in flight here was left by a fault.
            uow.outbox.release_in_flight()
            batch = uow.outbox.list_ready(self._clock.now(), limit)
            if batch:
                uow.outbox.mark_in_flight([operation.operation_id for operation in batch])
                batch = tuple(
                    replace(operation, payload=_with_known_cards(uow, operation.payload))
                    for operation in batch
                )
                uow.commit()
        self._singles = max(0, self._singles - 1)
        return batch

    # -------------------------------------------------------------- the batch failed
    def _failed(self, batch: Sequence[Operation], error: AppError) -> PushResult:
        """Put a batch back; one that is refused for its content is taken apart first."""
        refused = isinstance(error, FinalError | RuleError | InputError) and isinstance(
            error, ServiceProblem
        )
        is_content = refused and not isinstance(error, AccessRefusedError)
        with self._store.unit(durable=False) as uow:
            for operation in batch:
                if is_content and len(batch) == 1:
                    uow.outbox.mark_conflict(operation.operation_id, error.code, error.ru, error.en)
                else:
                    uow.outbox.mark_retry(
                        operation.operation_id, None, error.code, error.ru, error.en
                    )
            uow.commit()
        if not is_content:
            return PushResult(sent=len(batch), error=error)
        if len(batch) > 1:
            # One bad operation must not hold up the others: send them one by one.
            self._singles = len(batch)
            return PushResult(sent=len(batch))
        return PushResult(sent=1, conflicts=1)

    # -------------------------------------------------------------- the batch was answered
    def _answered(self, batch: Sequence[Operation], answer: SyncBatchResponse) -> PushResult:
        results = {result.operation_id: result for result in answer.results}
        guests = [guest_from_view(view) for view in answer.updated_guests]
        done = conflicts = 0
        with self._store.unit(durable=False) as uow:
            for operation in batch:
                result = results.get(operation.operation_id)
                if result is None:
                    self._retry(uow, operation, RESULT_MISSING, "", "")
                elif result.status is SyncStatus.SUCCESS:
                    self._done(uow, operation, result, guests)
                    done += 1
                elif self._is_final(result):
                    code = result.error_code or "CONFLICT"
                    ru, en = words_for(code, result.detail_ru or "", result.detail or "")
                    uow.outbox.mark_conflict(operation.operation_id, code, ru, en)
                    conflicts += 1
                else:
                    code = result.error_code or "INTERNAL_ERROR"
                    self._retry(uow, operation, code, result.detail_ru or "", result.detail or "")
            if guests:
                uow.guests.put(guests, self._clock.now())
                uow.guests.trim()
            uow.commit()
        known = {operation.operation_id for operation in batch}
        mismatch = len(answer.results) != len(batch) or set(results) != known
        return PushResult(len(batch), done, conflicts, None, mismatch)

    def _done(
        self, uow: UnitOfWork, operation: Operation, result: SyncResult, guests: list[GuestCard]
    ) -> None:
        now = self._clock.now()
        server_id = result.server_id or ""
        uow.outbox.mark_done(operation.operation_id, now, server_id)
        if operation.type != GUEST_REGISTER:
            return
        card_id = CardId(result.guest_card_id or server_id)
        local_id = CardId(LOCAL_CARD_PREFIX + str(operation.payload["clientGuestId"]))
        if not card_id:
            return
        card = next((guest for guest in guests if guest.card_id == card_id), None)
        card = card or uow.guests.find_by_card(card_id)
        if card is None and (local := uow.guests.find_by_card(local_id)) is not None:
            card = replace(local, card_id=card_id)
        if card is not None and not card.is_local:
            uow.guests.adopt(local_id, card, now)

    def _retry(self, uow: UnitOfWork, operation: Operation, code: str, ru: str, en: str) -> None:
        delay = delay_s(operation.attempts + 1, self._ids)
        words = words_for(code, ru, en) if code != RESULT_MISSING else (
            "Сервис не ответил про эту операцию. Она уйдёт ещё раз",
            "The service did not answer for this operation. It will be sent again",
        )  # fmt: skip
        not_before = self._clock.now() + timedelta(seconds=delay)
        uow.outbox.mark_retry(operation.operation_id, not_before, code, *words)

    @staticmethod
    def _is_final(result: SyncResult) -> bool:
        """Tell whether trying again is of no use; an error of the service itself may pass."""
        if result.status is SyncStatus.CONFLICT:
            return True
        try:
            status = CATALOGUE[ErrorCode(result.error_code or "")].status
        except (ValueError, KeyError):
            return False
        return 400 <= status < 500 and status != 429


def _to_wire(operation: Operation) -> SyncOperation:
    return SyncOperation(
        operation_id=operation.operation_id,
        idempotency_key=operation.idempotency_key,
        type=operation.type,
        occurred_at=operation.occurred_at,
        payload=operation.payload,
    )


def _with_known_cards(uow: UnitOfWork, payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """Put the service's id in place of a local card's, once it is known.

    The guest's operations wait for his registration, so the first try already goes out like this
    and every repetition is the same.
    """
    card_id = payload.get("guestCardId")
    if isinstance(card_id, str) and card_id.startswith(LOCAL_CARD_PREFIX):
        known = uow.guests.resolve(CardId(card_id))
        if known != card_id:
            return {**payload, "guestCardId": known}
    return payload
