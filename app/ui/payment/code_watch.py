"""Asks the bank about a code every few seconds while a screen waits for it; GUI thread only."""

from collections.abc import Callable
from typing import Final

from app.kernel.errors import AppError
from app.till.checkout import Checkout
from app.till.payment_states import CheckoutState, Phase
from app.till.qr_codes import is_by_phone
from app.ui.frame.tools import Tools
from app.ui.ops import Lane

#: Seconds between two questions (reference 5.7: two or three).
ASK_EVERY_S: Final = 3


class CodeWatch:
    """Counts seconds and asks; one question at a time, on the device's lane.

    Args:
        tools: Lanes.
        checkout: Knows how to ask.
        on_answer: Gets each answer.
    """

    def __init__(
        self, tools: Tools, checkout: Checkout, on_answer: Callable[[CheckoutState], object]
    ) -> None:
        self._tools, self._checkout, self._on_answer = tools, checkout, on_answer
        self._seconds = 0
        self._is_asking = False

    def tick(self, state: CheckoutState | None, *, is_busy: bool) -> None:
        """Note that a second has passed.

        Args:
            state: What the screen shows.
            is_busy: Something else is being done, whose answer says as much.
        """
        if state is None or is_busy or not is_waiting(state):
            self._seconds = 0
            return
        self._seconds += 1
        if self._seconds >= ASK_EVERY_S:
            self.ask()

    def ask(self) -> None:
        """Ask now, unless that is being done."""
        if self._is_asking:
            return
        self._seconds, self._is_asking = 0, True
        self._tools.ops.run(
            self._checkout.poll_sbp,
            success=self._answered,
            failure=self._failed,
            lane=Lane.DEVICE,
        )

    def _answered(self, state: CheckoutState) -> None:
        self._is_asking = False
        self._on_answer(state)

    def _failed(self, _error: AppError) -> None:
        # The next question comes by itself; what cannot be asked is told by the device's light.
        self._is_asking = False


def is_waiting(state: CheckoutState) -> bool:
    """Tell whether a payment by phone waits for the bank."""
    is_open = state.phase in (Phase.CODE, Phase.UNKNOWN)
    return is_open and is_by_phone(state.pending)
