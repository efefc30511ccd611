"""The road through `libfptr10`, the driver library that the vendor installs (not on PyPI).

Its Python wrapper is loaded from where the vendor's installer puts it, or from the path in the settings.
The library keeps no queue and forgets a task with the process: a task that broke is `LOST`, and the
driver compares document numbers.
"""

import importlib
import importlib.util
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from drivers.api.errors import ConfigurationError, ProtocolError
from drivers.api.waiting import WaitHandler, nobody
from drivers.fiscal.atol.answers import as_object
from drivers.fiscal.atol.errors import error_of, is_doubtful
from drivers.fiscal.atol.road import JsonObject, Outcome, Phase
from drivers.fiscal.exact import dump, load
from drivers.fiscal.tasks import Task

MODULE = "libfptr10"
TCP_PORT = 5555
BAUD = 115200
# Where installers of driver 10 put the wrapper; the settings name any other place.
WRAPPERS = (
    Path(r"C:\Program Files\ATOL\Drivers10\KKT\langs\python\libfptr10.py"),
    Path(r"C:\Program Files (x86)\ATOL\Drivers10\KKT\langs\python\libfptr10.py"),
    Path("/usr/lib/python3/dist-packages/libfptr10.py"),
)


def load_wrapper(path: str = "") -> ModuleType:
    """Import the vendor's wrapper.

    Args:
        path: of `libfptr10.py`; '' looks among the installed modules, then in the usual places.

    Raises:
        ConfigurationError: it is not there, or cannot be loaded.
    """
    if path:
        return _load_file(Path(path))
    try:
        return importlib.import_module(MODULE)
    except ImportError as error:
        for place in WRAPPERS:
            if place.is_file():
                return _load_file(place)
        raise ConfigurationError(
            f"the driver of ATOL is not installed: no module {MODULE} on this computer"
        ) from error
    except OSError as error:
        raise ConfigurationError(f"{MODULE} cannot be loaded: {error}") from error


def _load_file(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(MODULE, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise ConfigurationError(f"the driver of ATOL is not installed: no file {path}")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (ImportError, OSError, SyntaxError) as error:
        raise ConfigurationError(f"{path} cannot be loaded: {error}") from error
    sys.modules.setdefault(MODULE, module)
    return module


class LibraryRoad:
    """`Road` through the library; calls are serialised, its handle is not for parallel use.

    Args:
        address: ``usb``, ``host[:port]``, ``COM3[@baud]`` or ``/dev/...[@baud]``, ``bluetooth:MAC``.
        wrapper: path of `libfptr10.py`, '' for the usual places.
        library: path of the shared library, '' for the wrapper's own choice.
        load: imports the wrapper.
    """

    def __init__(
        self,
        address: str,
        *,
        wrapper: str = "",
        library: str = "",
        load: Callable[[str], Any] = load_wrapper,  # Any: the vendor's module has no types
    ) -> None:
        self._address = address
        self._wrapper = wrapper
        self._library = library
        self._load = load
        self._lock = threading.RLock()
        self._fptr: Any = None  # the vendor's class has no types
        #: Never told: the library's calls return when they are done.
        self.on_wait: WaitHandler = nobody

    is_synchronous = True

    @property
    def name(self) -> str:
        """The address."""
        return f"libfptr10 {self._address}"

    def open(self) -> None:
        """Load the library and connect."""
        with self._lock:
            if self._fptr is None:
                self._fptr = self._make()
            if self._fptr.isOpened():
                return
            for setting, value in self._settings().items():
                self._fptr.setSingleSetting(setting, value)
            self._fptr.applySingleSettings()
            if self._fptr.open() != 0 or not self._fptr.isOpened():
                raise error_of(self._fptr.errorCode(), str(self._fptr.errorDescription()))

    def close(self) -> None:
        """Disconnect; the library stays loaded."""
        with self._lock:
            if self._fptr is not None and self._fptr.isOpened():
                self._fptr.close()

    def ask(self, task: Task) -> JsonObject:
        """Carry out a task that changes nothing."""
        outcome = self._process(task)
        if outcome.phase is not Phase.DONE:
            raise error_of(outcome.code, outcome.text)
        return outcome.result

    def run(self, key: str, task: Task) -> Outcome:  # noqa: ARG002 - the library knows no keys
        """Carry out a task; one that may have happened is `LOST`."""
        self.open()
        try:
            outcome = self._process(task)
        except ProtocolError as error:
            return Outcome(Phase.LOST, text=error.detail)
        if outcome.phase is Phase.FAILED and is_doubtful(outcome.code):
            return Outcome(Phase.LOST, outcome.code, outcome.text)
        return outcome

    def find(self, key: str) -> Outcome:
        """The library remembers nothing."""
        return Outcome(Phase.LOST, text=f"{key} is not kept by the library")

    def follow(self, key: str) -> Outcome:
        """Nothing is under way, see `claim`."""
        return self.find(key)

    def claim(self, key: str) -> Outcome:
        """Nothing is under way: the library works while it is called and at no other time."""
        return self.find(key)

    def blocked(self) -> str:
        """There is no queue."""
        return ""

    def _process(self, task: Task) -> Outcome:
        with self._lock:
            self.open()
            fptr = self._fptr
            fptr.setParam(fptr.LIBFPTR_PARAM_JSON_DATA, dump(task))
            if fptr.processJson() != 0:
                return Outcome(Phase.FAILED, int(fptr.errorCode()), str(fptr.errorDescription()))
            answer = str(fptr.getParamString(fptr.LIBFPTR_PARAM_JSON_DATA))
            return Outcome(Phase.DONE, result=as_object(load(answer)) if answer else {})

    def _make(self) -> Any:  # noqa: ANN401 - the vendor's class has no types
        try:
            return self._load(self._wrapper).IFptr(self._library)
        except (OSError, RuntimeError, AttributeError) as error:
            raise ConfigurationError(f"the driver of ATOL cannot be started: {error}") from error

    def _settings(self) -> dict[str, str]:
        """Connection settings by the vendor's names; model 500 finds the model by itself."""
        fptr, address = self._fptr, self._address
        settings = {fptr.LIBFPTR_SETTING_MODEL: "500"}
        if address == "usb":
            return {**settings, fptr.LIBFPTR_SETTING_PORT: str(fptr.LIBFPTR_PORT_USB)}
        if address.startswith("bluetooth:"):
            settings[fptr.LIBFPTR_SETTING_PORT] = str(fptr.LIBFPTR_PORT_BLUETOOTH)
            return {**settings, fptr.LIBFPTR_SETTING_MACADDRESS: address.partition(":")[2]}
        if address.upper().startswith("COM") or address.startswith("/dev/"):
            port, _, baud = address.partition("@")
            settings[fptr.LIBFPTR_SETTING_PORT] = str(fptr.LIBFPTR_PORT_COM)
            settings[fptr.LIBFPTR_SETTING_COM_FILE] = port
            return {**settings, fptr.LIBFPTR_SETTING_BAUDRATE: baud or str(BAUD)}
        host, _, port = address.partition(":")
        settings[fptr.LIBFPTR_SETTING_PORT] = str(fptr.LIBFPTR_PORT_TCPIP)
        settings[fptr.LIBFPTR_SETTING_IPADDRESS] = host
        return {**settings, fptr.LIBFPTR_SETTING_IPPORT: port or str(TCP_PORT)}
