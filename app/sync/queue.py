"""What a person can do with the queue (O4, O9): look, send now, correct, give up with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from app.kernel.clock import Clock
from app.kernel.errors import InputError
from app.kernel.ids import OperationId
from app.store.engine import Store
from app.store.outbox import GUEST_REGISTER, OutboxCounts
from app.store.rows import Operation, OperationState

_EDITABLE: Final = {GUEST_REGISTER: ("phone", "firstName", "code6Digit")}


class QueueAction(StrEnum):
    """What may be done with an operation."""

    RETRY = "retry"
    EDIT = "edit"
    GIVE_UP = "give_up"


@dataclass(frozen=True, slots=True)
class QueueView:
    """The queue as a screen shows it: conflicts first, then the oldest."""

    counts: OutboxCounts
    operations: tuple[Operation, ...]
    finished: tuple[Operation, ...]


def actions_for(operation: Operation) -> tuple[QueueAction, ...]:
    """Return what may be done with an operation now."""
    if operation.state is OperationState.CONFLICT:
        editable = (QueueAction.EDIT,) if operation.type in _EDITABLE else ()
        return (QueueAction.RETRY, *editable, QueueAction.GIVE_UP)
    if operation.state is OperationState.PENDING:
        return (QueueAction.RETRY,)
    return ()


class Queue:
    """The queue for people. Any thread but the one that paints; the sync thread wakes by itself."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    def view(self, limit: int = 200) -> QueueView:
        """Return the queue."""
        with self._store.reader() as uow:
            return QueueView(
                uow.outbox.counts(), uow.outbox.list_unsent(limit), uow.outbox.list_finished()
            )

    def retry(self, operation_id: OperationId) -> None:
        """Send an operation again as it is; one that is not waiting any more is left alone."""
        with self._store.unit() as uow:
            if QueueAction.RETRY in actions_for(uow.outbox.get(operation_id)):
                uow.outbox.retry(operation_id)
                uow.commit()

    def retry_conflicts(self) -> int:
        """Send all conflicts again; return how many."""
        with self._store.unit() as uow:
            found = [
                operation
                for operation in uow.outbox.list_unsent(1_000)
                if operation.state is OperationState.CONFLICT
            ]
            for operation in found:
                uow.outbox.retry(operation.operation_id)
            uow.commit()
        return len(found)

    def edit(self, operation_id: OperationId, changes: Mapping[str, Any]) -> None:
        """Correct a conflict and send it again.

        Args:
            operation_id: The operation.
            changes: New values by the names of the payload; only some may be changed.

        Raises:
            InputError: The operation cannot be corrected, or not in this field.
        """
        with self._store.unit() as uow:
            operation = uow.outbox.get(operation_id)
            allowed = _EDITABLE.get(operation.type, ())
            if QueueAction.EDIT not in actions_for(operation) or not set(changes) <= set(allowed):
                raise InputError(
                    "NOT_EDITABLE",
                    "Эту операцию исправить нельзя. Повторите её или откажитесь",
                    "This operation cannot be corrected. Send it again or give it up",
                )
            key = f"{operation.idempotency_key}_e{operation.attempts}"
            uow.outbox.edit(operation_id, {**operation.payload, **changes}, key)
            uow.commit()

    def give_up(self, operation_id: OperationId, reason: str) -> None:
        """Never send a conflict again.

        Raises:
            InputError: No reason was given.
        """
        words = " ".join(reason.split())
        if not words:
            raise InputError("REASON_MISSING", "Укажите причину", "Give a reason")
        with self._store.unit() as uow:
            if QueueAction.GIVE_UP in actions_for(uow.outbox.get(operation_id)):
                uow.outbox.give_up(operation_id, self._clock.now(), words)
                uow.commit()
