"""Which layout fits: decided by the effective width, that is the window's width over the scale."""

from dataclasses import dataclass
from enum import StrEnum

from app.ui.theme import theme


class LayoutClass(StrEnum):
    """The four layouts of the design (3.2)."""

    WIDE = "wide"
    REFERENCE = "reference"
    NARROW = "narrow"
    ONE_PANE = "one-pane"


@dataclass(frozen=True, slots=True)
class Layout:
    """Sizes of a layout in design pixels."""

    kind: LayoutClass
    panel_width: int
    rail_width: int
    columns: int

    @property
    def is_narrow(self) -> bool:
        """Whether labels give way to icons."""
        return self.kind in (LayoutClass.NARROW, LayoutClass.ONE_PANE)

    @property
    def is_one_pane(self) -> bool:
        """Whether products and order share one place."""
        return self.kind == LayoutClass.ONE_PANE


_LAYOUTS = (
    (1600, Layout(LayoutClass.WIDE, 480, 176, 6)),
    (1280, Layout(LayoutClass.REFERENCE, 432, 160, 4)),
    (1000, Layout(LayoutClass.NARROW, 372, 132, 3)),
    (0, Layout(LayoutClass.ONE_PANE, 0, 0, 3)),
)


def layout_for(width: int) -> Layout:
    """Return the layout for a window of so many real pixels at the present scale."""
    effective = width * 100 // theme().scale_percent
    for least, layout in _LAYOUTS:
        if effective >= least:
            return layout
    raise AssertionError("the last layout fits every width")
