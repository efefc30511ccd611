"""Pictures in, codes out: one quick look, and harder looks only while nothing was found.

The order of looks is by what each adds for its time (`python -m tests.bench.codes_bench`, decision
0038). A camera's frame gets the first looks and one harder look in turn: the next frame shows the same
code, so all of them come within a second. A single picture gets every look until a code is found.

A code whose only protection is one check digit (EAN, UPC) counts when it was seen twice: at its place
in another way, by another look, or in the frame before. Under noise every tenth misreading passes the
check digit, and a wrong product would be sold.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from drivers.scanners.readers import (
    WEAK,
    Found,
    Picture,
    Reader,
    as_picture,
    is_seen_again,
    pyzbar_reader,
    zxing_reader,
)

SIDE_MAX = 1600  # longer pictures are made smaller for the harder looks
_SMALL_PIXELS = 500_000  # enlarged for one look
Prepare = Callable[[Picture], Picture]


@dataclass(frozen=True, slots=True)
class Look:
    """A reader and what is done to the picture before it."""

    name: str
    read: Reader
    prepare: Prepare


class Decoder:
    """Reads codes out of frames. One thread.

    Args:
        formats: names out of 'qr', 'ean', 'code128', 'datamatrix'; few are quick.
        second_every: a harder look is taken at every such frame without a code; 0 never.
        single: the frames have nothing to do with each other, so each gets every look.
    """

    def __init__(
        self,
        formats: Sequence[str] = ("qr", "ean"),
        *,
        second_every: int = 2,
        single: bool = False,
    ) -> None:
        self._first = zxing_reader(formats)
        self._quick = None if single else zxing_reader(formats, quick=True)
        self._second = pyzbar_reader(formats) if second_every else None
        self._looks = _hard_looks(self._first, self._second) if second_every else ()
        self._second_every = second_every
        self._single = single
        self._empty_frames = 0
        self._doubted: set[str] = set()

    @property
    def has_second_opinion(self) -> bool:
        """Whether pyzbar and its library are there."""
        return self._second is not None

    def warm_up(self) -> None:
        """Let the libraries do what they do once, so that the first frame is no slower."""
        blank = np.full((64, 64), 255, dtype=np.uint8)
        for look in (Look("first", self._first, lambda grey: grey), *self._looks):
            look.read(look.prepare(blank))

    def decode(self, frame: Picture) -> list[Found]:
        """Return the codes in a BGR or grey frame, each once."""
        grey = frame if frame.ndim == 2 else as_picture(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY))
        before = set() if self._single else self._doubted
        self._doubted = set()
        found = self._look_first(grey, before) or self._look_harder(grey, before)
        self._empty_frames = 0 if found else self._empty_frames + 1
        return found

    def _look_first(self, grey: Picture, before: set[str]) -> list[Found]:
        quick = self._checked(grey, self._quick(grey), before) if self._quick else []
        return quick or self._checked(grey, self._first(grey), before)

    def _look_harder(self, grey: Picture, before: set[str]) -> list[Found]:
        small = _limited(grey)
        for look in self._looks_due():
            seen = look.prepare(small)
            found = self._checked(seen, look.read(seen), before)
            if found:
                return found
        return []

    def _looks_due(self) -> Sequence[Look]:
        if self._single or not self._looks:
            return self._looks
        count, rest = divmod(self._empty_frames + 1, self._second_every)
        return () if rest else (self._looks[(count - 1) % len(self._looks)],)

    def _checked(self, grey: Picture, found: list[Found], before: set[str]) -> list[Found]:
        """Keep what is certain and remember the rest for the next look."""
        certain: dict[str, Found] = {}
        for code in found:
            if (
                code.symbology not in WEAK
                or code.text in before
                or code.text in self._doubted
                or is_seen_again(grey, code)
            ):
                certain.setdefault(code.text, code)
            else:
                self._doubted.add(code.text)
        return list(certain.values())


def _hard_looks(first: Reader, second: Reader | None) -> tuple[Look, ...]:
    """Every harder look, what adds most for its time first."""
    looks: list[tuple[str, Reader | None, Prepare]] = [
        ("second half", second, _half),
        ("even", first, _even),
        ("second half light", second, lambda grey: as_picture(255 - _half(grey))),
        ("soft threshold", first, lambda grey: _thresholded(_soft(grey))),
        ("second soft", second, _soft),
        ("threshold", first, _thresholded),
        ("half", first, _half),
        ("large", first, _large),
        ("sharp", first, _sharp),
        ("second light", second, lambda grey: as_picture(255 - _soft(grey))),
        ("second", second, lambda grey: grey),
    ]
    return tuple(Look(name, read, prepare) for name, read, prepare in looks if read is not None)


def _limited(grey: Picture) -> Picture:
    longest = max(grey.shape)
    if longest <= SIDE_MAX:
        return grey
    part = SIDE_MAX / longest
    return as_picture(cv2.resize(grey, None, fx=part, fy=part, interpolation=cv2.INTER_AREA))


def _half(grey: Picture) -> Picture:
    """Two by two pixels averaged: against noise and coarse sensors."""
    height, width = grey.shape
    size = (max(width // 2, 1), max(height // 2, 1))
    return as_picture(cv2.resize(grey, size, interpolation=cv2.INTER_AREA))


def _soft(grey: Picture) -> Picture:
    """A little blur: against noise and compression."""
    return as_picture(cv2.GaussianBlur(grey, (0, 0), 1.2))


def _thresholded(grey: Picture) -> Picture:
    """Black and white by the neighbourhood: against shadows, slopes of light and low contrast."""
    block = (min(grey.shape) // 10) | 1
    method, kind = cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY
    return as_picture(cv2.adaptiveThreshold(grey, 255, method, kind, max(block, 3), 4))


def _even(grey: Picture) -> Picture:
    """All light there is spread over all grey levels: against pale and dark pictures."""
    soft = cv2.GaussianBlur(grey, (0, 0), 0.8)
    return as_picture(cv2.normalize(soft, None, 0, 255, cv2.NORM_MINMAX))  # type: ignore[call-overload]  # the stubs want an array, None is documented


def _large(grey: Picture) -> Picture:
    """Twice the size: thin bars get pixels enough; big pictures only a border, which some lack."""
    if grey.size > _SMALL_PIXELS:
        border = max(grey.shape) // 20
        return as_picture(
            cv2.copyMakeBorder(grey, border, border, border, border, cv2.BORDER_CONSTANT, value=255)
        )
    return as_picture(cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))


def _sharp(grey: Picture) -> Picture:
    """Edges stressed: against blur and motion."""
    blurred = cv2.GaussianBlur(grey, (0, 0), 3)
    return as_picture(cv2.addWeighted(grey, 4, blurred, -3, 0))
