"""The part of a simulated register that checks marking codes (FFD 1.2).

Source: public documents of the marking system (codes 401, 405, 409, 410, 421).
"""

import base64
import binascii
from collections.abc import Callable, Mapping

from drivers.fiscal.exact import JsonValue
from drivers.sim.atol_web_rules import Json, TaskError

GOOD_BITS = 15
_FLAGS = (
    "imcCheckFlag",
    "imcCheckResult",
    "imcStatusInfo",
    "imcEstimatedStatusCorrect",
    "ecrStandAloneFlag",
)


class MarkTable:
    """Checks one code at a time and keeps the accepted ones until they are cleared.

    Attributes:
        bits: what each check finds (tag 2106).
        polls: questions answered with "not ready" before; negative never gets ready.
        refusal: code that every check begins with, 0 for none.
        accepted: codes in the table.
    """

    def __init__(self) -> None:
        self.bits = GOOD_BITS
        self.polls = 1
        self.refusal = 0
        self.accepted: list[bytes] = []
        self._open: bytes | None = None
        self._left = 0

    @property
    def tasks(self) -> Mapping[str, Callable[[Json], dict[str, JsonValue]]]:
        """What the register's list of tasks takes in."""
        return {
            "beginMarkingCodeValidation": self._begin,
            "getMarkingCodeValidationStatus": self._status,
            "acceptMarkingCode": self._accept,
            "declineMarkingCode": self._drop,
            "cancelMarkingCodeValidation": self._drop,
            "clearMarkingCodeValidationResult": self._clear,
        }

    @property
    def is_checking(self) -> bool:
        """Whether a check was begun and not ended."""
        return self._open is not None

    def _begin(self, task: Json) -> dict[str, JsonValue]:
        if self._open is not None:
            raise TaskError(401)
        if self.refusal:
            raise TaskError(self.refusal)
        params = task.get("params")
        code = params.get("imc") if isinstance(params, Mapping) else None
        try:
            self._open = base64.b64decode(str(code), validate=True)
        except binascii.Error as error:
            raise TaskError(409) from error
        self._left = self.polls
        return {"offlineValidation": {"fmCheck": True, "fmCheckResult": True}}

    def _status(self, task: Json) -> dict[str, JsonValue]:
        del task
        self._require_open()
        if self._left:
            self._left -= 1
            return {"ready": False, "sentImcRequest": True}
        return {"ready": True, "sentImcRequest": True, "onlineValidation": self._result()}

    def _accept(self, task: Json) -> dict[str, JsonValue]:
        del task
        self.accepted.append(self._require_open())
        self._open = None
        return self._result()

    def _drop(self, task: Json) -> dict[str, JsonValue]:
        del task
        self._require_open()
        self._open = None
        return {}

    def _clear(self, task: Json) -> dict[str, JsonValue]:
        del task
        self.accepted.clear()
        return {}

    def _result(self) -> dict[str, JsonValue]:
        flags: dict[str, JsonValue] = {
            name: bool(self.bits >> place & 1) for place, name in enumerate(_FLAGS)
        }
        return {"itemInfoCheckResult": flags}

    def _require_open(self) -> bytes:
        if self._open is None:
            raise TaskError(410)
        return self._open
