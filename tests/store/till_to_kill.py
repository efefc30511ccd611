"""A till that sells as fast as it can, killed and started again at random moments.

    python -m tests.store.till_to_kill FOLDER KILLS SEED

Prints the number of each sale that was acknowledged before the process that made it died. The
tills are forked from one process, so that dozens of deaths take seconds.
"""

import os
import signal
import sys
import time
from pathlib import Path

from app.kernel.clock import SystemClock
from app.kernel.ids import SaleId, SeededIds
from app.store.engine import Store
from tests.store.store_makers import make_draft, make_operation, make_sale


def sell(folder: Path, output: int) -> None:
    """Sell until killed; number the sales on from what the store holds."""
    store = Store.open(folder, SystemClock())
    with store.reader() as uow:
        last = uow.sales.find_last()
    number = last.number if last else 0
    while True:
        number += 1
        with store.unit(durable=False) as uow:
            uow.drafts.save(make_draft(number))
            uow.commit()
        with store.unit() as uow:
            uow.sales.add(make_sale(number))
            uow.outbox.add(make_operation(number))
            uow.drafts.remove(SaleId(f"sale-{number}"))
            uow.commit()
        os.write(output, b"%d\n" % number)
        if number % 20 == 0:
            store.tidy()
            store.trim_journal()


def kill_one(folder: Path, seconds: float) -> bytes:
    """Start a till, kill it after a while, return what it acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        sell(folder, writing)
    os.close(writing)
    time.sleep(seconds)  # noqa: TID251 - a real process dies at a real moment
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as pipe:
        return pipe.read()


def main(folder: Path, kills: int, seed: int) -> None:
    """Kill as often as asked."""
    moments = SeededIds(seed)
    for _ in range(kills):
        sys.stdout.buffer.write(kill_one(folder, moments.below(100) / 1000))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
