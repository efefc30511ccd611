"""The words of the guest's page in Russian and English, and picking the language."""

from collections.abc import Mapping
from typing import Final

TEXTS: Final[Mapping[str, Mapping[str, str]]] = {
    "ru": {
        "title": "Карта гостя",
        "points": "Баллы",
        "code_label": "Код карты",
        "hint": "Покажите код на кассе",
        "valid": "Действует ещё",
        "refresh": "Обновить код",
        "loading": "Обновляем код…",
        "offline": "Нет связи. Код обновится сам",
        "stale": "Код устарел. Назовите код карты или телефон",
        "gone": "Ссылка больше не действует",
        "gone_help": "Попросите новую ссылку в заведении: вам помогут на кассе.",
        "qr": "QR-код карты гостя",
    },
    "en": {
        "title": "Guest card",
        "points": "Points",
        "code_label": "Card code",
        "hint": "Show the code at the till",
        "valid": "Good for",
        "refresh": "New code",
        "loading": "Getting a new code…",
        "offline": "No connection. The code will renew itself",
        "stale": "The code is too old. Say your card code or phone",
        "gone": "This link no longer works",
        "gone_help": "Ask for a new link at the till.",
        "qr": "QR code of the guest card",
    },
}


def pick_language(accepted: str) -> str:
    """Return `ru` or `en` for an Accept-Language header; Russian if neither is asked for.

    Neighbours that usually read Russian get it only when they ask for nothing of ours.
    """
    best, weight = "ru", 0.0
    for part in accepted.split(",")[:20]:
        tag, _, rest = part.strip().partition(";")
        name = tag.strip().lower().partition("-")[0]
        quality = _quality(rest)
        if name in TEXTS and quality > weight:
            best, weight = name, quality
    return best


def _quality(said: str) -> float:
    value = said.strip().lower().removeprefix("q=")
    if not said.strip():
        return 1.0
    try:
        return float(value) if len(value) <= 5 else 0.0
    except ValueError:
        return 0.0
