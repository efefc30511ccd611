"""Judging a request of an integration: its time and its signature."""

import hmac
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from app.contracts.errors import ErrorCode
from app.contracts.pos_checks import TOLERANCE, sign_body
from app.service.kit.problems import ProblemError

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECONDS: Final = re.compile("[0-9]{1,11}")
_PREFIX: Final = "sha256="


def read_timestamp(said: str, now: datetime) -> int:
    """Return the seconds of the X-Timestamp header.

    Raises:
        ProblemError: WEBHOOK_TIMESTAMP_EXPIRED if it is missing, unreadable, too old or ahead.
    """
    if not _SECONDS.fullmatch(said):
        raise ProblemError(
            ErrorCode.WEBHOOK_TIMESTAMP_EXPIRED,
            "X-Timestamp must be the seconds since 1970",
            "X-Timestamp — это секунды с 1970 года",
        )
    seconds = int(said)
    if abs(now - (_EPOCH + timedelta(seconds=seconds))) > TOLERANCE:
        raise ProblemError(ErrorCode.WEBHOOK_TIMESTAMP_EXPIRED)
    return seconds


def require_signature(secrets: Sequence[str], timestamp: int, body: bytes, said: str) -> None:
    """Refuse a body that none of the secrets has signed; takes the same time whatever is wrong.

    Raises:
        ProblemError: INVALID_HMAC_SIGNATURE.
    """
    given = said.strip().lower().removeprefix(_PREFIX).encode("utf-8", "replace")
    matches = [
        hmac.compare_digest(sign_body(secret, timestamp, body).encode(), given)
        for secret in secrets
    ]
    if not any(matches):
        raise ProblemError(ErrorCode.INVALID_HMAC_SIGNATURE)
