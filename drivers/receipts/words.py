"""Words and figures on receipts, in Russian and English."""

from datetime import datetime
from typing import Final

from drivers.api.errors import Language

NO_BREAK: Final = "\u00a0"

WORDS: Final[dict[str, dict[Language, str]]] = {
    key: {"ru": ru, "en": en}
    for key, ru, en in (
        ("copy", "КОПИЯ", "COPY"),
        ("taxpayer", "ИНН", "Taxpayer id"),
        ("receipt", "Чек №", "Receipt No."),
        ("cashier", "Кассир", "Cashier"),
        ("refund", "ВОЗВРАТ", "REFUND"),
        ("original", "К чеку №", "For receipt No."),
        ("refund_date", "Дата возврата", "Refunded"),
        ("reason", "Причина:", "Reason:"),
        ("correction", "ЧЕК КОРРЕКЦИИ", "CORRECTION"),
        ("correction_refund", "КОРРЕКЦИЯ ВОЗВРАТА", "CORRECTION OF A REFUND"),
        ("correction_self", "Самостоятельно", "By the seller"),
        ("correction_instruction", "По предписанию", "On demand"),
        ("document", "Документ №", "Document No."),
        ("discount", "Скидка", "Discount"),
        ("line_discount", "скидка", "discount"),
        ("points", "Баллы", "Points"),
        ("line_points", "баллы", "points"),
        ("gross", "Сумма", "Subtotal"),
        ("rounding", "Округление", "Rounding"),
        ("total", "ИТОГ", "TOTAL"),
        ("refund_total", "К ВОЗВРАТУ", "TO REFUND"),
        ("cash", "Наличными", "Cash"),
        ("card", "Картой", "Card"),
        ("sbp", "СБП", "SBP"),
        ("gift_card", "Подарочной картой", "Gift card"),
        ("prepaid", "Предоплатой", "Prepaid"),
        ("other", "Иным способом", "Other"),
        ("received", "получено", "received"),
        ("change", "сдача", "change"),
        ("auth_code", "код", "code"),
        ("tax", "в т. ч. НДС", "incl. VAT"),
        ("line_tax", "НДС", "VAT"),
        ("tax_free", "Без НДС", "Free of VAT"),
        ("holder", "Карта", "Card of"),
        ("spent", "Списано", "Spent"),
        ("earned", "Начислим", "To be earned"),
        ("balance", "Остаток", "Balance"),
        ("level", "Уровень", "Level"),
        ("code", "Код карты", "Card code"),
        ("shift", "Смена №", "Shift No."),
        ("fiscal_receipt", "Чек №", "Receipt No."),
        ("taxation", "СНО", "Taxation"),
        ("register_number", "РН ККТ", "Register No."),
        ("serial_number", "ЗН ККТ", "Serial No."),
        ("fn", "ФН", "FN"),
        ("fd", "ФД", "FD"),
        ("fp", "ФП", "FP"),
        ("fiscal_date", "Дата", "Date"),
        ("site", "Сайт ФНС", "Tax service"),
        ("marked", "[М]", "[M]"),
    )
}  # fmt: skip


def amount(minor: int) -> str:
    """Return kopecks as ``1 234,50``, groups and sign kept together."""
    whole, rest = divmod(abs(minor), 100)
    digits = f"{whole:,}".replace(",", NO_BREAK)
    return f"{'-' if minor < 0 else ''}{digits},{rest:02d}"


def quantity(milli: int, unit: str = "") -> str:
    """Return thousandths as ``2`` or ``0,350 кг``."""
    whole, rest = divmod(milli, 1000)
    number = f"{whole},{rest:03d}" if rest else str(whole)
    return f"{number}{NO_BREAK}{unit}" if unit else number


def percent(basis_points: int) -> str:
    """Return basis points as ``22 %`` or ``7,5 %``."""
    whole, rest = divmod(basis_points, 100)
    tail = f",{rest:02d}".rstrip("0") if rest else ""
    return f"{whole}{tail}{NO_BREAK}%"


def points(hundredths: int, lang: Language) -> str:
    """Return hundredths of a point with their word, ``300 баллов``."""
    whole, rest = divmod(abs(hundredths), 100)
    number = amount(hundredths)
    number = number if rest else number[:-3]
    if lang == "en":
        return f"{number}{NO_BREAK}{'point' if whole == 1 and not rest else 'points'}"
    return f"{number}{NO_BREAK}{'балла' if rest else _plural(whole)}"


def moment(value: datetime) -> str:
    """Return ``20.11.2026 14:32``, as the clock on the wall of the place shows it."""
    return f"{value:%d.%m.%Y %H:%M}"


def _plural(number: int) -> str:
    tail = number % 100
    last = tail % 10
    if 11 <= tail <= 14 or last == 0 or last >= 5:
        return "баллов"
    return "балл" if last == 1 else "балла"
