"""The card of one device: painted words, a button for its test, one for its settings."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from app.till.equipment_states import Card
from app.ui import icons
from app.ui.dates import say
from app.ui.device_icons import icon_of
from app.ui.devices.words import BORDERS, LIGHTS, trial_text
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.button import Kind, PushButton
from app.ui.widgets.chip import chip_size, draw_chip
from app.ui.widgets.face import draw_face
from app.ui.widgets.live import LiveFrame
from app.ui.widgets.pressable import Pressable

WIDTH_PX, HEIGHT_PX = 334, 204
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class DeviceCard(LiveFrame):
    """How a device is; the buttons emit its id.

    Args:
        parent: Owner.

    Attributes:
        test_wanted: Run its test.
        settings_wanted: Open its dialog.
    """

    test_wanted = Signal(str)
    settings_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._card: Card | None = None
        self._busy = False
        self.test = PushButton(kind=Kind.OUTLINE, parent=self)
        self.settings = PushButton(kind=Kind.OUTLINE, icon="settings", width=56, parent=self)
        self.test.clicked.connect(self._on_test)
        self.settings.clicked.connect(self._on_settings)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()

    @property
    def card(self) -> Card | None:
        """Return what is shown."""
        return self._card

    def show_card(self, card: Card, *, busy: bool) -> None:
        """Show a device; the same again costs nothing."""
        if (card, busy) == (self._card, self._busy):
            return
        self._card, self._busy = card, busy
        self._show()

    @override
    def retranslate(self) -> None:
        """Say everything in the present language."""
        self._show()

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(HEIGHT_PX))
        self._place()

    @override
    def sizeHint(self) -> QSize:
        """Return the size of the design."""
        return QSize(theme().px(WIDTH_PX), theme().px(HEIGHT_PX))

    @override
    def minimumSizeHint(self) -> QSize:
        """Return the smallest size in which the words can be read."""
        return QSize(theme().px(300), theme().px(HEIGHT_PX))

    @override
    def resizeEvent(self, _event: object) -> None:
        """Keep the buttons at the bottom."""
        self._place()

    @override
    def paintEvent(self, _event: object) -> None:
        """Draw the face and the words."""
        if self._card is None:
            return
        look = theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        border = BORDERS.get(self._card.light, "")
        draw_face(painter, QRectF(self.rect()), "surface", border=border, border_px=2, radius_px=12)
        plate = QRect(look.px(18), look.px(16), look.px(48), look.px(48))
        draw_face(painter, QRectF(plate), "surface-2")
        icons.paint(painter, plate, icon_of(self._card.kind), "text")
        self._draw_words(painter, self._card)
        painter.end()

    def _draw_words(self, painter: QPainter, card: Card) -> None:
        look = theme()
        left, right = look.px(78), self.width() - look.px(14)
        head = QRect(left, look.px(16), right - left, look.px(26))
        _write(painter, head, say(card.name), 18, 600, "text")
        place = QRect(left, look.px(42), right - left, look.px(20))
        _write(painter, place, say(card.place), 14, 400, "text-2")
        tone, icon = LIGHTS[card.light]
        words = self._fitting(say(card.words))
        size = chip_size(words, icon)
        beside, under = self._notes(right - look.px(27) - size.width())
        top = look.px(68 if len(under) > 1 else 74)
        chip = QRect(look.px(18), top, size.width(), size.height())
        draw_chip(painter, QRectF(chip), words, tone, icon)
        row = QRect(chip.right() + look.px(9), top, 0, chip.height())
        row.setRight(right)
        _write(painter, row, beside, 14, 400, "text-2")
        tall = look.px(16 if len(under) > 1 else 24)
        for number, text in enumerate(under):
            line = QRect(chip.x(), chip.bottom() + look.px(2) + number * tall, 0, tall)
            line.setRight(right)
            _write(painter, line, text, 14 if len(under) == 1 else 13, 400, "text-2")

    def _notes(self, room: int) -> tuple[str, tuple[str, ...]]:
        """Return what stands beside the chip and under it: a fallback is never cut for the chip."""
        card = self._card
        assert card is not None
        hint = tr("Takes effect after a restart") if card.needs_restart else say(card.hint)
        beside = say(card.fallback or card.fact)
        wide = QFontMetrics(theme().font_px(14, 400)).horizontalAdvance(beside)
        if card.fallback is not None and wide > room:
            return "", tuple(filter(None, (tr("Meanwhile: {words}", words=beside), hint)))
        return beside, (hint,) if hint else ()

    def _fitting(self, words: str) -> str:
        """Return the words of the chip, cut where they would leave the card."""
        look = theme()
        room = self.width() - look.px(32 + 42)
        metrics = QFontMetrics(look.font_px(14, 600))
        return metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)

    def _on_test(self) -> None:
        if self._card is not None:
            self.test_wanted.emit(self._card.device_id)

    def _on_settings(self) -> None:
        if self._card is not None:
            self.settings_wanted.emit(self._card.device_id)

    def _place(self) -> None:
        look = theme()
        top, tall = look.px(132), look.px(56)
        gear = look.px(56)
        edge = look.px(18)
        self.settings.setGeometry(self.width() - edge - gear, top, gear, tall)
        self.test.setGeometry(edge, top, self.width() - 2 * edge - gear - look.px(8), tall)

    def _show(self) -> None:
        card = self._card
        self.settings.set_name(tr("Settings"))
        if card is None:
            return
        self.test.set_label(tr("Checking…") if self._busy else trial_text(card))
        self.test.setEnabled(not self._busy)
        parts = (card.name, card.place, card.words, card.fallback, card.fact, card.hint)
        self.setAccessibleName(". ".join(filter(None, (say(part) for part in parts))))
        self.setToolTip(say(card.hint))
        self.update()


class AddCard(Pressable):
    """The place of the next device: it is added by hand."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.apply_theme()
        self.retranslate()

    @override
    def retranslate(self) -> None:
        """Say what it does."""
        self.setText(tr("Add by hand"))
        self.setAccessibleName(self.text())
        self.update()

    @override
    def apply_theme(self) -> None:
        """Scale the height."""
        self.setFixedHeight(theme().px(HEIGHT_PX))

    @override
    def draw(self, painter: QPainter) -> None:
        """Draw a dashed frame, a plus and the words."""
        look = theme()
        fill = "surface-3" if self.isDown() else ""
        draw_face(
            painter, QRectF(self.rect()), fill, border="line-strong", radius_px=12, dashed=True
        )
        middle = self.height() // 2
        sign = QRect(0, middle - look.px(32), self.width(), look.px(36))
        icons.paint(painter, sign, "plus", "text-2", 28)
        painter.setPen(look.color("text-2"))
        painter.setFont(look.font_px(16, 600))
        row = QRect(0, middle + look.px(6), self.width(), look.px(26))
        painter.drawText(row, Qt.AlignmentFlag.AlignCenter, self.text())


def _write(painter: QPainter, area: QRect, text: str, size_px: int, weight: int, tone: str) -> None:
    """Write one line, cut with "…" where it is longer than its area."""
    font = theme().font_px(size_px, weight)
    painter.setFont(font)
    painter.setPen(theme().color(tone))
    cut = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, _LEFT, cut)
