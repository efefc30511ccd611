"""One run of the pad's program: old files away, start, wait, read `e` and `p`. Source: [Clients]."""

import contextlib
import time
from collections.abc import Callable
from pathlib import Path

from drivers.api.errors import (
    AccessDenied,
    ConfigurationError,
    DeviceBusy,
    OutcomeUnknown,
    ProtocolError,
    Timeout,
)
from drivers.terminals.program import Finished, ProgramRunner, check_program
from drivers.terminals.sberbank import codes
from drivers.terminals.sberbank.files import FILE_MAX, ResultFile, Slip, parse_result, parse_slip
from drivers.terminals.sberbank.options import SberbankOptions

RESULT_FILE, SLIP_FILE = "e", "p"
#: The program looks for this file while it waits for a card and then gives up [UPOS].
ABORT_FILE = "POLLING.OFF"
_EXIT_BITS = 0xFF  # all that a program can tell by its exit code on Linux


class Pilot:
    """Runs the program. On the device's thread, but for `abort`.

    Args:
        program: path of `sb_pilot` or `loadparm.exe`.
        options: settings.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        program: str,
        options: SberbankOptions,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not Path(program).is_absolute():
            # It works in a folder of its own, and a till's folder may hold an `e` of somebody else.
            raise ConfigurationError(f"{program}: the whole path of the program is needed")
        self._program = program
        self._options = options
        self._folder = Path(options.folder) if options.folder else Path(program).parent
        self._runner = ProgramRunner(clock=clock)
        self._abort_asked = False
        self._is_asking = False

    def check(self) -> None:
        """See that the program is there; `NotConnected` or `AccessDenied` if not."""
        check_program(self._program)

    def ask(self, *arguments: str) -> tuple[ResultFile, Slip]:
        """Run an operation that moves nothing; its failures are plain errors.

        A question may be answered by the slip alone: old versions write no `e` for a copy.
        """
        self._is_asking = True
        try:
            finished = self._run(arguments, self._options.ask_limit_s)
        finally:
            self._is_asking = False
        if finished.exit_code is None:
            raise Timeout(f"{self._program} {arguments[0]}: no end in time")
        slip_data = self._content(SLIP_FILE)
        if finished.exit_code == codes.OK and slip_data and self._content(RESULT_FILE) is None:
            return ResultFile(codes.OK), parse_slip(slip_data, self._options.encoding)
        return self._read(finished)

    def do(self, *arguments: str) -> tuple[ResultFile, Slip]:
        """Run an operation that moves money.

        Raises:
            OutcomeUnknown: it was started, and nobody knows how it ended. Every other error says
                that it was not started.
        """
        finished = self._run(arguments, self._options.operation_limit_s)
        what = f"operation {arguments[0]}"
        if finished.exit_code is None:
            raise OutcomeUnknown(f"{what}: the program has not ended in time", reason=Timeout())
        try:
            return self._read(finished)
        except (ProtocolError, AccessDenied) as error:
            raise OutcomeUnknown(f"{what}: {error.detail}") from error

    def abort(self) -> None:
        """Ask the program to give up waiting for a card; asked twice it is ended by force.

        A question is not aborted: it ends soon, and nothing depends on it.
        """
        if self._is_asking or not self._runner.is_running:
            return
        if self._abort_asked:
            self._runner.kill()
            return
        self._abort_asked = True
        with contextlib.suppress(OSError):
            (self._folder / ABORT_FILE).write_text("abort", encoding="ascii")

    def _run(self, arguments: tuple[str, ...], limit_s: float) -> Finished:
        self.check()
        if self._runner.is_running:
            raise DeviceBusy("the operation before has not ended")
        self._clear_files()
        self._abort_asked = False
        return self._runner.run((self._program, *arguments), folder=self._folder, timeout_s=limit_s)

    def _clear_files(self) -> None:
        """Take away what an earlier operation left: its result must not be read for this one."""
        for name in (RESULT_FILE, SLIP_FILE, ABORT_FILE):
            try:
                (self._folder / name).unlink(missing_ok=True)
            except OSError as error:
                raise AccessDenied(f"{self._folder / name}: {error}") from error

    def _read(self, finished: Finished) -> tuple[ResultFile, Slip]:
        """Read both files and hold the result against the program's exit code.

        Raises:
            ProtocolError: there is no result, or the two contradict each other.
        """
        code = finished.exit_code
        assert code is not None
        slip_data = self._content(SLIP_FILE)
        slip = parse_slip(slip_data or b"", self._options.encoding)
        data = self._content(RESULT_FILE)
        if data is None:
            # A refusal may come without files; a slip without a result is an accident.
            if code != codes.OK and slip_data is None and codes.is_known(code):
                return ResultFile(code), slip
            raise ProtocolError(f"no result file, exit code {code}")
        result = parse_result(data, self._options.encoding)
        if code not in (result.code, result.code & _EXIT_BITS):
            raise ProtocolError(f"result {result.code} but exit code {code}")
        return result, slip

    def _content(self, name: str) -> bytes | None:
        path = self._folder / name
        try:
            with path.open("rb") as file:
                return file.read(FILE_MAX)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise AccessDenied(f"{path}: {error}") from error
