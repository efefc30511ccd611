"""Sberbank's result codes in words, Russian and English. Source: [Clients] and [UPOS].

The pad's own codes are below 4400; 4400 to 4499 carry the answer code of the bank's host in their last
two digits (4451: host code 51, not enough money).
"""

OK = 0
CANCELLED = frozenset((2000, 2002, 4117, 4334, 5116, 5120))
BUSY = frozenset((115,))
#: The pad is there but cannot work: nothing was sent to the bank.
NOT_READY = frozenset((12, 36, 99, 4306))
NOTHING_TO_PRINT = 4309
#: The answer of the bank may have been lost on the way to the pad: asked, never guessed.
UNDECIDED = frozenset((4140, 4141, 4142))
_HOST_FIRST, _HOST_LAST = 4400, 4499

_CARD_EXPIRED = ("Срок действия карты истёк", "Card expired")
_CARD_BLOCKED = ("Карта заблокирована", "Card is blocked")
_CHIP = ("Чип карты не читается", "The card's chip cannot be read")
_PIN_BLOCKED = ("ПИН-код заблокирован", "PIN is blocked")
_NO_MONEY = ("Недостаточно средств", "Insufficient funds")
_NO_PIN = ("Гость отказался вводить ПИН-код", "The guest refused to enter the PIN")
_LIMIT = (
    "Сумма больше допустимой без связи с банком",
    "The sum is above the limit without the bank",
)
_COLLECT = ("Карту терминала нужно проинкассировать", "The terminal's card must be collected")
_SETUP = (
    "Неверная настройка терминала, позовите банк",
    "Wrong setup of the terminal, call the bank",
)
_TILL_SETUP = (
    "Касса неверно настроена на терминал",
    "The till is set up wrongly for the terminal",
)
_KEYS = ("В терминале нет ключей, сделайте сверку итогов", "No keys: close the batch")
_STOP_LIST = ("Стоп-лист терминала негоден", "The terminal's stop list is not usable")
_DOWNLOAD = ("Удалённая загрузка не удалась", "Remote loading failed")
_CARD_DATA = ("Данные на чипе карты нарушены", "The card's chip data are damaged")
_SERVER = ("На сервере банка работы, повторите позже", "The bank's server is under maintenance")
_WITHDRAW = ("Операции по карте невозможны", "The card cannot be used")
_BIOMETRY = ("Ошибка биометрии", "Biometry failed")

TEXTS: dict[int, tuple[str, str]] = {
    0: ("Одобрено", "Approved"),
    12: ("Неверный режим подключения терминала", "Wrong connection mode of the terminal"),
    36: ("В терминале нет ключа", "The terminal has no key"),
    99: (
        "Терминал не подключён, проверьте кабель",
        "The terminal is not connected, check its cable",
    ),
    101: ("Терминал не выполняет такую операцию", "The terminal does not do this operation"),
    115: ("Терминал занят другой программой", "Another program uses the terminal"),
    403: ("Неверный ПИН-код", "Wrong PIN"),
    405: _PIN_BLOCKED,
    444: _CARD_EXPIRED,
    507: _CARD_EXPIRED,
    518: ("На терминале неверная дата", "The terminal's date is wrong"),
    521: _NO_MONEY,
    572: _CARD_EXPIRED,
    574: _CARD_BLOCKED,
    579: _CARD_BLOCKED,
    708: _PIN_BLOCKED,
    709: _PIN_BLOCKED,
    2000: ("Операция отменена", "Operation cancelled"),
    2002: ("Время на ввод ПИН-кода истекло", "Time for the PIN is over"),
    3001: _NO_MONEY,
    4100: ("Нет связи с банком при загрузке", "No connection to the bank while loading"),
    4103: _CHIP,
    4104: _CHIP,
    4108: ("Номер карты прочитан неверно", "The card number was read wrongly"),
    4115: ("Ввод номера карты вручную запрещён", "Typing the card number is forbidden"),
    4116: ("Неверные последние цифры номера карты", "Wrong last digits of the card"),
    4117: _NO_PIN,
    4119: ("Нет связи с банком", "No connection to the bank"),
    4120: _KEYS,
    4121: ("Память терминала нарушена, позовите банк", "The terminal's memory is damaged"),
    4122: ("Смена ключей не удалась", "Change of keys failed"),
    4123: _KEYS,
    4124: _KEYS,
    4125: ("На карте есть чип: вставьте карту", "The card has a chip: insert it"),
    4128: _SETUP,
    4130: ("Память терминала заполнена: сделайте сверку итогов", "Memory full: close the batch"),
    4131: (
        "Терминал был заменён: нужна загрузка настроек",
        "The terminal was replaced: load setup",
    ),
    4132: (
        "Карта отклонила операцию; не вынимайте её раньше времени",
        "The card refused; do not take it out early",
    ),
    4134: ("Давно не было сверки итогов: сделайте её", "The batch is open too long: close it"),
    4135: ("Нет модуля для выбранного отдела", "No module for this department"),
    4136: ("Нужна новая прошивка терминала", "The terminal needs newer firmware"),
    4137: ("Новый ПИН-код повторён неверно", "The new PIN was repeated wrongly"),
    4138: ("Карты получателя и отправителя совпадают", "Both cards are the same"),
    4139: ("В терминале нет настроек связи", "The terminal has no way to the bank set up"),
    4140: ("Сумма или код не совпали с операцией", "The sum or the code does not match"),
    4141: ("Операция для подтверждения не найдена", "No operation to be confirmed"),
    4142: ("Отменить операцию не удалось", "The operation could not be rolled back"),
    4148: ("Карта в стоп-листе", "Card is on the stop list"),
    4149: ("На карте нет имени владельца", "The card carries no name"),
    4151: _CARD_EXPIRED,
    4306: ("Библиотека терминала обновлена: повторите", "The library was renewed: try again"),
    4309: ("Печатать нечего", "Nothing to print"),
    4314: ("Вставлена карта другого вида", "A card of another kind was inserted"),
    4332: ("Сверка итогов не выполнена", "The batch was not closed"),
    4333: ("Отчёт напечатать нельзя", "The report cannot be printed"),
    4334: ("Карта не приложена вовремя", "No card was shown in time"),
    4335: ("Сумма не введена", "No sum was entered"),
    4342: ("Окно терминала не открылось", "The terminal's window did not open"),
    5002: _CARD_DATA,
    5026: ("В терминале нет ключа платёжной системы", "A key of the card scheme is missing"),
    5109: _CARD_EXPIRED,
    5110: ("Карта ещё не действует", "Card not yet valid"),
    5111: ("Операция не разрешена для этой карты", "Not permitted for this card"),
    5116: _NO_PIN,
    5120: _NO_PIN,
    5133: ("Карта отклонила операцию", "The card refused the operation"),
}
_RANGES: tuple[tuple[int, int, tuple[str, str]], ...] = (
    (361, 364, _CHIP),
    (584, 585, _CARD_EXPIRED),
    (705, 707, _CARD_BLOCKED),
    (2004, 2007, _CARD_BLOCKED),
    (2405, 2407, _CARD_BLOCKED),
    (3019, 3021, _SERVER),
    (4101, 4102, _COLLECT),
    (4110, 4112, _COLLECT),
    (4113, 4114, _LIMIT),
    (4143, 4147, _STOP_LIST),
    (4150, 4150, _LIMIT),
    (4152, 4155, ("На карте нет списка операций", "The card has no list of operations")),
    (4160, 4171, _BIOMETRY),
    (4202, 4211, _DOWNLOAD),
    (4300, 4310, _TILL_SETUP),
    (4336, 4337, _TILL_SETUP),
    (4338, 4341, ("Карта не прочитана", "The card was not read")),
    (5000, 5056, _SETUP),
    (5063, 5063, ("На карте нет списка операций", "The card has no list of operations")),
    (5100, 5108, _CARD_DATA),
)
#: Answer codes of the bank's host (ISO 8583, field 39), the last two digits of 44xx.
_HOST: dict[int, tuple[str, str]] = {
    1: ("Позвоните в банк", "Call the bank"),
    3: ("Торговая точка не зарегистрирована в банке", "The shop is not known to the bank"),
    4: _WITHDRAW,
    5: ("Банк отказал без объяснений", "The bank refused without a reason"),
    6: ("Ошибка на стороне банка", "Error at the bank"),
    7: _WITHDRAW,
    12: ("Недопустимая операция", "Invalid operation"),
    13: ("Недопустимая сумма", "Invalid sum"),
    14: ("Неверный номер карты", "Wrong card number"),
    15: ("Банк карты не найден", "The card's bank was not found"),
    19: _SERVER,
    41: ("Карта объявлена утерянной", "The card was reported lost"),
    43: ("Карта объявлена украденной", "The card was reported stolen"),
    51: _NO_MONEY,
    54: _CARD_EXPIRED,
    55: ("Неверный ПИН-код", "Wrong PIN"),
    57: ("Операция не разрешена для этой карты", "Not permitted for this card"),
    58: ("Операция не разрешена этому терминалу", "Not permitted for this terminal"),
    61: ("Сумма больше допустимой по карте", "The sum is above the card's limit"),
    62: ("Карта ограничена банком", "The card is restricted by its bank"),
    65: ("Слишком много операций по карте", "Too many operations with the card"),
    75: ("ПИН-код введён неверно слишком много раз", "Too many wrong PINs"),
    78: _CARD_BLOCKED,
    81: ("Ошибка проверки ПИН-кода", "The PIN could not be checked"),
    82: _CARD_DATA,
    86: ("ПИН-код проверить нельзя", "The PIN cannot be checked"),
    88: ("Ошибка обработки ПИН-кода", "The PIN could not be processed"),
    89: ("Неверный ПИН-код", "Wrong PIN"),
    91: ("Банк карты не отвечает", "The card's bank does not answer"),
    96: _SETUP,
    98: _SETUP,
}
_HOST_DECLINE = ("Отказ банка", "Declined by the bank")
_UNKNOWN = ("Отказ терминала", "Refused by the terminal")


def is_known(code: int) -> bool:
    """Whether the code is one of the pad's own; an accident's exit code is not."""
    return _find(code) is not None


def result_text(code: int, language: str = "ru") -> str:
    """Say a result code in words for the cashier; language 'ru' or 'en'."""
    pair = _find(code)
    if pair is None or (_HOST_FIRST <= code <= _HOST_LAST and code - _HOST_FIRST not in _HOST):
        base = pair or _UNKNOWN
        pair = (f"{base[0]}, код {code}", f"{base[1]}, code {code}")
    return pair[1] if language == "en" else pair[0]


def _find(code: int) -> tuple[str, str] | None:
    if code in TEXTS:
        return TEXTS[code]
    if _HOST_FIRST <= code <= _HOST_LAST:
        return _HOST.get(code - _HOST_FIRST, _HOST_DECLINE)
    return next((words for first, last, words in _RANGES if first <= code <= last), None)
