"""From a code to a card: the only way in by code, and where guessing is counted."""

import sqlalchemy as sa

from app.contracts.errors import ErrorCode
from app.contracts.gift_card_codes import read_gift_code
from app.service.gift_cards.codes import code_hash, company_secret
from app.service.gift_cards.guessing import GIFT_CARDS
from app.service.gift_cards.models import gift_cards
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work


def find_by_code(work: Work, text: str) -> str | ProblemError:
    """Return the id of the card with a code; needs a writing transaction.

    Returns:
        The id; or, if nobody has the code, the refusal as a value: the transaction has to be
        committed, so that the miss stays counted, before it is raised.

    Raises:
        ProblemError: GIFT_CARD_CODE_INVALID or GIFT_CARD_GUESSING_LOCKED.
    """
    GIFT_CARDS.require_unlocked(work)
    code = read_gift_code(text)
    if code is None:
        raise ProblemError(ErrorCode.GIFT_CARD_CODE_INVALID)
    card_id: str | None = work.connection.execute(
        sa.select(gift_cards.c.id).where(
            gift_cards.c.tenant_id == work.tenant_id,
            gift_cards.c.code_hash == code_hash(company_secret(work), code),
        )
    ).scalar()
    if card_id is None:
        GIFT_CARDS.count_miss(work)
        return ProblemError(ErrorCode.GIFT_CARD_NOT_FOUND)
    return card_id
