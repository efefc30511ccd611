"""What every device behind the till's ports shares: its calls run on the thread of its device."""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from drivers.supervisor import Worker


class Openable(Protocol):
    """A device that is opened before it is used."""

    def open(self) -> None:
        """Get ready."""
        ...


Device = TypeVar("Device", bound=Openable)
Result = TypeVar("Result")


class Supervised(Generic[Device]):
    """A device whose every call waits for its turn on the device's own thread.

    Args:
        worker: That thread.
    """

    def __init__(self, worker: Worker[Device]) -> None:
        self._worker = worker

    def move_to(self, worker: Worker[Device]) -> None:
        """Use the thread of another device from now on; never while money moves."""
        self._worker = worker

    def open(self) -> None:
        """Get ready."""
        self._do(lambda device: device.open())

    def close(self) -> None:
        """Nothing: the supervisor closes its devices itself."""

    def _do(self, job: Callable[[Device], Result]) -> Result:
        return self._worker.submit(job).result()
