"""Receipts and questions that several test modules of fiscal registers share."""

from typing import Any

from drivers.api.fiscal import (
    FiscalItem,
    FiscalLookup,
    FiscalPayment,
    FiscalReceipt,
    FiscalRegister,
    FiscalVerdict,
    Operator,
    PaymentKind,
    ReceiptKind,
    Taxation,
)

WHO = Operator("Иванова А.")


def receipt(amount: int = 10000, **fields: Any) -> FiscalReceipt:
    """One cup of tea for cash, changed as wanted."""
    given = {
        "kind": ReceiptKind.SELL,
        "operator": WHO,
        "taxation": Taxation.USN_INCOME,
        "items": (FiscalItem("Чай", amount),),
        "payments": (FiscalPayment(PaymentKind.CASH, amount),),
        **fields,
    }
    return FiscalReceipt(**given)


def settled(register: FiscalRegister, document_id: str) -> FiscalLookup:
    """Ask until the register has decided."""
    for _ in range(50):
        lookup = register.find_document(document_id)
        if lookup.verdict is not FiscalVerdict.WORKING:
            return lookup
    raise AssertionError(f"{document_id} is never settled")
