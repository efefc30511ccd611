"""What the till says about payments by phone (SBP), in Russian and in English."""

from typing import Final

from app.till.words import Words

SBP_NONE: Final = Words(
    "СБП не подключена. Выберите другой способ", "SBP is not set up. Choose another way"
)
SBP_OPEN: Final = Words(
    "По заказу ждём оплату по СБП. Сначала проверьте её",
    "A payment by SBP is awaited for this order. Check it first",
)
SBP_NO_CODE: Final = Words(
    "Банк не дал код. {reason} Деньги не списаны", "The bank gave no code. {reason} No money moved"
)
SBP_NO_CODE_BUG: Final = Words(
    "Банк не дал код. Деньги не списаны", "The bank gave no code. No money moved"
)
SBP_UNKNOWN: Final = Words(
    "Банк пока не подтвердил. Не отдавайте заказ",
    "The bank has not confirmed yet. Do not hand the order over",
)
SBP_WRONG_SUM: Final = Words(
    "Банк провёл {booked} вместо {asked}. Не отдавайте заказ, позовите старшего",
    "The bank booked {booked} instead of {asked}. Keep the order, call a senior",
)
SBP_WRONG_ORDER: Final = Words(
    "Банк ответил про другой заказ. Не отдавайте заказ, позовите старшего",
    "The bank answered about another order. Keep the order, call a senior",
)
SBP_EXPIRED: Final = Words(
    "Время кода вышло. Деньги не списаны", "The code ran out of time. No money moved"
)
SBP_CANCELLED: Final = Words("Код отменён. Деньги не списаны", "The code is void. No money moved")
SBP_ABSENT: Final = Words(
    "Код не показывали. Деньги не списаны", "The code was never shown. No money moved"
)
SBP_TRY_AGAIN: Final = Words(
    "Банк гостя отказал. Гость может попробовать ещё раз",
    "The guest's bank declined. The guest may try again",
)
SBP_PAYING: Final = Words("Гость подтверждает оплату", "The guest is confirming the payment")
SBP_SILENT: Final = Words(
    "Банк не отвечает. Спросим ещё раз", "The bank does not answer. We will ask again"
)
SBP_LATE: Final = Words(
    "По СБП позже пришло {amount}. Банк возвращает их гостю",
    "{amount} came by SBP too late. The bank gives it back to the guest",
)
SBP_LATE_KEPT: Final = Words(
    "По СБП позже пришло {amount}, и банк их не возвращает. Позовите старшего, верните гостю деньги",
    "{amount} came by SBP too late, and the bank does not give it back. Call a senior, pay the guest",
)
SBP_BACK_RUNNING: Final = Words(
    "Банк ещё возвращает деньги. Проверьте через минуту",
    "The bank is still giving the money back. Check in a minute",
)
SBP_BACK_UNKNOWN: Final = Words(
    "Банк не подтвердил возврат. Проверьте ещё раз",
    "The bank has not confirmed the refund. Check again",
)
SBP_BACK_REFUSED: Final = Words(
    "Банк не принял возврат. Оплата остаётся", "The bank refused the refund. The payment stays"
)
SBP_REFUND_REFUSED: Final = Words(
    "Банк не вернул деньги. Вернуть наличными разрешит старший",
    "The bank did not refund. A senior may allow cash",
)
SBP_REFUND_UNKNOWN: Final = Words(
    "Банк не ответил. Возврат ждёт проверки", "The bank did not answer. Check the refund"
)
SBP_PURPOSE: Final = "Заказ {number}"

WAY_CHECK: Final = Words("Проверить", "Check")
WAY_OTHER: Final = Words("Другой способ", "Another way")
WAY_NOT_PAID: Final = Words("Денег нет: не оплачено", "No money came: not paid")
WAY_NOT_BACK: Final = Words("Возврата нет: не вернули", "No refund came: not returned")

SLIP_TITLE: Final = "Оплата по СБП"
SLIP_ADVICE: Final = "Наведите камеру телефона или откройте код в приложении банка"
SLIP_UNTIL: Final = "Код действует до {time}"
SLIP_NO_RECEIPT: Final = "Это не чек"
CODE_COMES: Final = Words("Получаем код у банка", "Getting a code from the bank")
MONEY_GOES: Final = Words("Банк возвращает деньги", "The bank is giving the money back")
LIGHT_AWAITED: Final = Words("Ждём СБП", "SBP awaited")
