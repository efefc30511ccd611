"""The search screen: header with three ways to look, and one page of five."""

from functools import cached_property

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from app.ui.guest.camera_page import CameraView
from app.ui.guest.code_page import CodeView
from app.ui.guest.phone_page import PhoneView
from app.ui.guest.register_page import RegisterView
from app.ui.guest.state import (
    CameraPage,
    CodePage,
    PhonePage,
    RegisterPage,
    SearchState,
    Tab,
    WelcomePage,
)
from app.ui.guest.welcome_page import WelcomeView
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.chip import StatusChip
from app.ui.widgets.parts import Parts
from app.ui.widgets.room import Room
from app.ui.widgets.segment import Choice, Segment
from app.ui.widgets.view import Pages, View, show_page
from app.ui.widgets.work_header import WorkHeader


class SearchParts(Parts):
    """The pages of the search screen."""

    @cached_property
    def phone(self) -> PhoneView:
        """Make the search by phone."""
        return PhoneView()

    @cached_property
    def code(self) -> CodeView:
        """Make the search by card code."""
        return CodeView()

    @cached_property
    def camera(self) -> CameraView:
        """Make the search by camera."""
        return CameraView()

    @cached_property
    def register(self) -> RegisterView:
        """Make the registration."""
        return RegisterView()

    @cached_property
    def welcome(self) -> WelcomeView:
        """Make the page after a registration."""
        return WelcomeView()


class SearchView(View[SearchState]):
    """The whole search screen; its pages carry their own intents.

    Args:
        parts: Its pages, as far as they are made.
        parent: Owner.

    Attributes:
        back_wanted: Back to the order.
        tab_chosen: The `Tab` that was tapped.
    """

    back_wanted = Signal()
    tab_chosen = Signal(object)

    def __init__(self, parts: SearchParts | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent, box="bg")
        parts = parts or SearchParts()
        self.header = WorkHeader()
        self._offline = StatusChip("", "warn", "cloud-off")
        self.tabs = Segment()
        self.header.add(self._offline, self.tabs)
        self.phone = parts.phone
        self.code = parts.code
        self.camera = parts.camera
        self.register = parts.register
        self.welcome = parts.welcome
        self.pages = Pages()
        for page in (self.phone, self.code, self.camera, self.register, self.welcome):
            self.pages.addWidget(page)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._column.addWidget(Room(self.pages), 1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.header.back.connect(self.back_wanted)
        self.tabs.chosen.connect(lambda key: self.tab_chosen.emit(Tab(key)))
        for view in (self.code, self.camera):
            view.phone_wanted.connect(lambda: self.tab_chosen.emit(Tab.PHONE))
        self.camera.code_wanted.connect(lambda: self.tab_chosen.emit(Tab.CODE))
        self.refresh()

    @override
    def show_state(self, state: SearchState) -> None:
        """Show a page and which way to look is chosen."""
        page = state.page
        is_new = isinstance(page, RegisterPage | WelcomePage)
        self.header.set_title(tr("New guest") if is_new else tr("Guest"))
        self.tabs.setVisible(not isinstance(page, WelcomePage))
        self.tabs.set_choices(
            (
                Choice(Tab.PHONE, tr("Phone"), "phone"),
                Choice(Tab.CODE, tr("Card code"), "id"),
                Choice(Tab.CAMERA, tr("Camera"), "camera"),
            ),
            state.tab,
        )
        self._offline.set_chip(tr("Offline"), "warn", "cloud-off")
        self._offline.setVisible(state.is_offline)
        match page:
            case PhonePage():
                show_page(self.pages, self.phone, page)
            case CodePage():
                show_page(self.pages, self.code, page)
            case CameraPage():
                show_page(self.pages, self.camera, page)
            case RegisterPage():
                show_page(self.pages, self.register, page)
            case WelcomePage():
                show_page(self.pages, self.welcome, page)

    @override
    def apply_theme(self) -> None:
        """Scale margins."""
        look = theme()
        self._column.setContentsMargins(look.px(12), 0, look.px(12), look.px(12))
