"""Words for ZVT's result codes and intermediate statuses, in Russian and English.

Source of the meanings: [ZVT] chapter "Error-Messages" and "Intermediate-Status", cross-checked with
the two English repositories of [Portalum]. Codes below 0x64 in a status information are the
authorisation host's own answer codes.
"""

from drivers.api.terminal import Progress

RESULT_OK = 0x00
RESULT_ABORTED = 0x6C  # abort via time-out or abort key
RESULT_BUSY = 0x9C  # please wait; 84 9C as a negative acknowledgement: the terminal needs time
RESULT_UNSUPPORTED = 0x83  # function not possible
RESULT_GOODS_NOT_ISSUED = 0x66  # 84 66 to a status information: the terminal reverses
RESULT_HOST_LIMIT = 0x64  # lower codes come from the authorisation host

RESULT_TEXTS: dict[int, tuple[str, str]] = {
    0x00: ("Одобрено", "Approved"),
    0x64: ("Карта не читается", "Card not readable"),
    0x65: ("На карте нет данных", "No data on the card"),
    0x66: ("Ошибка обработки карты", "Card processing error"),
    0x67: ("Операция не разрешена для этой карты", "Function not permitted for this card"),
    0x68: ("Операция не разрешена для этой карты", "Function not permitted for this card"),
    0x6A: (
        "Журнал операций заполнен: сделайте сверку итогов",
        "Turnover file is full: close the batch",
    ),
    0x6B: ("Терминал не зарегистрирован", "Terminal is not registered"),
    0x6C: ("Операция отменена", "Operation cancelled"),
    0x6E: ("Карта в стоп-листе", "Card is blocked"),
    0x6F: ("Неверная валюта", "Wrong currency"),
    0x71: ("Недостаточно средств", "Insufficient funds"),
    0x72: ("Ошибка чипа", "Chip error"),
    0x73: ("Данные карты неверны", "Card data incorrect"),
    0x77: ("Сверка итогов невозможна", "End-of-day batch not possible"),
    0x78: ("Срок карты истёк", "Card expired"),
    0x79: ("Карта ещё не действует", "Card not yet valid"),
    0x7A: ("Карта неизвестна", "Card unknown"),
    0x7D: ("Модуль связи терминала не отвечает", "Communication module does not answer"),
    0x83: ("Операция невозможна", "Function not possible"),
    0x85: ("Нет ключей", "Key missing"),
    0x89: ("Пин-пад неисправен", "PIN pad defective"),
    0x9A: ("Ошибка обмена с терминалом", "Protocol error"),
    0x9B: ("Ошибка связи терминала с банком", "Terminal cannot reach the bank"),
    0x9C: ("Терминал занят", "Terminal is busy"),
    0xA0: ("Банк не готов принять операцию", "Receiver not ready"),
    0xA1: ("Банк не отвечает", "The bank does not respond"),
    0xA3: ("Нет связи с банком", "No connection to the bank"),
    0xB1: ("Память терминала заполнена", "Memory full"),
    0xB2: ("Журнал терминала заполнен", "Merchant journal full"),
    0xB4: ("Операция уже отменена", "Already reversed"),
    0xB5: ("Отмена невозможна", "Reversal not possible"),
    0xB7: ("Сумма не подходит к удержанию", "The sum does not fit the hold"),
    0xB8: ("Удержание не найдено или закрыто", "The hold is not there or is closed"),
    0xC2: ("Терминалу нужна диагностика", "Diagnosis required"),
    0xC3: ("Превышена наибольшая сумма", "Maximum amount exceeded"),
    0xC5: ("Способ оплаты не поддерживается", "Payment method not supported"),
    0xC6: ("Валюта не поддерживается", "Currency not applicable"),
    0xC8: ("Сумма слишком мала", "Amount too small"),
    0xCC: ("Принтер терминала не готов", "Terminal printer not ready"),
    0xDC: ("Карта вставлена", "Card inserted"),
    0xE2: ("Считыватель карт не отвечает", "Card reader does not answer"),
    0xE4: ("Терминал нужно активировать", "Terminal activation required"),
    0xEC: ("Обработка ПИН невозможна", "PIN processing not possible"),
    0xED: ("Пин-пад неисправен", "PIN pad defective"),
    0xF0: ("Есть незакрытая сверка итогов", "Open end-of-day batch present"),
    0xFC: ("Нужное устройство не подключено", "Necessary device not present"),
    0xFF: ("Системная ошибка терминала", "System error of the terminal"),
}

_HOST_DECLINE = ("Отказ банка", "Declined by the bank")
_UNKNOWN = ("Отказ терминала", "Refused by the terminal")

# [ZVT] Intermediate-Status; codes 0x41..0x5D are 0x01..0x1D plus "please remove the card".
_PROGRESS: dict[int, Progress] = {
    0x00: Progress.USER_ACTION,
    0x01: Progress.ENTER_PIN,
    0x02: Progress.ENTER_PIN,
    0x04: Progress.AUTHORISING,
    0x0A: Progress.INSERT_CARD,
    0x0B: Progress.REMOVE_CARD,
    0x0C: Progress.CARD_NOT_READABLE,
    0x15: Progress.ENTER_PIN,
    0x28: Progress.USER_ACTION,
    0x29: Progress.USER_ACTION,
    0x2C: Progress.USER_ACTION,
    0xC8: Progress.USER_ACTION,
    0xD2: Progress.AUTHORISING,
    0xD3: Progress.AUTHORISING,
    0xE0: Progress.USER_ACTION,
    0xE1: Progress.USER_ACTION,
}
_REMOVE_CARD_FIRST = 0x41
_REMOVE_CARD_LAST = 0x67


def result_text(code: int, language: str = "ru") -> str:
    """Say a result code in words for the cashier.

    Args:
        code: byte of BMP 27, of an abort (06 1E) or of a negative acknowledgement (84 xx).
        language: 'ru' or 'en'.
    """
    known = RESULT_TEXTS.get(code)
    if known is None:
        base = _HOST_DECLINE if code < RESULT_HOST_LIMIT else _UNKNOWN
        suffix = (f", код {code:02X}", f", code {code:02X}")
        known = (base[0] + suffix[0], base[1] + suffix[1])
    return known[1] if language == "en" else known[0]


def progress_of(code: int) -> Progress:
    """Translate an intermediate status into a step for the screen."""
    if code in _PROGRESS:
        return _PROGRESS[code]
    if _REMOVE_CARD_FIRST <= code <= _REMOVE_CARD_LAST:
        return Progress.REMOVE_CARD
    return Progress.WAIT
