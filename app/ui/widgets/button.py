"""Push buttons of the design: kinds, icon left of the label, hotkey beside or under it, badge."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from app.ui import icons
from app.ui.text import tr
from app.ui.theme import theme
from app.ui.widgets.face import draw_face
from app.ui.widgets.pressable import Pressable


class Kind(StrEnum):
    """What a button means; decides its colours."""

    NEUTRAL = "neutral"  # on white
    OUTLINE = "outline"  # on grey
    OUTLINE_DANGER = "outline-danger"
    PRIMARY = "primary"  # one for a region of the screen
    SOFT = "soft"
    LOYAL = "loyal"
    SOFT_LOYAL = "soft-loyal"
    OK = "ok"
    SOFT_OK = "soft-ok"
    DANGER = "danger"
    SOFT_DANGER = "soft-danger"
    INK = "ink"
    INVERSE = "inverse"  # on ink: the button of a toast
    GHOST = "ghost"  # an icon without a face
    LINK = "link"


@dataclass(frozen=True, slots=True)
class _Face:
    fill: str
    pressed: str
    text: str
    border: str = ""


FACES: Final = {
    Kind.NEUTRAL: _Face("surface-3", "line", "text"),
    Kind.OUTLINE: _Face("surface", "surface-3", "text", "line-strong"),
    Kind.OUTLINE_DANGER: _Face("surface", "surface-3", "danger-text", "line-strong"),
    Kind.PRIMARY: _Face("primary", "primary-press", "on-primary"),
    Kind.SOFT: _Face("primary-soft", "line", "primary-text"),
    Kind.LOYAL: _Face("loyal", "loyal-press", "on-loyal"),
    Kind.SOFT_LOYAL: _Face("loyal-soft", "line", "loyal-text"),
    Kind.OK: _Face("ok", "ok-press", "on-ok"),
    Kind.SOFT_OK: _Face("ok-soft", "line", "ok-text"),
    Kind.DANGER: _Face("danger", "danger-press", "on-danger"),
    Kind.SOFT_DANGER: _Face("danger-soft", "line", "danger-text"),
    Kind.INK: _Face("ink", "text-2", "on-ink"),
    Kind.INVERSE: _Face("on-ink", "line", "ink"),
    Kind.GHOST: _Face("", "line", "text"),
    Kind.LINK: _Face("", "primary-soft", "primary-text"),
}
_CHECKED: Final = _Face("primary-soft", "line", "primary-text", "primary")
_DISABLED: Final = _Face("disabled-fill", "disabled-fill", "disabled-text")
#: Faces whose own text colour the hotkey takes, because grey would not be seen on them.
_LOUD: Final = frozenset(
    {Kind.PRIMARY, Kind.LOYAL, Kind.OK, Kind.DANGER, Kind.INK, Kind.SOFT, Kind.SOFT_LOYAL}
)


class HotkeyPlace(StrEnum):
    """Where the small name of the key stands."""

    RIGHT = "right"
    UNDER = "under"


class PushButton(Pressable):
    """A button with a label, an icon or both.

    Args:
        text: Label.
        kind: Colours.
        icon: Icon name, 24 px, left of the label.
        hotkey: Small name of the key that does the same.
        hotkey_place: Right of the label or under it.
        height: Design pixels: 48, 56, 64 or 80.
        size_px: Font size of the label; by default 16, 18 from 64 px height, 22 from 80.
        width: Fixed width in design pixels; otherwise as wide as it needs, and stretching.
        icon_tone: Another colour for the icon.
        tooltip_key: Name for screen readers and tooltips of an icon-only button.
        align_left: Label at the left edge instead of the middle.
        parent: Owner.
        debounce: See `Pressable`.
        repeat: See `Pressable`.
    """

    def __init__(
        self,
        text: str = "",
        kind: Kind = Kind.NEUTRAL,
        *,
        icon: str = "",
        hotkey: str = "",
        hotkey_place: HotkeyPlace = HotkeyPlace.RIGHT,
        height: int = 56,
        size_px: int | None = None,
        width: int | None = None,
        icon_tone: str = "",
        name: str = "",
        align_left: bool = False,
        parent: QWidget | None = None,
        debounce: bool = True,
        repeat: bool = False,
    ) -> None:
        super().__init__(parent, debounce=debounce, repeat=repeat)
        self._kind = kind
        self._icon = icon
        self._icon_tone = icon_tone
        self._hotkey = hotkey
        self._hotkey_place = hotkey_place
        self._height = height
        self._width = width
        self._size_px = size_px or (22 if height >= 80 else 18 if height >= 64 else 16)
        self._align_left = align_left
        self._icon_above = False
        self._badge = ""
        self._badge_tone = "warn"
        self._busy = False
        self._detail = ""
        self.setText(text)
        self.setAccessibleName(name or text)
        if name and not text:
            self.setToolTip(f"{name} {hotkey}".strip())
        self.apply_theme()

    # ------------------------------------------------------------ what it shows

    def set_kind(self, kind: Kind) -> None:
        """Change the colours."""
        if kind != self._kind:
            self._kind = kind
            self.update()

    def set_label(self, text: str, *, icon: str | None = None, hotkey: str | None = None) -> None:
        """Change label, icon and hotkey; what is None stays."""
        new = (text, self._icon if icon is None else icon, hotkey or self._hotkey)
        if new == (self.text(), self._icon, self._hotkey):
            return
        self._icon, self._hotkey = new[1], new[2]
        self.setText(text)
        if text:
            self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def set_height(self, height: int) -> None:
        """Give the button another height, in design pixels."""
        if height != self._height:
            self._height = height
            self.apply_theme()
            self.updateGeometry()

    def set_name(self, name: str) -> None:
        """Name an icon-only button for screen readers and in its tooltip."""
        self.setAccessibleName(name)
        self.setToolTip(f"{name} {self._hotkey}".strip())

    def set_detail(self, detail: str) -> None:
        """Set the second line of a two-line button."""
        if detail != self._detail:
            self._detail = detail
            self.updateGeometry()
            self.update()

    def set_badge(self, text: str, tone: str = "warn") -> None:
        """Show a small count at the right edge; an empty text removes it."""
        if (text, tone) != (self._badge, self._badge_tone):
            self._badge, self._badge_tone = text, tone
            self.updateGeometry()
            self.update()

    def set_icon_above(self, above: bool) -> None:
        """Stand the icon over the label and hide the hotkey: the narrow layout."""
        if above != self._icon_above:
            self._icon_above = above
            self.updateGeometry()
            self.update()

    def set_busy(self, busy: bool) -> None:
        """Show that the work goes on and take no presses."""
        if busy != self._busy:
            self._busy = busy
            self.setEnabled(not busy)
            self.update()

    # ------------------------------------------------------------ size and drawing

    @override
    def apply_theme(self) -> None:
        """Set the height, and the width if it is fixed."""
        look = theme()
        self.setMinimumHeight(look.px(self._height))
        if self._width is not None:
            self.setFixedWidth(look.px(self._width))

    @override
    def sizeHint(self) -> QSize:
        """Return the size that shows everything."""
        look = theme()
        if self._icon and not self._shown_text():
            edge = max(self._height, self._width or 0)
            return QSize(look.px(self._width or edge), look.px(self._height))
        content = self._text_width() + look.px(32)
        if self._icon and not self._icon_above:
            content += look.px(32)
        if self._badge and not self._icon_above:
            content += look.px(32)
        return QSize(content, look.px(self._height))

    @override
    def minimumSizeHint(self) -> QSize:
        """Never be narrower than the label with tight margins."""
        hint = self.sizeHint()
        return QSize(max(hint.width() - theme().px(20), theme().px(48)), hint.height())

    @override
    def draw(self, painter: QPainter) -> None:
        """Draw face, icon, label, hotkey and badge."""
        face = self._face()
        draw_face(
            painter,
            QRectF(self.rect()),
            face.pressed if self.isDown() else face.fill,
            border=face.border,
            border_px=2 if self.isChecked() and self.isEnabled() else 1,
        )
        if self._icon_above and self._icon and self.text():
            self._draw_stacked(painter, face)
        else:
            self._draw_in_row(painter, face)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Enter as a press when the button has the focus."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)

    def _face(self) -> _Face:
        if not self.isEnabled():
            return _DISABLED if self._kind != Kind.GHOST else _Face("", "", "disabled-text")
        return _CHECKED if self.isChecked() else FACES[self._kind]

    def _shown_text(self) -> str:
        return tr("Sending…") if self._busy else self.text()

    def _fonts_width(self, text: str, size_px: int, weight: int) -> int:
        metrics = QFontMetrics(theme().font_px(size_px, weight))
        return max((metrics.horizontalAdvance(line) for line in text.split("\n")), default=0)

    def _text_width(self) -> int:
        width = self._fonts_width(self._shown_text(), self._size_px, 600)
        if self._icon_above:
            return width
        small = self._fonts_width(self._small_text(), 13, 500)
        if self._small_below():
            return max(width, small)
        return width + (small + theme().px(8) if small else 0)

    def _small_text(self) -> str:
        """Return the detail or the key; a blank key is none."""
        return (self._detail or self._hotkey).strip()

    def _small_below(self) -> bool:
        return bool(self._detail) or self._hotkey_place == HotkeyPlace.UNDER

    def _draw_in_row(self, painter: QPainter, face: _Face) -> None:
        look = theme()
        text = self._shown_text()
        icon = "loader-2" if self._busy else self._icon
        badge = look.px(32) if self._badge else 0
        lead = (look.px(24) + (look.px(8) if text else 0)) if icon else 0
        content = lead + (self._text_width() if text else 0)
        space = self.width() - badge
        left = look.px(16) if self._align_left else max((space - content) // 2, look.px(6))
        if icon:
            box = QRect(left, 0, look.px(24), self.height())
            icons.paint(painter, box, icon, self._icon_color(face))
        if text:
            area = QRect(left + lead, 0, space - left - lead - look.px(4), self.height())
            self._draw_words(painter, area, face, text)
        if self._badge:
            draw_badge(
                painter,
                QRectF(
                    min(left + content + look.px(8), self.width() - look.px(28)),
                    (self.height() - look.px(24)) / 2,
                    look.px(24),
                    look.px(24),
                ),
                self._badge,
                self._badge_tone,
            )

    def _draw_words(self, painter: QPainter, area: QRect, face: _Face, text: str) -> None:
        look = theme()
        small = self._small_text()
        painter.setPen(look.color(face.text))
        painter.setFont(look.font_px(self._size_px, 600))
        left_middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if not small:
            self._draw_label(painter, area, text)
            return
        if self._small_below():
            lines = text.count("\n") + 1
            big_h, small_h = look.px(self._size_px + 4) * lines, look.px(17)
            top = (self.height() - big_h - small_h) // 2
            painter.drawText(QRect(area.x(), top, area.width(), big_h), left_middle, text)
            small_area = QRect(area.x(), top + big_h, area.width(), small_h)
        else:
            painter.drawText(area, left_middle, text)
            shift = self._fonts_width(text, self._size_px, 600) + look.px(8)
            small_area = area.adjusted(shift, look.px(2), 0, look.px(2))
        painter.setFont(look.font_px(13, 500))
        painter.setPen(look.color(self._small_color(face)))
        painter.drawText(small_area, left_middle, small)

    def _draw_label(self, painter: QPainter, area: QRect, text: str) -> None:
        """Draw a label without a key; one that does not fit takes two smaller lines."""
        look = theme()
        left_middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if self._fonts_width(text, self._size_px, 600) <= area.width() or " " not in text:
            painter.drawText(area, left_middle, text)
            return
        painter.setFont(look.font_px(max(self._size_px - 2, 14), 600))
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(self.rect().adjusted(look.px(4), 0, -look.px(4), 0), flags, text)

    def _draw_stacked(self, painter: QPainter, face: _Face) -> None:
        look = theme()
        icon_h, text_h = look.px(24), look.px(20)
        top = (self.height() - icon_h - text_h) // 2
        icons.paint(
            painter, QRect(0, top, self.width(), icon_h), self._icon, self._icon_color(face)
        )
        painter.setPen(look.color(face.text))
        painter.setFont(look.font_px(15, 600))
        area = QRect(0, top + icon_h, self.width(), text_h)
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._shown_text())
        if self._badge:
            edge = look.px(24)
            right = QRectF(self.width() - edge - look.px(8), look.px(6), edge, edge)
            draw_badge(painter, right, self._badge, self._badge_tone)

    def _icon_color(self, face: _Face) -> str:
        if self._icon_tone and self.isEnabled() and not self.isChecked():
            return self._icon_tone
        return face.text

    def _small_color(self, face: _Face) -> str:
        if not self.isEnabled() or self._kind in _LOUD:
            return face.text
        return "text-3" if not self.isChecked() else "text-2"


def draw_badge(painter: QPainter, rect: QRectF, text: str, tone: str = "ink") -> None:
    """Draw a round count that widens to the left for longer texts.

    Args:
        painter: Where.
        rect: The circle for one digit.
        text: A number.
        tone: `ink`, `warn`, `danger`, `primary`, `ok` or `neutral`.
    """
    look = theme()
    size_px = 13 if rect.height() < look.px(22) else 14
    font = look.font_px(size_px, 600)
    width = max(rect.width(), QFontMetrics(font).horizontalAdvance(text) + rect.height() / 2)
    rect = QRectF(rect.right() - width, rect.y(), width, rect.height())
    fill, ink = ("surface-3", "text") if tone == "neutral" else (tone, f"on-{tone}")
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.color(fill))
    painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
    painter.setPen(look.color(ink))
    painter.setFont(font)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
