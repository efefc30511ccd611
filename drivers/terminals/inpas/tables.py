"""Statuses of INPAS in words. Source: [Clients] (unconfirmed), so others end in "unknown"."""

from drivers.api.terminal import Outcome

APPROVED, DECLINED, NO_LINK, INTERRUPTED = 1, 16, 34, 53

#: Only these say for certain how an operation ended.
OUTCOMES: dict[int, Outcome] = {
    APPROVED: Outcome.APPROVED,
    DECLINED: Outcome.DECLINED,
    NO_LINK: Outcome.DECLINED,
    INTERRUPTED: Outcome.CANCELLED,
}
TEXTS: dict[int, tuple[str, str]] = {
    APPROVED: ("Одобрено", "Approved"),
    DECLINED: ("Отказ банка", "Declined by the bank"),
    NO_LINK: ("Нет связи с банком", "No connection to the bank"),
    INTERRUPTED: ("Операция прервана", "Operation interrupted"),
}


def status_text(status: int, language: str = "ru") -> str:
    """Say a status in words; language 'ru' or 'en'."""
    words = TEXTS.get(status, (f"Неизвестный статус {status}", f"Unknown status {status}"))
    return words[1] if language == "en" else words[0]
