"""How a printer is asked for its state and for the end of a document: one way for each command set.

Bytes only: the driver writes what a dialogue gives it and hands over what it reads.
"""

from collections.abc import Sequence
from typing import Protocol

from drivers.api.errors import Language
from drivers.api.printer import DrawerPin, Paper, PrinterStatus
from drivers.printers import star
from drivers.printers.library import INITIALISE
from drivers.printers.profiles import PrinterProfile
from drivers.printers.pulses import drawer_pulse, realtime_drawer_pulse
from drivers.printers.star_status import (
    STATUS_QUESTION,
    StarSplitter,
    counter_of,
    parse_star,
)
from drivers.printers.status import (
    PAPER_IN_ORDER,
    QUESTIONS,
    AnswerSplitter,
    parse_asb,
    parse_ordered_paper,
    parse_realtime,
    question,
)
from drivers.printers.status_words import explain_automatic, explain_realtime, explain_star

ASB_ON = b"\x1d\x61\x0f"
"""``GS a 15``: tell drawer, on or off line, errors and paper now and at every change."""
ETB = b"\x17"
"""Star: counts one up when everything before it was worked through."""


class Dialogue(Protocol):
    """Questions and the sorting of answers. Not thread-safe.

    Order of calls::

        restart -> (ask -> hear* -> status)* -> arm -> (hear | take_end | ask | status)*
    """

    @property
    def questions(self) -> Sequence[bytes]:
        """All questions of one round."""
        ...

    @property
    def fill_end(self) -> bytes:
        """Ends a command that zeros alone do not end."""
        ...

    @property
    def end_mark(self) -> bytes:
        """Stands after a document and is answered when that was worked through."""
        ...

    def restart(self) -> None:
        """Forget everything heard: a new connection."""
        ...

    def begin_round(self) -> None:
        """Forget the answers of the round before."""
        ...

    def asking(self, number: int) -> bytes:
        """The question number ``number``; answers that come now belong to it."""
        ...

    def has_answer(self, number: int) -> bool:
        """Whether the question was answered in this round."""
        ...

    def hear(self, data: bytes) -> None:
        """Sort what came."""
        ...

    def status(self) -> PrinterStatus:
        """What the answers of this round mean; silence means nothing."""
        ...

    def explain(self, lang: Language) -> tuple[str, ...]:
        """Every bit of the answers of this round in words."""
        ...

    def arm(self) -> None:
        """A document with the end mark is about to be sent."""
        ...

    def take_end(self) -> Paper | None:
        """Paper told by the answer to the end mark, once; None while there is none."""
        ...

    def pulse(self, pin: DrawerPin, pulse_ms: int) -> bytes:
        """Drawer pulse alone, in the order of printing."""
        ...

    def realtime_pulse(self, pin: DrawerPin, pulse_ms: int) -> bytes:
        """Drawer pulse at once, also without paper."""
        ...


def make_dialogue(profile: PrinterProfile) -> Dialogue:
    """The dialogue of a model."""
    return StarDialogue(profile) if profile.commands == "star" else EscposDialogue(profile)


class EscposDialogue:
    """``DLE EOT`` 1-4 (or ``GS a`` for models that only volunteer their state) and ``GS r``."""

    end_mark = PAPER_IN_ORDER
    fill_end = b""

    def __init__(self, profile: PrinterProfile) -> None:
        self._level = profile.drawer_open_level
        self._is_automatic = profile.asks == "automatic"
        realtime = tuple(map(question, QUESTIONS))
        self.questions: Sequence[bytes] = (ASB_ON,) if self._is_automatic else realtime
        self.restart()

    def restart(self) -> None:
        """Forget everything heard."""
        self._splitter = AnswerSplitter()
        self._ordered: int | None = None
        self.begin_round()

    def begin_round(self) -> None:
        """Forget the answers of the round before."""
        self._answers: dict[int, int] = {}
        self._automatic: PrinterStatus | None = None
        self._block: bytes | None = None
        self._asked = 0

    def asking(self, number: int) -> bytes:
        """``DLE EOT`` number + 1, or ``GS a``."""
        self._asked = number
        return self.questions[number]

    def has_answer(self, number: int) -> bool:
        """Whether the question was answered in this round."""
        return self._automatic is not None if self._is_automatic else number in self._answers

    def hear(self, data: bytes) -> None:
        """Sort what came into answers, volunteered states, and the answer to the end mark."""
        got = self._splitter.feed(data)
        if got.realtime and not self._is_automatic:
            self._answers[self._asked] = got.realtime[-1]
        if got.ordered:
            self._ordered = got.ordered[-1]
        if got.automatic:
            self._block = got.automatic[-1]
            self._automatic = parse_asb(got.automatic[-1], drawer_open_level=self._level)

    def status(self) -> PrinterStatus:
        """A printer that only volunteers its state answers too."""
        numbered = {number + 1: byte for number, byte in self._answers.items()}
        asked = parse_realtime(numbered, drawer_open_level=self._level)
        return self._automatic if self._automatic and not asked.answered else asked

    def explain(self, lang: Language) -> tuple[str, ...]:
        """The answers to ``DLE EOT``, or the volunteered state."""
        if self._block is not None and not self._answers:
            return explain_automatic(self._block, lang)
        return explain_realtime({at + 1: byte for at, byte in self._answers.items()}, lang)

    def arm(self) -> None:
        """An answer to an older mark would be taken for the new one's."""
        self._ordered = None

    def take_end(self) -> Paper | None:
        """Paper from the answer to ``GS r 1``."""
        ordered, self._ordered = self._ordered, None
        return None if ordered is None else parse_ordered_paper(ordered)

    def pulse(self, pin: DrawerPin, pulse_ms: int) -> bytes:
        """``ESC @`` and ``ESC p``."""
        return INITIALISE + drawer_pulse(pin, pulse_ms)

    def realtime_pulse(self, pin: DrawerPin, pulse_ms: int) -> bytes:
        """``DLE DC4 1``."""
        return realtime_drawer_pulse(pin, pulse_ms)


class StarDialogue:
    """``ESC ACK SOH``, answered by an automatic status block, and the ETB counter in such blocks."""

    questions: Sequence[bytes] = (STATUS_QUESTION,)
    end_mark = ETB
    fill_end = b"\x1e"  # RS ends the data of a barcode

    def __init__(self, profile: PrinterProfile) -> None:
        self._level = profile.drawer_open_level
        self.restart()

    def restart(self) -> None:
        """Forget everything heard."""
        self._splitter = StarSplitter()
        self._counter: int | None = None
        self._before: int | None = None
        self.begin_round()

    def begin_round(self) -> None:
        """Forget the answer of the round before."""
        self._block: bytes | None = None

    def asking(self, number: int) -> bytes:
        """The only question there is."""
        return self.questions[number]

    def has_answer(self, number: int) -> bool:
        """Whether a block came in this round."""
        del number
        return self._block is not None

    def hear(self, data: bytes) -> None:
        """Keep the last block."""
        for block in self._splitter.feed(data):
            self._block = block
            self._counter = counter_of(block)

    def status(self) -> PrinterStatus:
        """What the last block says."""
        parsed = None if self._block is None else parse_star(self._block, self._level)
        return parsed or PrinterStatus()

    def explain(self, lang: Language) -> tuple[str, ...]:
        """The last block; nothing while there is none."""
        return () if self._block is None else explain_star(self._block, lang)

    def arm(self) -> None:
        """Remember the counter as it is now."""
        self._before = self._counter

    def take_end(self) -> Paper | None:
        """Paper, once the counter has moved."""
        if self._before is None or self._counter in {None, self._before}:
            return None
        self._before = None
        return self.status().paper

    def pulse(self, pin: DrawerPin, pulse_ms: int) -> bytes:
        """BEL or SUB."""
        return star.drawer_pulse(pin, pulse_ms)

    def realtime_pulse(self, pin: DrawerPin, pulse_ms: int) -> bytes:
        """FS or EM; their length is set in the printer."""
        del pulse_ms
        return star.realtime_drawer_pulse(pin)
