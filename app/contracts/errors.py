"""The catalogue of error codes and the problem document (RFC 9457) that carries them.

Every error that leaves the service has one of these codes; each code has a page under `/errors/CODE`.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from app.contracts.base import Moment, WireModel

PROBLEM_MEDIA_TYPE = "application/problem+json"


class ErrorCode(StrEnum):
    """Every code the service may answer with."""

    INVALID_API_KEY = "INVALID_API_KEY"
    API_KEY_EXPIRED = "API_KEY_EXPIRED"
    INSUFFICIENT_PERMISSIONS = "INSUFFICIENT_PERMISSIONS"
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105 - the name of an error
    TOKEN_INVALID = "TOKEN_INVALID"  # noqa: S105 - the name of an error
    TOKEN_REUSED = "TOKEN_REUSED"  # noqa: S105 - the name of an error
    MFA_REQUIRED = "MFA_REQUIRED"
    MFA_CODE_WRONG = "MFA_CODE_WRONG"
    MFA_NOT_SET_UP = "MFA_NOT_SET_UP"
    MFA_ALREADY_SET_UP = "MFA_ALREADY_SET_UP"
    LOGIN_FAILED = "LOGIN_FAILED"
    LOGIN_LOCKED = "LOGIN_LOCKED"
    STAFF_INACTIVE = "STAFF_INACTIVE"
    STAFF_NOT_FOUND = "STAFF_NOT_FOUND"
    DUPLICATE_EMAIL = "DUPLICATE_EMAIL"
    WEAK_PASSWORD = "WEAK_PASSWORD"  # noqa: S105 - the name of an error
    INVITATION_INVALID = "INVITATION_INVALID"
    LAST_OWNER = "LAST_OWNER"
    TELEGRAM_INVALID = "TELEGRAM_INVALID"
    LOCATION_NOT_FOUND = "LOCATION_NOT_FOUND"
    REGISTER_NOT_FOUND = "REGISTER_NOT_FOUND"
    DUPLICATE_REGISTER = "DUPLICATE_REGISTER"
    IN_USE = "IN_USE"
    VALIDATION_ERROR = "VALIDATION_ERROR"
    MALFORMED_JSON = "MALFORMED_JSON"
    BODY_TOO_LARGE = "BODY_TOO_LARGE"
    NOT_FOUND = "NOT_FOUND"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    GUEST_NOT_FOUND = "GUEST_NOT_FOUND"
    GUEST_CARD_NOT_FOUND = "GUEST_CARD_NOT_FOUND"
    GUEST_ALREADY_MERGED = "GUEST_ALREADY_MERGED"
    GUEST_HAS_RESERVATION = "GUEST_HAS_RESERVATION"
    TRANSFER_LIMIT_EXCEEDED = "TRANSFER_LIMIT_EXCEEDED"
    DUPLICATE_PHONE = "DUPLICATE_PHONE"
    INVALID_PHONE_FORMAT = "INVALID_PHONE_FORMAT"
    INVALID_CARD_CODE = "INVALID_CARD_CODE"
    CARD_CODE_TAKEN = "CARD_CODE_TAKEN"
    QR_WRONG_TYPE = "QR_WRONG_TYPE"
    QR_EXPIRED = "QR_EXPIRED"
    QR_REPLAYED = "QR_REPLAYED"
    QR_FORGED = "QR_FORGED"
    INSUFFICIENT_BALANCE = "INSUFFICIENT_BALANCE"
    MIN_CHECK_AMOUNT = "MIN_CHECK_AMOUNT"
    REDEEM_LIMIT_EXCEEDED = "REDEEM_LIMIT_EXCEEDED"
    DISCOUNT_LIMIT_EXCEEDED = "DISCOUNT_LIMIT_EXCEEDED"
    LOYALTY_SYSTEM_DISABLED = "LOYALTY_SYSTEM_DISABLED"
    DUPLICATE_CHECK = "DUPLICATE_CHECK"
    RESERVATION_NOT_FOUND = "RESERVATION_NOT_FOUND"
    RESERVATION_EXPIRED = "RESERVATION_EXPIRED"
    RESERVATION_NOT_ACTIVE = "RESERVATION_NOT_ACTIVE"
    RESERVATION_ALREADY_ACTIVE = "RESERVATION_ALREADY_ACTIVE"
    RESERVATION_MISMATCH = "RESERVATION_MISMATCH"
    LOYALTY_ALREADY_APPLIED_TO_SPLIT = "LOYALTY_ALREADY_APPLIED_TO_SPLIT"
    REFUND_EXCEEDS_ORDER = "REFUND_EXCEEDS_ORDER"
    REFUND_MISMATCH = "REFUND_MISMATCH"
    DUPLICATE_REFUND = "DUPLICATE_REFUND"
    ORDER_NOT_FOUND = "ORDER_NOT_FOUND"
    SHIFT_NOT_FOUND = "SHIFT_NOT_FOUND"
    SHIFT_CLOSED = "SHIFT_CLOSED"
    TOTALS_MISMATCH = "TOTALS_MISMATCH"
    UNKNOWN_OPERATION = "UNKNOWN_OPERATION"
    PROMOTION_NOT_FOUND = "PROMOTION_NOT_FOUND"
    PROMOTION_STATE = "PROMOTION_STATE"
    PROMOTION_NOT_APPLICABLE = "PROMOTION_NOT_APPLICABLE"
    PROMOTION_LIMIT_REACHED = "PROMOTION_LIMIT_REACHED"
    PROMO_CODE_NOT_FOUND = "PROMO_CODE_NOT_FOUND"
    PROMO_CODE_TAKEN = "PROMO_CODE_TAKEN"
    PROMO_CODE_USED = "PROMO_CODE_USED"
    PROMO_CODE_EXPIRED = "PROMO_CODE_EXPIRED"
    PROMO_CODE_DISABLED = "PROMO_CODE_DISABLED"
    INSTALLATION_MISMATCH = "INSTALLATION_MISMATCH"
    INSTALLATION_NOT_FOUND = "INSTALLATION_NOT_FOUND"
    INSTALLATION_ENDED = "INSTALLATION_ENDED"
    MACHINE_MISMATCH = "MACHINE_MISMATCH"
    COMMAND_NOT_FOUND = "COMMAND_NOT_FOUND"
    COMMAND_EXPIRED = "COMMAND_EXPIRED"
    COMMAND_ANSWERED = "COMMAND_ANSWERED"
    VERSION_NOT_FOUND = "VERSION_NOT_FOUND"
    DUPLICATE_VERSION = "DUPLICATE_VERSION"
    VERSION_FILE_MISSING = "VERSION_FILE_MISSING"
    FILE_MISMATCH = "FILE_MISMATCH"
    LINK_INVALID = "LINK_INVALID"
    LINK_EXPIRED = "LINK_EXPIRED"
    UNSUPPORTED_ENCODING = "UNSUPPORTED_ENCODING"
    GIFT_CARD_NOT_FOUND = "GIFT_CARD_NOT_FOUND"
    GIFT_CARD_CODE_INVALID = "GIFT_CARD_CODE_INVALID"
    GIFT_CARD_BLOCKED = "GIFT_CARD_BLOCKED"
    GIFT_CARD_EXPIRED = "GIFT_CARD_EXPIRED"
    GIFT_CARD_BALANCE_TOO_LOW = "GIFT_CARD_BALANCE_TOO_LOW"
    GIFT_CARD_LIMIT_EXCEEDED = "GIFT_CARD_LIMIT_EXCEEDED"
    GIFT_CARD_HOLD_NOT_FOUND = "GIFT_CARD_HOLD_NOT_FOUND"
    GIFT_CARD_HOLD_CLOSED = "GIFT_CARD_HOLD_CLOSED"
    GIFT_CARD_GUESSING_LOCKED = "GIFT_CARD_GUESSING_LOCKED"
    POS_INTEGRATION_NOT_FOUND = "POS_INTEGRATION_NOT_FOUND"
    INVALID_HMAC_SIGNATURE = "INVALID_HMAC_SIGNATURE"
    WEBHOOK_TIMESTAMP_EXPIRED = "WEBHOOK_TIMESTAMP_EXPIRED"
    TRANSACTION_NOT_FOUND = "TRANSACTION_NOT_FOUND"
    RULES_VERSION_EXISTS = "RULES_VERSION_EXISTS"
    SUBSCRIPTION_EXPIRED = "SUBSCRIPTION_EXPIRED"
    TENANT_LIMIT_REACHED = "TENANT_LIMIT_REACHED"
    PROMO_CODE_GUESSING_LOCKED = "PROMO_CODE_GUESSING_LOCKED"
    RATE_LIMIT_EXCEEDED = "RATE_LIMIT_EXCEEDED"
    API_KEY_NOT_FOUND = "API_KEY_NOT_FOUND"
    REQUEST_NOT_FOUND = "REQUEST_NOT_FOUND"
    IDEMPOTENCY_KEY_INVALID = "IDEMPOTENCY_KEY_INVALID"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    WEBHOOK_NOT_FOUND = "WEBHOOK_NOT_FOUND"
    WEBHOOK_URL_REFUSED = "WEBHOOK_URL_REFUSED"
    WEBHOOK_LIMIT_REACHED = "WEBHOOK_LIMIT_REACHED"
    DELIVERY_NOT_FOUND = "DELIVERY_NOT_FOUND"
    DELIVERY_PENDING = "DELIVERY_PENDING"
    EXPORT_NOT_FOUND = "EXPORT_NOT_FOUND"
    EXPORT_NOT_READY = "EXPORT_NOT_READY"
    EXPORT_LINK_INVALID = "EXPORT_LINK_INVALID"
    EXPORT_LIMIT_REACHED = "EXPORT_LIMIT_REACHED"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"


class ErrorInfo(NamedTuple):
    """What a code means: HTTP status, title, and what to do about it in both languages."""

    status: int
    title: str
    help_en: str
    title_ru: str
    help_ru: str


_C = ErrorCode

CATALOGUE: Mapping[ErrorCode, ErrorInfo] = {
    _C.INVALID_API_KEY: ErrorInfo(
        401, "The API key is missing or unknown", "Send a valid key in the X-API-Key header.",
        "Ключ доступа не указан или неизвестен", "Проверьте ключ в настройках подключения.",
    ),
    _C.API_KEY_EXPIRED: ErrorInfo(
        401, "The API key has been revoked or has expired", "Ask the administrator for a new key.",
        "Ключ доступа отозван или истёк", "Попросите у администратора новый ключ.",
    ),
    _C.INSUFFICIENT_PERMISSIONS: ErrorInfo(
        403, "The key may not do this", "Use a key of the kind that this address is for.",
        "Этому ключу действие не разрешено", "Используйте ключ того вида, для которого адрес.",
    ),
    _C.TOKEN_EXPIRED: ErrorInfo(
        401, "The access token is over", "Get a new one with POST /api/v1/auth/refresh.",
        "Срок действия входа истёк", "Обновите вход или войдите заново.",
    ),
    _C.TOKEN_INVALID: ErrorInfo(
        401, "The token is not ours or has been ended", "Sign in again.",
        "Вход недействителен или завершён", "Войдите заново.",
    ),
    _C.TOKEN_REUSED: ErrorInfo(
        401, "A used refresh token came again; the session is ended", "Sign in again.",
        "Использованный токен предъявлен снова, вход завершён", "Войдите заново.",
    ),
    _C.MFA_REQUIRED: ErrorInfo(
        403, "A fresh one-time code is needed", "Prove yourself with POST /api/v1/auth/step-up.",
        "Нужен одноразовый код", "Подтвердите действие кодом из приложения.",
    ),
    _C.MFA_CODE_WRONG: ErrorInfo(
        401, "The one-time code is wrong or used", "Wait for the next code; each works once.",
        "Одноразовый код неверен или уже использован", "Дождитесь следующего кода.",
    ),
    _C.MFA_NOT_SET_UP: ErrorInfo(
        409, "One-time codes are not set up", "Enrol with POST /api/v1/auth/totp/enrol.",
        "Одноразовые коды не настроены", "Сначала подключите приложение с кодами.",
    ),
    _C.MFA_ALREADY_SET_UP: ErrorInfo(
        409, "One-time codes are set up already", "Disable them first.",
        "Одноразовые коды уже настроены", "Сначала отключите их.",
    ),
    _C.LOGIN_FAILED: ErrorInfo(
        401, "The name or the password is wrong", "Check both and try again.",
        "Неверное имя или пароль", "Проверьте и попробуйте снова.",
    ),
    _C.LOGIN_LOCKED: ErrorInfo(
        429, "Too many attempts", "Wait as long as Retry-After says.",
        "Слишком много попыток", "Подождите и попробуйте снова.",
    ),
    _C.STAFF_INACTIVE: ErrorInfo(
        401, "This person may not sign in any more", "Ask the administrator.",
        "Сотрудник отключён", "Обратитесь к администратору.",
    ),
    _C.STAFF_NOT_FOUND: ErrorInfo(
        404, "There is no such person", "Look at the list of people.",
        "Такого сотрудника нет", "Смотрите список сотрудников.",
    ),
    _C.DUPLICATE_EMAIL: ErrorInfo(
        409, "Somebody with this e-mail exists", "Sign in, or use another address.",
        "Сотрудник с такой почтой уже есть", "Войдите или укажите другую почту.",
    ),
    _C.WEAK_PASSWORD: ErrorInfo(
        422, "The password is too easy to guess", "Use 10 or more characters, not a common password.",
        "Пароль слишком простой", "От 10 знаков, не из распространённых.",
    ),
    _C.INVITATION_INVALID: ErrorInfo(
        410, "The invitation is unknown, used or over", "Ask for a new one.",
        "Приглашение неизвестно, использовано или истекло", "Попросите новое.",
    ),
    _C.LAST_OWNER: ErrorInfo(
        409, "A company must keep one active owner", "Make somebody else an owner first.",
        "У компании должен остаться владелец", "Сначала назначьте другого владельца.",
    ),
    _C.TELEGRAM_INVALID: ErrorInfo(
        401, "Telegram did not sign this, or too long ago", "Open the mini app again.",
        "Данные Telegram не подтверждены или устарели", "Откройте приложение заново.",
    ),
    _C.LOCATION_NOT_FOUND: ErrorInfo(
        404, "There is no such place", "Look at the list of places.",
        "Такой точки нет", "Смотрите список точек.",
    ),
    _C.REGISTER_NOT_FOUND: ErrorInfo(
        404, "There is no such register", "Look at the list of registers.",
        "Такой кассы нет", "Смотрите список касс.",
    ),
    _C.DUPLICATE_REGISTER: ErrorInfo(
        409, "The place has a register with this number", "Choose another number.",
        "Касса с таким номером уже есть", "Выберите другой номер.",
    ),
    _C.IN_USE: ErrorInfo(
        409, "Something else still needs this", "Remove what uses it first.",
        "Это ещё используется", "Сначала уберите то, что использует.",
    ),
    _C.API_KEY_NOT_FOUND: ErrorInfo(
        404, "There is no such key", "Look at the list of keys.",
        "Такого ключа нет", "Смотрите список ключей.",
    ),
    _C.VALIDATION_ERROR: ErrorInfo(
        422, "The request has missing or wrong fields", "See `errors` for each field and its fault.",
        "В запросе не хватает полей или они неверны", "Смотрите список полей с ошибками.",
    ),
    _C.MALFORMED_JSON: ErrorInfo(
        400, "The body is not valid JSON", "Send one JSON object in UTF-8 without doubled fields.",
        "Тело запроса не является верным JSON", "Пришлите один объект JSON в UTF-8.",
    ),
    _C.BODY_TOO_LARGE: ErrorInfo(
        413, "The body is larger than 1 MB", "Send less at once.",
        "Тело запроса больше 1 МБ", "Отправляйте меньшими частями.",
    ),
    _C.NOT_FOUND: ErrorInfo(
        404, "There is nothing at this address", "Check the path.",
        "По этому адресу ничего нет", "Проверьте путь.",
    ),
    _C.METHOD_NOT_ALLOWED: ErrorInfo(
        405, "The method is not allowed here", "See the Allow header.",
        "Этот метод здесь не разрешён", "Смотрите заголовок Allow.",
    ),
    _C.GUEST_NOT_FOUND: ErrorInfo(
        404, "There is no such guest", "Search again or register the guest.",
        "Такого гостя нет", "Найдите гостя заново или зарегистрируйте.",
    ),
    _C.GUEST_CARD_NOT_FOUND: ErrorInfo(
        404, "There is no such card", "Search for the guest again.",
        "Такой карты нет", "Найдите гостя заново.",
    ),
    _C.GUEST_ALREADY_MERGED: ErrorInfo(
        409, "The guest was merged into another", "Use the guest who took over.",
        "Гость уже объединён с другим", "Откройте гостя, с которым его объединили.",
    ),
    _C.GUEST_HAS_RESERVATION: ErrorInfo(
        409, "A check holds points of the guest", "Close or cancel the check, then try again.",
        "Баллы гостя удерживает открытый чек", "Закройте или отмените чек и повторите.",
    ),
    _C.TRANSFER_LIMIT_EXCEEDED: ErrorInfo(
        422, "The day's limit of transfers is reached", "Move less, or wait until tomorrow.",
        "Достигнут суточный лимит переводов", "Переведите меньше или дождитесь завтра.",
    ),
    _C.DUPLICATE_PHONE: ErrorInfo(
        409, "A guest with this phone exists", "Use the existing guest.",
        "Гость с этим телефоном уже есть", "Выберите существующего гостя.",
    ),
    _C.INVALID_PHONE_FORMAT: ErrorInfo(
        422, "This is not a phone number", "Give ten digits, or a plus and the country code.",
        "Это не номер телефона", "Введите десять цифр или номер с кодом страны.",
    ),
    _C.INVALID_CARD_CODE: ErrorInfo(
        422, "A card code has six digits", "Give the six digits of the card.",
        "Код карты состоит из шести цифр", "Введите шесть цифр карты.",
    ),
    _C.CARD_CODE_TAKEN: ErrorInfo(
        409, "The card code belongs to another guest", "Reserve new codes.",
        "Код карты уже у другого гостя", "Получите новые коды.",
    ),
    _C.QR_WRONG_TYPE: ErrorInfo(
        422, "This code is not a guest card", "Scan the guest's loyalty card.",
        "Это не карта гостя", "Отсканируйте карту лояльности гостя.",
    ),
    _C.QR_EXPIRED: ErrorInfo(
        422, "The guest's code is too old", "Ask the guest to refresh the code; it holds five minutes.",
        "Код гостя устарел", "Попросите гостя обновить код: он действует пять минут.",
    ),
    _C.QR_REPLAYED: ErrorInfo(
        422, "The guest's code has been used already", "Ask the guest to refresh the code.",
        "Этот код гостя уже использован", "Попросите гостя обновить код.",
    ),
    _C.QR_FORGED: ErrorInfo(
        422, "The code was not issued by us", "Find the guest by phone.",
        "Код выпущен не нами", "Найдите гостя по телефону.",
    ),
    _C.INSUFFICIENT_BALANCE: ErrorInfo(
        422, "There are not enough points", "Redeem fewer points.",
        "Не хватает баллов", "Спишите меньше баллов.",
    ),
    _C.MIN_CHECK_AMOUNT: ErrorInfo(
        422, "The check is below the minimum for loyalty", "Add to the order or go on without points.",
        "Сумма чека меньше минимальной для баллов", "Дополните заказ или продолжайте без баллов.",
    ),
    _C.REDEEM_LIMIT_EXCEEDED: ErrorInfo(
        422, "More points than this check allows", "Redeem at most maxAllowedToSpend.",
        "Столько баллов на этот чек списать нельзя", "Спишите не больше допустимого.",
    ),
    _C.DISCOUNT_LIMIT_EXCEEDED: ErrorInfo(
        422, "More discount than the guest's level gives", "Use discountPercent of calculate.",
        "Скидка больше, чем даёт уровень гостя", "Используйте скидку уровня.",
    ),
    _C.LOYALTY_SYSTEM_DISABLED: ErrorInfo(
        403, "Loyalty is switched off", "Go on without loyalty.",
        "Программа лояльности выключена", "Продолжайте без баллов.",
    ),
    _C.DUPLICATE_CHECK: ErrorInfo(
        409, "This order is finalised already, with other content", "Use a new order id.",
        "Этот чек уже проведён с другими данными", "Используйте новый номер заказа.",
    ),
    _C.RESERVATION_NOT_FOUND: ErrorInfo(
        404, "There is no such reservation", "Reserve again.",
        "Такого резерва нет", "Зарезервируйте баллы заново.",
    ),
    _C.RESERVATION_EXPIRED: ErrorInfo(
        422, "The reservation and its grace period are over", "Reserve again.",
        "Резерв истёк", "Зарезервируйте баллы заново.",
    ),
    _C.RESERVATION_NOT_ACTIVE: ErrorInfo(
        422, "The reservation is closed", "Reserve again.",
        "Резерв уже закрыт", "Зарезервируйте баллы заново.",
    ),
    _C.RESERVATION_ALREADY_ACTIVE: ErrorInfo(
        409, "The order has an active reservation", "Update or cancel that one.",
        "У заказа уже есть резерв", "Измените или отмените его.",
    ),
    _C.RESERVATION_MISMATCH: ErrorInfo(
        422, "The reservation belongs to another order, card or kind", "Send the ids it was made with.",
        "Резерв относится к другому заказу или карте", "Проверьте заказ и карту.",
    ),
    _C.LOYALTY_ALREADY_APPLIED_TO_SPLIT: ErrorInfo(
        422, "Another part of this split check uses loyalty", "Close this part without loyalty.",
        "Баллы уже применены к другой части счёта", "Закройте эту часть без баллов.",
    ),
    _C.REFUND_EXCEEDS_ORDER: ErrorInfo(
        422, "The refunds are above the order's amount", "Refund at most what remains.",
        "Возврат больше суммы заказа", "Верните не больше остатка.",
    ),
    _C.REFUND_MISMATCH: ErrorInfo(
        422, "The refund does not match its order", "Send the card and original amount of the order.",
        "Возврат не соответствует заказу", "Проверьте карту и исходную сумму.",
    ),
    _C.DUPLICATE_REFUND: ErrorInfo(
        409, "This refund is booked already, with other content", "Use a new refund id.",
        "Этот возврат уже проведён с другими данными", "Используйте новый номер возврата.",
    ),
    _C.ORDER_NOT_FOUND: ErrorInfo(
        404, "There is no such order", "Send the sale first.",
        "Такого заказа нет", "Сначала отправьте продажу.",
    ),
    _C.SHIFT_NOT_FOUND: ErrorInfo(
        404, "There is no such shift", "Send the opening of the shift first.",
        "Такой смены нет", "Сначала отправьте открытие смены.",
    ),
    _C.SHIFT_CLOSED: ErrorInfo(
        409, "The shift is closed", "Open a new shift.",
        "Смена закрыта", "Откройте новую смену.",
    ),
    _C.TOTALS_MISMATCH: ErrorInfo(
        422, "The sums of the operation do not agree", "Check lines, totals and payments.",
        "Суммы операции не сходятся", "Проверьте строки, итоги и оплаты.",
    ),
    _C.UNKNOWN_OPERATION: ErrorInfo(
        422, "The type of operation is not known", "Update the till or the service.",
        "Неизвестный вид операции", "Обновите кассу или сервис.",
    ),
    _C.INSTALLATION_MISMATCH: ErrorInfo(
        403, "The headers name another installation or restaurant than the key",
        "Send the ids that came with the key, or leave the headers out.",
        "Заголовки указывают не ту установку или точку, что ключ",
        "Отправляйте номера, выданные вместе с ключом.",
    ),
    _C.INSTALLATION_NOT_FOUND: ErrorInfo(
        404, "There is no such installation",
        "Look at the list of installations.",
        "Такой установки нет",
        "Смотрите список установок.",
    ),
    _C.INSTALLATION_ENDED: ErrorInfo(
        409, "The installation has been revoked",
        "Create a new installation.",
        "Установка отозвана",
        "Создайте новую установку.",
    ),
    _C.MACHINE_MISMATCH: ErrorInfo(
        409, "The key is bound to another machine",
        "Ask the administrator for a key for this machine.",
        "Ключ привязан к другому компьютеру",
        "Попросите у администратора ключ для этого компьютера.",
    ),
    _C.COMMAND_NOT_FOUND: ErrorInfo(
        404, "There is no such command for this installation",
        "Acknowledge the ids that the heartbeat gave.",
        "Такой команды для этой установки нет",
        "Подтверждайте команды, полученные с heartbeat.",
    ),
    _C.COMMAND_EXPIRED: ErrorInfo(
        410, "The command is too old",
        "Ignore it; a new one comes if it is still wanted.",
        "Команда устарела",
        "Не выполняйте её; при необходимости придёт новая.",
    ),
    _C.COMMAND_ANSWERED: ErrorInfo(
        409, "The command is answered already, otherwise",
        "Answer each command once.",
        "На команду уже ответили иначе",
        "Отвечайте на каждую команду один раз.",
    ),
    _C.VERSION_NOT_FOUND: ErrorInfo(
        404, "There is no such version",
        "Look at the list of versions.",
        "Такой версии нет",
        "Смотрите список версий.",
    ),
    _C.DUPLICATE_VERSION: ErrorInfo(
        409, "This version exists already",
        "Choose another number.",
        "Такая версия уже есть",
        "Выберите другой номер.",
    ),
    _C.VERSION_FILE_MISSING: ErrorInfo(
        409, "The version has no file yet",
        "Upload the installer first.",
        "У версии ещё нет файла",
        "Сначала загрузите установщик.",
    ),
    _C.FILE_MISMATCH: ErrorInfo(
        422, "The file is not the one that was announced",
        "Compare size and SHA-256, then upload again.",
        "Файл не совпадает с объявленным",
        "Сверьте размер и SHA-256 и загрузите снова.",
    ),
    _C.LINK_INVALID: ErrorInfo(
        403, "The link is not ours",
        "Ask for a new link.",
        "Ссылка недействительна",
        "Запросите новую ссылку.",
    ),
    _C.LINK_EXPIRED: ErrorInfo(
        410, "The link is over",
        "Ask for a new link; it holds an hour.",
        "Срок действия ссылки истёк",
        "Запросите новую: она действует час.",
    ),
    _C.UNSUPPORTED_ENCODING: ErrorInfo(
        415, "The body is encoded in a way that is not read here",
        "Send it plain or with Content-Encoding: gzip.",
        "Кодировка тела не поддерживается",
        "Отправьте без сжатия или в gzip.",
    ),
    _C.GIFT_CARD_NOT_FOUND: ErrorInfo(
        404, "There is no such gift card", "Check the code on the card.",
        "Такой подарочной карты нет", "Проверьте код на карте.",
    ),
    _C.GIFT_CARD_CODE_INVALID: ErrorInfo(
        422, "The code of the gift card is mistyped", "Type the sixteen digits again.",
        "Код подарочной карты введён с ошибкой", "Введите шестнадцать цифр заново.",
    ),
    _C.GIFT_CARD_BLOCKED: ErrorInfo(
        422, "The gift card is stopped", "Ask an administrator.",
        "Подарочная карта остановлена", "Обратитесь к администратору.",
    ),
    _C.GIFT_CARD_EXPIRED: ErrorInfo(
        422, "The gift card is no longer valid", "Pay in another way.",
        "Срок подарочной карты истёк", "Оплатите другим способом.",
    ),
    _C.GIFT_CARD_BALANCE_TOO_LOW: ErrorInfo(
        422, "There is not enough on the gift card", "Take what is there, and the rest in another way.",
        "На подарочной карте не хватает денег", "Спишите остаток, а прочее оплатите иначе.",
    ),
    _C.GIFT_CARD_LIMIT_EXCEEDED: ErrorInfo(
        422, "A gift card cannot hold so much", "Give a lower amount, or several cards.",
        "Столько на подарочную карту положить нельзя", "Уменьшите сумму или выпустите несколько карт.",
    ),
    _C.GIFT_CARD_HOLD_NOT_FOUND: ErrorInfo(
        404, "There is no such hold of a gift card", "Redeem again.",
        "Такого удержания по карте нет", "Проведите оплату картой заново.",
    ),
    _C.GIFT_CARD_HOLD_CLOSED: ErrorInfo(
        422, "The hold of the gift card is over", "Redeem again.",
        "Удержание по карте уже закрыто", "Проведите оплату картой заново.",
    ),
    _C.GIFT_CARD_GUESSING_LOCKED: ErrorInfo(
        429, "Too many unknown gift card codes", "Wait as long as Retry-After says.",
        "Слишком много неизвестных кодов карт", "Подождите и попробуйте снова.",
    ),
    _C.POS_INTEGRATION_NOT_FOUND: ErrorInfo(
        404, "There is no such integration", "Check the X-Integration-Id header.",
        "Такой интеграции нет", "Проверьте заголовок X-Integration-Id.",
    ),
    _C.INVALID_HMAC_SIGNATURE: ErrorInfo(
        401, "The signature of the request is wrong",
        "Sign the timestamp, a dot and the body with the integration's secret.",
        "Подпись запроса неверна", "Подпишите время, точку и тело секретом интеграции.",
    ),
    _C.WEBHOOK_TIMESTAMP_EXPIRED: ErrorInfo(
        400, "The request is too old or ahead of time",
        "Send the time of sending in seconds, and keep the clock right.",
        "Запрос устарел или отправлен из будущего", "Передавайте время отправки, проверьте часы.",
    ),
    _C.TRANSACTION_NOT_FOUND: ErrorInfo(
        404, "There is no such transaction", "Look at the list of transactions.",
        "Такой операции нет", "Смотрите список операций.",
    ),
    _C.RULES_VERSION_EXISTS: ErrorInfo(
        409, "Rules that begin at this moment exist", "Choose another moment; versions never change.",
        "Правила с этого момента уже есть", "Выберите другой момент: версии не меняются.",
    ),
    _C.SUBSCRIPTION_EXPIRED: ErrorInfo(
        402, "The company's plan has ended", "Prolong the plan; what was begun can still be finished.",
        "Срок тарифа компании закончился", "Продлите тариф. Начатое можно довести до конца.",
    ),
    _C.TENANT_LIMIT_REACHED: ErrorInfo(
        402, "The plan allows no more of these", "Remove one that is not needed, or take a larger plan.",
        "Тариф не позволяет добавить ещё", "Удалите ненужное или перейдите на больший тариф.",
    ),
    _C.PROMO_CODE_GUESSING_LOCKED: ErrorInfo(
        429, "Too many unknown promo codes", "Wait as long as Retry-After says.",
        "Слишком много неизвестных промокодов", "Подождите и попробуйте снова.",
    ),
    _C.RATE_LIMIT_EXCEEDED: ErrorInfo(
        429, "Too many requests", "Wait as many seconds as Retry-After says, then go on more slowly.",
        "Слишком много запросов", "Подождите столько секунд, сколько указано в Retry-After.",
    ),
    _C.REQUEST_NOT_FOUND: ErrorInfo(
        404, "There is no such request in the log", "Requests are kept for 30 days.",
        "Такого запроса в журнале нет", "Запросы хранятся 30 дней.",
    ),
    _C.PROMOTION_NOT_FOUND: ErrorInfo(
        404, "There is no such promotion", "Look at the list of promotions.",
        "Такой акции нет", "Смотрите список акций.",
    ),
    _C.PROMOTION_STATE: ErrorInfo(
        409, "The promotion's state does not allow this", "Look at its state; archived ones stay so.",
        "Состояние акции этого не позволяет", "Проверьте состояние акции: архивную вернуть нельзя.",
    ),
    _C.PROMOTION_NOT_APPLICABLE: ErrorInfo(
        422, "The promotion does not apply to this check", "See `detail` for what is missing.",
        "Акция не действует на этот чек", "Смотрите, чего не хватает.",
    ),
    _C.PROMOTION_LIMIT_REACHED: ErrorInfo(
        422, "The promotion has been used as often as it may be", "Go on without it.",
        "Акция использована столько раз, сколько можно", "Продолжайте без акции.",
    ),
    _C.PROMO_CODE_NOT_FOUND: ErrorInfo(
        404, "There is no such promo code", "Check the letters of the code.",
        "Такого промокода нет", "Проверьте буквы и цифры промокода.",
    ),
    _C.PROMO_CODE_TAKEN: ErrorInfo(
        409, "The promo code exists already", "Choose another text.",
        "Такой промокод уже есть", "Выберите другой текст.",
    ),
    _C.PROMO_CODE_USED: ErrorInfo(
        422, "The promo code has been used", "Go on without it.",
        "Промокод уже использован", "Продолжайте без промокода.",
    ),
    _C.PROMO_CODE_EXPIRED: ErrorInfo(
        422, "The promo code is not valid at this time", "See `detail` for its dates.",
        "Промокод сейчас не действует", "Смотрите срок действия промокода.",
    ),
    _C.PROMO_CODE_DISABLED: ErrorInfo(
        422, "The promo code is switched off", "Go on without it.",
        "Промокод выключен", "Продолжайте без промокода.",
    ),
    _C.IDEMPOTENCY_KEY_INVALID: ErrorInfo(
        400, "The idempotency key is not usable", "Send 1 to 300 visible ASCII characters.",
        "Неверный ключ идемпотентности", "От 1 до 300 видимых знаков ASCII.",
    ),
    _C.IDEMPOTENCY_KEY_REUSED: ErrorInfo(
        409, "The idempotency key was used with another body", "Use a new key for a new request.",
        "Ключ операции уже использован с другими данными", "Для новой операции нужен новый ключ.",
    ),
    _C.WEBHOOK_NOT_FOUND: ErrorInfo(
        404, "There is no such webhook", "List the webhooks and take one of their ids.",
        "Такой подписки на события нет", "Возьмите идентификатор из списка подписок.",
    ),
    _C.WEBHOOK_URL_REFUSED: ErrorInfo(
        422, "Events may not be sent to this address", "Give a public https address.",
        "На этот адрес нельзя отправлять события", "Укажите публичный адрес https.",
    ),
    _C.WEBHOOK_LIMIT_REACHED: ErrorInfo(
        409, "There are as many webhooks as there may be", "Delete one that is not needed any more.",
        "Подписок на события уже предельное число", "Удалите ненужную подписку.",
    ),
    _C.DELIVERY_NOT_FOUND: ErrorInfo(
        404, "There is no such delivery", "Deliveries are kept for 30 days.",
        "Такой доставки нет", "Журнал доставок хранится 30 дней.",
    ),
    _C.DELIVERY_PENDING: ErrorInfo(
        409, "The delivery is still on its way", "Wait for its next try.",
        "Доставка ещё не закончена", "Дождитесь следующей попытки.",
    ),
    _C.EXPORT_NOT_FOUND: ErrorInfo(
        404, "There is no such export", "Files are kept for a week.",
        "Такой выгрузки нет", "Файлы хранятся неделю.",
    ),
    _C.EXPORT_NOT_READY: ErrorInfo(
        409, "The file is not ready", "Ask for the export again until it is READY.",
        "Файл ещё не готов", "Дождитесь состояния READY.",
    ),
    _C.EXPORT_LINK_INVALID: ErrorInfo(
        403, "The link is wrong or its hour is over", "Ask for the export again to get a new link.",
        "Ссылка неверна или её час истёк", "Запросите выгрузку ещё раз и получите новую ссылку.",
    ),
    _C.EXPORT_LIMIT_REACHED: ErrorInfo(
        429, "Too many exports are waiting", "Wait until one of them is ready.",
        "Слишком много выгрузок в очереди", "Дождитесь готовности одной из них.",
    ),
    _C.INTERNAL_ERROR: ErrorInfo(
        500, "Something went wrong on our side", "Try again later with the same idempotency key.",
        "Ошибка на стороне сервиса", "Повторите позже с тем же ключом.",
    ),
    _C.SERVICE_UNAVAILABLE: ErrorInfo(
        503, "The service cannot answer now", "Try again after a pause.",
        "Сервис временно недоступен", "Повторите через некоторое время.",
    ),
}  # fmt: skip
"""What each code means."""


class FieldProblem(WireModel):
    """One wrong field: a JSON pointer into the body, and what is wrong with it."""

    pointer: str
    code: str
    detail: str


class ProblemDetails(WireModel):
    """The body of every error answer."""

    type: str
    title: str
    status: int
    error_code: str
    detail: str
    instance: str
    request_id: str
    timestamp: Moment
    help: str
    detail_ru: str = ""
    errors: tuple[FieldProblem, ...] | None = None
