"""What a serving process asks of the interpreter once its modules are loaded."""

import ctypes
import gc
import sys
from typing import Final

_SWITCH_S: Final = 0.001
# From glibc's malloc.h: how many pools of memory threads may have between them.
_M_ARENA_MAX: Final = -8
_ARENAS: Final = 2
_GARBAGE: Final = (3_000, 10, 20)


def settle_process() -> None:
    """Prepare to serve; called once, when everything is loaded and before the first request.

    What is loaded stays, so the collector need not look at it again: that would stop all requests for
    a tenth of a second. Threads that have a moment's work (a commit) get their turn within a
    millisecond instead of five. And a thread that has used memory gives it back to the others.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_GARBAGE)
    sys.setswitchinterval(_SWITCH_S)
    if sys.platform.startswith("linux"):
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
        if mallopt is not None:
            mallopt(_M_ARENA_MAX, _ARENAS)
