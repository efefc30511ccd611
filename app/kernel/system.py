"""Programs of the system that this program starts: a sound player."""

import os
import sys
from collections.abc import Mapping
from typing import Final

_LIBRARIES: Final = "LD_LIBRARY_PATH"
_LIBRARIES_BEFORE: Final = "LD_LIBRARY_PATH_ORIG"


def system_environment(own: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Return the environment for a program of the system.

    The built program is started with its own folder in the search path of libraries (PyInstaller,
    "LD_LIBRARY_PATH"); another program would load our libraries instead of the system's and fail.

    Args:
        own: The environment of this process.
    """
    environment = dict(own)
    if getattr(sys, "frozen", False):
        environment.pop(_LIBRARIES, None)
        before = environment.pop(_LIBRARIES_BEFORE, "")
        if before:
            environment[_LIBRARIES] = before
    return environment
