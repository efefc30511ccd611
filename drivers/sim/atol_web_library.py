"""A stand-in for the vendor's `libfptr10` over a simulated register: the calls that the driver uses.

It is handed to the driver in place of the vendor's module; the names of its members are the vendor's.
"""

from collections.abc import Mapping

from drivers.api.errors import ProtocolError
from drivers.fiscal.exact import dump, load
from drivers.sim.atol_web_register import FISCAL_TASKS, RegisterMachine
from drivers.sim.atol_web_rules import TaskError

LIBFPTR_OK = 0
LIBFPTR_FAILED = -1


class SimulatedLibrary:
    """What `import libfptr10` would give: `IFptr` makes handles to one register.

    Args:
        machine: the register.
        is_missing: the shared library cannot be loaded.
    """

    def __init__(self, machine: RegisterMachine, *, is_missing: bool = False) -> None:
        self.machine = machine
        self.settings: dict[int, str] = {}
        self.tasks: list[str] = []
        self.spoiled_answers: list[str] = []
        self._is_missing = is_missing

    def IFptr(self, library: str) -> "Handle":  # noqa: N802 - the vendor's name
        """Make a handle; `library` is the path of the shared library."""
        if self._is_missing:
            raise RuntimeError(f"cannot load {library or 'libfptr10'}")
        return Handle(self)


class Handle:
    """The vendor's class. One call at a time."""

    LIBFPTR_PARAM_JSON_DATA = 65645
    LIBFPTR_SETTING_MODEL = 0
    LIBFPTR_SETTING_PORT = 1
    LIBFPTR_SETTING_BAUDRATE = 2
    LIBFPTR_SETTING_IPADDRESS = 3
    LIBFPTR_SETTING_IPPORT = 4
    LIBFPTR_SETTING_MACADDRESS = 5
    LIBFPTR_SETTING_COM_FILE = 6
    LIBFPTR_PORT_COM = 0
    LIBFPTR_PORT_USB = 1
    LIBFPTR_PORT_TCPIP = 2
    LIBFPTR_PORT_BLUETOOTH = 3

    def __init__(self, library: SimulatedLibrary) -> None:
        self._library = library
        self._pending: dict[int, str] = {}
        self._params: dict[int, str] = {}
        self._error = (0, "Ошибок нет")
        self._is_opened = False

    def setSingleSetting(self, setting: int, value: str) -> None:  # noqa: N802 - the vendor's name
        """Prepare a setting."""
        self._pending[setting] = value

    def applySingleSettings(self) -> int:  # noqa: N802 - the vendor's name
        """Take the prepared settings."""
        self._library.settings = dict(self._pending)
        return LIBFPTR_OK

    def open(self) -> int:
        """Connect."""
        if not self._library.machine.is_linked:
            self._error = (2, "Нет связи")
            return LIBFPTR_FAILED
        self._is_opened = True
        return LIBFPTR_OK

    def close(self) -> int:
        """Disconnect."""
        self._is_opened = False
        return LIBFPTR_OK

    def isOpened(self) -> bool:  # noqa: N802 - the vendor's name
        """Whether `open` succeeded and no link was lost since."""
        return self._is_opened

    def setParam(self, param: int, value: str) -> None:  # noqa: N802 - the vendor's name
        """Set a parameter of the next call."""
        self._params[param] = value

    def getParamString(self, param: int) -> str:  # noqa: N802 - the vendor's name
        """Return a parameter of the last call."""
        return self._params.get(param, "")

    def processJson(self) -> int:  # noqa: N802 - the vendor's name
        """Carry out the task."""
        text = self._params[self.LIBFPTR_PARAM_JSON_DATA]
        self._library.tasks.append(text)
        try:
            task = load(text)
            result = self._library.machine.process(task if isinstance(task, Mapping) else {})
        except ProtocolError:
            self._error = (501, "Ошибка парсинга запроса")
            return LIBFPTR_FAILED
        except TaskError as error:
            self._error = (error.code, error.description)
            self._is_opened = self._library.machine.is_linked
            return LIBFPTR_FAILED
        answer = dump(result)
        is_document = isinstance(task, Mapping) and task.get("type") in FISCAL_TASKS
        if self._library.spoiled_answers and is_document:
            answer = self._library.spoiled_answers.pop()
        self._params[self.LIBFPTR_PARAM_JSON_DATA] = answer
        return LIBFPTR_OK

    def errorCode(self) -> int:  # noqa: N802 - the vendor's name
        """Return the code of the last failure."""
        return self._error[0]

    def errorDescription(self) -> str:  # noqa: N802 - the vendor's name
        """Return the words of the last failure."""
        return self._error[1]
