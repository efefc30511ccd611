"""What others know of a device that cannot speak for itself: Windows of the printer behind a queue."""

from typing import Protocol, runtime_checkable

from drivers.api.errors import Language


@runtime_checkable
class TellsHearsay(Protocol):
    """A road, or a driver on it, whose device does not answer but is told of by the system."""

    def hearsay(self, lang: Language = "ru") -> tuple[str, ...]:
        """Troubles of the device by word of the system, as of the last ``open``; () if none.

        They may be out of date and stop nothing: some drivers of Windows never take one back.
        """
        ...
