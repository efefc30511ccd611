"""When a delivery is tried again: six tries over about 6.5 minutes, then every hour up to 24 hours."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

PAUSES_S: Final = (5, 15, 45, 105, 220)  # 390 s in all between the first and the sixth try
HOURLY_S: Final = 3_600
WHOLE_TIME: Final = timedelta(hours=24)
_JITTER_PERMILLE: Final = 200

Below = Callable[[int], int]


def next_try(
    tries: int,
    started_at: datetime,
    now: datetime,
    below: Below,
    retry_after_s: int | None = None,
) -> datetime | None:
    """Return when to try again; None if it is given up.

    Args:
        tries: How many tries failed, the last one included.
        started_at: When the delivery began, or was last replayed.
        now: When the last try ended.
        below: Draws an even number below its argument: the pause varies by a fifth both ways.
        retry_after_s: What the receiver asked for; taken between the pause and twice the pause.
    """
    assert tries >= 1
    pause = PAUSES_S[tries - 1] if tries <= len(PAUSES_S) else HOURLY_S
    permille = 1_000 - _JITTER_PERMILLE + below(2 * _JITTER_PERMILLE + 1)
    seconds = pause * permille / 1_000
    if retry_after_s is not None:
        seconds = max(seconds, min(retry_after_s, 2 * pause))
    moment = now + timedelta(milliseconds=int(seconds * 1_000))
    return moment if moment <= started_at + WHOLE_TIME else None
