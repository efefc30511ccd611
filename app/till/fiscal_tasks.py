"""Fiscal tasks made of the till's facts: sales, refunds, shifts, cash. Pure but for ids and the time."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.sale import Refund, Sale
from app.kernel.clock import Clock
from app.kernel.errors import AppError, BugError, FinalError
from app.kernel.ids import Ids, ShiftId
from app.kernel.late import LateModule
from app.store.rows import CashDirection, CashMovement, FiscalKind, FiscalState, FiscalTask, Json
from app.till import fiscal_texts
from app.till.devices import translated
from app.till.fiscal_port import FiscalHouse
from drivers.api import errors as driver_errors

if TYPE_CHECKING:
    from app.till import fiscal_codec, fiscal_receipt
    from drivers.api.fiscal import FiscalReceipt
else:  # a till without a register never loads these
    fiscal_codec = LateModule("app.till.fiscal_codec")
    fiscal_receipt = LateModule("app.till.fiscal_receipt")

log = logging.getLogger(__name__)


class FiscalTasks:
    """Makes tasks; the caller writes them.

    Args:
        clock: Tells when.
        ids: Draws the documents' ids.
    """

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self._clock = clock
        self._ids = ids

    def of_sale(self, sale: Sale, house: FiscalHouse) -> FiscalTask:
        """Return the task of a sale's receipt; one that cannot be made stands FAILED with its reason."""
        task = self._task(FiscalKind.SALE, sale.shift_id, sale.due_minor, {})
        task = replace(task, sale_id=sale.sale_id)
        try:
            receipt = fiscal_receipt.sale_receipt(sale, house.taxation)
            return replace(task, payload=_payload(receipt, house))
        except (AppError, driver_errors.DriverError) as error:
            return _failed(task, error, sale.cashier_name)
        except Exception as error:  # a sale that is paid must be entered, whatever this is
            log.exception("the receipt of sale %s cannot be worked out", sale.sale_id)
            return _failed(task, BugError(repr(error)), sale.cashier_name)

    def of_refund(
        self,
        refund: Refund,
        sale: Sale,
        made: FiscalTask,
        before: Sequence[Refund],
        house: FiscalHouse | None,
    ) -> FiscalTask:
        """Return the task of a refund's receipt, by what the sale's own receipt says.

        Args:
            refund: What is given back.
            sale: Of which sale.
            made: The task of the sale's receipt.
            before: Earlier refunds of the sale.
            house: How receipts are split; None if there is no register any more.
        """
        task = self._task(FiscalKind.REFUND, refund.shift_id, refund.amount_minor, {})
        task = replace(task, sale_id=sale.sale_id, refund_id=refund.refund_id)
        if house is None:
            none = fiscal_texts.REGISTER_NONE.final("REGISTER_NONE")
            return _failed(task, none, refund.cashier_name)
        sign = str((made.document or {}).get("sign", ""))
        try:
            original = fiscal_codec.receipt_from_json(made.payload["receipt"])
            receipt = fiscal_receipt.refund_receipt(
                refund, sale, original, before, house.emit, sign
            )
            return replace(task, payload=_payload(receipt, house))
        except (AppError, driver_errors.DriverError, KeyError) as error:
            return _failed(task, error, refund.cashier_name)
        except Exception as error:  # so must a refund: the money has gone back
            log.exception("the receipt of refund %s cannot be worked out", refund.refund_id)
            return _failed(task, BugError(repr(error)), refund.cashier_name)

    def of_shift(
        self,
        kind: FiscalKind,
        shift_id: ShiftId,
        operator: str,
        *,
        urgent: bool = False,
        float_minor: int | None = None,
    ) -> FiscalTask:
        """Return the task that opens or closes the register's shift.

        Args:
            kind: Open or close.
            shift_id: Of the till's shift.
            operator: Who does it.
            urgent: Before everything that waits.
            float_minor: What is in the drawer when the till's shift opens; the register shall have it.
        """
        payload = _by(operator)
        if float_minor is not None:
            payload = {**payload, "float": float_minor}
        return replace(self._task(kind, shift_id, 0, payload), urgent=urgent)

    def of_float(self, shift_id: ShiftId, missing_minor: int, operator: str) -> FiscalTask:
        """Return the task that brings the register's drawer to what is counted.

        It is not urgent: before the Z report of an old shift it would wait for it for ever.
        """
        kind = FiscalKind.CASH_IN if missing_minor > 0 else FiscalKind.CASH_OUT
        return self._task(kind, shift_id, abs(missing_minor), _by(operator))

    def of_movement(self, movement: CashMovement, operator: str) -> FiscalTask:
        """Return the task of cash put in or taken out."""
        is_in = movement.direction is CashDirection.IN
        kind = FiscalKind.CASH_IN if is_in else FiscalKind.CASH_OUT
        return self._task(kind, movement.shift_id, movement.amount_minor, _by(operator))

    def _task(
        self, kind: FiscalKind, shift_id: ShiftId, amount_minor: int, payload: Json
    ) -> FiscalTask:
        return FiscalTask(
            task_id=self._ids.new(),
            kind=kind,
            shift_id=shift_id,
            amount_minor=amount_minor,
            payload=payload,
            created_at=self._clock.now(),
        )


def _payload(receipt: "FiscalReceipt", house: FiscalHouse) -> Json:
    """Return a receipt with the positions that it is registered with.

    Raises:
        DriverError: It does not split into exact positions.
    """
    positions = house.emit(receipt)
    return {
        **_by(receipt.operator.name),
        "receipt": fiscal_codec.receipt_to_json(receipt),
        "positions": [[index, item.price_minor, item.quantity_milli] for index, item in positions],
    }


def _by(operator: str) -> Json:
    return {"operator": {"name": fiscal_receipt.operator_of(operator).name}}


def _failed(task: FiscalTask, error: Exception, operator: str) -> FiscalTask:
    if isinstance(error, KeyError):
        error = FinalError(
            "FISCAL_NO_ORIGINAL", "Чек продажи не сохранён", "No receipt of the sale"
        )
    told = translated(error) if isinstance(error, driver_errors.DriverError) else error
    assert isinstance(told, AppError)
    return replace(
        task,
        payload=_by(operator),
        state=FiscalState.FAILED,
        error_code=told.code,
        error_ru=told.ru,
        error_en=told.en,
    )
