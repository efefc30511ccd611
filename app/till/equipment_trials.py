"""What tests print and say."""

from datetime import datetime

from app.till import equipment_words as texts
from app.till.equipment_states import Card
from app.till.words import Words
from drivers.api.printer import Columns, Cut, Feed, PrintDocument, Qr, Rule, Text


def check_document(house_name: str, card: Card, now: datetime) -> PrintDocument:
    """Return the receipt "check of printing": every letter, an amount at the edge, a code, the knife.

    Args:
        house_name: Of the place.
        card: The printer.
        now: In the venue's zone.
    """
    return PrintDocument(
        [
            Text(texts.CHECK_TITLE, align="center", bold=True, height_mult=2, width_mult=1),
            Text(house_name or "Max Loyalty", align="center"),
            Text(f"{now:%d.%m.%Y %H:%M}", align="center"),
            Rule(),
            Columns("Принтер", card.name.ru),
            Text(card.place.ru),
            Rule(),
            Text(texts.CHECK_LETTERS),
            Text(texts.CHECK_SIGNS),
            Columns("Капучино, 300 мл", "350,00"),
            Columns("ИТОГО", "1 444,00", bold=True, height_mult=2),
            Qr("MAX LOYALTY PRINT TEST"),
            Text(texts.CHECK_END, align="center"),
            Feed(1),
            Cut(),
        ]
    )


def weight_words(grams: int) -> Words:
    """Return a weight in words: `1,250 кг`."""
    whole, rest = divmod(abs(grams), 1000)
    sign = "\u2212" if grams < 0 else ""
    return Words(
        texts.WEIGHED.ru.format(weight=f"{sign}{whole},{rest:03d}\u00a0кг"),
        texts.WEIGHED.en.format(weight=f"{sign}{whole}.{rest:03d}\u00a0kg"),
    )
