"""What changed in the store, told on the GUI thread: screens redraw from this (see conventions)."""

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal


class Changes(QObject):
    """Carries notices of the store to the screens.

    Attributes:
        happened: A frozenset of names: `outbox`, `sales`, `print_jobs`, `shifts`, `guests`, `menu`,
            `config`, `staff`, `stops`, `drafts`, `payments`, `fiscal`, `sync`.
    """

    happened = Signal(object)

    def notify(self, topics: Iterable[str]) -> None:
        """Tell of changes; from any thread, returns at once."""
        self.happened.emit(frozenset(str(topic) for topic in topics))
