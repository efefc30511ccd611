"""What the doctor looks up on this computer beside the device itself: rights, holders, other ports."""

import contextlib
import getpass
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.discovery.networks import is_near
from drivers.discovery.serial_ports import find_serial_ports

PROC = Path("/proc")
HOLDERS_MAX = 3


def holders_of(path: str, proc: Path = PROC) -> list[str]:
    """Programs that have a device open, as far as /proc shows them to us: `name (pid 123)`.

    Other users' programs are hidden from an ordinary user: an empty list says nothing.
    """
    target = os.path.realpath(path)
    found: list[str] = []
    for folder in sorted(proc.glob("[0-9]*/fd")):
        if len(found) >= HOLDERS_MAX:
            break
        process = folder.parent
        if process.name != str(os.getpid()) and _holds(folder, target):
            found.append(f"{_name_of(process)} (pid {process.name})")
    return found


def group_of(path: str) -> str:
    """Group that owns a device, '' where there are none (Windows) or it cannot be told."""
    try:
        import grp  # noqa: PLC0415 - POSIX only

        return grp.getgrgid(Path(path).stat().st_gid).gr_name
    except (ImportError, OSError, KeyError):
        return ""


def user_name() -> str:
    """Who runs the program."""
    with contextlib.suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return "$USER"


def serial_addresses() -> list[str]:
    """Serial ports that are there now."""
    with contextlib.suppress(OSError, ImportError):
        return [item.address for item in find_serial_ports()]
    return []


@dataclass(frozen=True, slots=True)
class Facts:
    """The questions, replaceable in tests."""

    exists: Callable[[str], bool] = os.path.exists
    holders: Callable[[str], Sequence[str]] = holders_of
    group: Callable[[str], str] = group_of
    user: Callable[[], str] = user_name
    ports: Callable[[], Sequence[str]] = serial_addresses
    near: Callable[[str], bool] = is_near


def _holds(folder: Path, target: str) -> bool:
    try:
        return any(os.path.realpath(link) == target for link in folder.iterdir())
    except OSError:
        return False  # another user's, or gone meanwhile


def _name_of(process: Path) -> str:
    try:
        return (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "?"
