"""The queue: shows what waits, sends it now, and does what a person decides about a row."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject
from typing_extensions import override

from app.kernel.errors import AppError
from app.till.order import Approval
from app.till.permissions import Action
from app.till.queue_states import Choice, QueueRow, QueueState, RowKind, RowStatus
from app.till.till import Till
from app.till.words import Words
from app.ui.bridge import Sound, Tone
from app.ui.frame.screen import BaseScreen, Placement, ScreenId
from app.ui.frame.tools import Tools
from app.ui.ops import Lane
from app.ui.sync.state import Exchange, SyncScreenState, Tab
from app.ui.sync.view import SyncView
from app.ui.text import tr

_WATCHED: Final = frozenset({"outbox", "print_jobs", "sync", "fiscal"})


class SyncPresenter(QObject, BaseScreen):
    """Shows the queue of the exchange and of the printers.

    Args:
        tools: Lanes, window and the rest.
        till: The use cases.
        exchange: Tells how the exchange goes.
        view: What it shows on; its own by default.
    """

    screen_id = ScreenId.SYNC
    placement = Placement.FULL

    def __init__(
        self,
        tools: Tools,
        till: Till,
        exchange: Callable[[], Exchange] = Exchange,
        view: SyncView | None = None,
    ) -> None:
        super().__init__()
        self._tools, self._till, self._exchange = tools, till, exchange
        self._state = SyncScreenState()
        self._is_shown = False
        self._was_decided = False
        self.view = view or SyncView()
        self._connect_signals()

    @property
    def state(self) -> SyncScreenState:
        """Return what is shown."""
        return self._state

    # ------------------------------------------------------------ screen

    @override
    def on_enter(self) -> None:
        """Show everything that waits; what needs a decision first."""
        self._is_shown, self._was_decided = True, True
        is_senior = self._till.session.allowed(Action.QUEUE_GIVE_UP)
        self._state = SyncScreenState(
            exchange=self._exchange(), rows=self._state.rows, is_senior=is_senior
        )
        self.view.setFocus()
        self._load()

    @override
    def on_leave(self) -> None:
        """Stop following the queue."""
        self._is_shown = False

    @override
    def on_key(self, key: str) -> bool:
        """F5 sends, Enter applies, arrows move, Esc goes back to the sale."""
        if key == "F5":
            self.send_now()
        elif key == "Enter":
            self.apply()
        elif key in {"Up", "Down"}:
            self._move(-1 if key == "Up" else 1)
        elif key == "Esc":
            self._tools.stage.go(ScreenId.SALE)
        else:
            return False
        return True

    # ------------------------------------------------------------ intents

    def choose_tab(self, tab: Tab) -> None:
        """Show other rows."""
        self._set(tab=tab)
        shown = self._state.shown
        if shown and self._state.chosen_id not in {row.row_id for row in shown}:
            self.choose(shown[0].row_id)

    def choose(self, row_id: str) -> None:
        """Show a row with what can be done about it, the safe way first."""
        row = next((row for row in self._state.rows if row.row_id == row_id), None)
        choice = row.choices[0].choice if row and row.choices else None
        self._set(
            chosen_id=row_id, choice=choice, reason="", error=None,
            asks_reason=self._needs_reason(row, choice), shows_details=False,
        )  # fmt: skip

    def choose_outcome(self, choice: Choice) -> None:
        """Choose what would be done about the row."""
        needs = self._needs_reason(self._state.chosen, choice)
        self._set(choice=choice, asks_reason=needs, reason="", error=None)

    def send_now(self) -> None:
        """Try everything at once."""
        if self._state.busy:
            return
        self._set(busy=True)
        self._tools.ops.run(
            self._till.queue.send_now, success=lambda _: self._on_sent(), failure=self._on_refused
        )

    def retry(self, row_id: str) -> None:
        """Try one row again at once."""
        self._decide(row_id, Choice.RETRY, "")

    def apply(self) -> None:
        """Do what is chosen about the row."""
        state = self._state
        if state.can_apply and state.chosen is not None and state.choice is not None:
            self._decide(state.chosen_id, state.choice, state.reason)

    def later(self) -> None:
        """Leave the row as it is."""
        self._set(chosen_id="", choice=None, asks_reason=False, error=None)

    def _decide(self, row_id: str, choice: Choice, reason: str) -> None:
        self._set(busy=True, error=None)

        def decide(approval: Approval | None) -> QueueState:
            return self._till.queue.decide(row_id, choice, reason, approval)

        def decided(queue: QueueState) -> None:
            self._on_decided(queue, choice)

        self._tools.approvals.run(
            decide, success=decided, failure=self._on_refused, asked=self._on_senior_asked
        )

    # ------------------------------------------------------------ answers

    def _on_sent(self) -> None:
        self._set(busy=False)
        self._tools.bridge.toast(tr("Sending everything that waits"), key="queue")
        self._load()

    def _on_decided(self, queue: QueueState, choice: Choice) -> None:
        words = {
            Choice.RETRY: tr("It is tried again"),
            Choice.MANAGER: tr("Left to the manager. It stays in the queue"),
            Choice.GIVE_UP: tr("It will not be sent"),
            Choice.RENEW_SHIFT: tr("The register closes its shift and opens the next one"),
            Choice.MADE: tr("Noted: the receipt is made"),
            Choice.NOT_MADE: tr("The receipt is being made"),
            Choice.PRINT_HERE: tr("The ticket is printed here. Carry it to the kitchen"),
            Choice.TOLD: tr("Noted: the kitchen was told"),
            Choice.PRINT_LATE: tr("It is printed, marked as late"),
            Choice.DROP_OLD: tr("Nothing of the old is printed"),
        }.get(choice, tr("Decided. It is being sent"))
        self._tools.bridge.toast(words, tone=Tone.OK, key="queue")
        self._was_decided = True
        if choice is Choice.MANAGER:
            self.later()
            self._was_decided = False
        self._set(busy=False)
        self._on_loaded(queue)

    def _on_refused(self, error: AppError) -> None:
        self._set(busy=False, error=Words(error.ru, error.en))
        self._tools.bridge.sound(Sound.ERROR)
        if not self._state.chosen_id:
            self._tools.bridge.show_error(error)
        self._load()

    def _on_senior_asked(self) -> None:
        self._set(busy=False)

    # ------------------------------------------------------------ rows

    def _load(self) -> None:
        self._tools.ops.run(self._till.queue.state, success=self._on_loaded, lane=Lane.QUERY)

    def _on_loaded(self, queue: QueueState) -> None:
        zone = self._till.house.zone
        rows = tuple(replace(row, at=row.at.astimezone(zone)) for row in queue.rows)
        self._set(rows=rows, exchange=self._exchange())
        chosen = self._state.chosen
        if chosen is None and self._state.chosen_id:
            self.later()  # it is gone: sent or decided
            self._was_decided = True
        elif chosen is not None and self._state.choice not in _choices_of(chosen):
            self.choose(chosen.row_id)  # it stands elsewhere now
        if self._was_decided and self._state.chosen is None:
            self._was_decided = False
            self._choose_first()

    def _choose_first(self) -> None:
        for status in (RowStatus.DECIDE, RowStatus.ERROR):
            for row in self._state.rows:
                if row.status is status:
                    self.choose(row.row_id)
                    return

    def _move(self, step: int) -> None:
        ids = [row.row_id for row in self._state.shown]
        if not ids:
            return
        if self._state.chosen_id not in ids:
            self.choose(ids[0])
            return
        place = ids.index(self._state.chosen_id) + step
        self.choose(ids[min(max(place, 0), len(ids) - 1)])

    def _needs_reason(self, row: QueueRow | None, choice: Choice | None) -> bool:
        return row is not None and choice is Choice.GIVE_UP and row.kind is not RowKind.PRINT

    def _on_changes(self, topics: object) -> None:
        if self._is_shown and isinstance(topics, frozenset) and topics & _WATCHED:
            self._load()

    # ------------------------------------------------------------ state

    def _set(self, **changes: object) -> None:
        self._state = replace(self._state, **changes)  # type: ignore[arg-type]  # its fields
        self.view.render(self._state)

    def _connect_signals(self) -> None:
        view, decision = self.view, self.view.decision
        view.tab_chosen.connect(self.choose_tab)
        view.row_chosen.connect(self.choose)
        view.retry_wanted.connect(self.retry)
        view.send_wanted.connect(self.send_now)
        decision.choice_made.connect(self.choose_outcome)
        decision.reason_chosen.connect(lambda why: self._set(reason=why, error=None))
        decision.details_toggled.connect(
            lambda: self._set(shows_details=not self._state.shows_details)
        )
        decision.later_wanted.connect(self.later)
        decision.apply_wanted.connect(self.apply)
        self._tools.changes.happened.connect(self._on_changes)


def _choices_of(row: QueueRow) -> tuple[Choice | None, ...]:
    return tuple(choice.choice for choice in row.choices) or (None,)
