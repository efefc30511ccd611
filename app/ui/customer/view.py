"""The guest's display as one widget: pages of regions, laid out for any size of screen."""

from typing import Final

from PySide6.QtCore import QRectF
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.till.customer_display import Idle, Ordering, PayingByCode, Thanks
from app.ui.customer.canvas import DESIGN_HEIGHT, DESIGN_WIDTH, Region
from app.ui.customer.order_page import (
    TOTALS_PX,
    GuestPart,
    GuestRegion,
    LinesPart,
    LinesRegion,
    TotalsPart,
    TotalsRegion,
    lines_part,
    totals_part,
)
from app.ui.customer.pages import (
    AdvertPart,
    AdvertRegion,
    BalancePart,
    BalanceRegion,
    CodePart,
    CodeRegion,
    JoinRegion,
    ThanksRegion,
    TrialRegion,
)
from app.ui.customer.state import CustomerScreenState
from app.ui.text import tr

GUEST_PX: Final = 340
PANEL_PX: Final = 360


class CustomerView(QWidget):
    """Renders a `CustomerScreenState`; what did not change is not drawn again.

    Args:
        parent: Owner.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines = LinesRegion(LinesPart(), self)
        self.totals = TotalsRegion(TotalsPart(), self)
        self.guest = GuestRegion(GuestPart(), self)
        self.advert = AdvertRegion(AdvertPart(), self)
        self.join = JoinRegion(None, self)
        self.code = CodeRegion(CodePart(), self)
        self.thanks = ThanksRegion(None, self)
        self.balance = BalanceRegion(BalancePart(), self)
        self.trial = TrialRegion("", self)
        self._state: CustomerScreenState | None = None
        for region in self._regions():
            region.hide()

    @property
    def state(self) -> CustomerScreenState | None:
        """Return what is shown."""
        return self._state

    def show_state(self, state: CustomerScreenState) -> None:
        """Show a state; the same state again costs nothing."""
        if state == self._state:
            return
        self._state = state
        wanted = self._fill(state)
        for region in self._regions():
            region.setVisible(region in wanted)
        self._place()

    def _fill(self, state: CustomerScreenState) -> tuple[QWidget, ...]:
        """Hand each region its part; return the regions of the page."""
        if state.is_test:
            self.trial.show_part(tr("Test of the guest's display"))
            return (self.trial,)
        page = state.page
        match page:
            case Ordering():
                self.lines.show_part(lines_part(page, state.house_name))
                self.totals.show_part(totals_part(page))
                self.guest.show_part(GuestPart(page.guest, state.join_code))
                has_side = page.guest is not None or state.join_code is not None
                side: tuple[QWidget, ...] = (self.guest,) if has_side else ()
                return (self.lines, self.totals, *side)
            case PayingByCode():
                self.code.show_part(CodePart(page.amount_minor, state.pay_code, state.seconds_left))
                return (self.code,)
            case Thanks():
                self.thanks.show_part(page)
                self.balance.show_part(BalancePart(page, state.join_code))
                has_side = page.has_guest or state.join_code is not None
                return (self.thanks, self.balance) if has_side else (self.thanks,)
            case Idle():
                self.advert.show_part(AdvertPart(state.house_name, state.advert))
                self.join.show_part(state.join_code)
                return (self.advert,) if state.join_code is None else (self.advert, self.join)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the regions out in the new size."""
        super().resizeEvent(event)
        self._place()

    def _regions(self) -> tuple[Region[object], ...]:
        return (
            self.lines, self.totals, self.guest, self.advert, self.join, self.code, self.thanks,
            self.balance, self.trial,
        )  # type: ignore[return-value]  # fmt: skip  # each draws a part of its own type

    def _place(self) -> None:
        """Give every region its rectangle: the right side has a width, the left takes the rest."""
        factor = min(self.width() / DESIGN_WIDTH, self.height() / DESIGN_HEIGHT)
        if factor <= 0:
            return
        wide, tall = self.width() / factor, self.height() / factor
        guest = 0 if self.guest.isHidden() else GUEST_PX
        join = 0 if self.join.isHidden() else PANEL_PX
        balance = 0 if self.balance.isHidden() else PANEL_PX
        places: tuple[tuple[QWidget, QRectF], ...] = (
            (self.lines, QRectF(0, 0, wide - guest, tall - TOTALS_PX)),
            (self.totals, QRectF(0, tall - TOTALS_PX, wide - guest, TOTALS_PX)),
            (self.guest, QRectF(wide - GUEST_PX, 0, GUEST_PX, tall)),
            (self.advert, QRectF(0, 0, wide - join, tall)),
            (self.join, QRectF(wide - PANEL_PX, 0, PANEL_PX, tall)),
            (self.code, QRectF(0, 0, wide, tall)),
            (self.thanks, QRectF(0, 0, wide - balance, tall)),
            (self.balance, QRectF(wide - PANEL_PX, 0, PANEL_PX, tall)),
            (self.trial, QRectF(0, 0, wide, tall)),
        )
        for region, place in places:
            scaled = QRectF(place.topLeft() * factor, place.size() * factor)
            region.setGeometry(scaled.toAlignedRect())
            if isinstance(region, Region):
                region.set_factor(factor)
