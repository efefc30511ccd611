"""The guest screen: the head card, the hold on points, and the choices or the amount."""

from functools import cached_property

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.ui import format as fmt
from app.ui.dates import clock_text, day_text, say, span_text
from app.ui.guest.card_page import ChoicesView
from app.ui.guest.head import GuestHead
from app.ui.guest.reasons_page import ReasonsView
from app.ui.guest.redeem_page import RedeemView
from app.ui.guest.state import CardPage, GuestState, RedeemPage
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.figure import FigureRow
from app.ui.widgets.label import Label
from app.ui.widgets.notice import Notice
from app.ui.widgets.parts import Parts
from app.ui.widgets.room import Room
from app.ui.widgets.stack import Column
from app.ui.widgets.view import Pages, View, show_page
from app.ui.widgets.work_header import WorkHeader


class GuestParts(Parts):
    """The head card and the pages of the guest screen."""

    @cached_property
    def head(self) -> GuestHead:
        """Make the head card."""
        return GuestHead()

    @cached_property
    def choices(self) -> ChoicesView:
        """Make the choices: redeem, or only earn."""
        return ChoicesView()

    @cached_property
    def redeem(self) -> RedeemView:
        """Make the page where the amount is chosen."""
        return RedeemView()

    @cached_property
    def reasons(self) -> ReasonsView:
        """Make the page that explains the points."""
        return ReasonsView()


class GuestView(View[GuestState]):
    """The whole guest screen; its pages carry their own intents.

    Args:
        parts: Its parts, as far as they are made.
        parent: Owner.

    Attributes:
        back_wanted: Back: from the amount to the choices, from the choices to the order.
        unbind_wanted: The guest is to be taken off the order.
        release_wanted: The hold is to be given back.
        hold_again_wanted: Hold the points again after the hold ran out.
        reasons_wanted: Why so many points?
    """

    back_wanted = Signal()
    unbind_wanted = Signal()
    release_wanted = Signal()
    hold_again_wanted = Signal()
    reasons_wanted = Signal()

    def __init__(self, parts: GuestParts | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, box="bg")
        parts = parts or GuestParts()
        self.header = WorkHeader()
        self.unbind_button = PushButton(kind=Kind.OUTLINE, icon="unlink", icon_tone="danger-text")
        self.why_button = PushButton(kind=Kind.OUTLINE, icon="info-circle")
        self.header.add(self.why_button, self.unbind_button)
        self.head = parts.head
        self.hold = Notice("warn", icon="hourglass", kind=Kind.OUTLINE, height=64)
        self.note = Notice("warn", height=48)
        self.choices = parts.choices
        self.redeem = parts.redeem
        self.reasons = parts.reasons
        self.habits = self._build_habits()
        choice_page = Column(gap=12)
        choice_page.add(self.choices, self.habits)
        choice_page.add_stretch()
        self._choice_page = choice_page
        self.pages = Pages()
        self.pages.addWidget(choice_page)
        self.pages.addWidget(self.redeem)
        self.pages.addWidget(self.reasons)
        body = Column(gap=12)
        body.add(self.head, self.hold, self.note)
        body.add(self.pages, stretch=1)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._column.addWidget(Room(body), 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.header.back.connect(self.back_wanted)
        self.unbind_button.clicked.connect(self.unbind_wanted)
        self.why_button.clicked.connect(self.reasons_wanted)
        self.hold.pressed.connect(self._on_hold_pressed)
        self.refresh()

    def _build_habits(self) -> QWidget:
        card = Column(gap=4, margins=(16, 14, 16, 14), box="card")
        self._habits_title = Label(style="heading", size_px=18)
        self._visits, self._last = (FigureRow(label_px=16, height=32, weight=600) for _ in range(2))
        self._favourites = Label(style="body", tone="text-2", wrap=True)
        card.add(self._habits_title, self._visits, self._last, self._favourites)
        return card

    @override
    def show_state(self, state: GuestState) -> None:
        """Show the guest and what can be done."""
        self.head.render(state)
        self._show_hold(state)
        self._show_note(state)
        if isinstance(state.page, CardPage):
            self.header.set_title(tr("Guest"))
            self.choices.render(state.page)
            self.pages.setCurrentWidget(self._choice_page)
            self.pages.updateGeometry()
        elif isinstance(state.page, RedeemPage):
            self.header.set_title(tr("Redeeming points"))
            show_page(self.pages, self.redeem, state.page)
        else:
            self.header.set_title(tr("Why so many points?"))
            show_page(self.pages, self.reasons, state.page)
        self.unbind_button.setVisible(isinstance(state.page, CardPage))
        self.why_button.setVisible(isinstance(state.page, CardPage))
        self._show_habits(state)

    def _show_hold(self, state: GuestState) -> None:
        if state.points_lost:
            fact = tr("The hold ran out. The points went back to the guest.")
            self.hold.set_notice(fact, button=tr("Hold again"))
        elif state.reserved_minor and state.reserved_until is not None:
            fact = tr(
                "{points} on hold until {time}.",
                points=fmt.points(state.reserved_minor),
                time=clock_text(state.reserved_until),
            )
            advice = tr(
                "Redeemed after payment. {span} left.", span=span_text(state.reserved_left_s)
            )
            self.hold.set_notice(fact, advice, button=tr("Give the hold back"))
        self.hold.setVisible(state.points_lost or bool(state.reserved_minor))

    def _show_note(self, state: GuestState) -> None:
        error = state.page.error if isinstance(state.page, CardPage) else None
        if error is not None:
            self.note.set_notice("", say(error), tone="danger")
        elif state.card.is_blocked:
            self.note.set_notice(
                tr("The card is closed."), tr("The sale goes on without points."), tone="danger"
            )
        elif state.is_offline:
            self.note.set_notice(
                tr("Offline."), tr("Points can be earned, redeeming works online."), tone="warn"
            )
        is_shown = error is not None or state.card.is_blocked or state.is_offline
        self.note.setVisible(is_shown)

    def _show_habits(self, state: GuestState) -> None:
        self._habits_title.setText(tr("Visits"))
        self._visits.set_figure(tr("Visits in all"), str(state.card.visit_count))
        last = day_text(state.last_visit.date(), state.today.date()) if state.last_visit else "—"
        self._last.set_figure(tr("Last visit"), last)
        names = ", ".join(state.favourites)
        self._favourites.setText(tr("Often takes: {names}", names=names) if names else "")
        self._favourites.setVisible(bool(names))
        # The hold is more important than habits where there is no room for both.
        self.habits.setVisible(self.hold.isHidden() or self.note.isHidden())
        self._last.setVisible(self.hold.isHidden() and self.note.isHidden())

    def _on_hold_pressed(self) -> None:
        if self.state is not None and self.state.points_lost:
            self.hold_again_wanted.emit()
        else:
            self.release_wanted.emit()

    @override
    def apply_theme(self) -> None:
        """Scale margins and gaps."""
        look = theme()
        self._column.setContentsMargins(look.px(12), 0, look.px(12), look.px(12))

    @override
    def retranslate(self) -> None:
        """Set every word."""
        self.unbind_button.set_label(tr("Take the card off"))
        self.why_button.set_label(tr("Why so many points?"))
        super().retranslate()
