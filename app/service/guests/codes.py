"""Six-digit card codes: drawing free ones, reserving some for tills that register guests offline."""

import sqlalchemy as sa

from app.contracts.errors import ErrorCode
from app.contracts.pos import CardCodesRequest, CardCodesResponse
from app.service.kit.problems import ProblemError
from app.service.kit.work import Work
from app.service.loyalty.models import cards
from app.service.tills.models import card_codes

_SPACE = 1_000_000
_DRAWS_MAX = 40


def draw_codes(work: Work, count: int) -> list[str]:
    """Return codes that no card has and nobody has reserved.

    Raises:
        ProblemError: SERVICE_UNAVAILABLE when hardly a code is free any more.
    """
    free: list[str] = []
    for _ in range(_DRAWS_MAX):
        wanted = count - len(free)
        if not wanted:
            return free
        # A few more than needed, so that one round is nearly always enough.
        drawn = {f"{work.ids.below(_SPACE):06d}" for _ in range(2 * wanted + 2)} - set(free)
        free += sorted(drawn - _taken(work, drawn), key=lambda _code: work.ids.below(_SPACE))[
            :wanted
        ]
    raise ProblemError(
        ErrorCode.SERVICE_UNAVAILABLE, "No card codes are left", "Коды карт кончились"
    )


def _taken(work: Work, codes: set[str]) -> set[str]:
    on_cards = sa.select(cards.c.code6).where(
        cards.c.tenant_id == work.tenant_id, cards.c.code6.in_(codes)
    )
    reserved = sa.select(card_codes.c.code6).where(
        card_codes.c.tenant_id == work.tenant_id, card_codes.c.code6.in_(codes)
    )
    return set(work.connection.execute(on_cards.union(reserved)).scalars())


def reserve_codes(work: Work, request: CardCodesRequest) -> CardCodesResponse:
    """Set codes aside for the calling till."""
    codes = draw_codes(work, request.count)
    work.connection.execute(
        sa.insert(card_codes),
        [
            {
                "tenant_id": work.tenant_id,
                "code6": code,
                "installation_id": work.caller.installation_id,
                "created_at": work.now,
            }
            for code in codes
        ],
    )
    return CardCodesResponse(codes=tuple(codes))


def claim_code(work: Work, code6: str) -> bool:
    """Take a code that the calling till had set aside; False if it is another's or in use."""
    owner = work.connection.execute(
        sa.select(card_codes.c.installation_id).where(
            card_codes.c.tenant_id == work.tenant_id, card_codes.c.code6 == code6
        )
    ).scalar()
    if owner is not None:
        if owner != work.caller.installation_id:
            return False
        work.connection.execute(
            sa.delete(card_codes).where(
                card_codes.c.tenant_id == work.tenant_id, card_codes.c.code6 == code6
            )
        )
        return True
    return not _taken(work, {code6})
