"""What devices are called, what their test is, and what happens while one does not work."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.till.equipment_states import Trial
from app.till.words import Words
from drivers.api.device import DeviceKind

SCREEN_KIND: Final = "screen"


@dataclass(frozen=True, slots=True)
class KindWords:
    """What is said of a kind of device.

    Attributes:
        name: What people call it.
        fallback: What happens while it does not work.
        trial: What its test is.
    """

    name: Words
    fallback: Words
    trial: Trial


#: In the order of the screen.
KINDS: Final[Mapping[str, KindWords]] = {
    DeviceKind.FISCAL: KindWords(
        Words("Фискальный регистратор", "Fiscal register"),
        Words("чек пробьём позже", "receipts are fiscalised later"),
        Trial.ASK,
    ),
    DeviceKind.TERMINAL: KindWords(
        Words("Терминал оплаты", "Payment terminal"),
        Words("принимайте наличные", "take cash"),
        Trial.ASK,
    ),
    DeviceKind.QR_PAYMENT: KindWords(
        Words("СБП", "QR payments"),
        Words("предложите карту или наличные", "offer card or cash"),
        Trial.ASK,
    ),
    DeviceKind.PRINTER: KindWords(
        Words("Принтер чеков", "Receipt printer"),
        Words("чеки ждут в очереди", "receipts wait in the queue"),
        Trial.PRINT,
    ),
    DeviceKind.SCANNER: KindWords(
        Words("Сканер", "Scanner"),
        Words("ищите товар по названию", "look products up by name"),
        Trial.SCAN,
    ),
    DeviceKind.CAMERA: KindWords(
        Words("Камера", "Camera"),
        Words("введите телефон гостя", "enter the guest's phone"),
        Trial.LOOK,
    ),
    DeviceKind.SCALE: KindWords(
        Words("Весы", "Scales"),
        Words("введите вес вручную", "enter the weight by hand"),
        Trial.WEIGH,
    ),
    DeviceKind.DRAWER: KindWords(
        Words("Денежный ящик", "Cash drawer"),
        Words("откройте ящик ключом", "open the drawer by its key"),
        Trial.DRAWER,
    ),
    DeviceKind.DISPLAY: KindWords(
        Words("Табло покупателя", "Two-line display"),
        Words("назовите сумму гостю", "tell the guest the sum"),
        Trial.LINES,
    ),
    SCREEN_KIND: KindWords(
        Words("Экран покупателя", "Guest's display"),
        Words("назовите сумму гостю", "tell the guest the sum"),
        Trial.SCREEN,
    ),
}
_OTHER: Final = KindWords(
    Words("Устройство", "Device"),
    Words("продажа идёт без него", "sales go on without it"),
    Trial.ASK,
)

PRINTER_NAMED: Final = Words("Принтер «{name}»", "Printer {name}")
SECOND_FALLBACK: Final = Words("задания ждут в очереди", "its jobs wait in the queue")
CAMERA_PLACE: Final = Words("USB-камера, {where}", "USB camera, {where}")

READY: Final = Words("Готов", "Ready")
UNSEEN: Final = Words("Не проверяли", "Not checked yet")
LEFT_OUT: Final = Words("Не настроен", "Not set up")
WEDGE_NAME: Final = Words("Сканер-клавиатура", "Keyboard scanner")
WEDGE_PLACE: Final = Words("USB, печатает как клавиатура", "USB, types like a keyboard")
WEDGE_WAITS: Final = Words("Ждёт код", "Waits for a code")
LAST_CODE: Final = Words("последний код {time}", "last code {time}")
ANSWER_TIME: Final = Words("ответ {seconds} с", "answered in {seconds} s")
RESTART: Final = Words("Заработает после перезапуска", "Takes effect after a restart")
DRAWER_BY: Final = Words("Через «{name}»", "Through the {name}")
SCREEN_SHOWS: Final = Words("Показывает заказ", "Shows the order")
SCREEN_OFF: Final = Words("Выключен", "Off")
SCREEN_NONE: Final = Words("Нет второго экрана", "No second screen")
SCREEN_PLACE: Final = Words("{width}×{height}, {name}", "{width}×{height}, {name}")
SCREEN_WINDOW: Final = Words("Окно рядом с кассой", "A window beside the till")
SCREEN_HINT: Final = Words(
    "Подключите монитор и включите режим «Расширить».",
    "Connect a monitor and choose the mode that extends the desktop.",
)

PRINTED: Final = Words("Чек отправлен. Посмотрите на бумагу", "Printed. Look at the paper")
PRINT_CONFIRMED: Final = Words("Чек напечатан", "The receipt is printed")
DRAWER_OPENED: Final = Words("Ящик открыт", "The drawer is open")
LINES_SHOWN: Final = Words("Слова отправлены на табло", "The words are on the display")
STRIP_PRINTED: Final = Words(
    "Полоска напечатана. Нажмите строку, которую можно прочесть",
    "The strip is printed. Tap the line that can be read",
)
WEIGHED: Final = Words("На весах {weight}", "{weight} on the scales")
NO_DEVICE: Final = Words("Такого устройства нет", "There is no such device")
NO_PORT: Final = Words(
    "Устройство отключено в настройках", "The device is switched off in the settings"
)
MONEY_MOVES: Final = Words(
    "Идёт оплата. Настройки можно изменить после неё",
    "A payment is under way. Change the settings after it",
)
ADDRESS_EMPTY: Final = Words("Укажите адрес устройства", "Enter the address of the device")
MODEL_UNKNOWN: Final = Words("Такой модели нет: {model}", "There is no such model: {model}")
SETTINGS_BAD: Final = Words("Настройки не подходят: {reason}", "The settings do not fit: {reason}")
NOT_NUMBER: Final = Words(
    "«{name}» должно быть числом, а не «{value}»", "{name} must be a number, not {value}"
)
FOUND_UNSURE: Final = Words("выберите, что это", "say what it is")

CHECK_TITLE: Final = "ПРОВЕРКА ПЕЧАТИ"
CHECK_LETTERS: Final = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
CHECK_SIGNS: Final = "0123456789 № % « » — ₽"
CHECK_END: Final = "Если всё читается, принтер готов"


def words_of_kind(kind: str) -> KindWords:
    """Return what is said of a kind; a new kind has general words."""
    return KINDS.get(kind, _OTHER)


def place_of_kind(kind: str) -> int:
    """Return where a kind stands on the screen."""
    known = list(KINDS)
    return known.index(kind) if kind in known else len(known)
