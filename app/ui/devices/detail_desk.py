"""What every part of the dialog of one device works with: its state, the PIN of a senior, the frame."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject

from app.kernel.errors import AppError
from app.till.equipment import Equipment
from app.till.equipment_states import SCREEN_CARD, Card, DeviceModel, Setup, TrialResult
from app.till.order import Approval
from app.till.words import Words
from app.ui.bridge import Sound
from app.ui.devices.detail import DETAIL_SIZE, DetailPanel
from app.ui.devices.forms import customer_fields, device_fields
from app.ui.devices.guest_screen import GuestScreen
from app.ui.devices.state import DetailState, Page
from app.ui.frame.tools import Tools
from app.ui.ops import Lane


class DetailDesk(QObject):
    """Holds the dialog of one device and does what needs a senior.

    Args:
        tools: Lanes, window and the rest.
        equipment: The use cases.
        screen: The guest's display.
        changed: Told when something about the devices is different.
        panel: The dialog.
    """

    def __init__(
        self,
        tools: Tools,
        equipment: Equipment,
        screen: GuestScreen,
        changed: Callable[[], None],
        panel: DetailPanel,
    ) -> None:
        super().__init__()
        self._tools, self._equipment, self._screen = tools, equipment, screen
        self._changed = changed
        self._models: dict[str, DeviceModel] = {}
        self._setup: Setup | None = None
        self._approval: Approval | None = None
        self._is_open = False
        self._is_asking = False
        self.panel = panel

    # ------------------------------------------------------------ with a senior
    def _approved(
        self,
        op: Callable[[Approval | None], object],
        success: Callable[..., object],
        *,
        lane: Lane = Lane.TILL,
    ) -> None:
        """Do something that may ask for a PIN: that dialog takes the place of this one."""
        self._tools.approvals.run(
            op, success=success, failure=self._on_refused, asked=self._on_asked, lane=lane
        )

    def _on_asked(self) -> None:
        self._is_asking = True
        self._set(is_busy=False)

    def _on_refused(self, error: AppError) -> None:
        self._set(is_busy=False, error=Words(error.ru, error.en))
        self._tools.bridge.sound(Sound.ERROR)
        if self._state.page is not Page.FORM:
            self._tools.bridge.show_error(error)
        self._reopen()
        self._changed()

    def _reopen(self) -> None:
        """Come back after the PIN was asked for."""
        if self._is_asking:
            self._open_dialog()

    # ------------------------------------------------------------ state
    def _page_of(self, card: Card) -> Page:
        """Return what whoever may change settings sees first."""
        has_form = card.setup is not None or card.device_id == SCREEN_CARD
        return Page.FORM if has_form else Page.NOTHING

    @property
    def _state(self) -> DetailState:
        return self.panel.state

    def _open_dialog(self) -> None:
        self._is_open, self._is_asking = True, False
        self._tools.stage.open_dialog(self.panel, size_px=DETAIL_SIZE)

    def _with_fields(self, state: DetailState) -> DetailState:
        card, setup = state.card, self._setup
        if card is not None and card.device_id == SCREEN_CARD:
            return replace(state, fields=customer_fields(self._screen.load()))
        model = self._models.get(setup.model) if setup is not None else None
        if model is None or setup is None:
            return state
        fields = device_fields(model, setup)
        if card is None:
            return replace(state, fields=fields)
        strip = tuple(self._equipment.strip_lines(card.device_id))
        used = set(setup.options)
        now = next((line.index for line in strip if set(line.options) <= used), -1)
        return replace(state, fields=fields, strip=strip, strip_line=now)

    def _set(self, **changes: object) -> None:
        self._show(replace(self._state, **changes))  # type: ignore[arg-type]  # its fields

    def _show(self, state: DetailState) -> None:
        self.panel.show_detail(state)

    def _on_result(self, result: TrialResult) -> None:
        self._set(is_busy=False, result=result)
        self._reopen()
        self._changed()
