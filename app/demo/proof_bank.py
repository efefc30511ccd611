"""The proof by the bank: what guests paid by code is what the till took, and nothing can be paid any more."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from app.domain.sale import Refund, Sale
from app.domain.tender import TenderKind
from drivers.scanners.decoder import Decoder
from drivers.scanners.readers import FORMATS
from drivers.scanners.vision import load_picture

_PAID: Final = "PAID"
_DEAD: Final = ("CANCELLED", "EXPIRED")


def compare_bank(
    sales: Sequence[Sale], refunds: Sequence[Refund], journal: Mapping[str, Any]
) -> list[str]:
    """Compare the bank's books with the till's.

    Args:
        sales: All of them.
        refunds: All of them.
        journal: The bank's own, sums in kopecks.

    Returns:
        What does not agree, in sentences.
    """
    codes: Sequence[Mapping[str, Any]] = journal["codes"]
    paid = Counter(int(code["amount_minor"]) for code in codes if code["state"] == _PAID)
    given = Counter(
        int(each["amount_minor"]) for each in journal["refunds"] if each["state"] == "COMPLETED"
    )
    problems = _compare("taken", _sums(sales), paid)
    problems += _compare("given back", _sums(refunds), given)
    problems += [
        f"code {code['qr_id']} of {code['amount_minor']} kopecks can still be paid: {code['state']}"
        for code in codes
        if code["state"] not in (_PAID, *_DEAD)
    ]
    return problems + [
        f"refund {each['refund_id']} is {each['state']}"
        for each in journal["refunds"]
        if each["state"] != "COMPLETED"
    ]


def unreadable_codes(pictures: Mapping[Path, str]) -> list[str]:
    """Read the codes on pictures of screens as a guest's phone would.

    Args:
        pictures: Where they are, and what the code of each must contain.

    Returns:
        What cannot be read, or says something else, in sentences.
    """
    decoder = Decoder(FORMATS, single=True)
    problems = []
    for path, wanted in pictures.items():
        picture = load_picture(path)
        texts = [code.text for code in decoder.decode(picture)] if picture is not None else []
        if not any(wanted in text for text in texts):
            problems.append(f"{path.name}: the code says {texts}, not {wanted}")
    return problems


def _sums(movements: Sequence[Sale | Refund]) -> "Counter[int]":
    tenders = [tender for each in movements for tender in each.tenders]
    return Counter(each.amount_minor for each in tenders if each.kind is TenderKind.SBP)


def _compare(what: str, till: "Counter[int]", bank: "Counter[int]") -> list[str]:
    if till == bank:
        return []
    ours, theirs = sorted(till.elements()), sorted(bank.elements())
    return [f"by code {what}, in kopecks: the till {ours}, the bank {theirs}"]
