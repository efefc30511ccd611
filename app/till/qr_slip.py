"""A code to be paid by phone as a slip of paper, for a guest who does not see the screen."""

from datetime import datetime, tzinfo

from app.kernel.text import format_money
from app.till import qr_texts as texts
from app.till.qr_codes import PhoneCode
from drivers.api.receipt import (
    PairRow,
    QrRow,
    ReceiptDocument,
    ReceiptKind,
    RuleRow,
    Seller,
    TextRow,
)


def code_slip(
    code: PhoneCode, seller: Seller, number: int, now: datetime, zone: tzinfo
) -> ReceiptDocument:
    """Return the slip.

    Args:
        code: What is shown on the screens.
        seller: The house.
        number: Of the order.
        now: The moment.
        zone: Of the house.
    """
    until = f"{code.until.astimezone(zone):%H:%M}"
    return ReceiptDocument(
        ReceiptKind.SLIP,
        title=f"{texts.SLIP_TITLE} {number}",
        made_at=now.astimezone(zone),
        rows=(
            TextRow(seller.name, "center", is_bold=True),
            TextRow(texts.SLIP_TITLE, "center"),
            TextRow(format_money(code.amount_minor), "center", is_bold=True, is_large=True),
            QrRow(code.payload),
            TextRow(texts.SLIP_ADVICE, "center"),
            TextRow(texts.SLIP_UNTIL.format(time=until), "center"),
            RuleRow(),
            PairRow(
                texts.SBP_PURPOSE.format(number=number), f"{now.astimezone(zone):%d.%m.%Y %H:%M}"
            ),
            TextRow(texts.SLIP_NO_RECEIPT, "center"),
        ),
    )
