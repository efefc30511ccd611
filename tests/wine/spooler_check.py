"""Checks the spooler transport on a Windows spooler under Wine and says what was shown.

Call it so::

    python -m tests.wine.spooler_check

Needs Debian's wine, gcc-mingw-w64-x86-64 and cups; says which are missing and installs nothing. Takes about 20 s and 700 MB
in the folder for temporary files, which it gives back. Ends with 0 when every promise was shown or is a known limit of
Wine, with 1 when one is broken, with 2 when something is missing.
"""

import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.wine.spooler_bench import list_missing_packages
from tests.wine.spooler_promises import (
    LIMITS,
    NEVER_SHOWN,
    PROMISES,
    Stage,
    WineCannot,
    spooler_stage,
)


def main() -> int:
    """Run all promises; gives the exit code."""
    if missing := list_missing_packages():
        print(f"Missing Debian packages: {' '.join(missing)}")  # noqa: T201 - a command
        print(f"Install them with: apt-get install {' '.join(missing)}")  # noqa: T201 - a command
        return 2
    with tempfile.TemporaryDirectory() as folder, spooler_stage(Path(folder)) as stage:
        print(stage.bench.version())  # noqa: T201 - a command
        results = [_show(promise, stage) for promise in PROMISES]
    print("Never shown here:", *NEVER_SHOWN, sep="\n    ")  # noqa: T201 - a command
    return 0 if all(results) else 1


def _show(promise: Callable[[Stage], str], stage: Stage) -> bool:
    """Try one promise and say how it went; False when it is broken."""
    name = promise.__name__
    title = name.replace("_", " ")
    try:
        print(f"shown   {title}: {promise(stage)}")  # noqa: T201 - a command
    except WineCannot as limit:
        print(f"limit   {title}: {limit}")  # noqa: T201 - a command
        return name in LIMITS
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - the edge of the command: the others are tried all the same
        print(f"BROKEN  {title}\n{traceback.format_exc()}")  # noqa: T201 - a command
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
