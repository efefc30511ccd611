"""How much of each subscription's deliveries a process sends at once: fast receivers get more.

A receiver begins with a few at a time, gets one more with every quick answer, and half as many after
each slow or missing one, so that those who stall hold next to nothing of what all share.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from app.service.webhooks.outbox import Claimed

START: Final = 4
LEAST: Final = 1
MOST: Final = 32
ALL_MAX: Final = 256
SLOW_S: Final = 2.0
_DEPTH: Final = 2
_FAST_DEPTH: Final = 8


@dataclass(slots=True)
class Lane:
    """What one subscription has in this process: waiting and under way."""

    window: int = START
    running: int = 0
    waiting: deque[Claimed] = field(default_factory=deque)

    @property
    def room(self) -> int:
        """Return how many more to take: enough that nobody waits while the next are fetched.

        Few for those who answer slowly: what waits here too long goes back unsent.
        """
        depth = _FAST_DEPTH if self.window > START else _DEPTH
        return max(0, depth * self.window - self.running - len(self.waiting))

    def note(self, duration_s: float, *, answered: bool) -> None:
        """Learn from an attempt."""
        if answered and duration_s < SLOW_S:
            self.window = min(MOST, self.window + 1)
        else:
            self.window = max(LEAST, self.window // 2)


class Lanes:
    """The lanes of one process, and the limit on all of them together."""

    def __init__(self) -> None:
        self._lanes: dict[str, Lane] = {}
        self._running = 0

    def room(self, endpoint_id: str) -> int:
        """Return how many deliveries of a subscription may be taken now."""
        lane = self._lanes.get(endpoint_id)
        return _DEPTH * START if lane is None else lane.room

    def add(self, claimed: Claimed) -> None:
        """Let a delivery wait for its turn."""
        self._lanes.setdefault(claimed.endpoint_id, Lane()).waiting.append(claimed)

    def start_next(self) -> Claimed | None:
        """Take a delivery that may begin now; None if there is none or all are busy."""
        if self._running >= ALL_MAX:
            return None
        for lane in self._lanes.values():
            if lane.waiting and lane.running < lane.window:
                lane.running += 1
                self._running += 1
                return lane.waiting.popleft()
        return None

    def start_again(self, endpoint_id: str) -> Claimed | None:
        """Take the next delivery of the same subscription in the place of one that ended."""
        lane = self._lanes[endpoint_id]
        if self._running >= ALL_MAX or not lane.waiting or lane.running >= lane.window:
            return None
        lane.running += 1
        self._running += 1
        return lane.waiting.popleft()

    def end(self, endpoint_id: str, duration_s: float, *, answered: bool) -> None:
        """Note that an attempt is over."""
        self.end_unsent(endpoint_id)
        self._lanes[endpoint_id].note(duration_s, answered=answered)

    def end_unsent(self, endpoint_id: str) -> None:
        """Note that a delivery was not tried after all."""
        self._lanes[endpoint_id].running -= 1
        self._running -= 1

    def take_waiting(self) -> list[Claimed]:
        """Empty all lanes and return what waited in them."""
        left = [one for lane in self._lanes.values() for one in lane.waiting]
        for lane in self._lanes.values():
            lane.waiting.clear()
        return left

    def forget_idle(self) -> None:
        """Forget lanes in which nothing happens, once there are many."""
        if len(self._lanes) > 10 * ALL_MAX:
            self._lanes = {
                n: lane for n, lane in self._lanes.items() if lane.running or lane.waiting
            }

    @property
    def running(self) -> int:
        """Return how many attempts are under way."""
        return self._running

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing waits and nothing is under way."""
        return not self._running and not any(lane.waiting for lane in self._lanes.values())
