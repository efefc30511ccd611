"""The guest on the order: what the points can do, redeeming, and taking the card off."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer
from typing_extensions import override

from app.domain.guest import GuestCard
from app.domain.loyalty import BenefitType
from app.domain.sale import LoyaltyAction
from app.kernel.errors import AppError
from app.till import texts
from app.till.guests import Bound
from app.till.order import OrderState
from app.till.till import Till
from app.till.words import Words
from app.ui import format as fmt
from app.ui.bridge import Action, Sound
from app.ui.dates import say
from app.ui.frame.screen import BaseScreen, Placement, ScreenId
from app.ui.frame.tools import Tools
from app.ui.guest.facts import Facts, card_page, read_facts, reasons_page, redeem_page
from app.ui.guest.state import CardPage, GuestState, ReasonsPage, RedeemPage
from app.ui.guest.view import GuestView
from app.ui.ops import Lane
from app.ui.text import tr

STEP_MINOR: Final = 50_00
DIGITS_MAX: Final = 6


class GuestPresenter(QObject, BaseScreen):
    """Shows the guest of the order and does what is chosen with the points.

    Args:
        tools: Lanes, window and the rest.
        till: The use cases.
        view: What it shows on; its own by default.
    """

    screen_id = ScreenId.GUEST
    placement = Placement.WORK

    def __init__(self, tools: Tools, till: Till, view: GuestView | None = None) -> None:
        super().__init__()
        self._tools, self._till, self._guests = tools, till, till.guests
        self._facts: Facts | None = None
        self._amount_minor: int | None = None
        self._digits: str | None = None
        self._error: Words | None = None
        self._busy = False
        self._types = False
        self._explains = False
        self._shown = False
        self._asked = 0
        self.view = view or GuestView()
        self._tick = QTimer(self)
        self._tick.setInterval(1_000)
        self._tick.timeout.connect(self._on_tick)
        self._connect_signals()

    @property
    def state(self) -> GuestState | None:
        """Return what is shown, None before the first guest."""
        return self.view.state

    # ------------------------------------------------------------ screen

    @override
    def on_enter(self) -> None:
        """Show the guest; without one look for one."""
        self._shown = True
        self._amount_minor, self._digits, self._error = None, None, None
        self._types, self._explains, self._busy = False, False, False
        order = self._tools.board.state
        if order is None or order.guest is None:
            self._tools.stage.go(ScreenId.GUEST_SEARCH)
            return
        self._tick.start()
        self._load()
        self.view.setFocus()

    @override
    def on_leave(self) -> None:
        """Stop counting the time of the hold."""
        self._shown = False
        self._tick.stop()

    @override
    def on_key(self, key: str) -> bool:
        """Take 1 to 3 for the choices; digits, Backspace and Enter for the amount; Esc."""
        if key == "Esc":
            self.back()
        elif self._types:
            return self._on_typing_key(key)
        elif self._explains:
            return False
        elif key in {"1", "2", "3"}:
            order = (LoyaltyAction.EARN_ONLY, LoyaltyAction.SPEND, LoyaltyAction.DISCOUNT)
            self.choose(order[int(key) - 1])
        elif key in {"+", "-"}:
            self.step(1 if key == "+" else -1)
        else:
            return False
        return True

    def _on_typing_key(self, key: str) -> bool:
        if key == "Enter":
            self.redeem()
        elif key == "Backspace":
            self.erase()
        elif len(key) == 1 and key.isdigit():
            self.type_digits(key)
        else:
            return False
        return True

    def back(self) -> None:
        """From a page to the choices, from the choices to the order."""
        if self._types or self._explains:
            self._types, self._explains, self._digits, self._error = False, False, None, None
            self._show()
        else:
            self._tools.stage.go(ScreenId.SALE)

    # ------------------------------------------------------------ choosing

    def choose(self, action: LoyaltyAction) -> None:
        """Do something with the points."""
        facts = self._facts
        if facts is None or self._busy:
            return
        now = facts.order.loyalty.action if facts.order.loyalty else LoyaltyAction.EARN_ONLY
        if action is LoyaltyAction.SPEND:
            amount = facts.amount(self._amount_minor)
            if facts.why_not is None and amount:
                self._run(lambda: self._guests.redeem(amount))
        elif action is not now:
            if action is LoyaltyAction.EARN_ONLY:
                self._run(self._guests.earn_only)
            elif facts.plain.benefit is BenefitType.DISCOUNT:
                self._run(self._guests.use_discount)

    def step(self, steps: int) -> None:
        """Change the amount to redeem by steps."""
        facts = self._facts
        if facts is None or self._busy:
            return
        step = max(STEP_MINOR, self._till.house.rules.redeem_step_minor)
        most = facts.plain.max_spend_minor
        amount = facts.amount(self._amount_minor)
        if amount % step:
            wanted = amount // step * step + (step if steps > 0 else 0)
        else:
            wanted = amount + steps * step
        self._amount_minor = min(max(wanted, min(step, most)), most)
        self._error = None
        if facts.spent_minor:
            self.choose(LoyaltyAction.SPEND)
        self._reload_split()

    def type_amount(self) -> None:
        """Open the page where the amount is typed."""
        self._types, self._digits, self._error = True, None, None
        self._show()
        self._reload_split()

    def explain(self) -> None:
        """Open the page that says why so many points."""
        self._explains = True
        self._show()

    def type_digits(self, digits: str) -> None:
        """Add digits to the amount."""
        typed = ((self._digits or "") + digits).lstrip("0")
        if len(typed) <= DIGITS_MAX:
            self._set_typed(typed)

    def erase(self) -> None:
        """Take the last digit away."""
        facts = self._facts
        current = self._digits
        if current is None and facts is not None:
            current = str(facts.amount(self._amount_minor) // 100)
        self._set_typed((current or "")[:-1])

    def _set_typed(self, digits: str) -> None:
        self._digits = digits
        self._amount_minor = int(digits or "0") * 100
        facts = self._facts
        self._error = None
        if facts is not None and self._amount_minor > facts.plain.max_spend_minor:
            limit = facts.plain.max_spend_minor
            self._error = texts.REDEEM_LIMIT.fill(limit=fmt.points(limit))
        self._show()
        self._reload_split()

    def _on_sum_chosen(self, minor: int) -> None:
        self._digits, self._error, self._amount_minor = None, None, minor
        self._show()
        self._reload_split()

    def redeem(self) -> None:
        """Hold the amount that is typed."""
        facts = self._facts
        if facts is not None and self._error is None and not self._busy:
            amount = facts.amount(self._amount_minor)
            if amount:
                self._run(lambda: self._guests.redeem(amount))

    def hold_again(self) -> None:
        """Hold again what was held before the hold ran out."""
        facts = self._facts
        if facts is not None:
            lost = facts.order.order.points_lost_minor or facts.spent_minor
            self._run(lambda: self._guests.redeem(min(lost, facts.plain.max_spend_minor)))

    def unbind(self) -> None:
        """Take the guest off the order; a toast offers to bind the guest again."""
        facts = self._facts
        card = facts.order.guest if facts else None
        self._tools.ops.run(
            self._guests.unbind,
            success=lambda bound: self._on_unbound(bound, card),
            lane=Lane.NET,
        )

    def _on_unbound(self, bound: Bound, card: GuestCard | None) -> None:
        self._tools.board.publish(bound.state)
        action = None
        if card is not None:
            action = Action(tr("Bring back"), lambda: self._bind_again(card))
        self._tools.bridge.toast(tr("The card was taken off"), action=action, key="guest-unbound")
        self._tools.stage.go(ScreenId.SALE)

    def _bind_again(self, card: GuestCard) -> None:
        self._tools.ops.run(
            lambda: self._guests.bind(card),
            success=lambda bound: self._tools.board.publish(bound.state),
            lane=Lane.NET,
        )

    def _run(self, op: Callable[[], Bound]) -> None:
        self._busy, self._error = True, None
        self._show()
        self._tools.ops.run(
            op, success=self._on_bound, failure=self._on_refused, lane=Lane.NET, owner=self.view
        )

    def _on_bound(self, bound: Bound) -> None:
        self._busy, self._types, self._digits = False, False, None
        self._amount_minor = None
        if bound.words is not None:
            self._tools.bridge.toast(say(bound.words))
        self._tools.board.publish(bound.state)

    def _on_refused(self, error: AppError) -> None:
        self._busy, self._error = False, Words(error.ru, error.en)
        self._tools.bridge.sound(Sound.ERROR)
        self._load()

    # ------------------------------------------------------------ facts

    def _load(self) -> None:
        order = self._tools.board.state
        if order is None or order.guest is None:
            return
        self._asked += 1
        asked, amount, till = self._asked, self._amount_minor, self._till
        self._tools.ops.run(
            lambda: read_facts(till, order, amount),
            success=lambda facts: self._on_facts(facts, asked),
            failure=lambda error: self._on_lost(error, asked),
            lane=Lane.QUERY,
        )

    _reload_split = _load

    def _on_facts(self, facts: Facts, asked: int) -> None:
        if asked == self._asked:
            self._facts = facts
            self._show()

    def _on_lost(self, error: AppError, asked: int) -> None:
        if asked == self._asked and self._shown:
            self._tools.bridge.show_error(error)
            self._tools.stage.go(ScreenId.SALE)

    # ------------------------------------------------------------ state

    def _show(self) -> None:
        facts = self._facts
        if facts is None or facts.order.loyalty is None:
            return
        loyalty, zone = facts.order.loyalty, self._till.house.zone
        card, now = loyalty.card, self._tools.clock.now()
        level = facts.plain.level
        following = self._till.house.rules.next_level(level)
        until = loyalty.reserved_until
        left_s = int((until - now).total_seconds()) if until is not None else 0
        self.view.render(
            GuestState(
                card=facts.card_without_hold(),
                percent_bp=level.percent_bp,
                page=self._page(facts),
                today=now.astimezone(zone),
                next_level=following.name if following else "",
                to_next_minor=max(0, following.threshold_minor - card.lifetime_spent_minor)
                if following
                else 0,
                last_visit=card.last_visit_at.astimezone(zone) if card.last_visit_at else None,
                favourites=facts.favourites,
                reserved_minor=facts.spent_minor,
                reserved_until=until.astimezone(zone) if until and facts.spent_minor else None,
                reserved_left_s=max(0, left_s),
                is_offline=not facts.is_online,
                points_lost=bool(facts.order.order.points_lost_minor)
                or (until is not None and left_s <= 0),
            )
        )

    def _page(self, facts: Facts) -> CardPage | RedeemPage | ReasonsPage:
        wanted, busy, error = self._amount_minor, self._busy, self._error
        if self._explains:
            return reasons_page(facts)
        if self._types:
            digits = self._digits or ""
            return redeem_page(facts, wanted, digits=digits, busy=busy, error=error)
        return card_page(facts, wanted, busy=busy, error=error)

    def _on_tick(self) -> None:
        loyalty = self._facts.order.loyalty if self._facts else None
        if loyalty is not None and loyalty.reserved_until is not None:
            self._show()

    def _on_board(self, order: object) -> None:
        if not self._shown or not isinstance(order, OrderState):
            return
        if order.guest is None:
            return
        self._load()

    def _connect_signals(self) -> None:
        view = self.view
        view.back_wanted.connect(self.back)
        view.unbind_wanted.connect(self.unbind)
        view.release_wanted.connect(lambda: self.choose(LoyaltyAction.EARN_ONLY))
        view.hold_again_wanted.connect(self.hold_again)
        view.reasons_wanted.connect(self.explain)
        view.choices.action_chosen.connect(self.choose)
        view.choices.step_wanted.connect(self.step)
        view.choices.amount_wanted.connect(self.type_amount)
        view.redeem.key_typed.connect(self.type_digits)
        view.redeem.erased.connect(self.erase)
        view.redeem.sum_chosen.connect(self._on_sum_chosen)
        view.redeem.redeem_wanted.connect(self.redeem)
        self._tools.board.changed.connect(self._on_board)
