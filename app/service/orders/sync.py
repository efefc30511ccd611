"""One operation of a batch (L16): checked by its type, done once, refused as a conflict with words."""

import hashlib
import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from app.contracts import sync
from app.contracts.errors import ErrorCode
from app.service.kit.idempotency import run_once
from app.service.kit.problems import ProblemError
from app.service.kit.reading import check_model
from app.service.kit.work import Work
from app.service.orders.refunds import record_refund
from app.service.orders.registrations import cancel_hold, register_guest
from app.service.orders.sales import record_sale
from app.service.orders.shifts import close_shift, move_cash, open_shift

Handler = Callable[[Work, Any], sync.SyncResult]

HANDLERS: Mapping[sync.OperationType, Handler] = {
    sync.OperationType.GUEST_REGISTER: register_guest,
    sync.OperationType.SALE: record_sale,
    sync.OperationType.REFUND: record_refund,
    sync.OperationType.RESERVATION_CANCEL: cancel_hold,
    sync.OperationType.SHIFT_OPEN: open_shift,
    sync.OperationType.SHIFT_CLOSE: close_shift,
    sync.OperationType.CASH_MOVEMENT: move_cash,
}
"""What each type of operation does."""

# These say that the message itself is unusable: sending it again, or asking a person, cannot help.
_ERRORS = frozenset({ErrorCode.VALIDATION_ERROR, ErrorCode.UNKNOWN_OPERATION})


def apply_operation(work: Work, operation: sync.SyncOperation) -> sync.SyncResult:
    """Do an operation once; the same key again answers as before.

    Raises:
        ProblemError: It is refused, and its transaction must be rolled back.
    """
    try:
        kind = sync.OperationType(operation.type)
    except ValueError as error:
        raise ProblemError(ErrorCode.UNKNOWN_OPERATION) from error
    payload = check_model(sync.PAYLOADS[kind], operation.payload)
    result = run_once(
        work,
        f"sync:{operation.idempotency_key}",
        payload_mark(operation),
        sync.SyncResult,
        lambda: HANDLERS[kind](work, payload),
    )
    return result.model_copy(update={"operation_id": operation.operation_id})


def payload_mark(operation: sync.SyncOperation) -> str:
    """Return a digest of an operation's type and payload, whatever the order of its fields."""
    content = json.dumps([operation.type, operation.payload], sort_keys=True, default=_number)
    return hashlib.sha256(content.encode()).hexdigest()


def _number(value: object) -> str:
    # 12.5 and 12.50 are the same sum.
    assert isinstance(value, Decimal), "strict JSON has no other types"
    return f"{value.normalize():f}"


def refusal_result(operation: sync.SyncOperation, problem: ProblemError) -> sync.SyncResult:
    """Return a refusal as the result of an operation."""
    is_error = problem.error_code in _ERRORS
    return sync.SyncResult(
        operation_id=operation.operation_id,
        status=sync.SyncStatus.ERROR if is_error else sync.SyncStatus.CONFLICT,
        error_code=problem.error_code.value,
        detail=problem.en,
        detail_ru=problem.ru,
    )


def fault_result(operation: sync.SyncOperation) -> sync.SyncResult:
    """Return our own fault as the result of an operation; the till keeps it and tries again."""
    return sync.SyncResult(
        operation_id=operation.operation_id,
        status=sync.SyncStatus.ERROR,
        error_code=ErrorCode.INTERNAL_ERROR.value,
        detail="The service could not process the operation; it may be sent again",
        detail_ru="Сервис не смог обработать операцию, её можно отправить снова",
    )
