"""The real window of a till, driven by keys."""

from dataclasses import dataclass

from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ui.app import TillUi
from app.ui.frame.screen import ScreenId


@dataclass
class DrivenWindow:
    """A till's window with hands on its keys."""

    ui: TillUi
    qtbot: QtBot

    def settle(self) -> None:
        """Let all work be done and shown."""
        for _ in range(3):
            assert self.ui.ops.wait_idle(60)
            QApplication.processEvents()

    def keys(self, *names: str) -> None:
        """Press keys one after the other."""
        for name in names:
            self.ui.window.press_key(name)
        self.settle()

    def main(self, key: str) -> None:
        """Wait until the main button takes presses, and press its key."""
        button = self.ui.window.panel.main
        self.qtbot.waitUntil(lambda: not button.is_locked, timeout=60_000)
        self.keys(key)

    def screen(self) -> ScreenId:
        """Return which screen is on top."""
        current = self.ui.window.current
        assert current is not None
        return current.screen_id
