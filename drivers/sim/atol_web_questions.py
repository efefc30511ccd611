"""What a simulated register answers to questions; they change nothing."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from drivers.fiscal.exact import JsonValue
from drivers.sim.atol_web_rules import Json, TaskError

if TYPE_CHECKING:
    from drivers.sim.atol_web_register import Counted, RegisterMachine


def device_status(machine: "RegisterMachine", task: Json) -> dict[str, JsonValue]:
    """Answer getDeviceStatus."""
    del task
    return {
        "deviceStatus": {
            "blocked": False,
            "coverOpened": machine.is_cover_open,
            "currentDateTime": machine.clock().isoformat(timespec="seconds"),
            "fiscal": True,
            "fnFiscal": True,
            "fnPresent": True,
            "paperPresent": machine.has_paper,
            "cashDrawerOpened": False,
            "shift": machine.shift,
        }
    }


def device_info(machine: "RegisterMachine", task: Json) -> dict[str, JsonValue]:
    """Answer getDeviceInfo."""
    del machine, task
    return {
        "deviceInfo": {
            "model": 67,
            "modelName": "АТОЛ 27Ф (имитатор)",
            "serial": "00106700000001",
            "ffdVersion": "1.2",
        }
    }


def shift_status(machine: "RegisterMachine", task: Json) -> dict[str, JsonValue]:
    """Answer getShiftStatus."""
    del task
    expires = (machine.opened_at or machine.clock()) + machine.SHIFT_LIMIT
    return {
        "shiftStatus": {
            "state": machine.shift,
            "number": machine.shift_number,
            "expiredTime": expires.isoformat(timespec="seconds"),
            "documentsCount": machine.documents_in_shift,
        }
    }


def shift_totals(machine: "RegisterMachine", task: Json) -> dict[str, JsonValue]:
    """Answer getShiftTotals."""
    del task
    return {
        "shiftTotals": {
            "shiftNumber": machine.shift_number,
            "receipts": {
                "sell": _counted(machine.sell),
                "sellReturn": _counted(machine.sell_return),
            },
            "income": {"sum": machine.income, "count": machine.income_count},
            "outcome": {"sum": machine.outcome, "count": machine.outcome_count},
            "cashDrawer": {"sum": machine.drawer},
        }
    }


def fn_info(machine: "RegisterMachine", task: Json) -> dict[str, JsonValue]:
    """Answer getFnInfo."""
    del task
    return {"fnInfo": {"serial": machine.fn_number, "version": "fn_v_1_2", "ffdVersion": "1.2"}}


def fn_status(machine: "RegisterMachine", task: Json) -> dict[str, JsonValue]:
    """Answer getFnStatus."""
    del task
    return {
        "fnStatus": {
            "fiscalDocumentNumber": len(machine.documents),
            "fiscalReceiptNumber": machine.receipts_in_shift,
            "warnings": {
                "criticalError": False,
                "memoryOverflow": machine.is_fn_full,
                "needReplacement": machine.is_fn_expired,
                "ofdTimeout": machine.unsent > 0,
                "resourceExhausted": machine.is_fn_expired,
            },
        }
    }


def fn_document(machine: "RegisterMachine", task: Json) -> dict[str, JsonValue]:
    """Answer getFnDocument.

    Raises:
        TaskError: there is no such document.
    """
    number = task.get("fiscalDocumentNumber")
    if not isinstance(number, int) or not 0 < number <= len(machine.documents):
        raise TaskError(123)
    stored = machine.documents[number - 1]
    tags: dict[str, JsonValue] = {
        "fiscalDocumentType": _document_type(stored.kind),
        "short": False,
        "1012": stored.made_at,
        "1037": "0000000001234567    ",
        "1038": stored.shift_number,
        "1040": stored.number,
        "1041": machine.fn_number,
        "1077": stored.fiscal_sign,
    }
    if stored.sign:
        tags |= {"1020": stored.total, "1042": stored.receipt_number, "1054": stored.sign}
    return {"documentTLV": tags}


def ofd_status(machine: "RegisterMachine", task: Json) -> dict[str, JsonValue]:
    """Answer ofdExchangeStatus."""
    del task
    return {
        "status": {
            "notSentCount": machine.unsent,
            "notSentFirstDocNumber": 1 if machine.unsent else 0,
            "notSentFirstDocDateTime": "2026-11-01T10:00:00+03:00" if machine.unsent else "",
        },
        "errors": {},
    }


def _counted(counted: "Counted") -> dict[str, JsonValue]:
    payments: dict[str, JsonValue] = dict(counted.payments)
    return {"count": counted.count, "sum": counted.total, "payments": payments}


def _document_type(kind: str) -> str:
    if kind in ("openShift", "closeShift"):
        return kind
    return "receiptCorrection" if kind.endswith("Correction") else "receipt"


QUESTIONS: Mapping[str, Callable[["RegisterMachine", Json], dict[str, JsonValue]]] = {
    "getDeviceStatus": device_status,
    "getDeviceInfo": device_info,
    "getShiftStatus": shift_status,
    "getShiftTotals": shift_totals,
    "getFnInfo": fn_info,
    "getFnStatus": fn_status,
    "getFnDocument": fn_document,
    "ofdExchangeStatus": ofd_status,
}
