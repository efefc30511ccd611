"""Calls pywin32's win32print in a Python for Windows, told by lines on standard input.

It reads and answers the lines that `winspool_bridge.c` describes; what is different is who makes the calls: pywin32 itself.
A handle is the object that pywin32 gave, kept under a number, also when it is closed: what pywin32 makes of a closed one is
to be seen too. Runs as a script of its own, so it imports nothing of this repository::

    wine python.exe pywin32_bridge.py
"""

import json
import sys
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pywintypes
import win32print

_Value = TypeVar("_Value")

_handles: dict[str, Any] = {}


def _text(word: str) -> str | None:
    return None if word == "-" else bytes.fromhex(word).decode()


def _plain(printer: dict[str, Any]) -> dict[str, Any]:
    """PRINTER_INFO_2 without device mode and security descriptor, objects that no line can carry."""
    return {name: value for name, value in printer.items() if isinstance(value, int | str | None)}


def _open(name: str) -> int:
    number = len(_handles) + 1
    _handles[str(number)] = win32print.OpenPrinter(_text(name))
    return number


def _get(handle: str) -> dict[str, Any]:
    return _plain(win32print.GetPrinter(_handles[handle], 2))


def _list(flags: str, name: str) -> list[dict[str, Any]]:
    return [_plain(row) for row in win32print.EnumPrinters(int(flags), _text(name), 2)]


def _start(handle: str, *info: str) -> int:
    title, output, kind = map(_text, info)
    job: int = win32print.StartDocPrinter(_handles[handle], 1, (title, output, kind))
    return job


def _write(handle: str, data: str) -> int:
    taken: int = win32print.WritePrinter(_handles[handle], bytes.fromhex(data.strip("-")))
    return taken


def _on_handle(function: Callable[[Any], _Value]) -> Callable[[str], _Value]:
    return lambda handle: function(_handles[handle])


_CALLS: dict[str, Callable[..., Any]] = {
    "OpenPrinter": _open,
    "ClosePrinter": _on_handle(win32print.ClosePrinter),
    "GetPrinter": _get,
    "EnumPrinters": _list,
    "StartDocPrinter": _start,
    "EndDocPrinter": _on_handle(win32print.EndDocPrinter),
    "AbortPrinter": _on_handle(win32print.AbortPrinter),
    "StartPagePrinter": _on_handle(win32print.StartPagePrinter),
    "EndPagePrinter": _on_handle(win32print.EndPagePrinter),
    "WritePrinter": _write,
}


def answer(words: Sequence[str]) -> dict[str, Any]:
    """Make the call that a line asks for; gives what is answered."""
    try:
        return {"value": _CALLS[words[0]](*words[1:])}
    except pywintypes.error as error:
        return {"error": [error.winerror, error.funcname, error.strerror]}
    except Exception as error:  # noqa: BLE001 - the edge of the program: whatever pywin32 raises must reach the test
        return {"refused": f"{' '.join(words[:2])}: {error!r}"}


def main() -> None:
    """Answer line by line until there are no more."""
    for line in iter(sys.stdin.buffer.readline, b""):
        sys.stdout.buffer.write(json.dumps(answer(line.decode().split())).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
