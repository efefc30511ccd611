"""Gives birth to services: everything is imported once, then each is a fork that starts in no time.

    python -m tests.chaos.service_nursery

Reads `{"database": url}`, one JSON line; says `{"born": pid}`, then what the service says, then
`{"died": pid, "status": n}`. One at a time; ends with its input, and its service with it.
"""

import ctypes
import faulthandler
import gc
import json
import logging
import os
import signal
import sys
import threading
import traceback
from typing import Final

from app.service import serving

_PR_SET_PDEATHSIG: Final = 1


def main() -> None:
    """Serve until the input ends."""
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    assert threading.active_count() == 1, "only a process of one thread can be forked safely"
    # What is here before the births is left alone by those who are born.
    gc.collect()
    gc.freeze()
    for line in iter(sys.stdin.readline, ""):
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _live(order["database"])
        _say(born=child)
        _, status = os.waitpid(child, 0)
        _say(died=child, status=status)


def _live(database: str) -> None:
    """Be a service, as the command line starts it, and never return into the loop of births."""
    status = 1
    # Whoever waits in vain asks what it is doing.
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    try:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        status = serving.run_service("127.0.0.1", 0, database)
    except BaseException:  # noqa: BLE001 - the edge of the process: told, then it ends
        traceback.print_exc()
    finally:
        os._exit(status)


def _say(**word: int) -> None:
    sys.stdout.write(json.dumps(word) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
