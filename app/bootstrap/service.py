"""`maxloyalty service`: the loyalty service as a program, also as the one that a till owns."""

import json
import signal
import sys
import threading
from typing import Final, NoReturn

from app.kernel.clock import SystemClock
from app.kernel.ids import SystemIds
from app.kernel.log import set_up_logging
from app.service import serving
from app.service.operation.environment import read_listening, read_settings
from app.service.operation.logs import set_up_logs
from app.service.settings import embedded_url, home_folder
from app.service.tills.own import prepare_own

#: Longer than an orderly end takes.
_ASK_AGAIN_S: Final = 20.0


def run_service(
    *, host: str | None, port: int | None, url: str | None, workers: int | None, own: bool
) -> int:
    """Serve until SIGTERM; return the exit status.

    Args:
        host: Address to listen on; None leaves it to the environment, as with the others.
        port: Port to listen on; 0 takes a free one.
        url: Database; None for the one in the environment, or the embedded one.
        workers: Number of processes.
        own: A till started this for itself: read a line with its last key, print its
            key first, and end when the till ends.
    """
    if not own:
        settings = read_settings(url or "")
        set_up_logs(settings.log_level, settings.log_format)
    else:
        set_up_logging(home_folder() / "logs", "service")
        url = url or embedded_url()
        clock = SystemClock()
        asked = json.loads(sys.stdin.readline())
        # The till may be closed while its service is still starting.
        threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
        key = prepare_own(url, clock, SystemIds(clock), asked["apiKey"])
        sys.stdout.write(json.dumps(key) + "\n")
        sys.stdout.flush()
    told = read_listening()
    return serving.run_service(
        told.host if host is None else host,
        told.port if port is None else port,
        url,
        told.workers if workers is None else workers,
    )


def _end_with_parent() -> NoReturn:
    """Wait until the till's end of the pipe is closed, however the till ended."""
    sys.stdin.read()
    while True:
        signal.raise_signal(signal.SIGTERM)
        # Between two handlers the server may have missed it.
        threading.Event().wait(_ASK_AGAIN_S)
