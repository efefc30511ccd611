"""The guest's display as the devices screen works it: its window belongs to another room."""

from collections.abc import Callable
from dataclasses import dataclass

from app.till.customer_setup import CustomerSetup


@dataclass(frozen=True, slots=True)
class GuestScreen:
    """The guest's display as the devices screen works it.

    Attributes:
        show_test: Show colours on it.
        load: Return its settings.
        save: Keep other settings; on a lane.
        set_up: Take settings into use; on the GUI thread.
    """

    show_test: Callable[[], None]
    load: Callable[[], CustomerSetup]
    save: Callable[[CustomerSetup], None]
    set_up: Callable[[CustomerSetup], None]
