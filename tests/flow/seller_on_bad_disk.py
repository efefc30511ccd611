"""Sells for cash on a disk that is full or fails, and tells what was acknowledged and what was said.

    python -m tests.flow.seller_on_bad_disk FOLDER COUNT

Prints one JSON line a sale: `{"sold": id}` or `{"refused": code, "ru": ..., "en": ..., "lines": n}`.
"""

import json
import os
import sys
from pathlib import Path

from app.kernel.clock import SystemClock
from app.kernel.errors import AppError
from app.kernel.ids import SystemIds
from tests.till.bench import CAKE, COFFEE, Bench


def main(folder: Path, count: int) -> None:
    """Sell so many times; a refused sale is tried again by the next round."""
    bench = Bench(folder)
    bench.close()
    bench.ids = SystemIds(SystemClock())  # those of the bench begin anew with each process
    bench.start()
    till = bench.till
    till.recover()
    bench.sign_in()
    if till.shift.current is None:
        till.shift.open(1_000_00)
    say(ready=True)
    for _ in range(count):
        try:
            if till.desk.order.cart.is_empty:
                till.sale.tap(COFFEE)
                till.sale.tap(CAKE)
            done = till.checkout.pay_exact_cash().done
            assert done is not None
            say(sold=done.sale.sale_id)
            till.checkout.dismiss()
        except AppError as error:
            lines = len(till.desk.order.cart.lines)
            say(refused=error.code, ru=error.ru, en=error.en, lines=lines)


def say(**fact: object) -> None:
    """Tell a fact at once."""
    os.write(1, json.dumps(fact).encode() + b"\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
    os._exit(0)  # as a till that is killed: the end tidies nothing up
