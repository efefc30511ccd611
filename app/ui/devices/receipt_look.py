"""Works the page with the look of receipts: each change is drawn at once, kept when it is asked for."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from app.till.receipt_templates import ReceiptTemplates
from app.ui.devices.receipt_page import ReceiptPage
from app.ui.devices.state import LookState
from app.ui.ops import Lane, Ops


class ReceiptLook(QObject):
    """Edits the template of receipts; the newest wish wins.

    Args:
        ops: Lanes.
        templates: The looks.
        page: Shows them.
        keep: Keeps a template, with a senior's PIN if that is needed.

    Attributes:
        failed: The `AppError` that a template was refused with.
    """

    failed = Signal(object)

    def __init__(
        self,
        ops: Ops,
        templates: ReceiptTemplates,
        page: ReceiptPage,
        keep: Callable[[str], object],
    ) -> None:
        super().__init__()
        self._ops, self._templates, self._page, self._keep = ops, templates, page, keep
        self._state = LookState()
        self._wish = 0
        page.base_chosen.connect(self.choose_base)
        page.width_chosen.connect(self.choose_width)
        page.choice_made.connect(self.switch)
        page.keep_wanted.connect(self.keep)

    @property
    def state(self) -> LookState:
        """Return what is shown."""
        return self._state

    def start(self) -> None:
        """Show the look that receipts have now."""
        columns = self._state.columns
        self._load(lambda: LookState(text=self._templates.text(), columns=columns))

    def choose_base(self, name: str) -> None:
        """Begin with a look that comes with the program."""
        columns = self._state.columns
        self._load(
            lambda: LookState(
                text=self._templates.text(name), base=name, columns=columns, is_changed=True
            )
        )

    def choose_width(self, columns: int) -> None:
        """Show the sample on other paper."""
        state = self._state
        if state.text:
            self._load(lambda: replace(state, columns=columns))

    def switch(self, key: str) -> None:
        """Show or hide a part of the receipt."""
        state = self._state
        if not state.text:
            return
        is_on = not state.choices.get(key, False)
        self._load(
            lambda: replace(
                state, text=self._templates.changed(state.text, key, is_on=is_on), is_changed=True
            )
        )

    def keep(self) -> None:
        """Print receipts like this from now on."""
        if self._state.text:
            self._keep(self._state.text)

    def on_kept(self, text: str) -> None:
        """Show that it is kept."""
        if text == self._state.text:
            self._show(replace(self._state, is_changed=False))

    def _load(self, make: Callable[[], LookState]) -> None:
        """Make the next state with its picture; drawing takes some milliseconds."""
        self._wish += 1
        wish = self._wish

        def work() -> LookState:
            state = make()
            choices = self._templates.choices(state.text)
            png = self._templates.preview(state.text, state.columns)
            return replace(state, choices=choices, png=png)

        def show(state: LookState) -> None:
            if wish == self._wish:
                self._show(state)

        self._ops.run(work, success=show, failure=self.failed.emit, lane=Lane.EQUIPMENT, owner=self)

    def _show(self, state: LookState) -> None:
        self._state = state
        self._page.show_look(state)
