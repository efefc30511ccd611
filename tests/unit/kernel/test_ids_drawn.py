"""Ids are never drawn twice: not by threads at once, nor by a process that was split in two."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.kernel.clock import ManualClock, SystemClock
from app.kernel.ids import SystemIds

SHAPE = set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_threads_draw_different_ids() -> None:
    ids = SystemIds(ManualClock())  # one moment: only chance tells them apart
    with ThreadPoolExecutor(8) as pool:
        drawn = [
            one
            for many in pool.map(lambda _: [ids.new() for _ in range(500)], range(16))
            for one in many
        ]
    assert len(set(drawn)) == len(drawn)
    assert all(len(one) == 26 and set(one) <= SHAPE for one in drawn)


def test_ids_sort_by_time() -> None:
    ids = SystemIds(SystemClock())
    first = ids.new()
    while ids.new()[:10] == first[:10]:
        pass  # within a millisecond they sort by chance
    assert ids.new() > first


@pytest.mark.skipif(sys.platform == "win32", reason="Windows splits no process")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_process_split_in_two_draws_different_ids() -> None:
    ids = SystemIds(ManualClock())
    ids.new()  # some are drawn ahead now
    back, forth = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(forth, "".join(ids.new() for _ in range(100)).encode())
        os._exit(0)
    os.close(forth)
    with os.fdopen(back) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    theirs = {text[at : at + 26] for at in range(0, len(text), 26)}
    assert len(theirs) == 100
    assert not theirs & {ids.new() for _ in range(100)}
