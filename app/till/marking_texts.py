"""What the till says of marked goods, in Russian and in English."""

from types import MappingProxyType
from typing import Final

from app.till.words import Words

WANTED: Final = Words("Отсканируйте код с упаковки", "Scan the code on the package")
MISSING: Final = Words("Нет кода: {name}", "No code: {name}")
CHECKING: Final = Words("Проверяем код", "Checking the code")
CHECKING_OF: Final = Words(
    "Проверяем код: {name}. Подождите секунду", "Checking the code of {name}. Wait a second"
)
ALLOWED: Final = Words("Код проверен", "The code is checked")
UNCHECKED: Final = Words("Код не проверен, продавать можно", "Not checked, may be sold")
SKIPPED: Final = Words("Без кода: {reason}", "Without a code: {reason}")
REFUSED: Final = Words("{reason}. Возьмите другую упаковку", "{reason}. Take another package")
REFUSED_OF: Final = Words(
    "{name}: {reason}. Возьмите другую упаковку", "{name}: {reason}. Take another package"
)

NO_MARK: Final = Words(
    "Это не код маркировки. Отсканируйте квадратный код",
    "This is no marking code. Scan the square code",
)
OTHER_PRODUCT: Final = Words(
    "Это код другого товара: {name}", "This is the code of another product: {name}"
)
OTHER_UNKNOWN: Final = Words("Это код другого товара", "This is the code of another product")
IN_ORDER: Final = Words("Этот код уже в чеке", "This code is in the order already")
IN_HELD: Final = Words(
    "Этот код уже в отложенном заказе {number}", "This code is in the held order {number} already"
)
SOLD_HERE: Final = Words(
    "Этот код уже продан. Возьмите другую упаковку", "This code is sold. Take another package"
)
NOT_MARKED: Final = Words("Этой строке код не нужен", "This line needs no code")
SKIP_OFF: Final = Words(
    "Без кода этот товар не продаётся", "This product is not sold without a code"
)
MANY: Final = Words(
    "За один раз не больше {count} товаров с кодом", "At most {count} marked pieces at a time"
)

#: Why a code was refused, by the names of `drivers.api.marking.MarkReason`.
REASONS: Final = MappingProxyType(
    {
        "not_found": Words("кода нет в системе маркировки", "the marking system has no such code"),
        "not_applied": Words("код не введён в оборот", "the code is not in circulation"),
        "not_verified": Words("подпись кода не сходится", "the code's signature is wrong"),
        "sold": Words("код уже продан", "the code is sold already"),
        "blocked": Words("продажа запрещена", "the sale is forbidden"),
        "not_realizable": Words("код не готов к продаже", "the code is not free for sale"),
        "expired": Words("вышел срок годности", "its shelf life has ended"),
        "price_too_low": Words("цена ниже минимальной", "the price is below the minimum"),
        "wrong_owner": Words("товар другого владельца", "it belongs to another owner"),
        "register_refused": Words("касса не приняла код", "the register refused the code"),
    }
)
REASON_OTHER: Final = Words("продажа запрещена", "the sale is forbidden")
