"""What the till says about the kitchen, in Russian and in English."""

from typing import Final

from app.till.words import Words

# ------------------------------------------------------------------ tickets and the queue
TITLE: Final = Words("Кухня: {station}, заказ {number}", "Kitchen: {station}, order {number}")
NOT_RECEIVED: Final = Words("Кухня не получила заказ", "The kitchen did not get the order")
NOT_RECEIVED_NUMBER: Final = Words(
    "Кухня не получила заказ {number}. Повторите или скажите голосом",
    "The kitchen did not get order {number}. Try again or tell them",
)
INSTEAD: Final = Words(
    "«{broken}» не печатает. Заказ {number} напечатан на «{printer}»",
    "{broken} does not print. Order {number} goes to {printer}",
)
DISHES: Final = Words("Блюд: {count}", "Dishes: {count}")
ADVICE: Final = Words(
    "Проверьте ленту и питание принтера на кухне",
    "Check paper and power of the printer in the kitchen",
)
CHOICE_HERE: Final = Words("Печать здесь", "Print here")
CHOICE_VOICE: Final = Words("Сказать голосом", "Tell them")
NO_STATION: Final = Words("Кухня не подключена", "No kitchen printer is set up")
NOTHING_NEW: Final = Words("Кухня уже всё получила", "The kitchen has everything already")

# ------------------------------------------------------------------ steps and marks
STEP: Final = Words("После оплаты", "After the payment")
STEP_NONE: Final = Words("Кухне готовить нечего", "Nothing for the kitchen")
STEP_WAITS: Final = Words("Заказ уходит на кухню", "The order is going to the kitchen")
STEP_DONE: Final = Words("Кухня получила заказ", "The kitchen has the order")
STEP_INSTEAD: Final = Words(
    "Кухня получила заказ на другом принтере", "The kitchen has it from another printer"
)
STEP_TOLD: Final = Words("Кухне сказали голосом", "The kitchen was told")
MARK_SENT: Final = Words("На кухне с {time}", "In the kitchen since {time}")
MARK_WAITS: Final = Words("Уходит на кухню", "Going to the kitchen")

# ------------------------------------------------------------------ taking back
VOID_REASON: Final = Words(
    "Кухня уже готовит: {dish}. Укажите причину отмены",
    "The kitchen is making it already: {dish}. Give a reason",
)
REFUNDED: Final = Words("Возврат: {reason}", "Refund: {reason}")
REFUND_TOLD: Final = Words(
    "На кухню ушла отмена возвращённого", "The kitchen is told what was given back"
)
RECEIPT_PRINTER: Final = Words("Принтер чеков", "The receipt printer")
