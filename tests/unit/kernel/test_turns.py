"""Modules are loaded between the turns of the thread that goes first."""

import importlib
import sys
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from app.kernel.turns import turns

PATIENCE_S = 5.0


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Modules that nothing else knows; this thread goes first."""
    monkeypatch.syspath_prepend(str(tmp_path))
    names = [f"turns_example_{number}" for number in range(3)]
    for name in names:
        (tmp_path / f"{name}.py").write_text("VALUE = 1\n")
    importlib.invalidate_caches()
    turns.begin()
    yield names
    turns.end()
    for name in names:
        sys.modules.pop(name, None)


def load(names: list[str]) -> threading.Thread:
    thread = threading.Thread(target=lambda: [importlib.import_module(name) for name in names])
    thread.start()
    return thread


def test_other_threads_load_one_module_a_turn(
    modules: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.kernel.turns.WAIT_MAX_S", PATIENCE_S)
    thread = load(modules)
    pause = threading.Event()
    for name, following in pairwise([*modules, ""]):
        while name not in sys.modules:
            assert following not in sys.modules
            turns.come_round()
            pause.wait(0.001)
    thread.join(PATIENCE_S)
    assert not thread.is_alive()


def test_first_thread_that_never_comes_round_stops_nobody(modules: list[str]) -> None:
    thread = load(modules)
    thread.join(PATIENCE_S)
    assert set(modules) <= set(sys.modules)


def test_first_thread_does_not_wait_itself(
    modules: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.kernel.turns.WAIT_MAX_S", 3600.0)
    importlib.import_module(modules[0])


def test_nobody_waits_when_the_first_thread_is_in_a_hurry(
    modules: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.kernel.turns.WAIT_MAX_S", 3600.0)
    with turns.hurry():
        load(modules).join(PATIENCE_S)
    assert set(modules) <= set(sys.modules)


def test_when_it_is_over_nobody_waits(modules: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.kernel.turns.WAIT_MAX_S", 3600.0)
    turns.end()
    load(modules).join(PATIENCE_S)
    assert set(modules) <= set(sys.modules)
