"""Which scale is on a port: every protocol is asked at its usual speeds, harmlessly, until one answers.

Only on a port that a person chose: a printer on it would print the questions.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from drivers.api.errors import DriverError, ProtocolError, Timeout
from drivers.api.scale import Scale


@dataclass(frozen=True, slots=True)
class Attempt:
    """One protocol at one line setting.

    Attributes:
        model: of the registry.
        baud: line speed.
        parity: 'N' or 'E'.
    """

    model: str
    baud: int
    parity: str = "N"


# Reference 7.3. Protocol 2 of Massa-K comes last: without a check sum any five bytes look like it.
ATTEMPTS: tuple[Attempt, ...] = (
    *(Attempt("scale.massak100", baud) for baud in (57600, 19200, 9600, 115200)),
    Attempt("scale.massak100", 4800, "E"),
    *(Attempt("scale.pos2m", baud) for baud in (9600, 115200, 57600, 19200)),
    *(Attempt("scale.cas", baud) for baud in (9600, 4800, 19200)),
    Attempt("scale.massak2", 4800, "E"),
)


def detect(
    make: Callable[[Attempt], Scale], attempts: Iterable[Attempt] = ATTEMPTS
) -> Attempt | None:
    """Return the first attempt that gives two readings, None if none does.

    Args:
        make: builds a scale for an attempt, with a short time-out; nothing is opened by it.
        attempts: what to try, in this order.

    Raises:
        TransportError, AccessDenied: the port itself cannot be used.
    """
    for attempt in attempts:
        scale = make(attempt)
        try:
            scale.open()
            scale.read()
            scale.read()
        except (Timeout, ProtocolError):
            continue
        except DriverError as error:
            if not scale_answered(error):
                raise
        finally:
            scale.close()
        return attempt
    return None


def scale_answered(error: DriverError) -> bool:
    """Whether an error is the scale's own word: it understood us and cannot weigh."""
    return error.code.startswith("scale.") or error.code == "device.refused"
