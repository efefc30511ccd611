"""Dark in the evening, light by day: the theme that follows the hour of the venue.

What the cashier chooses by hand stays until the next start. GUI thread only.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from PySide6.QtCore import QObject

from app.ui.preferences import Look
from app.ui.theme import ThemeName

DARK_FROM_HOUR: Final = 20
DARK_UNTIL_HOUR: Final = 7


def theme_at(moment: datetime) -> ThemeName:
    """Return the theme of an hour; the moment is in the venue's zone already."""
    is_day = DARK_UNTIL_HOUR <= moment.hour < DARK_FROM_HOUR
    return ThemeName.LIGHT if is_day else ThemeName.DARK


class DayTheme(QObject):
    """Changes the theme when its hour comes.

    Args:
        look: Wears the theme.
        now: The present moment in the venue's zone.
        may_change: False while a payment is in progress; it is tried again in the next minute.
        parent: Owner.
    """

    def __init__(
        self,
        look: Look,
        now: Callable[[], datetime],
        may_change: Callable[[], bool],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._look = look
        self._now = now
        self._may_change = may_change
        self._minute = now().minute

    def tick(self) -> None:
        """Look once a minute whether it is time; called more often."""
        now = self._now()
        if now.minute == self._minute:
            return
        self._minute = now.minute
        if not self._look.has_chosen_theme and self._may_change():
            self._look.follow_theme(theme_at(now))
