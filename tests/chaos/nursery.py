"""Gives birth to cashiers: everything is imported once, then each is a fork that lives in no time.

    python -m tests.chaos.nursery

Reads an order for a cashier (see `tests.chaos.cashier`), one JSON line; says `{"born": pid}`, then
whatever the cashier says, then `{"died": pid, "status": n}`. One at a time; ends with its input.
"""

import json
import logging
import os
import sys
import threading
import traceback

# Loaded once for all cashiers.
import app.bootstrap.link  # noqa: F401 - only to have it loaded
import drivers.printers.receipt
import drivers.terminals.marks
import drivers.terminals.zvt.driver
import drivers.terminals.zvt.link
import drivers.transport.tcp  # noqa: F401 - only to have it loaded
from tests.chaos import cashier


def main() -> None:
    """Serve until the input ends."""
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr)
    assert threading.active_count() == 1, "only a process of one thread can be forked safely"
    for line in iter(sys.stdin.readline, ""):
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            _live(order)
        cashier.say(born=child)
        _, status = os.waitpid(child, 0)
        cashier.say(died=child, status=status)


def _live(order: dict[str, object]) -> None:
    """Be a cashier, and never return into the loop of births."""
    status = 1
    try:
        cashier.run(order)
        status = 0
    except BaseException:  # noqa: BLE001 - the edge of the process: told, then it ends
        traceback.print_exc()
        cashier.say(crashed=traceback.format_exc(limit=-6))
    finally:
        os._exit(status)


if __name__ == "__main__":
    main()
