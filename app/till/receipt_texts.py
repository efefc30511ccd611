"""What screens say about receipts of sales that are paid already, in Russian and in English."""

from collections.abc import Mapping
from typing import Final

from app.till.words import Words

NOTHING: Final = Words("", "")

# ------------------------------------------------------------------ the page after the money
PAID_CASH: Final = Words("Оплата наличными", "Paid in cash")
PAID_CARD: Final = Words("Оплата картой", "Paid by card")
PAID_SBP: Final = Words("Оплата по СБП", "Paid by SBP")
PAID: Final = Words("Оплата прошла", "The payment is made")
PAID_CHANGE: Final = Words("Оплата прошла. Сдача {change}", "Paid. Change {change}")
POINTS_SPENT: Final = Words("Баллы списаны", "Points redeemed")
POINTS_EARNED: Final = Words("Баллы начислим", "Points to be earned")
EARNS: Final = Words("начислим {points}", "to be earned {points}")
RECEIPT_NOT_MADE: Final = Words("Чек не пробит", "Receipt not made")
RECEIPT_UNKNOWN: Final = Words("Чек уточняем", "Asking about the receipt")
RECEIPT_NOT_PRINTED: Final = Words("Чек не напечатан", "Receipt not printed")
RECEIPT_QUEUED: Final = Words("Чек в очереди", "Receipt queued")
RECEIPT_NONE: Final = Words("Без чека", "No receipt")
RECEIPT_MADE: Final = Words("Чек пробит", "Receipt made")
RECEIPT_MAKING: Final = Words("Пробиваем чек", "Making the receipt")

ADVICE_PAPER: Final = Words(
    "Вставьте ленту в кассу и нажмите «Повторить»",
    "Put paper into the register, then Try again",
)
ADVICE_COVER: Final = Words(
    "Закройте крышку кассы и нажмите «Повторить»",
    "Close the cover of the register, then Try again",
)
ADVICE_LINK: Final = Words(
    "Проверьте питание и провод кассы. Она пробует сама",
    "Check power and cable of the register. It tries by itself",
)
ADVICE_SHIFT: Final = Words(
    "Закройте и откройте смену, чек пробьётся сам",
    "Close and open the shift, the receipt follows by itself",
)
ADVICE_ASKING: Final = Words(
    "Спрашиваем кассу, что стало с чеком. Второго не будет",
    "The register is asked about it. There will be no second one",
)
ADVICE_COMPARE: Final = Words(
    "Сверьте с лентой кассы. Старший решит в «Очереди»",
    "Compare with the paper. A senior decides in the queue",
)
ADVICE_PRINT: Final = Words(
    "Чек уже в налоговой, нужна только бумага",
    "The receipt is with the tax office, only paper is missing",
)
ADVICE_SELF: Final = Words("Касса попробует ещё раз сама", "It is tried again by itself")
ADVICE_PERSON: Final = Words(
    "Исправьте причину или позовите старшего", "Put it right or call a senior"
)

_ADVICE: Final[Mapping[str, Words]] = {
    "printer.paper_out": ADVICE_PAPER,
    "printer.cover_open": ADVICE_COVER,
    "device.not_connected": ADVICE_LINK,
    "device.connection_lost": ADVICE_LINK,
    "device.timeout": ADVICE_LINK,
    "device.offline": ADVICE_LINK,
    "device.transport": ADVICE_LINK,
    "device.port_busy": ADVICE_LINK,
    "fiscal.shift_expired": ADVICE_SHIFT,
    "fiscal.unprinted": ADVICE_PRINT,
    "fiscal.unknown": ADVICE_ASKING,
    "fiscal.interrupted": ADVICE_ASKING,
    "fiscal.working": ADVICE_ASKING,
    "device.outcome_unknown": ADVICE_ASKING,
    "fiscal.bug": ADVICE_ASKING,
    "fiscal.earlier_unknown": ADVICE_ASKING,
    "fiscal.uncertain": ADVICE_COMPARE,
    "fiscal.refused": ADVICE_PERSON,
    "fiscal.data": ADVICE_PERSON,
    "fiscal.tender": ADVICE_PERSON,
    "fiscal.mark": ADVICE_PERSON,
    "fiscal.licence": ADVICE_PERSON,
    "fiscal.fault": ADVICE_PERSON,
    "fiscal.fn": ADVICE_PERSON,
    "fiscal.fn_expired": ADVICE_PERSON,
    "fiscal.fn_full": ADVICE_PERSON,
    "fiscal.fn_fault": ADVICE_PERSON,
    "fiscal.ofd_overdue": ADVICE_PERSON,
    "fiscal.input": ADVICE_PERSON,
    "fiscal.split": ADVICE_PERSON,
}


def advice(code: str) -> Words:
    """Return what helps a receipt that is not made, or not on paper, for a reason by its code."""
    return _ADVICE.get(code, ADVICE_SELF)


# ------------------------------------------------------------------ the register's shift (S1, S9)
REGISTER_OPENED: Final = Words("Смена кассы открыта", "The register's shift is open")
REGISTER_OPENS: Final = Words("Касса открывает смену", "The register opens its shift")
REGISTER_OPENS_LATER: Final = Words(
    "Касса откроет смену позже. {reason}", "The register opens its shift later. {reason}"
)
REGISTER_GIVEN_UP: Final = Words("Решено без кассы", "Decided without the register")
Z_NOW: Final = Words("Касса снимает Z-отчёт", "The register makes its Z report")
Z_DONE: Final = Words("Z-отчёт кассы снят", "The register's Z report is made")
Z_DONE_NUMBER: Final = Words(
    "Z-отчёт кассы снят, ФД {number}", "The register's Z report is made, FD {number}"
)
Z_LATER: Final = Words("Z-отчёт кассы ждёт. {reason}", "The register's Z report waits. {reason}")
Z_AFTER_RECEIPTS: Final = Words(
    "Z-отчёт кассы будет после чеков, ждут: {count}",
    "The register's Z report follows the receipts, waiting: {count}",
)
UNMADE: Final = Words("Непробитые чеки: {count}", "Receipts not made: {count}")

# ------------------------------------------------------------------ giving money back, S8
REFUND_MADE: Final = Words("Чек возврата пробит", "The refund receipt is made")
REFUND_NOW: Final = Words("Пробиваем чек возврата", "Making the refund receipt")
REFUND_LATER: Final = Words(
    "Чек возврата пробьём позже. {reason}", "The refund receipt is made later. {reason}"
)
WAY_MAKE: Final = Words("Пробить чек", "Make the receipt")
WAY_WITHOUT: Final = Words("Вернуть без чека", "Give back without it")

# ------------------------------------------------------------------ rows of the queue (S11)
ROW_SALE: Final = Words("Чек № {number} не пробит", "Receipt No. {number} is not made")
ROW_SALE_UNKNOWN: Final = Words(
    "Чек № {number}: касса не ответила", "Receipt No. {number}: no answer of the register"
)
ROW_REFUND_UNKNOWN: Final = Words(
    "Чек возврата, заказ {number}: касса не ответила",
    "Refund receipt of order {number}: no answer of the register",
)
ROW_SALE_UNPRINTED: Final = Words(
    "Чек № {number} не напечатан", "Receipt No. {number} is not printed"
)
ROW_REFUND: Final = Words(
    "Чек возврата, заказ {number}, не пробит", "Refund receipt of order {number} is not made"
)
ROW_REFUND_UNPRINTED: Final = Words(
    "Чек возврата, заказ {number}, не напечатан", "Refund receipt of order {number} is not printed"
)
ROW_SHIFT_OPEN: Final = Words("Открытие смены кассы", "Shift of the register to be opened")
ROW_SHIFT_CLOSE: Final = Words("Z-отчёт кассы", "Z report of the register")
ROW_CASH_IN: Final = Words("Внесение в кассу", "Cash put in, at the register")
ROW_CASH_OUT: Final = Words("Изъятие из кассы", "Cash taken out, at the register")
STATE_WAITS: Final = Words("Ждёт кассу", "Waits")
STATE_RUNS: Final = Words("Пробивается", "Being made")
STATE_ASKS: Final = Words("Спрашиваем", "Being asked")
STATE_PAPER: Final = Words("Нужна бумага", "Needs paper")
STATE_DECIDE: Final = Words("Решить", "Decide")
CHOICE_RETRY: Final = Words("Повторить", "Try again")
CHOICE_ASK: Final = Words("Спросить кассу ещё раз", "Ask the register again")
ROW_ASK: Final = Words("Спросить", "Ask")
CHOICE_RENEW: Final = Words("Закрыть и открыть смену", "Close and open the shift")
CHOICE_MADE: Final = Words("Чек напечатан кассой", "The register made it")
CHOICE_NOT_MADE: Final = Words("Чека нет, пробить", "There is none, make it")
CHOICE_GIVE_UP: Final = Words("Не пробивать", "Do not make it")
