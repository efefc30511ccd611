"""Runs in the built program before anything else: libraries that packages look for by name are its own.

The system's search (ldconfig, then a compiler) knows nothing of the program's folder, and takes long.
"""

import ctypes.util
import sys
from pathlib import Path

_search_system = ctypes.util.find_library


def _find_library(name: str) -> str | None:
    """Return the path of a library that lies in the program's folder, else what the system knows."""
    folder = Path(getattr(sys, "_MEIPASS", ""))
    bundled = next(iter(sorted(folder.glob(f"lib{name}.so*"))), None)
    return str(bundled) if bundled else _search_system(name)


if sys.platform.startswith("linux"):
    ctypes.util.find_library = _find_library
