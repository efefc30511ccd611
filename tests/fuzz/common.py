"""What every atheris harness shares, and how they are run.

A harness is `tests/fuzz/fuzz_<parser>.py`. It names one function of bytes that must end in a value or
in a `DriverError`, and hands it to `run`::

    python -m tests.fuzz.fuzz_zvt -runs=100000
    python -m tests.fuzz.fuzz_zvt -max_total_time=60 corpus/zvt     (keeps what it found)

Everything behind the module's name goes to libFuzzer: `-runs`, `-seed`, `-max_len`, folders of a
corpus, or one file to play a crash again. The exit code is 0 when nothing was found. atheris is there
on Linux only; elsewhere the properties of hypothesis in `tests/drivers` stand for it.

An endless loop is found by libFuzzer's own `-timeout` (here 300 s, for a busy machine may stand still for
a minute) and memory by `-rss_limit_mb`. What was found is written to the system's folder for temporary
files, as its message says.
"""

import contextlib
import logging
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from drivers.api.errors import DriverBug, DriverError, ProtocolError, WrongCallOrder

try:
    import atheris
except ImportError:  # Windows and macOS have no wheels
    atheris = None

Target = Callable[[bytes], object]

LIMITS = (
    "-timeout=300",
    "-rss_limit_mb=2048",
    "-max_len=4096",
    f"-artifact_prefix={gettempdir()}/",
)
#: Errors that a parser may end in: the documented tree, but for faults of our own.
_FAULTS_OF_OURS = (WrongCallOrder,)


def documented(target: Target) -> Target:
    """Let the documented errors of the drivers pass; everything else is a finding.

    A plain `DriverBug` and `WrongCallOrder` are findings too: bytes must never bring them about.
    """

    def guarded(data: bytes) -> object:
        try:
            return target(data)
        except ProtocolError:
            return None
        except _FAULTS_OF_OURS:
            raise
        except DriverError as error:
            if type(error) is DriverBug:
                raise
            return None

    return guarded


def run(target: Target, seeds: Iterable[bytes], *, instrument: Iterable[str] = ()) -> None:
    """Fuzz `target` until libFuzzer's limits end it; never returns.

    Args:
        target: takes any bytes, ends in a value or a documented error.
        seeds: good and nearly good examples to begin with.
        instrument: modules whose branches guide the fuzzer, e.g. ('drivers.terminals.zvt.codec',).
    """
    if atheris is None:
        sys.stderr.write("atheris is not installed here; the hypothesis properties still hold\n")
        raise SystemExit(2)
    logging.disable(logging.CRITICAL)
    for name in instrument:
        _instrument(name)
    guarded = documented(target)
    with TemporaryDirectory(prefix="fuzz-seeds-") as folder:
        for number, seed in enumerate(seeds):
            (Path(folder) / f"{number:03d}").write_bytes(seed)
        # A corpus of the caller's comes first: libFuzzer writes what it finds to the first folder.
        atheris.Setup([sys.argv[0], *LIMITS, *sys.argv[1:], *_folder(folder)], guarded)
        atheris.Fuzz()


def _folder(folder: str) -> tuple[str, ...]:
    """Give the seeds, unless a crash file is played again: then libFuzzer takes files only."""
    given = [Path(word) for word in sys.argv[1:] if not word.startswith("-")]
    return () if any(path.is_file() for path in given) else (folder,)


def _instrument(name: str) -> None:
    """Count the branches of a module's functions and methods."""
    module = sys.modules.get(name)
    for thing in list(vars(module).values()) if module else []:
        if getattr(thing, "__module__", None) != name:
            continue
        if isinstance(thing, type):
            for method in list(vars(thing).values()):
                if callable(method) and hasattr(method, "__code__"):
                    with contextlib.suppress(Exception):  # generated methods have no source
                        atheris.instrument_func(method)
        elif hasattr(thing, "__code__"):
            with contextlib.suppress(Exception):
                atheris.instrument_func(thing)
