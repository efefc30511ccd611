"""`maxloyalty service`: the loyalty service as a program, also as the one that a till owns."""

import json
import signal
import sys
import threading
from typing import Final, NoReturn

from app.kernel.clock import SystemClock
from app.kernel.ids import SystemIds
from app.kernel.log import set_up_logging
from app.service import commands
from app.service.settings import embedded_url, home_folder
from app.service.tills.own import prepare_own

#: Longer than an orderly end takes.
_ASK_AGAIN_S: Final = 20.0


def run_service(*, host: str, port: int, url: str | None, workers: int, own: bool) -> int:
    """Serve until SIGTERM; return the exit status.

    Args:
        host: Address to listen on.
        port: Port to listen on; 0 takes a free one.
        url: Database; None for the embedded one.
        workers: Number of processes.
        own: A till started this for itself: read a line with its last key, print its
            key first, and end when the till ends.
    """
    set_up_logging(home_folder() / "logs", "service")
    if own:
        clock = SystemClock()
        asked = json.loads(sys.stdin.readline())
        # The till may be closed while its service is still starting.
        threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
        key = prepare_own(url or embedded_url(), clock, SystemIds(clock), asked["apiKey"])
        sys.stdout.write(json.dumps(key) + "\n")
        sys.stdout.flush()
    return commands.run_service(host, port, url, workers)


def _end_with_parent() -> NoReturn:
    """Wait until the till's end of the pipe is closed, however the till ended."""
    sys.stdin.read()
    while True:
        signal.raise_signal(signal.SIGTERM)
        # Between two handlers the server may have missed it.
        threading.Event().wait(_ASK_AGAIN_S)
