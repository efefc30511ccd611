"""Modules that are loaded when something of them is first used, not when the program starts.

The till shows its first screen in a second; what that screen does not need is loaded after it:

    if TYPE_CHECKING:
        from app.contracts import sync as wire
    else:
        wire = LateModule("app.contracts.sync")

Type checkers, import rules and the packager read the branch above, the program runs the one below.
"""

from importlib import import_module
from typing import Any

from app.kernel.turns import turns


class LateModule:
    """Stands for a module and loads it at the first look; any thread.

    Args:
        name: Full name of the module.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:  # noqa: ANN401 -- whatever the module holds
        with turns.hurry():
            value = getattr(import_module(self._name), attribute)
        setattr(self, attribute, value)  # the next look finds it without coming here
        return value
