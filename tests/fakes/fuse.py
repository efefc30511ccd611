"""A fuse that burns at a chosen moment: it plays the death of the process."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from app.store.engine import Store
from app.store.uow import UnitOfWork


class Crash(BaseException):
    """The process died here. No `except Exception` can hold it."""


class Fuse:
    """Counts moments and burns at one of them.

    Args:
        burn_at: Number of the moment, from 1; 0 never burns.
    """

    def __init__(self, burn_at: int = 0) -> None:
        self.burn_at = burn_at
        self.count = 0
        self.places: list[str] = []

    def pass_by(self, place: str) -> None:
        """Count a moment; raise `Crash` if it is the chosen one."""
        self.count += 1
        self.places.append(place)
        if self.count == self.burn_at:
            raise Crash(f"{self.count}: {place}")


class FusedStore(Store):
    """A real store whose commits can be the last thing that happens."""

    fuse = Fuse()

    def unit(self, *, durable: bool = True) -> UnitOfWork:
        """Return a unit whose commit passes by the fuse before and after."""
        return FusedUnit(self, write=True, durable=durable)

    def die(self) -> None:
        """Let go of the files as the system does when a process dies."""
        self.journal.close()  # writes nothing; ends its thread
        self._close_connections()
        self._menu.close()
        self._lock.release(clean=False)


class FusedUnit(UnitOfWork):
    """See `FusedStore`."""

    def commit(self) -> None:
        """Commit, unless the fuse burns before; it may also burn after."""
        assert isinstance(self._store, FusedStore)
        self._store.fuse.pass_by("before commit")
        super().commit()
        self._store.fuse.pass_by("after commit")


@contextmanager
def survived() -> Iterator[None]:
    """Swallow the crash inside the block."""
    with suppress(Crash):
        yield
