"""A fiscal register with a fiscal storage, a shift, a drawer and paper, which carries out ATOL's tasks.

It keeps what a real one keeps (document numbers that only grow, a shift of 24 hours by an injected
clock, totals by payment) and refuses what a real one refuses. Its arithmetic shares nothing with the
driver's. The Web server (`atol_web`) and the stand-in for the vendor's library use it alike.
"""

import datetime as dt
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from drivers.fiscal.exact import JsonValue
from drivers.sim.atol_web_questions import QUESTIONS
from drivers.sim.atol_web_rules import (
    CENT,
    PAYMENTS,
    RECEIPTS,
    Json,
    TaskError,
    as_decimal,
    check_payments,
    check_receipt,
)
from drivers.sim.marking_register import MarkTable

FISCAL_TASKS = frozenset({*RECEIPTS, "openShift", "closeShift"})


@dataclass(slots=True)
class StoredDocument:
    """One document of the fiscal storage; `sign` is tag 1054, 0 for reports.

    `content` is what was in it: a receipt's `items` as they were sent and `payments` with the change
    taken off, a Z report's totals by kind of receipt.
    """

    number: int
    kind: str
    made_at: str
    shift_number: int
    receipt_number: int = 0
    sign: int = 0
    total: Decimal = Decimal(0)
    content: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def fiscal_sign(self) -> str:
        """A sign that differs for each number."""
        return str(3449555000 + self.number * 7)


@dataclass(slots=True)
class Counted:
    """Totals of one kind of receipt in the shift."""

    count: int = 0
    total: Decimal = Decimal(0)
    payments: dict[str, Decimal] = field(
        default_factory=lambda: dict.fromkeys(PAYMENTS, Decimal(0))
    )


def wall_clock() -> dt.datetime:
    """Time of this computer, with its zone."""
    return dt.datetime.fromtimestamp(time.mktime(time.localtime())).astimezone()


class RegisterMachine:
    """The register. One thread at a time.

    Faults for the next fiscal task, one each, are queued in `faults`: 'link-before' and 'link-after'
    (the link breaks before or after the document is written), 'fn-before' and 'fn-after' (the
    exchange with the storage breaks), 'paper-before' and 'paper-after', or 'error N'.

    Args:
        clock: of the register.
        auto_open: whether a receipt opens a closed shift, or is refused with 73.
    """

    SHIFT_LIMIT = dt.timedelta(hours=24)

    def __init__(
        self, *, clock: Callable[[], dt.datetime] = wall_clock, auto_open: bool = True
    ) -> None:
        self.clock = clock
        self._auto_open = auto_open
        self.fn_number = "9999078900001234"
        self.documents: list[StoredDocument] = []
        self.faults: deque[str] = deque()
        self.is_linked = True
        self.has_paper = True
        self.is_cover_open = False
        self.is_paperless = False  # whether it makes electronic receipts without paper
        self.is_fn_expired = False
        self.is_fn_full = False
        self.marks = MarkTable()
        self.mark_verdict = 0  # the code that a check of a marking code ends with
        self.unsent = 0
        self.drawer = Decimal(0)
        self.unprinted = 0
        self.printed: list[str] = []
        self.shift_number = 0
        self.opened_at: dt.datetime | None = None
        self.receipts_in_shift = 0
        self.documents_in_shift = 0
        self._reset_totals()
        self._tasks: Mapping[str, Callable[[Json], dict[str, JsonValue]]] = {
            **dict.fromkeys(RECEIPTS, self._receipt),
            "openShift": self._open_shift,
            "closeShift": self._close_shift,
            "reportX": self._report_x,
            "printLastReceiptCopy": self._print_copy,
            "continuePrint": self._continue_print,
            "cashIn": self._cash_in,
            "cashOut": self._cash_out,
            **self.marks.tasks,
        }

    @property
    def receipts(self) -> list[StoredDocument]:
        """Receipts in the fiscal storage, oldest first."""
        return [item for item in self.documents if item.sign]

    @property
    def shift(self) -> str:
        """'closed', 'opened' or 'expired'."""
        if self.opened_at is None:
            return "closed"
        return "expired" if self.clock() - self.opened_at >= self.SHIFT_LIMIT else "opened"

    def process(self, task: Json) -> dict[str, JsonValue]:
        """Carry out a task.

        Raises:
            TaskError: with the driver's code.
        """
        if not self.is_linked:
            raise TaskError(2)
        kind = task.get("type")
        if isinstance(kind, str) and kind in QUESTIONS:
            return QUESTIONS[kind](self, task)
        work = self._tasks.get(kind) if isinstance(kind, str) else None
        if work is None:
            raise TaskError(501)
        if kind not in FISCAL_TASKS:
            return work(task)
        self._require_storage()
        fault = self.faults.popleft() if self.faults else ""
        self._fail_before(fault)
        if not (self.is_paperless and task.get("electronically") is True):
            self._require_printer()
        result = work(task)
        self._fail_after(fault, result)
        return result

    def last_result(self) -> dict[str, JsonValue]:
        """Return the result of the last document, as a server tells it after a recovery."""
        return self._fiscal_params(self.documents[-1])

    def age_shift(self) -> None:
        """Make the open shift older than 24 hours."""
        if self.opened_at is None:
            self._begin_shift()
        self.opened_at = self.clock() - self.SHIFT_LIMIT

    def _require_storage(self) -> None:
        if self.is_fn_expired:
            raise TaskError(120)
        if self.is_fn_full:
            raise TaskError(121)

    def _require_printer(self) -> None:
        if not self.has_paper:
            raise TaskError(44)
        if self.is_cover_open:
            raise TaskError(45)

    def _fail_before(self, fault: str) -> None:
        if fault == "link-before":
            self.is_linked = False
            raise TaskError(2)
        if fault == "fn-before":
            raise TaskError(115)
        if fault == "paper-before":
            self.has_paper = False
            raise TaskError(44)
        if fault.startswith("error "):
            raise TaskError(int(fault.removeprefix("error ")))

    def _fail_after(self, fault: str, result: dict[str, JsonValue]) -> None:
        if fault == "link-after":
            self.is_linked = False
            raise TaskError(2)
        if fault == "fn-after":
            raise TaskError(177)
        if fault == "paper-after":
            self.has_paper = False
            self.unprinted += 1
            result["warnings"] = {"notPrinted": True}

    # Shift

    def _open_shift(self, task: Json) -> dict[str, JsonValue]:
        self._require_operator(task)
        if self.shift != "closed":
            raise TaskError(83)
        return self._fiscal_params(self._begin_shift())

    def _begin_shift(self) -> StoredDocument:
        self.shift_number += 1
        self.opened_at = self.clock()
        self.receipts_in_shift = self.documents_in_shift = 0
        self._reset_totals()
        return self._store("openShift")

    def _close_shift(self, task: Json) -> dict[str, JsonValue]:
        self._require_operator(task)
        if self.shift == "closed":
            raise TaskError(73)
        stored = self._store("closeShift", content=self._totals())
        self.opened_at = None
        return self._fiscal_params(stored)

    def _totals(self) -> dict[str, JsonValue]:
        kinds = {"sell": self.sell, "sellReturn": self.sell_return}
        receipts: dict[str, JsonValue] = {
            kind: {"count": counted.count, "sum": counted.total, "payments": dict(counted.payments)}
            for kind, counted in kinds.items()
        }
        cash = {"income": self.income, "outcome": self.outcome, "drawer": self.drawer}
        return {"receipts": receipts, "cash": cash}

    def _reset_totals(self) -> None:
        self.sell, self.sell_return = Counted(), Counted()
        self.income_count = self.outcome_count = 0
        self.income = self.outcome = Decimal(0)

    # Receipts

    def _receipt(self, task: Json) -> dict[str, JsonValue]:
        self._require_operator(task)
        if self.shift == "expired":
            raise TaskError(68)
        if self.shift == "closed" and not self._auto_open:
            raise TaskError(73)
        kind = str(task["type"])
        total = check_receipt(task, self.clock().date(), self.mark_verdict, self.marks.accepted)
        paid = check_payments(task, total)
        sign = RECEIPTS[kind]
        if sign == 2 and paid["cash"] > self.drawer:
            raise TaskError(53)
        opened = self.shift == "closed"
        if opened:
            self._begin_shift()
        self.receipts_in_shift += 1
        self._count(self.sell if sign == 1 else self.sell_return, total, paid)
        self.drawer += paid["cash"] if sign == 1 else -paid["cash"]
        content = {"items": task.get("items", []), "payments": dict(paid)}
        stored = self._store(kind, sign=sign, total=total, content=content)
        self._print(kind, task, total)
        result = self._fiscal_params(stored)
        result["warnings"] = {"notPrinted": False, "shiftAutoOpened": opened}
        return result

    def _count(self, counted: Counted, total: Decimal, paid: Mapping[str, Decimal]) -> None:
        counted.count += 1
        counted.total += total
        for kind, amount in paid.items():
            counted.payments[kind] += amount

    # Drawer and paper

    def _cash_in(self, task: Json) -> dict[str, JsonValue]:
        amount = self._cash_sum(task)
        self.drawer += amount
        self.income += amount
        self.income_count += 1
        return {"counters": {"cashSum": self.drawer}}

    def _cash_out(self, task: Json) -> dict[str, JsonValue]:
        amount = self._cash_sum(task)
        if amount > self.drawer:
            raise TaskError(80)
        self.drawer -= amount
        self.outcome += amount
        self.outcome_count += 1
        return {"counters": {"cashSum": self.drawer}}

    def _cash_sum(self, task: Json) -> Decimal:
        self._require_operator(task)
        self._require_printer()
        if self.shift == "expired":
            raise TaskError(68)
        amount = as_decimal(task.get("cashSum"))
        if amount is None or amount < CENT:
            raise TaskError(16)
        return amount

    def _report_x(self, task: Json) -> dict[str, JsonValue]:
        self._require_operator(task)
        self._require_printer()
        self.printed.append(f"X {self.sell.total} {self.drawer}")
        return {}

    def _print_copy(self, task: Json) -> dict[str, JsonValue]:
        self._require_operator(task)
        self._require_printer()
        if not self.receipts:
            raise TaskError(123)
        self.printed.append(f"КОПИЯ {self.receipts[-1].number}")
        return {}

    def _continue_print(self, task: Json) -> dict[str, JsonValue]:
        del task
        self._require_printer()
        self.unprinted = 0
        return {}

    def _print(self, kind: str, task: Json, total: Decimal) -> None:
        items = task.get("items")
        positions = [
            item
            for item in (items if isinstance(items, list) else [])
            if isinstance(item, Mapping) and item.get("type") == "position"
        ]
        lines = [
            f"{item['name']}: {item['price']} x {item['quantity']} = {item['amount']}"
            for item in positions
        ]
        self.printed.append("\n".join([kind, *lines, f"ИТОГ {total}"]))

    # Fiscal storage

    def _store(
        self,
        kind: str,
        *,
        sign: int = 0,
        total: Decimal = Decimal(0),
        content: Mapping[str, JsonValue] | None = None,
    ) -> StoredDocument:
        self.documents_in_shift += 1
        stored = StoredDocument(
            number=len(self.documents) + 1,
            kind=kind,
            made_at=self.clock().isoformat(timespec="seconds"),
            shift_number=self.shift_number,
            receipt_number=self.receipts_in_shift if sign else 0,
            sign=sign,
            total=total,
            content=content or {},
        )
        self.documents.append(stored)
        return stored

    def _fiscal_params(self, stored: StoredDocument) -> dict[str, JsonValue]:
        params: dict[str, JsonValue] = {
            "fiscalDocumentNumber": stored.number,
            "fiscalDocumentDateTime": stored.made_at,
            "fiscalDocumentSign": stored.fiscal_sign,
            "fnNumber": self.fn_number,
            "registrationNumber": "0000000001234567",
            "shiftNumber": stored.shift_number,
            "fnsUrl": "www.nalog.gov.ru",
        }
        if stored.sign:
            params |= {"total": stored.total, "fiscalReceiptNumber": stored.receipt_number}
        else:
            params |= {"receiptsCount": self.receipts_in_shift}
        return {"fiscalParams": params, "warnings": {"notPrinted": False}}

    def _require_operator(self, task: Json) -> None:
        operator = task.get("operator")
        name = operator.get("name") if isinstance(operator, Mapping) else None
        if not isinstance(name, str) or not name.strip():
            raise TaskError(172)
