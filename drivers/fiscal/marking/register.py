"""The check of a marking code by an ATOL register itself (FFD 1.2), before the receipt.

Order of tasks: beginMarkingCodeValidation, getMarkingCodeValidationStatus until it is ready, then
acceptMarkingCode, or declineMarkingCode for a code that must not be sold. An accepted code stays in the
register's table until the receipt. Sources: public documents of the marking system; KKTServiceLib.Atol
MarkingCodeParams_12 and Ism operations.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Mapping

from drivers.api.errors import DriverError
from drivers.api.fiscal import FiscalItem, ItemMark, MarkCheck
from drivers.api.marking import MarkingUnavailable
from drivers.fiscal.atol.road import JsonObject, Road
from drivers.fiscal.exact import JsonValue
from drivers.fiscal.tasks import Task, mark_params

CHECK_LIMIT_S = 60.0  # the driver's own limit, 4.3
PAUSES_S = (0.1, 0.2, 0.3, 0.5)


class RoadMarkChecker:
    """`MarkChecker` over a road to a register. One thread, the device's.

    Args:
        road: to the register.
        limit_s: for the whole check; a code that is still checked then is given up.
        pause: waits seconds between two questions.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        road: Road,
        *,
        limit_s: float = CHECK_LIMIT_S,
        pause: Callable[[float], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._road = road
        self._limit_s = limit_s
        self._pause = pause or threading.Event().wait
        self._clock = clock

    def check_mark(self, mark: ItemMark) -> MarkCheck:
        """Check a code; one that must not be sold is taken out of the register's table.

        Raises:
            MarkingUnavailable: the register was not ready in time.
            DriverError: the register refused, e.g. a code that is none.
        """
        params = mark_params(mark, FiscalItem("-", 0))
        self._road.ask({"type": "beginMarkingCodeValidation", "params": params})
        try:
            online = self._wait()
            check = _check_of(online)
            if not _may_be_sold(check):
                self._road.ask({"type": "declineMarkingCode"})
                return check
            accepted = _find(self._road.ask({"type": "acceptMarkingCode"}))
        except DriverError:
            # A check that is left open would keep the next one from beginning (401).
            self._cancel()
            raise
        return _check_of(accepted) if accepted else check

    def _wait(self) -> Mapping[str, JsonValue]:
        ends = self._clock() + self._limit_s
        turn = 0
        while True:
            status = self._road.ask({"type": "getMarkingCodeValidationStatus"})
            if status.get("ready") is True:
                return _find(status)
            if self._clock() >= ends:
                raise MarkingUnavailable(f"the register checks for over {self._limit_s} s")
            self._pause(PAUSES_S[min(turn, len(PAUSES_S) - 1)])
            turn += 1

    def _cancel(self) -> None:
        cancel: Task = {"type": "cancelMarkingCodeValidation"}
        with contextlib.suppress(DriverError):
            self._road.ask(cancel)


def _may_be_sold(check: MarkCheck) -> bool:
    wrong_sign = check.checked and not check.positive
    wrong_status = check.status_known and not check.status_correct
    return not (wrong_sign or wrong_status)


def _find(answer: JsonObject) -> Mapping[str, JsonValue]:
    """Return itemInfoCheckResult, at the top or inside of onlineValidation; empty if there is none."""
    online = answer.get("onlineValidation")
    for place in (answer, online):
        found = place.get("itemInfoCheckResult") if isinstance(place, Mapping) else None
        if isinstance(found, Mapping):
            return found
    return {}


def _check_of(found: Mapping[str, JsonValue]) -> MarkCheck:
    return MarkCheck(
        checked=found.get("imcCheckFlag") is True,
        positive=found.get("imcCheckResult") is True,
        status_known=found.get("imcStatusInfo") is True,
        status_correct=found.get("imcEstimatedStatusCorrect") is True,
        stand_alone=found.get("ecrStandAloneFlag") is True,
    )
