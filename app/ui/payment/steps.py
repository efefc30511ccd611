"""The steps of a sale as rows of 68 px: done, now, waiting, failed, not yet."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.till.order import StepName, StepState, StepStatus
from app.ui.dates import say
from app.ui.payment.state import StepCard
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.avatar import draw_avatar
from app.ui.widgets.face import draw_face
from app.ui.widgets.lines import break_words
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.stack import Column

#: So many steps fit above the button that stops the terminal, at 1366 x 768.
ROWS_MAX: Final = 3
#: State of a step: face of the row, tone of the circle, icon.
_LOOKS = {
    StepStatus.NOT_YET: ("surface", "neutral", ""),
    StepStatus.NOW: ("primary-soft", "primary", "loader-2"),
    StepStatus.DONE: ("surface", "ok", "check"),
    StepStatus.WAITING: ("warn-soft", "warn", "clock"),
    StepStatus.FAILED: ("danger-soft", "danger", "x"),
}


def step_text(name: StepName) -> str:
    """Return what a step is called."""
    match name:
        case StepName.AUTHORISE:
            return tr("Payment")
        case StepName.COMMIT:
            return tr("Sale")
        case StepName.LOYALTY:
            return tr("Points")
        case StepName.FISCAL:
            return tr("Receipt")
        case StepName.KITCHEN:
            return tr("Kitchen")
        case StepName.PRINT:
            return tr("Receipt and printing")


def _split(
    steps: tuple[StepState, ...],
) -> tuple[tuple[StepState, ...], tuple[StepState, ...]]:
    """Return the steps that get a row each, and the later ones that share one.

    More rows than fit would push the button below them, "Cancel on the terminal", off the screen.
    """
    begun = sum(step.status is not StepStatus.NOT_YET for step in steps)
    room = max(begun, ROWS_MAX - 1)
    return (steps, ()) if len(steps) <= ROWS_MAX else (steps[:room], steps[room:])


#: Height of a step, and where many of them stand over what can be done.
ROW_PX, ROW_LOW_PX = 68, 56
_LINE_PX, _SECOND_LINE_PX = 24, 20
_LEFT_PX, _RIGHT_PX = 76, 12


class StepRow(LiveFrame):
    """One step: a circle with its state, a headline and a few words.

    Words that need a second line get one: a failure's reason ends with what is to be done about it.
    """

    def __init__(
        self,
        number: int,
        title: str,
        detail: str,
        status: StepStatus,
        *,
        height: int = ROW_PX,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._height = height
        self._number, self._title, self._detail = number, title, detail
        self._status = status
        self._lines = [detail]
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{title}: {detail}")
        self.refresh()

    def show_step(self, title: str, detail: str, status: StepStatus, *, height: int) -> None:
        """Say something else at the same place."""
        said = (title, detail, status, height)
        if said != (self._title, self._detail, self._status, self._height):
            self._title, self._detail, self._status, self._height = said
            self.setAccessibleName(f"{title}: {detail}")
            self._fit()
            self.update()

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self._fit()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Break the words anew."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        look = theme()
        width = self.width() - look.px(_LEFT_PX) - look.px(_RIGHT_PX)
        self._lines = break_words(self._detail, look.font_px(16), width, 2)
        lines = 2 * _LINE_PX + _SECOND_LINE_PX * (len(self._lines) - 1)
        # Where rows are low they stand over much that is to be tapped: its room is not taken.
        air = self._height - 2 * _LINE_PX if self._height > ROW_LOW_PX else 0
        height = look.px(max(self._height, lines + air))
        if (self.minimumHeight(), self.maximumHeight()) != (height, height):
            self.setFixedHeight(height)

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the row."""
        look = theme()
        fill, tone, icon = _LOOKS[self._status]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        draw_face(painter, QRectF(self.rect()), fill)
        edge = look.px(44)
        circle = QRect(look.px(16), (self.height() - edge) // 2, edge, edge)
        draw_avatar(painter, circle, "" if icon else str(self._number), tone, icon)
        left = look.px(_LEFT_PX)
        width = self.width() - left - look.px(_RIGHT_PX)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        title = look.font_px(18, 600)
        painter.setFont(title)
        painter.setPen(look.color("text"))
        elide = Qt.TextElideMode.ElideRight
        headline = QFontMetrics(title).elidedText(self._title, elide, width)
        line, second = look.px(_LINE_PX), look.px(_SECOND_LINE_PX)
        top = (self.height() - 2 * line - second * (len(self._lines) - 1)) // 2
        painter.drawText(QRect(left, top, width, line), flags, headline)
        painter.setFont(look.font_px(16))
        painter.setPen(look.color("text-2"))
        top += line
        for words in self._lines:
            painter.drawText(QRect(left, top, width, line), flags, words)
            top += second
        painter.end()


class StepColumn(Column):
    """All steps, one under another."""

    def __init__(self) -> None:
        super().__init__(gap=8)
        self._rows: list[StepRow] = []

    def set_steps(self, steps: tuple[StepState, ...]) -> None:
        """Show the steps."""
        apart, together = _split(steps)
        lines = [(step_text(step.name), say(step.words), step.status) for step in apart]
        if together:
            title = ", ".join(step_text(step.name) for step in together).capitalize()
            lines.append((title, say(together[0].words), StepStatus.NOT_YET))
        self._show(lines, ROW_PX)

    def set_cards(self, cards: tuple[StepCard, ...], *, height: int = ROW_PX) -> None:
        """Show the steps of a paid sale, each with its own headline."""
        lines = [
            (
                step_text(card.name) if card.name is not None else say(card.title),
                say(card.detail),
                card.status,
            )
            for card in cards
        ]
        self._show(lines, height)

    def _show(self, lines: list[tuple[str, str, StepStatus]], height: int) -> None:
        """Show steps in the rows that are there: making rows anew would hold up a tap."""
        for number in range(len(self._rows), len(lines)):
            row = StepRow(number + 1, *lines[number], height=height)
            self._rows.append(row)
            self.add(row)
        for row, line in zip(self._rows, lines, strict=False):
            row.show_step(*line, height=height)
            row.show()
        for row in self._rows[len(lines) :]:
            row.hide()
