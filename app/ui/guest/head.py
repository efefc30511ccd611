"""The head card of a guest: name, phone, tier, and the three balances."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout
from typing_extensions import override

from app.kernel.text import initials, mask_phone
from app.ui import format as fmt
from app.ui.dates import clock_text
from app.ui.guest.state import GuestState
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.avatar import Avatar
from app.ui.widgets.chip import StatusChip
from app.ui.widgets.label import Label
from app.ui.widgets.live import Rule
from app.ui.widgets.stack import Column, Row
from app.ui.widgets.view import View

WHO_PX: Final = 236
WHO_NARROW_PX: Final = 152
NARROW_PX: Final = 760


class BalanceColumn(Column):
    """A name, a large number and a few words."""

    def __init__(self) -> None:
        super().__init__(gap=0)
        self._name = Label(style="label", tone="text-2", weight=400)
        self.number = Label(style="title", size_px=28, weight=700, tone="loyal-text")
        self._words = Label(style="label", tone="text-2", weight=400, wrap=True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.add_stretch()
        self.add(self._name, self.number, self._words)
        self.add_stretch()

    def set_lines(self, lines: int) -> None:
        """Keep room for so many lines of words, so that the numbers of all columns stand level."""
        self._words.setMinimumHeight(self._words.fontMetrics().lineSpacing() * lines)

    def set_balance(self, name: str, minor: int, words: str, *, tone: str = "loyal-text") -> None:
        """Show a balance; zero is grey."""
        self._name.setText(name)
        self.number.setText(fmt.amount(minor, kopecks=bool(minor % 100)))
        self.number.set_tone(tone if minor else "text-3")
        self._words.setText(words)


class GuestHead(View[GuestState]):
    """Who the guest is and what is on the card, 112 px."""

    def __init__(self) -> None:
        super().__init__()
        row = Row(gap=16, margins=(16, 12, 16, 12), box="card", height=112)
        self._avatar = Avatar(tone="loyal", size=64)
        self._who = who = Column(gap=2)
        self.name = Label(style="title", weight=700, elide=True)
        self._phone = Label(style="body", tone="text-2")
        self.level = StatusChip("", "loyal", "crown", height=24)
        who.add_stretch()
        who.add(self.name, self._phone, self.level)
        who.add_stretch()
        self.regular, self.promo, self.reserved = (BalanceColumn() for _ in range(3))
        row.add(self._avatar, who, Rule(vertical=True))
        row.add(self.regular, self.promo, self.reserved, stretch=1)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(row)
        self.refresh()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the balances room for their words where the card is narrow."""
        super().resizeEvent(event)
        look = theme()
        is_narrow = self.width() < look.px(NARROW_PX)
        self._who.setFixedWidth(look.px(WHO_NARROW_PX if is_narrow else WHO_PX))
        for column in (self.regular, self.promo, self.reserved):
            column.set_lines(2 if is_narrow else 1)

    @override
    def show_state(self, state: GuestState) -> None:
        """Show name, tier and balances."""
        card = state.card
        name = card.first_name or tr("No name")
        self._avatar.set_avatar(initials(card.first_name) or "—", "loyal")
        self.name.setText(name)
        self._phone.setText(mask_phone(card.phone))
        rate = fmt.percent(state.percent_bp)
        if card.is_blocked:
            self.level.set_chip(tr("The card is closed"), "danger", "lock")
        else:
            self.level.set_chip(
                tr("{level}, {rate}", level=card.level_name, rate=rate), "loyal", "crown"
            )
        to_next = ""
        if state.next_level:
            rest = fmt.money(state.to_next_minor, kopecks=False)
            to_next = tr("{sum} to {level}", sum=rest, level=state.next_level)
        self.regular.set_balance(tr("Regular"), card.regular_minor, to_next or tr("no time limit"))
        self.promo.set_balance(tr("Promo"), card.promo_minor, tr("redeemed first"))
        until = tr("none")
        if state.reserved_until is not None:
            until = tr("until {time}", time=clock_text(state.reserved_until))
        self.reserved.set_balance(tr("Reserved"), state.reserved_minor, until, tone="warn-text")
