"""What the terminal is doing, in words for the cashier."""

from app.till.words import Words

_WORDS = {
    "connecting": Words("Соединяемся с терминалом", "Connecting to the terminal"),
    "wait": Words("Терминал работает", "The terminal is working"),
    "insert_card": Words("Приложите карту к терминалу", "Present the card to the terminal"),
    "enter_pin": Words("Гость вводит ПИН", "The guest enters the PIN"),
    "remove_card": Words("Заберите карту", "Remove the card"),
    "authorising": Words("Банк проверяет карту", "The bank checks the card"),
    "user_action": Words("Ответьте на вопрос терминала", "Answer the terminal's question"),
    "card_not_readable": Words("Карта не читается. Ещё раз", "The card cannot be read. Again"),
    "busy": Words("Терминал занят", "The terminal is busy"),
    "aborting": Words("Отменяем на терминале", "Cancelling on the terminal"),
}


def progress_words(name: str, text: str) -> Words | None:
    """Return words for a step of the terminal; its own text only for what we do not know."""
    known = _WORDS.get(name)
    return known or (Words(text, text) if text else None)
