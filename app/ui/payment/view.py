"""The payment screen: a header, the ways to pay, and one page of six."""

from functools import cached_property

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.ui.dates import say
from app.ui.payment.card_page import CardView
from app.ui.payment.cash_page import CashView
from app.ui.payment.done_page import DoneView
from app.ui.payment.sbp_page import SbpView
from app.ui.payment.several_page import SeveralView
from app.ui.payment.sizes import NARROW_BELOW_PX, SHORT_BELOW_PX, TABS_NARROW_PX, TABS_PX
from app.ui.payment.state import (
    CardPage,
    CashPage,
    DonePage,
    Page,
    PaymentState,
    SbpPage,
    SeveralPage,
    TroublePage,
)
from app.ui.payment.tabs import TabColumn
from app.ui.payment.trouble_page import TroubleView
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.parts import Parts
from app.ui.widgets.room import Room
from app.ui.widgets.view import Pages, View, show_page
from app.ui.widgets.work_header import WorkHeader


class PaymentParts(Parts):
    """The ways to pay and the pages of the payment screen."""

    @cached_property
    def tabs(self) -> TabColumn:
        """Make the ways to pay."""
        return TabColumn()

    @cached_property
    def cash(self) -> CashView:
        """Make the page for cash."""
        return CashView()

    @cached_property
    def card(self) -> CardView:
        """Make the page for a card."""
        return CardView()

    @cached_property
    def sbp(self) -> SbpView:
        """Make the page for a payment by phone."""
        return SbpView()

    @cached_property
    def several(self) -> SeveralView:
        """Make the page for several tenders."""
        return SeveralView()

    @cached_property
    def trouble(self) -> TroubleView:
        """Make the page for a payment that is not finished."""
        return TroubleView()

    @cached_property
    def done(self) -> DoneView:
        """Make the page after a sale."""
        return DoneView()


class PaymentView(View[PaymentState]):
    """The whole payment screen; its pages carry their own intents.

    Args:
        parts: Its pages, as far as they are made.
        parent: Owner.

    Attributes:
        back_wanted: Back to the order.
        tab_chosen: The `Tab` that was tapped.
        key_typed: A digit or comma, of the pad or of a keyboard.
        erased: The last sign is to go.
    """

    back_wanted = Signal()
    tab_chosen = Signal(object)
    key_typed = Signal(str)
    erased = Signal()

    def __init__(self, parts: PaymentParts | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, box="bg")
        parts = parts or PaymentParts()
        self.header = WorkHeader()
        self.tabs = parts.tabs
        self.cash = parts.cash
        self.card = parts.card
        self.sbp = parts.sbp
        self.several = parts.several
        self.trouble = parts.trouble
        self.done = parts.done
        self.pages = Pages()
        for page in (self.cash, self.card, self.sbp, self.several, self.trouble, self.done):
            self.pages.addWidget(page)
        body = QWidget()
        self._body = QHBoxLayout(body)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.addWidget(self.tabs)
        self._body.addWidget(self.pages, 1)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._column.addWidget(Room(body), 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._connect_signals()
        self.refresh()

    @override
    def show_state(self, state: PaymentState) -> None:
        """Show a page and the ways to pay beside it."""
        page = state.page
        self.header.set_title(_title(page), can_go_back=state.can_go_back)
        self.tabs.set_tabs(state.tabs, state.tab)
        self.tabs.setVisible(isinstance(page, CashPage | CardPage | SbpPage | SeveralPage))
        self.tabs.setEnabled(not state.busy and not isinstance(page, CardPage | SbpPage))
        match page:
            case CashPage():
                show_page(self.pages, self.cash, page)
            case CardPage():
                show_page(self.pages, self.card, page)
            case SbpPage():
                show_page(self.pages, self.sbp, page)
            case SeveralPage():
                show_page(self.pages, self.several, page)
            case TroublePage():
                show_page(self.pages, self.trouble, page)
            case DonePage():
                show_page(self.pages, self.done, page)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the columns give way in a narrow window."""
        super().resizeEvent(event)
        is_narrow = event.size().width() * 100 < NARROW_BELOW_PX * theme().scale_percent
        self.tabs.set_width(TABS_NARROW_PX if is_narrow else TABS_PX)
        self.cash.set_narrow(is_narrow=is_narrow)
        is_short = event.size().height() * 100 < SHORT_BELOW_PX * theme().scale_percent
        self.sbp.set_narrow(is_narrow=is_narrow or is_short)
        self.several.set_narrow(is_narrow=is_narrow)
        self.trouble.set_narrow(is_narrow=is_narrow)
        self.done.set_narrow(is_narrow=is_narrow)

    @override
    def apply_theme(self) -> None:
        """Scale margins and gaps."""
        look = theme()
        self._column.setContentsMargins(look.px(12), 0, look.px(12), look.px(12))
        self._body.setSpacing(look.px(16))

    def _connect_signals(self) -> None:
        self.header.back.connect(self.back_wanted)
        self.tabs.chosen.connect(self.tab_chosen)
        for page in (self.cash, self.several):
            page.key_typed.connect(self.key_typed)
            page.erased.connect(self.erased)
        self.trouble.slip_typed.connect(self.key_typed)
        self.trouble.slip_erased.connect(self.erased)


def _title(page: Page) -> str:
    match page:
        case DonePage():
            return tr("The order is paid")
        case TroublePage():
            return say(page.title) or tr("Payment is not finished")
        case _:
            return tr("Payment")
