"""Scales: what a weight is, and how a till gets one that it may sell by.

Errors of weighing, beside those of `drivers.api.errors`::

    DeviceNotReady
    |-- WeightUnstable        the plate does not come to rest
    |-- Overloaded            more than the scale can carry
    |-- NothingOnScale        nothing there, or less than may be sold by weight
    `-- ScaleNeedsService     calibration, zero at power-on, a broken cell
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Protocol

from drivers.api.errors import DeviceNotReady, Language

READ_AGAIN_S = 0.15
SETTLE_LIMIT_S = 5.0
STABLE_READINGS = 2
"""So many equal readings in a row make a weight: one may be taken while a hand lets go."""


class WeightUnstable(DeviceNotReady):
    """The weight did not come to rest in time."""

    code = "scale.unstable"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Вес не успокоился. Не касайтесь платформы и повторите.",
        "en": "The weight does not settle. Do not touch the plate and try again.",
    }


class Overloaded(DeviceNotReady):
    """More lies on the plate than the scale can carry."""

    code = "scale.overload"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Весы перегружены. Снимите груз с платформы.",
        "en": "The scale is overloaded. Take the load off the plate.",
    }


class NothingOnScale(DeviceNotReady):
    """The plate is empty, or holds less than the smallest weight that may be sold."""

    code = "scale.too_light"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "На весах пусто или слишком мало. Положите товар на платформу.",
        "en": "The scale is empty or the load is too small. Put the goods on the plate.",
    }


class ScaleNeedsService(DeviceNotReady):
    """The scale says that it cannot weigh: calibration, zero at power-on, a broken cell."""

    code = "scale.service"
    texts: ClassVar[dict[Language, str]] = {
        "ru": "Весы не готовы взвешивать. Снимите груз, выключите и включите весы.",
        "en": "The scale cannot weigh. Take the load off and switch the scale off and on.",
    }


@dataclass(frozen=True, slots=True)
class Weight:
    """One reading.

    Attributes:
        grams: what lies on the plate, without the tare; below zero when the tare was taken away.
        stable: the plate is at rest.
        tare_g: what is taken off, 0 without a tare; None where the scale does not tell how much.
        zero: the scale says that the plate is empty.
        has_tare: a tare is set (the weight is net).
        overload: the load is beyond the limit; `grams` means nothing then.
    """

    grams: int
    stable: bool
    tare_g: int | None = 0
    zero: bool = False
    has_tare: bool = False
    overload: bool = False


@dataclass(frozen=True, slots=True)
class ScaleCapabilities:
    """What a model can do beyond telling the weight.

    Attributes:
        zeroes: `zero` works.
        tares: `tare` works.
        sets_tare: `set_tare` works.
        tells_tare: readings say how heavy the tare is.
    """

    zeroes: bool = True
    tares: bool = True
    sets_tare: bool = False
    tells_tare: bool = False


class Scale(Protocol):
    """A scale that is asked.

    Order of calls::

        open -> (read | zero | tare | set_tare)* -> close -> open ...

    One thread, but `close` may be called from any. Every call ends within the time-out of the model;
    all of them may be repeated: a scale that is asked twice weighs twice.
    """

    @property
    def name(self) -> str:
        """Name for logs and messages."""
        ...

    @property
    def capabilities(self) -> ScaleCapabilities:
        """What this model can do."""
        ...

    def open(self) -> None:
        """Take the port. Repeatable.

        Raises:
            TransportError, AccessDenied: see drivers.api.errors.
        """
        ...

    def close(self) -> None:
        """Let go of the port. Repeatable, never raises, any thread."""
        ...

    def read(self) -> Weight:
        """Ask for the weight as it is now, at rest or not.

        Raises:
            TransportError: no answer, or the line is lost. ProtocolError: bytes nobody understands.
            ScaleNeedsService, DeviceRefused: the scale says that it cannot.
        """
        ...

    def zero(self) -> None:
        """Take what lies on the plate for nothing (allowed near zero only; the scale decides).

        Raises:
            NotSupported: this model cannot. DeviceRefused: the scale does not allow it now.
        """
        ...

    def tare(self) -> None:
        """Take what lies on the plate for the vessel. Raises as `zero`."""
        ...

    def set_tare(self, grams: int) -> None:
        """Tell the scale how heavy the vessel is; 0 takes the tare off. Raises as `zero`."""
        ...


def weigh(
    scale: Scale,
    *,
    least_g: int = 1,
    limit_s: float = SETTLE_LIMIT_S,
    clock: Callable[[], float] = time.monotonic,
    wait: Callable[[float], object] | None = None,
) -> Weight:
    """Read until the plate is at rest and return a weight that goods may be sold by.

    The reading must be stable and the same `STABLE_READINGS` times in a row.

    Args:
        scale: an open scale; call on its thread.
        least_g: smallest weight that may be sold, from the settings of the restaurant.
        limit_s: how long to wait for rest.
        clock: monotonic seconds.
        wait: pauses between two readings; the default waits on an event that nobody sets.

    Raises:
        Overloaded, NothingOnScale, WeightUnstable: in words what the cashier has to do.
        TransportError, ScaleNeedsService: see `Scale.read`.
    """
    pause = wait or _pause
    deadline_s = clock() + limit_s
    same, last = 0, None
    while True:
        reading = scale.read()
        settled = reading.stable and not reading.overload
        same = same + 1 if settled and reading == last else int(settled)
        last = reading
        if same >= STABLE_READINGS and reading.grams >= least_g:
            return reading
        if clock() >= deadline_s:
            raise _why_not(scale.name, reading, least_g, settled=same >= STABLE_READINGS)
        pause(READ_AGAIN_S)


def _why_not(name: str, reading: Weight, least_g: int, *, settled: bool) -> DeviceNotReady:
    if reading.overload:
        return Overloaded(name)
    if settled and reading.grams < least_g:
        return NothingOnScale(f"{name}: {reading.grams} g, at least {least_g} g")
    return WeightUnstable(f"{name}: last {reading.grams} g")


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)
