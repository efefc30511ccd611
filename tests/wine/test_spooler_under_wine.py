"""The spooler transport on a Windows spooler under Wine; skipped where Wine, its compiler or CUPS is missing.

One test, for one Windows installation (some seconds, 700 MB while it runs) serves all promises. A second time with pywin32
itself where MAXLOYALTY_WINDOWS_PYTHON names a Python for Windows, see `spooler_check`.
"""

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.wine.spooler_bench import SCRIPT, Ended, SpoolerBench
from tests.wine.spooler_check import (
    main,
    promises_of,
    python_of_environment,
    tell_what_is_missing,
)
from tests.wine.spooler_promises import LIMITS, WineCannot, spooler_stage
from tests.wine.win32print_bridge import BridgeBroken, SpoolerError, Win32PrintBridge
from tests.wine.windows_promises import WINDOWS_LIMITS


@pytest.mark.slow
@pytest.mark.e2e
@pytest.mark.parametrize("caller", ["program in C", "pywin32"])
def test_spooler_keeps_its_promises_under_wine(
    caller: str, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    windows_python = python_of_environment() if caller == "pywin32" else None
    if caller == "pywin32" and windows_python is None:
        pytest.skip("MAXLOYALTY_WINDOWS_PYTHON names no Python for Windows, see spooler_check")
    if lack := tell_what_is_missing(windows_python):
        pytest.skip(lack)
    limits = set()
    with spooler_stage(tmp_path, windows_python) as stage:
        for promise in promises_of(windows_python):
            with subtests.test(promise.__name__):
                try:
                    assert promise(stage)
                except WineCannot:
                    limits.add(promise.__name__)
    assert limits <= LIMITS | WINDOWS_LIMITS


def test_command_names_what_is_missing_and_installs_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    present = {"wine", "wineserver", "cupsd", "lpadmin"}
    monkeypatch.setattr(
        "tests.wine.spooler_bench.find_tool", lambda name: name if name in present else None
    )
    monkeypatch.delenv("MAXLOYALTY_WINDOWS_PYTHON", raising=False)
    assert main([]) == 2
    assert "apt-get install cups gcc-mingw-w64-x86-64\n" in capsys.readouterr().out
    (tmp_path / "python.exe").touch()
    assert main(["--windows-python", str(tmp_path)]) == 2
    assert "apt-get install cups\n" in capsys.readouterr().out


def test_folder_without_python_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAXLOYALTY_WINDOWS_PYTHON", str(tmp_path))
    assert main([]) == 2
    assert f"No python.exe in {tmp_path}" in capsys.readouterr().out


def test_python_without_pywin32_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def end(_: SpoolerBench, tool: str, *arguments: str) -> Ended:
        assert tool == "wine"
        assert "win32print" in arguments[-1]
        return Ended(1, "", "Traceback ...\nModuleNotFoundError: No module named 'win32print'\n")

    @contextlib.contextmanager
    def stage(_: Path, windows_python: Path | None) -> Iterator[None]:
        SpoolerBench(windows_python).connect()
        yield

    (tmp_path / "python.exe").touch()
    monkeypatch.setattr(SpoolerBench, "_try", end)
    monkeypatch.setattr("tests.wine.spooler_check.spooler_stage", stage)
    monkeypatch.setattr("tests.wine.spooler_check.list_missing_packages", lambda _: [])
    assert main(["--windows-python", str(tmp_path)]) == 2
    told = capsys.readouterr().out
    assert f"{tmp_path}/python.exe: ModuleNotFoundError: No module named 'win32print'" in told


def bridge_to(script: str) -> Win32PrintBridge:
    """The Python side on a shell script that stands in for the program."""
    return Win32PrintBridge(["/bin/sh", "-c", script], {"PATH": "/usr/bin:/bin"})


@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="this system has no sh")
def test_bridge_speaks_by_lines_and_raises_as_pywin32_does() -> None:
    answers = (
        """read call; echo "{\\"value\\": [{\\"pPrinterName\\": \\"$call\\"}]}";"""
        """read call; echo '{"error": [1801, "OpenPrinter", "Invalid printer name."]}';"""
        """read call; echo '{"refused": "no"}'; read call"""
    )
    bridge = bridge_to(answers)
    (row,) = bridge.EnumPrinters(6, None, 2)
    assert row["pPrinterName"] == "EnumPrinters 6 -"
    with pytest.raises(SpoolerError) as caught:
        bridge.OpenPrinter("Касса")
    assert caught.value.args == (1801, "OpenPrinter", "Invalid printer name.")
    assert caught.value.winerror == 1801
    assert bridge.refusals == [(1801, "OpenPrinter")]
    with pytest.raises(BridgeBroken, match="refused"):
        bridge.WritePrinter(1, b"x")
    bridge.stop()
    bridge.stop()


@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="this system has no sh")
def test_program_that_ends_is_no_refusal_of_windows() -> None:
    bridge = bridge_to("read call")
    with pytest.raises(BridgeBroken, match="ended"):
        bridge.OpenPrinter("XP-80")
    bridge.stop()


@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="this system has no sh")
def test_script_makes_the_calls_of_win32print_and_tells_its_errors(tmp_path: Path) -> None:
    """With modules of the test instead of pywin32's: which call gets what."""
    (tmp_path / "pywintypes.py").write_text(
        "class error(Exception):\n"
        "    winerror, funcname, strerror = 1801, 'OpenPrinter', 'Invalid printer name.'\n"
    )
    (tmp_path / "win32print.py").write_text(
        "import pywintypes\n"
        "def OpenPrinter(name):\n"
        "    if name != 'Касса': raise pywintypes.error\n"
        "    return ['handle']\n"
        "def GetPrinter(handle, level): return {'Status': level, 'pDevMode': object()}\n"
        "def EnumPrinters(*call): return [{'call': repr(call)}]\n"
        "def StartDocPrinter(handle, level, info):\n"
        "    return 7 if (level, info) == (1, ('receipt', None, 'RAW')) else 0\n"
        "def WritePrinter(handle, data): return sum(data)\n"
        "def AbortPrinter(handle): raise ValueError(len(handle))\n"
        "ClosePrinter = EndDocPrinter = StartPagePrinter = EndPagePrinter = list.clear\n"
    )
    surroundings = {"PYTHONPATH": str(tmp_path), "PYTHONUTF8": "1"}
    bridge = Win32PrintBridge([sys.executable, str(SCRIPT)], surroundings)
    try:
        with pytest.raises(SpoolerError) as caught:
            bridge.OpenPrinter("Bar")
        assert caught.value.args == (1801, "OpenPrinter", "Invalid printer name.")
        handle = bridge.OpenPrinter("Касса")
        assert bridge.GetPrinter(handle, 2) == {"Status": 2}
        assert bridge.EnumPrinters(6, None, 2) == ({"call": "(6, None, 2)"},)
        assert bridge.StartDocPrinter(handle, 1, ("receipt", None, "RAW")) == 7
        assert [bridge.WritePrinter(handle, data) for data in (b"\x00\xff", b"")] == [255, 0]
        with pytest.raises(BridgeBroken, match=r"ValueError\(1\)"):
            bridge.AbortPrinter(handle)
        bridge.EndDocPrinter(handle)
        bridge.ClosePrinter(handle)
    finally:
        bridge.stop()
