"""Guessing at the codes of gift cards.

A slip of the finger does not count, as the check digit tells it without looking anything up. Only
look-ups by code are locked: what is known by its id (holds, refunds) goes on.
"""

from typing import Final

from app.contracts.errors import ErrorCode
from app.service.gift_cards.models import gift_card_guesses
from app.service.kit.guessing import Guessing

GIFT_CARDS: Final = Guessing("gift-cards", gift_card_guesses, ErrorCode.GIFT_CARD_GUESSING_LOCKED)
