"""Parts of a large screen that are made one after the other while the till is idle.

A screen of several pages takes longer to make than the GUI thread may be away. Its pages are
therefore properties that are made when they are asked for, and `steps` asks for one at a time.
"""

from collections.abc import Iterator
from functools import cached_property


class Parts:
    """Base of a collection of parts: each is a `cached_property`. GUI thread only.

    class ShiftParts(Parts):
        @cached_property
        def board(self) -> BoardView:
            return BoardView()
    """

    def steps(self) -> Iterator[None]:
        """Make one part a step."""
        for name, part in vars(type(self)).items():
            if isinstance(part, cached_property):
                getattr(self, name)
                yield
