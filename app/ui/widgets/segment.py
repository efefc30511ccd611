"""A segment: a few choices side by side on one track, one of them chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget
from typing_extensions import override

from app.ui import icons
from app.ui.theme import theme
from app.ui.widgets.face import draw_face
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.pressable import Pressable


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a segment."""

    key: str
    label: str
    icon: str = ""
    enabled: bool = True


class _SegmentButton(Pressable):
    def __init__(self, choice: Choice, parent: QWidget) -> None:
        super().__init__(parent)
        self.key = choice.key
        self._icon = choice.icon
        self.setText(choice.label)
        self.setAccessibleName(choice.label)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setEnabled(choice.enabled)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.apply_theme()

    def set_choice(self, choice: Choice) -> None:
        self._icon = choice.icon
        self.setText(choice.label)
        self.setAccessibleName(choice.label)
        self.setEnabled(choice.enabled)
        self.update()

    @override
    def apply_theme(self) -> None:
        self.setMinimumHeight(theme().px(48))

    @override
    def sizeHint(self) -> QSize:
        look = theme()
        width = QFontMetrics(look.font_px(16, 600)).horizontalAdvance(self.text())
        return QSize(width + look.px(28) + (look.px(32) if self._icon else 0), look.px(48))

    @override
    def minimumSizeHint(self) -> QSize:
        hint = self.sizeHint()
        return QSize(hint.width() - theme().px(12), hint.height())

    @override
    def draw(self, painter: QPainter) -> None:
        look = theme()
        if self.isChecked():
            draw_face(
                painter,
                QRectF(self.rect()),
                "surface",
                border="primary",
                border_px=2,
                radius_px=7,
            )
        elif self.isDown():
            draw_face(painter, QRectF(self.rect()), "line", radius_px=7)
        tone = "text" if self.isChecked() else "text-2"
        if not self.isEnabled():
            tone = "disabled-text"
        font = look.font_px(16, 600)
        width = QFontMetrics(font).horizontalAdvance(self.text())
        lead = look.px(32) if self._icon else 0
        left = (self.width() - width - lead) // 2
        if self._icon:
            icons.paint(painter, QRect(left, 0, look.px(24), self.height()), self._icon, tone)
        painter.setFont(font)
        painter.setPen(look.color(tone))
        area = QRect(left + lead, 0, self.width() - left - lead, self.height())
        painter.drawText(
            area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.text()
        )


class Segment(LiveFrame):
    """Choices on one track.

    Args:
        parent: Owner.

    Attributes:
        chosen: The key of the choice that was tapped.
    """

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._buttons: list[_SegmentButton] = []
        self.refresh()

    def set_choices(self, choices: Sequence[Choice], current: str) -> None:
        """Show these choices with one of them chosen; the same keys keep their buttons."""
        if [button.key for button in self._buttons] != [choice.key for choice in choices]:
            for button in self._buttons:
                button.deleteLater()
            self._buttons = [self._make(choice) for choice in choices]
        for button, choice in zip(self._buttons, choices, strict=True):
            button.set_choice(choice)
            button.setChecked(choice.key == current)

    def button(self, key: str) -> Pressable:
        """Return the button of a choice, for tests and shortcuts.

        Raises:
            KeyError: There is no such choice.
        """
        for button in self._buttons:
            if button.key == key:
                return button
        raise KeyError(key)

    @override
    def apply_theme(self) -> None:
        """Scale the track."""
        edge = theme().px(4)
        self._row.setContentsMargins(edge, edge, edge, edge)
        self._row.setSpacing(edge)

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the track."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_face(painter, QRectF(self.rect()), "surface-3", radius_px=10)
        painter.end()

    def _make(self, choice: Choice) -> _SegmentButton:
        button = _SegmentButton(choice, self)
        button.clicked.connect(lambda _checked=False, key=choice.key: self.chosen.emit(key))
        self._row.addWidget(button)
        return button
