"""What tenders are called on the orders screens."""

from app.domain.tender import TenderKind
from app.ui.text import tr


def tender_text(kind: TenderKind) -> str:
    """Return what a tender is called in a list."""
    match kind:
        case TenderKind.CASH:
            return tr("Cash")
        case TenderKind.CARD:
            return tr("Card")
        case TenderKind.SBP:
            return tr("SBP")
        case TenderKind.GIFT_CARD:
            return tr("Gift card")
