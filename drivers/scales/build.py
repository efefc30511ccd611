"""From the options of a configured scale to its driver."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from drivers.scales.cas import Cas, CasOptions
from drivers.scales.driver import ANSWER_S, Dialect, LineScale
from drivers.scales.massak2 import Massak2
from drivers.scales.massak100 import Massak100, Massak100Options
from drivers.scales.pos2m import Pos2m, Pos2mOptions
from drivers.transport.base import Transport

_DIALECTS: Mapping[str, Callable[[dict[str, Any]], Dialect]] = {
    "scale.massak100": lambda options: Massak100(Massak100Options(**options)),
    "scale.massak2": lambda _: Massak2(),
    "scale.pos2m": lambda options: Pos2m(Pos2mOptions(**options)),
    "scale.cas": lambda options: Cas(CasOptions(**options)),
}


def scale_of(
    model: str,
    transport: Transport,
    options: Mapping[str, Any],  # Any: checked against the registry's table
    *,
    name: str,
    clock: Callable[[], float] = time.monotonic,
) -> LineScale:
    """Make the driver of a model of the registry; nothing is opened yet.

    Raises:
        ConfigurationError: an option makes no sense.
    """
    own = dict(options)
    name = str(own.pop("name", name))
    answer_s = float(own.pop("answer_s", ANSWER_S))
    return LineScale(transport, _DIALECTS[model](own), name=name, answer_s=answer_s, clock=clock)
