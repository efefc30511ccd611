"""What the till says to people: every sentence of the use cases in Russian and in English.

What happened, then what to do; one or two short sentences; what is already safe is said. Names in
braces are filled in by the caller.
"""

from typing import Final

from app.till.words import Words

# ------------------------------------------------------------------ signing in and rights
PIN_FORMAT: Final = Words("ПИН: от 4 до 6 цифр", "A PIN has 4 to 6 digits")
PIN_WRONG: Final = Words(
    "ПИН не подошёл. Осталось попыток: {left}", "Wrong PIN. Attempts left: {left}"
)
PIN_UNKNOWN: Final = Words("ПИН не подошёл", "Wrong PIN")
PIN_LOCKED: Final = Words(
    "Слишком много попыток. Подождите {seconds} с", "Too many attempts. Wait {seconds} s"
)
STAFF_UNKNOWN: Final = Words(
    "Этого сотрудника нет на кассе. Обновите данные", "The till does not know this person"
)
NOT_SIGNED_IN: Final = Words("Войдите по ПИНу", "Sign in with your PIN")
NOT_ALLOWED: Final = Words(
    "Нужно разрешение старшего. Попросите ввести ПИН", "A supervisor's PIN is needed"
)
APPROVER_LACKS: Final = Words(
    "У {name} нет такого права. Позовите старшего", "{name} has no such right. Call a senior"
)

# ------------------------------------------------------------------ shift
SHIFT_CLOSED: Final = Words("Смена закрыта. Откройте смену", "The shift is closed. Open a shift")
SHIFT_OPEN_ALREADY: Final = Words(
    "Смена {number} уже открыта. Продолжайте", "Shift {number} is open already. Go on"
)
SHIFT_LONG: Final = Words(
    "Закройте смену {number}: прошло 24 часа", "Close shift {number}: 24 hours have passed"
)
SHIFT_TIME: Final = Words(
    "Смена {number} идёт больше {hours} ч. Пора закрыть",
    "Shift {number} is over {hours} h old. Time to close it",
)
SHIFT_SOON: Final = Words(
    "Смене {number} скоро 24 часа. Закройте её вовремя",
    "Shift {number} is nearly 24 hours old. Close it in time",
)
SHIFT_HAS_PAYMENT: Final = Words(
    "Заказ {number} оплачивается. Завершите оплату", "Order {number} is being paid. Finish it"
)
SHIFT_FOREIGN: Final = Words(
    "Смену открыл другой кассир. Нужен ПИН старшего",
    "Somebody else opened this shift. A supervisor's PIN is needed",
)
REASON_NEEDED: Final = Words("Укажите причину", "Give a reason")
CASH_SHORT: Final = Words(
    "В ящике только {have}. Уменьшите сумму", "The drawer holds only {have}. Take less"
)
AMOUNT_WRONG: Final = Words("Введите сумму больше нуля", "Enter a sum above zero")
COUNT_WRONG: Final = Words("Проверьте число купюр и монет", "Check the number of notes and coins")

# ------------------------------------------------------------------ order
ORDER_PAYING: Final = Words(
    "Идёт оплата. Завершите её или верните деньги",
    "Payment is under way. Finish it or give the money back",
)
ORDER_EMPTY: Final = Words("Добавьте товар в заказ", "Add something to the order")
ORDER_GONE: Final = Words("Этого заказа уже нет на кассе", "This order is no longer on the till")
ORDER_FOREIGN: Final = Words(
    "Заказ ведёт {name}. Нужен ПИН старшего", "{name} has this order. A supervisor must allow it"
)
PRODUCT_GONE: Final = Words("Этого товара уже нет в меню", "This product is no longer on the menu")
PRODUCT_STOPPED: Final = Words("«{name}» на стопе", "{name} has run out")
VARIANT_GONE: Final = Words("Такого размера уже нет", "This size is no longer there")
CODE_UNKNOWN: Final = Words("Код не найден: {code}", "Unknown code: {code}")
CODE_GIFT_CARD: Final = Words(
    "Это подарочная карта. Её принимают при оплате", "This is a gift card. It is taken at payment"
)
CODE_PROMO: Final = Words(
    "Это промокод. На этой кассе он не действует",
    "This is a promo code. This till does not take it",
)
CODE_STAFF: Final = Words(
    "Это карта сотрудника. Вход по ПИНу", "This is a staff card. Sign in with the PIN"
)
CODE_DAMAGED: Final = Words(
    "Код {code} прочитан с ошибкой. Отсканируйте ещё раз",
    "The code {code} was misread. Scan it again",
)
SCAN_LATER: Final = Words("Скан принят, применим после оплаты", "Scan taken, used after payment")
DISCOUNT_LIMIT: Final = Words(
    "Вы можете дать скидку до {limit}. Больше разрешит старший",
    "You may give up to {limit}. A senior may give more",
)
DISCOUNT_BY_LEVEL: Final = Words(
    "Действует скидка уровня. Сначала уберите её", "A tier discount is on. Remove it first"
)
REMOVED: Final = Words("Удалено: {name}", "Removed: {name}")
NOTHING_TO_REPEAT: Final = Words("Повторять пока нечего", "There is nothing to repeat")
HOLD_EMPTY: Final = Words("Пустой заказ не откладывают", "An empty order cannot be held")

# ------------------------------------------------------------------ lights and steps
LIGHT_CREATED: Final = Words("Создан", "Created")
LIGHT_PAYMENT: Final = Words("Оплата", "Payment")
LIGHT_PAID: Final = Words("Оплачен", "Paid")
LIGHT_NEW: Final = Words("Новый", "New")
LIGHT_HELD: Final = Words("Отложен", "On hold")
LIGHT_UNKNOWN: Final = Words("Проверьте оплату", "Check the payment")
LIGHT_PRINT_WAITS: Final = Words("Чек в очереди", "Receipt queued")
LIGHT_NOT_PRINTED: Final = Words("Чек не напечатан", "Not printed")
ORDER_CONTENT: Final = Words("{first} и ещё {more}", "{first} and {more} more")
STEP_MONEY: Final = Words("Деньги получены", "Money received")
STEP_MONEY_NOW: Final = Words("Принимаем оплату", "Taking payment")
STEP_COMMIT: Final = Words("Продажа сохранена", "The sale is stored")
STEP_COMMIT_NOW: Final = Words("Сохраняем продажу", "Storing the sale")
STEP_LOYALTY: Final = Words("После оплаты", "After the payment")
STEP_LOYALTY_QUEUED: Final = Words("Баллы отправляем", "Sending the points")
STEP_LOYALTY_DONE: Final = Words("Баллы учтены", "The points are booked")
STEP_LOYALTY_CONFLICT: Final = Words("Баллы: нужно решение", "Points need a decision")
STEP_LOYALTY_NONE: Final = Words("Без карты гостя", "No guest card")
STEP_PRINT: Final = Words("После оплаты", "After the payment")
STEP_PRINT_QUEUED: Final = Words("Чек печатается", "The receipt is being printed")
STEP_PRINT_DONE: Final = Words("Чек напечатан", "The receipt is printed")
STEP_PRINT_LATER: Final = Words(
    "Чек напечатаем, когда принтер будет готов", "The receipt prints when the printer is ready"
)
STEP_PRINT_NONE: Final = Words("Без бумажного чека", "No paper receipt")

# ------------------------------------------------------------------ guests
GUEST_NOT_FOUND: Final = Words(
    "Такого номера нет. Зарегистрируйте гостя", "No such number. Register the guest"
)
CARD_NOT_FOUND: Final = Words("Такой карты нет", "There is no such card")
QR_NOT_FOUND: Final = Words("Гость по этому коду не найден", "No guest has this code")
QR_OFFLINE: Final = Words(
    "Нет связи. Найдите гостя по телефону", "Offline. Find the guest by phone"
)
QR_WRONG_TYPE: Final = Words(
    "Это не карта гостя. Отсканируйте карту лояльности",
    "This is not a guest card. Scan the loyalty card",
)
QR_EXPIRED: Final = Words(
    "Код гостя устарел. Попросите обновить его", "The guest's code is too old. Ask to refresh it"
)
QR_FORGED: Final = Words(
    "Код выпущен не нами. Найдите гостя по телефону",
    "The code is not ours. Find the guest by phone",
)
PHONE_WRONG: Final = Words(
    "В номере должно быть 10 цифр после +7", "The number needs 10 digits after +7"
)
SEARCH_SHORT: Final = Words("Введите ещё цифры", "Enter more digits")
SEARCH_LOCAL: Final = Words(
    "Ищем на этой кассе. Полный поиск после связи", "Searching this till only until online"
)
GUEST_BLOCKED: Final = Words(
    "Карта закрыта. Продажа без баллов", "The card is closed. Sell without points"
)
GUEST_CODES_OUT: Final = Words(
    "Нет связи и запас кодов кончился. Зарегистрируйте позже",
    "Offline and no codes left. Register later",
)
GUEST_NONE: Final = Words("Сначала найдите гостя", "Find the guest first")
GUEST_LOCAL: Final = Words(
    "Карта новая. Списание будет доступно после связи", "New card. Redeeming works once online"
)
REDEEM_NONE: Final = Words("Пока нечего списывать", "Nothing to redeem yet")
REDEEM_LIMIT: Final = Words("Можно списать не больше {limit}", "You can redeem up to {limit}")
REDEEM_STEP: Final = Words("Списание кратно {step}", "Redeem in steps of {step}")
REDEEM_OFFLINE: Final = Words(
    "Нет связи. Баллы сейчас только начисляются", "Offline. Points can only be earned now"
)
REDEEM_OFFLINE_LIMIT: Final = Words(
    "Без связи можно списать до {limit}", "Offline you can redeem up to {limit}"
)
REDEEM_MIN_CHECK: Final = Words("Баллы действуют от {least}", "Points work from {least}")
REDEEM_OFF: Final = Words("Программа лояльности выключена", "The loyalty programme is switched off")
DISCOUNT_NONE: Final = Words("Уровень гостя не даёт скидки", "The guest's tier gives no discount")
DISCOUNT_TAKEN: Final = Words(
    "На заказ уже дана скидка. Сначала уберите её", "The order has a discount. Remove it first"
)
POINTS_LOST: Final = Words(
    "Резерв истёк. Баллы вернулись гостю", "The hold ran out. The points went back"
)
ORDER_CHANGED: Final = Words("Заказ изменился. Повторите", "The order has changed. Try again")
REDEEM_REDUCED: Final = Words(
    "Заказ стал меньше: списываем {amount}", "The order is smaller: redeeming {amount}"
)

# ------------------------------------------------------------------ payment
UNDERPAID_OTHER: Final = Words("Остаток другим способом", "The rest another way")
TERMINAL_NONE: Final = Words(
    "Терминал не подключён. Примите наличные", "No terminal is connected. Take cash"
)
TENDER_NOT_HERE: Final = Words(
    "Этот способ на кассе не подключён", "This tender is not set up on the till"
)
CARD_DECLINED: Final = Words(
    "Карта отклонена. Попросите другую карту или наличные",
    "Card declined. Ask for another card or cash",
)
CARD_CANCELLED: Final = Words(
    "Оплата картой отменена. Деньги не списаны", "The card payment was cancelled. No money moved"
)
CARD_FAILED: Final = Words("{reason} Деньги не списаны", "{reason} No money moved")
CARD_UNKNOWN: Final = Words(
    "Терминал не ответил. Проверьте, напечатан ли слип",
    "The terminal did not answer. See whether it printed a slip",
)
CARD_STILL_UNKNOWN: Final = Words(
    "Терминал не знает точно. Решите по слипу", "The terminal is not sure. Decide by the slip"
)
CARD_ABSENT: Final = Words(
    "Терминал не провёл оплату. Можно повторить", "The terminal booked nothing. Try again"
)
CARD_FOUND: Final = Words("Оплата найдена. Деньги получены", "Payment found. Money received")
CARD_OPEN: Final = Words(
    "По заказу уже идёт оплата картой. Сначала проверьте её",
    "A card payment of this order is open. Check it first",
)
CARD_WRONG_SUM: Final = Words(
    "Терминал провёл {booked} вместо {asked}. Позовите старшего",
    "The terminal booked {booked} instead of {asked}. Call a senior",
)
RRN_WRONG: Final = Words("Введите RRN со слипа: 12 знаков", "Enter the RRN of the slip: 12 signs")
PART_UNKNOWN: Final = Words("Этой оплаты уже нет", "This payment is no longer there")
PART_KEEPS: Final = Words(
    "Возврат на карту не прошёл. Оплата остаётся", "The card refund failed. The payment stays"
)
PAYMENT_LEFT: Final = Words("Осталось оплатить {rest}", "{rest} remains to be paid")
RECOVERED: Final = Words(
    "Заказ {number} восстановлен после сбоя", "Order {number} was restored after a failure"
)
RECOVERED_DONE: Final = Words(
    "Заказ {number} завершён после сбоя", "Order {number} was finished after a failure"
)

WAY_RETRY: Final = Words("Ещё раз", "Try again")
WAY_CASH: Final = Words("Наличные", "Cash")
WAY_OTHER: Final = Words("Другой способ", "Another way")
WAY_CHECK: Final = Words("Проверить операцию", "Check the operation")
WAY_SLIP: Final = Words("Оплачено по слипу", "Paid by the slip")
WAY_NOT_PAID: Final = Words("Слипа нет, не оплачено", "No slip, not paid")
WAY_CANCEL: Final = Words("Отменить оплату", "Cancel the payment")
WAY_RESERVE: Final = Words("Зарезервировать снова", "Hold the points again")
WAY_WITHOUT_POINTS: Final = Words("Оплатить без списания", "Pay without points")
WAY_NEXT: Final = Words("Следующий гость", "Next guest")
WAY_BACK: Final = Words("К заказу", "To the order")

# ------------------------------------------------------------------ refunds
SALE_UNKNOWN: Final = Words("Такой продажи нет на этой кассе", "This till has no such sale")
REFUND_TOO_MUCH: Final = Words("Можно вернуть не больше {rest}", "At most {rest} can be given back")
REFUND_NOTHING: Final = Words("Выберите, что вернуть", "Choose what to give back")
REFUND_ALL_BACK: Final = Words("По этому чеку уже всё вернули", "This check is refunded already")
REFUND_LINE_TOO_MUCH: Final = Words(
    "«{name}»: можно вернуть не больше {rest}", "{name}: at most {rest} can be given back"
)
REFUND_DECLINED: Final = Words(
    "Терминал не вернул деньги. Вернуть наличными разрешит старший",
    "The terminal did not refund. A senior may allow cash",
)
REFUND_UNKNOWN: Final = Words(
    "Терминал не ответил. Возврат ждёт проверки", "The terminal did not answer. Check the refund"
)
REFUND_OPEN: Final = Words(
    "Прошлый возврат не завершён. Сначала проверьте его",
    "The last refund is unfinished. Check it first",
)
REFUND_CARD_LIMIT: Final = Words(
    "На карту можно вернуть не больше {rest}", "At most {rest} can go back to the card"
)
REFUND_CASH_RIGHT: Final = Words(
    "Вернуть наличными оплату картой разрешит старший",
    "A senior must allow cash for a card payment",
)

# ------------------------------------------------------------------ printing
PRINTER_NONE: Final = Words("Принтер чеков не подключён", "No receipt printer is connected")
PRINT_FAILED: Final = Words("Не напечатано: {reason}", "Not printed: {reason}")
PRINT_MAYBE: Final = Words(
    "Чек мог напечататься не полностью. Проверьте бумагу",
    "The receipt may be incomplete. Check the paper",
)
COPY: Final = Words("копия", "copy")
DRAWER_FAILED: Final = Words(
    "Ящик не открылся. Откройте ключом", "The drawer did not open. Use the key"
)

# ------------------------------------------------------------------ queue
OP_SALE: Final = Words("Заказ {number}", "Order {number}")
OP_SALE_GUEST: Final = Words("Заказ {number}, {guest}", "Order {number}, {guest}")
OP_REFUND: Final = Words("Возврат по заказу {number}", "Refund of order {number}")
OP_GUEST: Final = Words("Новый гость {phone}", "New guest {phone}")
OP_RESERVATION: Final = Words("Отмена резерва баллов", "Release of held points")
OP_SHIFT_OPEN: Final = Words("Открытие смены {number}", "Opening of shift {number}")
OP_SHIFT_CLOSE: Final = Words("Закрытие смены", "Closing of the shift")
OP_CASH_IN: Final = Words("Внесение наличных", "Cash put in")
OP_CASH_OUT: Final = Words("Изъятие наличных", "Cash taken out")
OP_OTHER: Final = Words("Операция", "Operation")
OP_PRINT: Final = Words("Печать: {title}", "Printing: {title}")
STATE_WAITS: Final = Words("Ждёт связи", "Waits for the network")
STATE_SENDING: Final = Words("Отправка", "Sending")
STATE_ERROR: Final = Words("Ошибка", "Error")
STATE_DECIDE: Final = Words("Решить", "Decide")
STATE_PRINT_WAITS: Final = Words("Ждёт принтер", "Waits for the printer")
CHOICE_RETRY: Final = Words("Повторить", "Try again")
CHOICE_TAKE_REST: Final = Words(
    "Списать что есть, остальное за счёт кафе", "Take what is there, the rest on the house"
)
CHOICE_WITHOUT_POINTS: Final = Words("Отменить списание", "Cancel the redemption")
CHOICE_MANAGER: Final = Words("Отдать управляющему", "Leave it to the manager")
CHOICE_GIVE_UP: Final = Words("Не отправлять", "Do not send")
CHOICE_NO_PRINT: Final = Words("Не печатать", "Do not print")
CHOICE_PRINT: Final = Words("Напечатать", "Print")
CHOICE_PRINT_LATE: Final = Words("Напечатать с пометкой «поздно»", "Print, marked as late")
CHOICE_NO_PRINT_OLD: Final = Words("Не печатать ничего из старого", "Print nothing of the old")
PRINT_WHETHER: Final = Words(
    "Принтер долго не печатал. Ещё нужно?", "The printer was away for long. Still wanted?"
)
PRINT_TOO_LATE: Final = Words(
    "Принтер долго не печатал. Решите, что ещё напечатать",
    "The printer was away for long. Say what is still to be printed",
)
LATE_MARK: Final = Words("ПОЗДНО", "LATE")
QUEUE_ROW_GONE: Final = Words("Эта операция уже отправлена", "This operation has been sent")
