"""A Windows spooler on this machine: Wine, with a print server of its own whose queues end at 127.0.0.1.

Everything lives in one temporary folder and ends with it: the Windows installation, the bridge program compiled from its
source, CUPS with its own configuration and socket. Nothing of the machine's own Wine or CUPS is touched. Wine lists the
queues of CUPS as Windows printers and hands their jobs to them.

With a Python for Windows (see ``spooler_check``) the calls are made by pywin32 in it, and the product itself can be run in it.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.wine.win32print_bridge import Win32PrintBridge

SOURCE = Path(__file__).parent / "winspool_bridge.c"
SCRIPT = Path(__file__).parent / "pywin32_bridge.py"
REPOSITORY = Path(__file__).parents[2]
COMPILER = "x86_64-w64-mingw32-gcc"
PRINTERS_KEY = r"HKLM\System\CurrentControlSet\Control\Print\Printers"
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_NEEDS = (
    # What is looked for, then the Debian package that brings it.
    ("wine", "wine"),
    ("wineserver", "wine"),
    ("cupsd", "cups"),
    ("lpadmin", "cups"),
    ("/usr/lib/cups/backend/socket", "cups"),
)
_NEEDS_COMPILER = (COMPILER, "gcc-mingw-w64-x86-64")
# The modules are those that the transport and the printers import and that come from elsewhere.
_PYTHON_CHECK = """\
import importlib.metadata, platform
import escpos, serial, typing_extensions, win32print
print("pywin32", importlib.metadata.version("pywin32"), "in Python", platform.python_version())
"""
_WAIT_S = 60.0
_INSTALL_S = 60.0

_SERVER_FILES = """\
ServerRoot {folder}/root
RequestRoot {folder}/spool
StateDir {folder}/state
CacheDir {folder}/cache
TempDir {folder}/temp
AccessLog {folder}/access.log
ErrorLog {folder}/error.log
PageLog {folder}/page.log
SyncOnClose No
"""
_SERVER_RULES = """\
Listen {folder}/cups.sock
LogLevel info
Browsing No
WebInterface No
DefaultAuthType None
ErrorPolicy retry-job
JobRetryInterval 1
PreserveJobHistory Yes
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  JobPrivateAccess all
  JobPrivateValues none
  SubscriptionPrivateAccess all
  SubscriptionPrivateValues none
  <Limit All>
    Order allow,deny
    Allow all
  </Limit>
</Policy>
"""


def find_tool(name: str) -> str | None:
    """Path of a program; an ordinary user's PATH has no sbin."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:{_SYSTEM_PATH}")


def list_missing_packages(windows_python: Path | None = None) -> list[str]:
    """Debian packages without which there is no bench; empty when all is there."""
    needs = _NEEDS if windows_python is not None else (*_NEEDS, _NEEDS_COMPILER)
    return sorted({package for tool, package in needs if find_tool(tool) is None})


def to_windows(path: Path) -> str:
    """A path of this machine as Windows programs under Wine spell it."""
    return "Z:" + str(path.absolute()).replace("/", "\\")


class PythonLacks(Exception):  # noqa: N818 - reads as a fact
    """The Python for Windows does not start or has not the packages that are needed."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program of Windows ended.

    Attributes:
        code: its exit code.
        said: what it wrote.
        complained: what it wrote to its error output, with Wine's own words.
    """

    code: int
    said: str
    complained: str


class SpoolerBench:
    """Wine with printers. Order of calls: ``start -> add_queue* -> connect -> anything -> stop``.

    Args:
        windows_python: folder with a ``python.exe`` that has pywin32; None makes the calls without it.

    Attributes:
        api: win32print, from ``connect`` on.
    """

    api: Win32PrintBridge

    def __init__(self, windows_python: Path | None = None) -> None:
        self._windows_python = windows_python
        self._stack = contextlib.ExitStack()
        self._folder = Path()
        self._caller = "a program in C"
        self._environment: dict[str, str] = {}

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Make the folder, the Windows installation and the program; start the print server."""
        self._folder = Path(
            self._stack.enter_context(tempfile.TemporaryDirectory(prefix="spooler-"))
        )
        self._folder.chmod(0o755)  # the print server reads its jobs as another user
        self._environment = {
            "PATH": f"{os.environ.get('PATH', '')}:{_SYSTEM_PATH}",
            "HOME": str(self._folder),
            "TMPDIR": str(self._folder / "temp"),
            "LANG": "C.UTF-8",  # names of queues are Unicode
            "DISPLAY": "",
            "WINEPREFIX": str(self._folder / "windows"),
            "WINEDEBUG": "-all",
            "WINEDLLOVERRIDES": "winemenubuilder.exe=d;mscoree=d;mshtml=d;winedbg.exe=d",
            "CUPS_SERVER": str(self._folder / "cups.sock"),
            "PYTHONPATH": to_windows(REPOSITORY),
            "PYTHONUTF8": "1",
            "PYTHONDONTWRITEBYTECODE": "1",  # the repository is read only
        }
        for name in ("root", "spool", "state", "cache", "temp"):
            (self._folder / name).mkdir()
        (self._folder / "temp").chmod(0o1777)
        if self._windows_python is None:
            self._compile()
        self._start_print_server()
        self._stack.callback(self._end_windows)
        self._run("wine", "wineboot", "--init")

    def stop(self) -> None:
        """End everything and remove the folder."""
        self._stack.close()

    def add_queue(self, name: str, port: int) -> None:
        """A queue that passes every byte to a TCP port of this machine."""
        # As an endless stream of bytes: no questions for supplies, no waiting for the printer's last word.
        device = f"socket://127.0.0.1:{port}/?snmp=false&waiteof=false"
        self._run("lpadmin", "-p", name, "-E", "-v", device, "-m", "raw")

    def connect(self) -> Win32PrintBridge:
        """Start the bridge: Windows sees the queues there are now.

        Raises:
            PythonLacks: the Python for Windows has not what it needs.
        """
        command = [str(self._folder / "winspool_bridge.exe")]
        if self._windows_python is not None:
            # Before the bridge starts: of two Pythons starting at once under Wine 8 one was seen to hang.
            self._caller = self._check_python()
            command = [self._python_exe(), to_windows(SCRIPT)]
        self.api = Win32PrintBridge((find_tool("wine") or "wine", *command), self._environment)
        self._stack.callback(self.api.stop)
        return self.api

    def run_python(self, *arguments: str) -> Ended:
        """Run the Python for Windows with this repository importable, as ``python ARGUMENTS``."""
        return self._try("wine", self._python_exe(), *arguments)

    @contextlib.contextmanager
    def stopped_queue(self, name: str) -> Iterator[None]:
        """A queue that takes jobs and keeps them; Windows is not told."""
        with self._between("cupsdisable", "cupsenable", name):
            yield

    @contextlib.contextmanager
    def rejecting_queue(self, name: str) -> Iterator[None]:
        """A queue that takes no jobs; Windows is not told."""
        with self._between("cupsreject", "cupsaccept", name):
            yield

    def remove_queue(self, name: str) -> None:
        """Delete a queue; Windows is not told."""
        self._run("lpadmin", "-x", name)

    def jobs(self, name: str, which: str = "all") -> int:
        """How many jobs a queue has: ``all`` ever taken, or those ``not-completed``."""
        # The list spells names as addresses do, and cannot be asked for such a name.
        begin = f"{urllib.parse.quote(name)}-"
        lines = self._run("lpstat", "-W", which, "-o").splitlines()
        return sum(line.startswith(begin) for line in lines)

    def wait_until_empty(self, name: str) -> None:
        """Wait until a queue has passed on everything it took."""
        until = time.monotonic() + _WAIT_S
        while self.jobs(name, "not-completed"):
            assert time.monotonic() < until, f"{name}: jobs are left"
            time.sleep(0.05)  # noqa: TID251 - another process works meanwhile

    def set_registry(self, name: str, value: str, number: int) -> None:
        """What Windows keeps of a printer: ``Attributes`` (work off line) or ``Status`` (paused)."""
        words = ("/v", value, "/t", "REG_DWORD", "/d", str(number), "/f")
        self._run("wine", "reg", "add", rf"{PRINTERS_KEY}\{name}", *words)

    def version(self) -> str:
        """Which Wine this is, and who makes the calls; after ``connect``."""
        return f"{self._run('wine', '--version').strip()}, calls by {self._caller}"

    @contextlib.contextmanager
    def _between(self, before: str, after: str, name: str) -> Iterator[None]:
        self._run(before, name)
        try:
            yield
        finally:
            self._run(after, name)

    def _compile(self) -> None:
        program = self._folder / "winspool_bridge.exe"
        strict = ("-O1", "-Wall", "-Wextra", "-Werror")
        self._run(COMPILER, *strict, "-o", str(program), str(SOURCE), "-lwinspool")

    def _start_print_server(self) -> None:
        files, rules = self._folder / "cups-files.conf", self._folder / "cupsd.conf"
        files.write_text(_SERVER_FILES.format(folder=self._folder), encoding="utf-8")
        rules.write_text(_SERVER_RULES.format(folder=self._folder), encoding="utf-8")
        # A copy, for AppArmor lets the installed one read the system's configuration only.
        copied = shutil.copy(find_tool("cupsd") or "cupsd", self._folder / "cupsd")
        server = subprocess.Popen(
            [copied, "-f", "-c", str(rules), "-s", str(files)],
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._stack.callback(_end, server)
        self._wait_for_socket(server)

    def _wait_for_socket(self, server: subprocess.Popen[bytes]) -> None:
        until = time.monotonic() + _WAIT_S
        while True:
            with socket.socket(socket.AF_UNIX) as probe, contextlib.suppress(OSError):
                probe.connect(self._environment["CUPS_SERVER"])
                return
            assert server.poll() is None, "the print server ended at once"
            assert time.monotonic() < until, "the print server does not answer"
            time.sleep(0.05)  # noqa: TID251 - another process works meanwhile

    def _end_windows(self) -> None:
        for option in ("-k", "-w"):
            with contextlib.suppress(AssertionError, subprocess.TimeoutExpired):
                self._run("wineserver", option)

    def _check_python(self) -> str:
        """Versions of the Python for Windows and of pywin32 in words."""
        ended = self.run_python("-c", _PYTHON_CHECK)
        if ended.code != 0:
            last = (ended.complained.strip().splitlines() or ["it does not start"])[-1]
            raise PythonLacks(f"{self._python_exe()}: {last}")
        return ended.said.strip()

    def _python_exe(self) -> str:
        assert self._windows_python is not None, "this bench has no Python for Windows"
        return str(self._windows_python.absolute() / "python.exe")

    def _run(self, tool: str, *arguments: str) -> str:
        """Run a program of the system with the bench's environment; gives what it says."""
        ended = self._try(tool, *arguments)
        assert ended.code == 0, f"{tool}: {ended.said}{ended.complained}"
        return ended.said

    def _try(self, tool: str, *arguments: str) -> Ended:
        done = subprocess.run(
            [find_tool(tool) or tool, *arguments],
            env=self._environment,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_INSTALL_S,
            check=False,
        )
        said, complained = (
            data.decode("utf-8", "replace").replace("\r\n", "\n")
            for data in (done.stdout, done.stderr)
        )
        return Ended(done.returncode, said, complained)


def _end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
