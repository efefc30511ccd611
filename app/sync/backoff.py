"""How long to wait before trying again (O3): doubling from 1 s to 60 s, 20 % more or less."""

from typing import Final

from app.kernel.ids import Ids

DELAYS_S: Final = (1, 2, 4, 8, 16, 32, 60)
_JITTER_PERCENT: Final = 20


def delay_s(attempt: int, ids: Ids, retry_after_s: int | None = None) -> float:
    """Return the seconds to wait after a failed attempt.

    Args:
        attempt: 1 for the first failure.
        ids: Source of the jitter, so that many tills do not come back at the same moment.
        retry_after_s: What the service asked for; never less than that.
    """
    assert attempt >= 1
    base = DELAYS_S[min(attempt, len(DELAYS_S)) - 1]
    permille = 1_000 + 10 * (ids.below(2 * _JITTER_PERCENT + 1) - _JITTER_PERCENT)
    return max(base * permille / 1_000, float(retry_after_s or 0))


class Backoff:
    """Counts failures in a row and tells when the next try is due. One thread."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids
        self.failures = 0
        self.due_at = 0.0

    def fail(self, now: float, retry_after_s: int | None = None) -> None:
        """Note a failure at a monotonic moment."""
        self.failures += 1
        self.due_at = now + delay_s(self.failures, self._ids, retry_after_s)

    def reset(self) -> None:
        """Forget the failures: the next try is due at once."""
        self.failures = 0
        self.due_at = 0.0
