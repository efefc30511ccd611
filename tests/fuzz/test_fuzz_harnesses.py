"""Every harness starts and takes its own seeds, whole, cut and bent, without atheris."""

import runpy
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from drivers.api.errors import DriverBug, PaperOut, ProtocolError, WrongCallOrder
from tests.fuzz import common
from tests.fuzz.common import Target, documented

HARNESSES = sorted(path.stem for path in Path(__file__).parent.glob("fuzz_*.py"))


@pytest.mark.parametrize("name", HARNESSES)
def test_harness_takes_its_seeds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    caught: list[tuple[Target, list[bytes], tuple[str, ...]]] = []

    def catch(target: Target, seeds: Iterable[bytes], *, instrument: Iterable[str] = ()) -> None:
        caught.append((target, list(seeds), tuple(instrument)))

    monkeypatch.setattr(common, "run", catch)
    # Another test may have imported it, and as a program it is to be loaded anew.
    monkeypatch.delitem(sys.modules, f"tests.fuzz.{name}", raising=False)
    runpy.run_module(f"tests.fuzz.{name}", run_name="__main__")
    ((target, seeds, instrument),) = caught
    assert seeds
    assert instrument, "without branches to count the fuzzer is blind"
    take = documented(target)
    for seed in (b"", *seeds):
        take(seed)
        take(seed[: len(seed) // 2])
        take(bytes(255 - byte for byte in seed))


def test_faults_of_ours_are_findings_and_documented_errors_are_not() -> None:
    def failing(error: Exception) -> Target:
        def target(_: bytes) -> None:
            raise error

        return documented(target)

    for error in (ProtocolError("x"), PaperOut()):
        assert failing(error)(b"") is None
    for finding in (WrongCallOrder("x"), DriverBug("x"), ValueError("x")):
        with pytest.raises(type(finding)):
            failing(finding)(b"")
