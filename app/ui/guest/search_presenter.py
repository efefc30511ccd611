"""Finding a guest: the cache while digits are typed, the service for a whole number or code.

A full match is bound at once and opens the guest's screen; a number that nobody has leads to the
registration with the phone filled in.
"""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QObject
from typing_extensions import override

from app.domain.guest import GuestCard
from app.kernel.errors import AppError
from app.till.camera import CameraEye
from app.till.guests import SEARCH_DIGITS_MIN, Bound, GuestSearch
from app.till.order import OrderState
from app.till.till import Till
from app.till.words import Words
from app.ui.bridge import Sound
from app.ui.dates import say
from app.ui.frame.screen import BaseScreen, Placement, ScreenId
from app.ui.frame.tools import Tools
from app.ui.guest import registration
from app.ui.guest.camera_flow import NO_CAMERA, CameraFlow
from app.ui.guest.registration import NewGuest
from app.ui.guest.search_view import SearchView
from app.ui.guest.state import (
    CODE_DIGITS,
    PHONE_DIGITS,
    CameraPage,
    CodePage,
    GuestRow,
    PhonePage,
    RegisterPage,
    SearchPage,
    SearchState,
    Tab,
    WelcomePage,
)
from app.ui.ops import Lane
from app.ui.widgets.main_button import MainMeaning

_TABS: Final = {"Alt+1": Tab.PHONE, "Alt+2": Tab.CODE, "Alt+3": Tab.CAMERA}


class SearchPresenter(QObject, BaseScreen):
    """Looks for guests and registers them.

    Args:
        tools: Lanes, window and the rest.
        till: The use cases.
        camera: Reads QR codes; None if the till has none.
        view: What it shows on; its own by default.
    """

    screen_id = ScreenId.GUEST_SEARCH
    placement = Placement.WORK

    def __init__(
        self,
        tools: Tools,
        till: Till,
        camera: CameraEye | None = None,
        view: SearchView | None = None,
    ) -> None:
        super().__init__()
        self._tools, self._till = tools, till
        self._guests = till.guests
        self._state = SearchState(PhonePage())
        self._found: dict[str, GuestCard] = {}
        self._asked = 0
        self._shown = False
        self.view = view or SearchView()
        self._camera = CameraFlow(camera, self.view.camera.picture)
        self._connect_signals()

    @property
    def state(self) -> SearchState:
        """Return what is shown."""
        return self._state

    # ------------------------------------------------------------ screen

    @override
    def on_enter(self) -> None:
        """Begin with an empty phone."""
        self._shown = True
        self._found = {}
        self._asked += 1
        self._show(SearchState(PhonePage(), is_offline=not self._guests.is_online))
        self.view.setFocus()

    @override
    def on_leave(self) -> None:
        """Stop the camera."""
        self._shown = False
        self._asked += 1
        self._camera.stop()

    @override
    def main_meaning(self) -> MainMeaning | None:
        """Leave the main button to the sale: "pay without a guest" stays possible."""
        return None

    @override
    def on_key(self, key: str) -> bool:
        """Take digits, Backspace, Enter, Esc and Alt+1 to Alt+3."""
        if key in _TABS:
            self.choose_tab(_TABS[key])
        elif key == "Enter":
            self._enter()
        elif key == "Esc":
            self.back()
        elif key == "Backspace":
            self.erase()
        elif len(key) == 1 and key.isdigit():
            self.type_digit(key)
        else:
            return False
        return True

    def _enter(self) -> None:
        match self._state.page:
            case PhonePage():
                self.search()
            case RegisterPage():
                self.register()
            case WelcomePage():
                self._tools.stage.go(ScreenId.GUEST)
            case _:
                pass

    def back(self) -> None:
        """Back to the order; from the registration back to the search."""
        page = self._state.page
        if isinstance(page, RegisterPage):
            self._show(replace(self._state, page=PhonePage(page.phone), tab=Tab.PHONE))
        else:
            self._tools.stage.go(ScreenId.SALE)

    def choose_tab(self, tab: Tab) -> None:
        """Look another way."""
        self._asked += 1
        self._camera.stop()
        pages: dict[Tab, SearchPage] = {
            Tab.PHONE: PhonePage(),
            Tab.CODE: CodePage(),
            Tab.CAMERA: CameraPage(),
        }
        self._show(replace(self._state, page=pages[tab], tab=tab))
        if tab is Tab.CAMERA:
            self.start_camera()

    # ------------------------------------------------------------ typing

    def type_digit(self, digit: str) -> None:
        """Add a digit to the phone or the code."""
        page = self._state.page
        if not digit.isdigit():
            return
        match page:
            case PhonePage():
                digits = _without_trunk(page.digits + digit)
                if len(digits) <= PHONE_DIGITS:
                    self._set_phone(digits)
            case CodePage() if not page.busy and len(page.digits) < CODE_DIGITS:
                self._set_code(page.digits + digit)
            case RegisterPage():
                self._put(registration.with_digit(page, digit))
            case _:
                pass

    def erase(self) -> None:
        """Take the last digit away."""
        page = self._state.page
        match page:
            case PhonePage():
                self._set_phone(page.digits[:-1])
            case CodePage() if not page.busy:
                self._put(CodePage(page.digits[:-1]))
            case RegisterPage():
                self._put(registration.without_digit(page))
            case _:
                pass

    def _clear(self) -> None:
        if isinstance(self._state.page, PhonePage):
            self._set_phone("")
        elif isinstance(self._state.page, CodePage):
            self._put(CodePage())

    # ------------------------------------------------------------ by phone

    def _set_phone(self, digits: str) -> None:
        page = self._state.page
        rows = page.rows if isinstance(page, PhonePage) else ()
        self._asked += 1
        if len(digits) < SEARCH_DIGITS_MIN:
            rows = ()
        self._put(PhonePage(digits, rows, self._tools.clock.now()))
        if len(digits) == PHONE_DIGITS:
            self.search()
        elif len(digits) >= SEARCH_DIGITS_MIN:
            self._look_here(digits)

    def _look_here(self, digits: str) -> None:
        asked = self._asked
        self._tools.ops.run(
            lambda: self._guests.search_local(digits),
            success=lambda found: self._on_local(found, asked),
            lane=Lane.QUERY,
        )

    def _on_local(self, found: GuestSearch, asked: int) -> None:
        page = self._state.page
        if asked != self._asked or not isinstance(page, PhonePage):
            return
        self._put(replace(page, rows=self._rows(found), note=found.words if found.hits else None))

    def search(self) -> None:
        """Ask for the number as it stands; an unfinished one says so."""
        page = self._state.page
        if not isinstance(page, PhonePage) or page.busy:
            return
        self._asked += 1
        asked, digits = self._asked, page.digits
        self._put(replace(page, busy=True, error=None))
        self._tools.ops.run(
            lambda: self._guests.search_phone(f"+7{digits}"),
            success=lambda found: self._on_phone_found(found, asked),
            failure=lambda error: self._on_refused(error, asked),
            lane=Lane.NET,
        )

    def _on_phone_found(self, found: GuestSearch, asked: int) -> None:
        page = self._state.page
        if asked != self._asked or not isinstance(page, PhonePage):
            return
        offline = found.is_local and not self._guests.is_online
        self._state = replace(self._state, is_offline=offline)
        if found.hits:
            self._put(replace(page, rows=self._rows(found), busy=False))
            self._bind(found.hits[0].card)
        elif found.can_register:
            error = found.words if found.is_local else None
            self._tools.bridge.sound(Sound.ERROR)
            self._open_registration(page.digits, was_searched=not found.is_local, note=error)
        else:
            self._put(replace(page, busy=False, error=found.words))

    # ------------------------------------------------------------ by code and camera

    def _set_code(self, digits: str) -> None:
        self._asked += 1
        self._put(CodePage(digits, busy=len(digits) == CODE_DIGITS))
        if len(digits) == CODE_DIGITS:
            asked = self._asked
            self._tools.ops.run(
                lambda: self._guests.search_code(digits),
                success=lambda found: self._on_code_found(found, asked),
                failure=lambda error: self._on_refused(error, asked),
                lane=Lane.NET,
            )

    def _on_code_found(self, found: GuestSearch, asked: int) -> None:
        page = self._state.page
        if asked != self._asked or not isinstance(page, CodePage):
            return
        if found.hits:
            self._bind(found.hits[0].card)
        else:
            self._tools.bridge.sound(Sound.ERROR)
            self._put(replace(page, busy=False, error=found.words))

    def start_camera(self) -> None:
        """Switch the camera on, if there is one."""
        is_on = self._camera.start()
        self._put(CameraPage(is_on=is_on, error=None if is_on else NO_CAMERA))

    def _on_code_seen(self, text: str) -> None:
        page = self._state.page
        if not self._shown or not isinstance(page, CameraPage) or page.busy:
            return
        self._asked += 1
        asked = self._asked
        self._tools.bridge.sound(Sound.SCAN_OK)
        self._put(replace(page, busy=True, error=None))
        self._tools.ops.run(
            lambda: self._guests.bind_scanned(text),
            success=self._on_bound,
            failure=lambda error: self._on_refused(error, asked),
            lane=Lane.NET,
        )

    def _on_camera_failed(self, error: object) -> None:
        if isinstance(self._state.page, CameraPage) and isinstance(error, AppError):
            self._put(CameraPage(error=Words(error.ru, error.en)))

    # ------------------------------------------------------------ registration

    def _on_new_wanted(self) -> None:
        page = self._state.page
        if isinstance(page, RegisterPage):
            return  # an answer has led here already; what is typed stays
        digits = page.digits if isinstance(page, PhonePage) else ""
        self._open_registration(digits, was_searched=False)

    def _open_registration(
        self, phone: str, *, was_searched: bool, note: Words | None = None
    ) -> None:
        self._camera.stop()
        page = RegisterPage(phone, was_searched=was_searched)
        self._show(replace(self._state, page=page, tab=Tab.PHONE))
        self.view.register.focus_name()
        if note is not None:
            self._tools.bridge.toast(say(note))

    def _on_name_changed(self, name: str) -> None:
        page = self._state.page
        if isinstance(page, RegisterPage):
            self._put(registration.with_name(page, name))

    def _on_consent_changed(self, agrees: bool) -> None:
        page = self._state.page
        if isinstance(page, RegisterPage):
            self._put(replace(page, has_consent=agrees, error=None))

    def register(self) -> None:
        """Register the guest, if phone and consent are there."""
        page = self._state.page
        if not isinstance(page, RegisterPage) or page.busy:
            return
        if not page.has_consent:
            self._put(replace(page, error=registration.CONSENT_MISSING))
            return
        self._asked += 1
        asked = self._asked
        self._put(replace(page, busy=True, error=None))
        registration.register(
            self._tools.ops,
            self._guests,
            page,
            success=self._welcome,
            failure=lambda error: self._on_refused(error, asked),
        )

    def _welcome(self, new: NewGuest) -> None:
        self._tools.board.publish(new.bound.state)
        self._tools.bridge.sound(Sound.GUEST_FOUND)
        self._show(replace(self._state, page=new.page()))
        self.view.setFocus()

    # ------------------------------------------------------------ binding

    def choose(self, card_id: str) -> None:
        """Bind a guest from the results."""
        card = self._found.get(card_id)
        if card is not None:
            self._bind(card)

    def _bind(self, card: GuestCard) -> None:
        asked = self._asked
        self._tools.ops.run(
            lambda: self._guests.bind(card),
            success=self._on_bound,
            failure=lambda error: self._on_refused(error, asked),
            lane=Lane.NET,
        )

    def _on_bound(self, bound: Bound) -> None:
        self._tools.bridge.sound(Sound.GUEST_FOUND)
        if bound.words is not None:
            self._tools.bridge.toast(say(bound.words))
        self._tools.board.publish(bound.state)

    def _on_board(self, order: object) -> None:
        """Follow a guest who was bound, by this screen or by a scanner."""
        is_waiting = self._shown and not isinstance(self._state.page, RegisterPage | WelcomePage)
        if is_waiting and isinstance(order, OrderState) and order.guest is not None:
            self._tools.stage.go(ScreenId.GUEST)

    def _on_refused(self, error: AppError, asked: int) -> None:
        words = Words(error.ru, error.en)
        page = self._state.page
        if asked != self._asked:
            return
        self._tools.bridge.sound(Sound.ERROR)
        match page:
            case PhonePage() | CodePage() | CameraPage() | RegisterPage():
                self._put(replace(page, busy=False, error=words))
            case _:
                self._tools.bridge.show_error(error)

    # ------------------------------------------------------------ the rest

    def _rows(self, found: GuestSearch) -> tuple[GuestRow, ...]:
        zone = self._till.house.zone
        self._found = {hit.card.card_id: hit.card for hit in found.hits}
        ages = {hit.card.card_id: hit.age for hit in found.hits}
        return tuple(
            GuestRow(
                card_id=card.card_id,
                name=card.first_name,
                level=card.level_name,
                phone=card.phone,
                balance_minor=card.total_minor,
                last_visit=card.last_visit_at.astimezone(zone) if card.last_visit_at else None,
                is_blocked=card.is_blocked,
                age=ages[card.card_id],
            )
            for card in self._found.values()
        )

    def _put(self, page: SearchPage) -> None:
        self._show(replace(self._state, page=page))

    def _show(self, state: SearchState) -> None:
        self._state = state
        self.view.render(state)

    def _connect_signals(self) -> None:
        view = self.view
        view.back_wanted.connect(self.back)
        view.tab_chosen.connect(self.choose_tab)
        for page in (view.phone, view.code):
            page.key_typed.connect(self.type_digit)
            page.erased.connect(self.erase)
            page.cleared.connect(self._clear)
            page.new_wanted.connect(self._on_new_wanted)
        view.phone.search_wanted.connect(self.search)
        view.phone.guest_chosen.connect(self.choose)
        view.camera.restart_wanted.connect(self.start_camera)
        view.register.name_changed.connect(self._on_name_changed)
        view.register.phone_typed.connect(self.type_digit)
        view.register.phone_erased.connect(self.erase)
        view.register.consent_changed.connect(self._on_consent_changed)
        view.register.register_wanted.connect(self.register)
        view.welcome.go_on.connect(lambda: self._tools.stage.go(ScreenId.GUEST))
        self._camera.seen.connect(self._on_code_seen)
        self._camera.failed.connect(self._on_camera_failed)
        self._tools.board.changed.connect(self._on_board)


def _without_trunk(digits: str) -> str:
    """Return the ten digits of a number that was typed with its 8 or 7 in front."""
    if len(digits) == PHONE_DIGITS + 1 and digits[0] in "78":
        return digits[1:]
    return digits
