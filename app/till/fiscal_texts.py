"""What the till says about fiscal receipts, in Russian and in English."""

from typing import Final

from app.till.words import Words

CASHIER: Final = Words("Кассир", "Cashier")
NOTE_SPENT: Final = Words("Списано: {points}", "Redeemed: {points}")
NOTE_EARNED: Final = Words("Будет начислено: {points}", "To be earned: {points}")

# ------------------------------------------------------------------ why a receipt is not made
VAT_UNKNOWN: Final = Words(
    "«{name}»: ставки НДС {bp} (сотых процента) нет в кассе. Исправьте налог в меню",
    "{name}: the register has no VAT rate of {bp} basis points. Correct the tax in the menu",
)
PROGRAM_FAULT: Final = Words(
    "Ошибка программы: спрашиваем кассу о чеке", "A fault of the program: asking the register"
)
UNCERTAIN: Final = Words(
    "Касса не говорит точно, пробит ли чек. Сверьте с лентой",
    "The register cannot tell whether it was made. Compare with its paper",
)
OTHER_REGISTER: Final = Words(
    "Чек отправляли на другую кассу. Сверьте с её лентой",
    "The receipt was sent to another register. Compare with its paper",
)
WORKING: Final = Words(
    "Касса ещё работает над чеком. Повторять не нужно", "The register still works on the receipt"
)
EARLIER_UNKNOWN: Final = Words(
    "Этот запрос не принят, о прежнем неизвестно",
    "This request was not taken, an earlier one is not known",
)
NOT_MADE: Final = Words("Чек не пробит: {reason}", "Receipt not made: {reason}")
NO_PAPER: Final = Words("закончилась бумага", "no paper")
NO_LINK: Final = Words("нет связи с {name}", "no connection to {name}")
UNPRINTED: Final = Words("Чек пробит, но не напечатан", "Receipt made but not printed")
SHIFT_TOO_LONG: Final = Words("Смена длится больше 24 часов", "The shift is over 24 hours old")
ASKING: Final = Words(
    "Касса не ответила. Спрашиваем её, второй раз не пробиваем",
    "The register did not answer. It is being asked; no second receipt",
)
LATER: Final = Words("Чек пробьём позже: {reason}", "Receipt later: {reason}")

# ------------------------------------------------------------------ ways out
WAY_RETRY: Final = Words("Повторить", "Try again")
WAY_ASK: Final = Words("Спросить ещё раз", "Ask again")
WAY_RENEW: Final = Words("Закрыть и открыть смену", "Close and open the shift")
WAY_E_RECEIPT: Final = Words("Чек в СМС", "Receipt by SMS")
WAY_NEXT: Final = Words("Следующий гость, чек пробьём позже", "Next guest, receipt later")

# ------------------------------------------------------------------ steps
STEP: Final = Words("После оплаты", "After the payment")
STEP_NOW: Final = Words("Пробиваем чек", "Making the receipt")
STEP_DONE: Final = Words("Чек пробит", "Receipt made")
STEP_DONE_NUMBER: Final = Words("Чек пробит, ФД {number}", "Receipt made, FD {number}")
STEP_WAITS: Final = Words("Чек пробьём позже", "Receipt later")
STEP_FAILED: Final = Words("Чек не пробит", "Receipt not made")
STEP_NONE: Final = Words("Без чека: решил старший", "No receipt: a senior decided")

# ------------------------------------------------------------------ rules
REGISTER_NONE: Final = Words("Касса (ККТ) не подключена", "No fiscal register is connected")
TASK_GONE: Final = Words("Этот чек уже пробит", "This receipt is made already")
TASK_RUNS: Final = Words(
    "Касса ещё работает над чеком. Подождите", "The register works on the receipt. Wait"
)
RECEIPT_FIRST: Final = Words("Сначала пробейте чек", "Make the receipt first")
SHIFT_UNMADE: Final = Words(
    "Непробитых чеков: {count}. Закрыть смену разрешит старший",
    "Receipts not made: {count}. A senior may close the shift",
)
SHIFT_REFUSED: Final = Words("Смена не открыта. {reason}", "The shift is not open. {reason}")
ADDRESS_WRONG: Final = Words(
    "Нужен телефон с +7 или почта", "A phone with +7 or an e-mail is needed"
)
