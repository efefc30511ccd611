"""Learning a scanner: the two codes on the screen, and what to do next."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QWidget
from typing_extensions import override

from app.till.camera import Picture
from app.till.equipment_states import CalibrationState
from app.ui.dates import say
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.label import Label
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.notice import Notice
from app.ui.widgets.stack import Column


class CodeSheet(LiveFrame):
    """The sheet: one code, the other one is covered, so that a scanner cannot take the wrong one."""

    def __init__(self) -> None:
        super().__init__()
        self._picture: QPixmap | None = None
        self._step = 1
        self.refresh()

    @property
    def has_picture(self) -> bool:
        """Tell whether the codes are there."""
        return self._picture is not None

    def set_picture(self, picture: Picture) -> None:
        """Take the codes: the first above the second."""
        line = picture.width * 3
        form = QImage.Format.Format_RGB888
        image = QImage(picture.rgb, picture.width, picture.height, line, form)
        self._picture = QPixmap.fromImage(image.copy())
        self.update()

    def show_step(self, step: int) -> None:
        """Show the code of a step; none after the last."""
        if step != self._step:
            self._step = step
            self.update()

    @override
    def apply_theme(self) -> None:
        """Keep room for a code."""
        self.setMinimumSize(theme().px(280), theme().px(280))

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the code of the step on white, in whole pixels."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.white)
        if self._picture is not None and self._step in (1, 2):
            half = self._picture.height() // 2
            part = QRect(0, (self._step - 1) * half, self._picture.width(), half)
            size = part.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(0, 0, size.width(), size.height())
            place.moveCenter(self.rect().center())
            painter.drawPixmap(place, self._picture, part)
        painter.end()


class CalibratePage(LiveFrame):
    """The code to scan at the left, what to do at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sheet = CodeSheet()
        self._words = Label(style="heading", wrap=True)
        self._about = Label(style="body", tone="text-2", wrap=True)
        self.advice = Notice("warn")
        side = Column(gap=12)
        side.add(self._words, self.advice, self._about)
        side.add_stretch()
        self._row = QHBoxLayout(self)
        self._row.addWidget(self.sheet, 1)
        self._row.addWidget(side, 1)
        self.refresh()

    def show_calibration(self, state: CalibrationState | None) -> None:
        """Show where it stands."""
        self.sheet.show_step(state.step if state is not None else 1)
        self._words.setText(say(state.words) if state is not None else tr("One moment…"))
        advice = say(state.advice) if state is not None else ""
        self.advice.set_notice("", advice)
        self.advice.setVisible(bool(advice))

    def words(self) -> str:
        """Return what to do."""
        return self._words.text()

    @override
    def apply_theme(self) -> None:
        """Scale the gap."""
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme().px(20))

    @override
    def retranslate(self) -> None:
        """Say what it is for."""
        self._about.setText(
            tr("The scanner learns its ends, its layout and the separators of marked goods.")
        )
