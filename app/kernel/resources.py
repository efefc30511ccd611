"""Where the data files of the program are, in the source tree and in the frozen program.

PyInstaller unpacks data below `sys._MEIPASS`; in the source tree `resources` stands beside `app`.
Only the path is worked out here, reading is left to the caller.
"""

import sys
from functools import cache
from pathlib import Path


@cache
def resources_root() -> Path:
    """Return the folder that holds icons, fonts, sounds and the other data files."""
    frozen: str | None = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Path(frozen) / "resources"
    return Path(__file__).resolve().parents[2] / "resources"


def resource_path(*parts: str) -> Path:
    """Return the path of one data file, for example `resource_path("icons", "star.svg")`.

    Raises:
        FileNotFoundError: The program was built or copied without it.
    """
    path = resources_root().joinpath(*parts)
    if not path.exists():
        raise FileNotFoundError(f"the program's data file is missing: {'/'.join(parts)}")
    return path
