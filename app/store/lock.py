"""One till for one database: a locked file, which also tells how the last run ended."""

import os
import sys
from pathlib import Path
from typing import Final

from app.store.errors import AlreadyRunningError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_CLEAN: Final = b"clean   "
_OPEN: Final = b"open    "
_SUSPECT: Final = b"suspect "
# On Windows a locked byte cannot be read by others, so the byte that is locked lies beyond the text.
_LOCKED_BYTE: Final = 64


class TillLock:
    """Holds the lock until `release`; the system frees it when the process dies.

    Raises:
        AlreadyRunningError: Another process holds it.
    """

    def __init__(self, path: Path) -> None:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self._file = os.open(path, flags, 0o600)
        try:
            self._take()
        except OSError as error:
            os.close(self._file)
            raise AlreadyRunningError from error
        os.lseek(self._file, 0, os.SEEK_SET)
        found = os.read(self._file, len(_CLEAN))
        #: The last run ended by `release(clean=True)`, or there was none.
        self.was_clean = found in (b"", _CLEAN)
        #: The last run met a damaged page.
        self.was_suspect = found == _SUSPECT
        self._write(_OPEN)

    def mark_suspect(self) -> None:
        """Have the next start look at every page of the database."""
        self._write(_SUSPECT)

    def release(self, *, clean: bool) -> None:
        """Give the lock back.

        Args:
            clean: The next start may trust the files without looking at every page.
        """
        if clean:
            self._write(_CLEAN)
        os.close(self._file)

    def _write(self, word: bytes) -> None:
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, word)

    if sys.platform == "win32":

        def _take(self) -> None:
            os.lseek(self._file, _LOCKED_BYTE, os.SEEK_SET)
            msvcrt.locking(self._file, msvcrt.LK_NBLCK, 1)

    else:

        def _take(self) -> None:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
