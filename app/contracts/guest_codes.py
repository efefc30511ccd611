"""How the codes on a guest's card and phone begin; light, as a till reads it before its first screen.

482913                  the six digits, typed or scanned
MLC:482913:<check>      printed on a card; only the service can prove the check
MLQ:<signed text>       shown by the guest's phone, short-lived; see `app.contracts.guest_qr`
"""

import re
from typing import Final

PRINTED_PREFIX: Final = "MLC:"
DYNAMIC_PREFIX: Final = "MLQ:"
_PRINTED: Final = re.compile(rf"{PRINTED_PREFIX}([0-9]{{6}}):\S+")


def printed_digits(text: str) -> str | None:
    """Return the six digits that a printed card claims, without any proof; None if it is none."""
    found = _PRINTED.fullmatch(text)
    return found[1] if found else None
