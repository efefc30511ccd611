"""What can go wrong with the till's memory.

OutsideError
+-- StoreBusyError       (TemporaryError) another writer holds the file
+-- DiskError            (TemporaryError) disk full or failing; nothing was acknowledged
+-- AlreadyRunningError  (FinalError) a second till on the same data
+-- FolderError          (FinalError) the data folder cannot be made or written
+-- NewerDatabaseError   (FinalError) written by a newer program, left untouched
+-- ForeignDatabaseError (FinalError) a database of another program, left untouched
+-- DamagedError         (FinalError) the file broke while it was in use; repaired at the next start
InputError
+-- MenuRefusedError     a menu that contradicts itself; the old one stays
RuleError
+-- AlreadyStoredError   the same fact was already written
+-- NotStoredError       the row that was asked for is not there
"""

import sqlite3
from pathlib import Path
from typing import Final

from app.kernel.errors import AppError, FinalError, InputError, RuleError, TemporaryError


class StoreBusyError(TemporaryError):
    """Another writer holds the file for too long."""

    def __init__(self) -> None:
        super().__init__(
            "STORE_BUSY",
            "База кассы занята. Повторите через несколько секунд",
            "The till's database is busy. Try again in a few seconds",
        )


class DiskError(TemporaryError):
    """The disk is full or fails."""

    def __init__(self, *, full: bool) -> None:
        if full:
            super().__init__(
                "DISK_FULL",
                "На диске нет места. Освободите место и повторите",
                "The disk is full. Free some space and try again",
            )
        else:
            super().__init__(
                "DISK_FAILED",
                "Диск не отвечает. Повторите; если не поможет, перезапустите кассу",
                "The disk fails. Try again; if that does not help, restart the till",
            )


class AlreadyRunningError(FinalError):
    """A second till was started on the same data."""

    def __init__(self) -> None:
        super().__init__(
            "TILL_ALREADY_RUNNING",
            "Касса уже запущена на этом компьютере",
            "The till is already running on this computer",
        )


class FolderError(FinalError):
    """The data folder cannot be made or written."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            "DATA_FOLDER",
            f"В папку данных нельзя писать: {folder}. Проверьте права и место на диске",
            f"The data folder cannot be written: {folder}. Check its rights and the disk's space",
        )


class NewerDatabaseError(FinalError):
    """The database was written by a newer program; it was not touched."""

    def __init__(self, found: int, known: int) -> None:
        super().__init__(
            "DATABASE_NEWER",
            f"База создана более новой версией программы ({found}, а здесь {known}). "
            "Обновите программу",
            f"The database was written by a newer program ({found}, this one knows {known}). "
            "Update the program",
        )
        self.found = found
        self.known = known


class ForeignDatabaseError(FinalError):
    """The file belongs to another program; it was not touched."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "DATABASE_FOREIGN",
            f"Файл {name} принадлежит другой программе. Уберите его из папки данных",
            f"The file {name} belongs to another program. Move it out of the data folder",
        )


class DamagedError(FinalError):
    """The file broke while it was in use; the next start repairs it."""

    def __init__(self) -> None:
        super().__init__(
            "DATABASE_DAMAGED",
            "База кассы повреждена. Перезапустите кассу: она восстановится сама",
            "The till's database is damaged. Restart the till: it repairs itself",
        )


class MenuRefusedError(InputError):
    """A menu contradicts itself; the old one stays.

    Attributes:
        place: The product, category or group that is wrong, as a person can find it.
        reason: Why, in English.
    """

    def __init__(self, place: str, ru: str, en: str) -> None:
        super().__init__(
            "MENU_REFUSED",
            f"Меню не принято: {place}: {ru}. Работает прежнее меню",
            f"The menu was refused: {place}: {en}. The old menu stays",
        )
        self.place = place
        self.reason = en


class AlreadyStoredError(RuleError):
    """The same fact was already written; nothing was changed."""

    def __init__(self, detail: str) -> None:
        super().__init__(
            "ALREADY_STORED", "Это уже записано раньше", "This has already been recorded"
        )
        self.detail = detail


class NotStoredError(RuleError):
    """The row that was asked for is not there.

    Attributes:
        what: Kind of the row.
        key: Its id.
    """

    def __init__(self, what: str, key: str) -> None:
        super().__init__(
            "NOT_STORED",
            "Этой записи на кассе нет",
            "The till has no such record",
        )
        self.what = what
        self.key = key


_FULL: Final = sqlite3.SQLITE_FULL
_BUSY: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_DAMAGED: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_DISK: Final = frozenset(
    {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM}
)


def translate(error: sqlite3.Error) -> AppError | None:
    """Return our error for one of SQLite's, or None when it is a fault of the program.

    The primary result code is in the low byte: https://www.sqlite.org/rescode.html
    """
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else -1
    if primary == _FULL:
        return DiskError(full=True)
    if primary in _BUSY:
        return StoreBusyError()
    if primary in _DAMAGED:
        return DamagedError()
    if primary in _DISK:
        return DiskError(full=False)
    if isinstance(error, sqlite3.IntegrityError):
        return AlreadyStoredError(str(error))
    return None
