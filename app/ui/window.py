"""The window of the till: top bar, work area, order panel, dialogs, toasts.

    window
      top bar                          56 px, never covered
      body: work stack | order panel   screens of placement WORK
      body: full stack                 screens of placement FULL
      window stack                     screens of placement WINDOW, the top bar goes too
      over it: dialog host, toasts, focus ring

The window knows no screen by its class: presenters plug in by `add` and are shown by `go`. Keys go
to the dialog, then to the screen on top, then F12 and Enter to the main button.
"""

from collections.abc import Generator, Iterator, Sequence
from time import perf_counter
from typing import Final, TypeVar

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPoint, QRect, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent, QWindow
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLayout, QVBoxLayout, QWidget
from typing_extensions import override

from app.ui.breath import breath
from app.ui.bridge import Bridge, Message, Tone
from app.ui.follow import SleepingStack
from app.ui.frame.dialogs import Area, DialogHost
from app.ui.frame.hotkeys import key_name
from app.ui.frame.layout import Layout, LayoutClass, layout_for
from app.ui.frame.one_pane import OnePaneBar
from app.ui.frame.order_panel import OrderPanel
from app.ui.frame.screen import Placement, Screen, ScreenId, ScreenMaker
from app.ui.frame.toast_place import Taken, find_place
from app.ui.frame.top_bar import TopBar
from app.ui.theme import theme
from app.ui.widgets.banner import Banner
from app.ui.widgets.focus_ring import FocusRing
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.pressable import Pressable
from app.ui.widgets.tile import ProductTile
from app.ui.widgets.toast import ToastStack

ACTION_BAR_PX: Final = 80
#: Buttons of a hidden screen that are drawn in one step.
FACES_A_STEP: Final = 12
BareBox = TypeVar("BareBox", bound=QBoxLayout)
_BANNER_TONES: Final = {
    Tone.INFO: "primary",
    Tone.OK: "ok",
    Tone.WARNING: "warn",
    Tone.ERROR: "danger",
    Tone.LOYALTY: "loyal",
}


class MainWindow(LiveFrame):
    """The one window of the till.

    Args:
        bridge: Messages to show.
        places: The places of the top bar that exist.

    Attributes:
        layout_changed: Another `Layout` fits now.
        screen_changed: Id of the screen that came to the top.
        scanned: A code that the screen on top did not want.
        unhandled_key: A hotkey that neither dialog nor screen wanted (F11 and the like).
        closing: The window is being closed.
        native_ready: The native window was made; event filters go there.
        undrawn: There is something for `draw_hidden` again.
    """

    layout_changed = Signal(object)
    screen_changed = Signal(str)
    scanned = Signal(str)
    unhandled_key = Signal(str)
    closing = Signal()
    native_ready = Signal(object)
    undrawn = Signal()

    def __init__(
        self, bridge: Bridge, *, places: tuple[str, ...] = ("sale", "orders", "shift")
    ) -> None:
        super().__init__(box="bg")
        self.setWindowTitle("Max Loyalty Cashier")
        self._screens: dict[ScreenId, Screen] = {}
        self._makers: dict[ScreenId, Generator[None, None, Screen]] = {}
        self._cold: list[QWidget] = []
        self._laid_out: set[QWidget] = set()
        self._drawing: Iterator[None] | None = None
        self._current: Screen | None = None
        self._layout = layout_for(1366)
        self._order_shown = False
        self._native: QWindow | None = None
        self._banner_message: Message | None = None
        self.top_bar = TopBar(self, places=places)
        self.panel = OrderPanel(self)
        self.banner = Banner(self)
        self.banner.hide()
        self._work = SleepingStack(self)
        self._full = SleepingStack(self)
        self._window_stack = SleepingStack(self)
        self.one_pane_bar = OnePaneBar(self)
        self._body = SleepingStack(self)
        self._root = SleepingStack(self)
        self._build()
        self.dialogs = DialogHost(self)
        self._is_repaint_late = self._is_repaint_due = False
        self._coming: list[Message] = []
        self.toasts = ToastStack(self)
        self.toasts.find_place = self._toast_place
        # A moment later: what has just been shown is laid out by then.
        self._toast_timer = QTimer(self)
        self._toast_timer.setSingleShot(True)
        self._toast_timer.timeout.connect(self._place_toasts)
        self.ring = FocusRing(self)
        self._connect_signals(bridge)
        self.refresh()

    # ------------------------------------------------------------ screens

    @property
    def current(self) -> Screen | None:
        """The screen on top."""
        return self._current

    @property
    def layout_now(self) -> Layout:
        """The layout that fits now."""
        return self._layout

    def add(self, screen: Screen) -> None:
        """Give a screen its place; it is not shown yet."""
        self._screens[screen.screen_id] = screen
        self._stack_of(screen).addWidget(screen.view)

    def add_late(self, screen_id: ScreenId, make: ScreenMaker) -> None:
        """Have a screen made when it is shown first, or by `prepare_screens` before."""
        self._makers[screen_id] = make()

    def prepare_screens(self) -> bool:
        """Take the next step towards screens that are still missing; False if none is.

        A screen that has been made is drawn once, out of sight, in steps of its own; so is the frame
        of the till behind the sign-in, first of all.
        """
        if self.draw_hidden():
            return True
        missing = next(iter(self._makers), None)
        if missing is None:
            return False
        if self._take_step(missing):
            self._cold.append(self._screens[missing].view)
        return True

    def draw_hidden(self) -> bool:
        """Take the next step of drawing what is not shown yet; False if nothing is left to draw."""
        if self._cold and self._drawing is None:
            view = self._cold.pop()
            self._drawing = None if view.isVisible() else self._draw_once(view)
        if self._drawing is not None:
            if next(self._drawing, self) is self:
                self._drawing = None
            return True
        return bool(self._cold)

    def has(self, screen_id: ScreenId) -> bool:
        """Tell whether there is such a screen, made or not."""
        return screen_id in self._screens or screen_id in self._makers

    def _made(self, screen_id: ScreenId) -> Screen:
        while screen_id in self._makers:
            self._take_step(screen_id)
        return self._screens[screen_id]

    def _take_step(self, screen_id: ScreenId) -> bool:
        """Take one step of making a screen; True if it is there now."""
        making = self._makers.pop(screen_id)
        try:
            next(making)
        except StopIteration as made:
            self.add(made.value)
            return True
        self._makers = {screen_id: making, **self._makers}
        return False

    @property
    def till_page(self) -> QWidget:
        """What is shown after signing in: top bar, work area and order."""
        return self._till_page

    def draw_again(self, view: QWidget) -> None:
        """Have a hidden view drawn once more by `draw_hidden`: it shows other things now."""
        if not view.isVisible() and view not in self._cold:
            self._cold.append(view)
            self.undrawn.emit()

    def _draw_once(self, view: QWidget) -> Iterator[None]:
        """Lay a hidden view out in the size in which it will be shown, draw its buttons, then all."""
        if view not in self._laid_out:
            self._laid_out.add(view)
            # A hidden page of a stack has no size yet, nor have the stacks in it.
            place = view.parentWidget()
            view.resize((self._body if place is self._full else place or self).size())
            view.grab(QRect(0, 0, 1, 1))  # works the layout out
            yield
            for part in view.findChildren(QObject):
                # Qt's own parts, such as scroll bars, get their classes in Python when they are met.
                if isinstance(part, SleepingStack):
                    self._cold += part.hidden_pages()
            yield
        faces = [part for part in view.findChildren(Pressable) if part.isVisibleTo(view)]
        for number, face in enumerate(faces, 1):
            face.draw_ahead()
            if number % FACES_A_STEP == 0:
                yield
        if not view.isVisible():
            view.grab()

    def go(self, screen_id: ScreenId) -> None:
        """Bring a screen to the top.

        Raises:
            KeyError: It was never added.
        """
        screen = self._made(screen_id)
        if self._current is not None and self._current is not screen:
            self._current.on_leave()
        self.dialogs.close_dialog()
        self._current = screen
        self._stack_of(screen).setCurrentWidget(screen.view)
        self._root.setCurrentIndex(1 if screen.placement is Placement.WINDOW else 0)
        self._body.setCurrentIndex(1 if screen.placement is Placement.FULL else 0)
        self.show_order(shown=False)
        screen.on_enter()
        self.refresh_main()
        self._place_overlays()
        self.screen_changed.emit(screen_id.value)

    def refresh_main(self) -> None:
        """Ask the screen on top again what the main button means."""
        if self._current is not None:
            self.panel.override_main(self._current.main_meaning())
            self._toast_timer.start()

    def show_order(self, *, shown: bool) -> None:
        """Show the order instead of the products, in the one-pane layout."""
        self._order_shown = shown and self._layout.is_one_pane
        self._apply_panes()

    def deliver_scan(self, text: str) -> None:
        """Give a scanned code to the screen on top, else to whoever listens to `scanned`."""
        if self._current is None or not self._current.on_scan(text):
            self.scanned.emit(text)

    # ------------------------------------------------------------ keys

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give a hotkey to the dialog, the screen, the main button, in this order."""
        name = key_name(event)
        if not name or not self.press_key(name):
            super().keyPressEvent(event)

    def press_key(self, name: str) -> bool:
        """Handle a hotkey by its name; True if anybody wanted it."""
        if self.dialogs.on_key(name):
            return True
        if self._current is not None and self._current.on_key(name):
            return True
        if name == "F12" or (name == "Enter" and self.panel.main.meaning.hotkey == "Enter"):
            self.panel.main.trigger()
            return True
        self.unhandled_key.emit(name)
        return False

    # ------------------------------------------------------------ form

    @override
    def apply_theme(self) -> None:
        """Find the layout for the new scale."""
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find the layout for the new size."""
        super().resizeEvent(event)
        self._fit()

    @override
    def showEvent(self, event: QShowEvent) -> None:
        """The native window exists now: look at its keys."""
        super().showEvent(event)
        native = self.windowHandle()
        if native is not self._native:
            self._native = native
            self.ring.watch(native)
            self.native_ready.emit(native)

    @override
    def event(self, event: QEvent) -> bool:
        """Repaint after heavy work only when a tap has had its chance."""
        if event.type() != QEvent.Type.UpdateRequest:
            return super().event(event)
        if breath().holds_repaint and not self._is_repaint_due:
            self._is_repaint_late = True
            return True
        self._is_repaint_due = False
        started = perf_counter()
        done = super().event(event)
        breath().after(started)
        return done

    def _on_breath(self) -> None:
        if self._is_repaint_late:
            self._is_repaint_late, self._is_repaint_due = False, True
            QCoreApplication.postEvent(self, QEvent(QEvent.Type.UpdateRequest))

    @override
    def closeEvent(self, event: object) -> None:
        """Tell that the till is being left."""
        del event
        self.closing.emit()

    def _fit(self) -> None:
        layout = layout_for(self.width())
        changed = layout != self._layout
        self._layout = layout
        self.top_bar.set_layout_class(is_narrow=layout.is_narrow, is_one_pane=layout.is_one_pane)
        self.panel.set_narrow(is_narrow=layout.is_narrow, is_one_pane=layout.is_one_pane)
        if layout.kind is not LayoutClass.ONE_PANE:
            self._order_shown = False
        self._apply_panes()
        self._place_overlays()
        if changed:
            self.layout_changed.emit(layout)

    def _apply_panes(self) -> None:
        layout = self._layout
        one_pane = layout.is_one_pane
        if one_pane:
            self.panel.setMinimumWidth(0)
            self.panel.setMaximumWidth(16_777_215)
        else:
            self.panel.setFixedWidth(theme().px(layout.panel_width))
        self.panel.setVisible(not one_pane or self._order_shown)
        self._work_column.setVisible(not one_pane or not self._order_shown)
        in_sale = self._current is not None and self._current.screen_id is ScreenId.SALE
        self.one_pane_bar.setVisible(one_pane and not self._order_shown)
        self.one_pane_bar.set_products_shown(shown=in_sale)

    def _place_overlays(self) -> None:
        self.dialogs.set_place(self._dialog_place(self.top_bar.height()))
        self._toast_timer.start()

    @Slot(object)
    def _on_toast(self, message: Message) -> None:
        """Show a message once what it tells of is on the screen."""
        self._coming.append(message)
        self._toast_timer.start()

    @Slot(str)
    def _on_toast_withdrawn(self, key: str) -> None:
        self._coming = [message for message in self._coming if message.key != key]
        self.toasts.withdraw(key)

    def _place_toasts(self) -> None:
        coming, self._coming = self._coming, []
        look = theme()
        left = look.px(self._layout.rail_width + 16)
        bar = look.px(ACTION_BAR_PX) + look.px(12)
        width = self.width() - (0 if self._layout.is_one_pane else self.panel.width())
        right = width - left - look.px(8)
        self.toasts.place(left, self.height() - bar, right, coming=coming)

    def _toast_place(self, homes: Sequence[QRect]) -> QRect:
        """Return a place for toasts where nothing is tapped, at best where nothing is read."""
        root = self.dialogs.dialog or (self._current.view if self._current else None)
        if root is None or not root.isVisible():
            return homes[0]
        area = QRect(root.mapTo(self, QPoint(0, 0)), root.size())
        return find_place(area, homes, Taken(self, root, ignored=(ProductTile,)))

    def _dialog_place(self, top: int) -> QRect:
        if self.dialogs.area is Area.WORK and not self._layout.is_one_pane:
            width = self.width() - self.panel.width()
            return QRect(0, top, width, self.height() - top - theme().px(ACTION_BAR_PX))
        return QRect(0, top, self.width(), self.height() - top)

    def open_dialog(
        self, dialog: QWidget, *, size_px: tuple[int, int], area: Area = Area.WINDOW
    ) -> None:
        """Open a dialog over the window or over the work area."""
        self.dialogs.open(dialog, size_px=size_px, area=area)
        self._place_overlays()
        self.toasts.raise_()
        self.ring.raise_()

    def close_dialog(self) -> None:
        """Close the dialog that is open, if any."""
        self.dialogs.close_dialog()

    def work_area(self) -> QRect:
        """Return where the work area is, in coordinates of the window."""
        return QRect(self._work_column.mapTo(self, QPoint(0, 0)), self._work_column.size())

    # ------------------------------------------------------------ building

    def _build(self) -> None:
        self._work_column = QWidget(self)
        work = _bare(QVBoxLayout(self._work_column))
        work.addWidget(self.banner)
        work.addWidget(self._work, 1)
        work.addWidget(self.one_pane_bar)
        order_page = QWidget(self)
        row = _bare(QHBoxLayout(order_page))
        row.addWidget(self._work_column, 1)
        row.addWidget(self.panel)
        self._body.addWidget(order_page)
        self._body.addWidget(self._full)
        self._till_page = QWidget(self)
        column = _bare(QVBoxLayout(self._till_page))
        column.addWidget(self.top_bar)
        column.addWidget(self._body, 1)
        self._root.addWidget(self._till_page)
        self._root.addWidget(self._window_stack)
        outer = _bare(QVBoxLayout(self))
        # The layout follows the window: at any size there is one that fits.
        outer.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        outer.addWidget(self._root)
        self._cold.append(self._till_page)

    def _connect_signals(self, bridge: Bridge) -> None:
        breath().over.connect(self._on_breath)
        bridge.toast_wanted.connect(self._on_toast)
        bridge.toast_withdrawn.connect(self._on_toast_withdrawn)
        bridge.banner_wanted.connect(self._on_banner)
        self.banner.pressed.connect(self._on_banner_pressed)
        self.panel.main_pressed.connect(self._on_main)
        self.panel.close_tapped.connect(lambda: self.show_order(shown=False))
        self.one_pane_bar.order_tapped.connect(lambda: self.show_order(shown=True))
        self.one_pane_bar.main_tapped.connect(self.panel.main.trigger)
        self.panel.guest_tapped.connect(lambda: self.show_order(shown=False))
        self.panel.rendered.connect(self.one_pane_bar.show_order)
        self.one_pane_bar.guest_tapped.connect(self.panel.guest_tapped)

    def _stack_of(self, screen: Screen) -> SleepingStack:
        match screen.placement:
            case Placement.WORK:
                return self._work
            case Placement.FULL:
                return self._full
            case Placement.WINDOW:
                return self._window_stack

    def _on_main(self, key: str) -> None:
        """Hand a press to whoever gave the button its meaning: the screen on top, else the sale."""
        screen = self._current
        if screen is not None and screen.main_meaning() is None:
            screen = self._screens.get(ScreenId.SALE, screen)
        if screen is not None:
            screen.on_main(key)

    def _on_banner(self, message: object) -> None:
        self._banner_message = message if isinstance(message, Message) else None
        shown = self._banner_message
        if shown is None:
            self.banner.hide()
            return
        self.banner.set_banner(
            shown.text,
            shown.detail,
            button=shown.action.label if shown.action else "",
            tone=_BANNER_TONES[shown.tone],
            icon=shown.icon,
        )
        self.banner.show()

    def _on_banner_pressed(self) -> None:
        message = self._banner_message
        if message is not None and message.action is not None:
            message.action.run()


def _bare(box: BareBox) -> BareBox:
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    return box
