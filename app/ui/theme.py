"""The look: colours, fonts and sizes by token, in light or dark, at any interface scale.

There is one look per process, as there is one `QApplication.palette`; widgets ask `theme()` for it.
Sizes pass through `px()`, so one factor scales every pixel of the design. Widgets that keep scaled
sizes redo them in `apply_theme`, which `app.ui.widgets.live` calls when the look changes.

GUI thread only.
"""

import json
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QToolTip

from app.kernel.resources import resource_path
from app.ui.follow import follow_everywhere

SCALES_PERCENT: Final = (100, 115, 125, 150, 175, 200)
FONT_FILES: Final = (
    "Inter-Regular.otf",
    "Inter-Medium.otf",
    "Inter-SemiBold.otf",
    "Inter-Bold.otf",
)
#: Digits of one width. From 28 px up a standalone amount looks better without it (design, 2).
_TABULAR: Final = QFont.Tag.fromString("tnum")
_TABULAR_PX_MAX: Final = 27


class ThemeName(StrEnum):
    """The two sets of colours."""

    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """Colours, fonts and scaled sizes of the running program.

    Attributes:
        changed: Emitted after colours or scale changed and what is on the screen follows.
        generation: Grows with each change; caches and widgets compare it.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._tokens = json.loads(resource_path("tokens.json").read_text(encoding="utf-8"))
        self._fonts: dict[tuple[int, int, bool], QFont] = {}
        self._colors: dict[str, QColor] = {}
        self.name = ThemeName.LIGHT
        self.scale_percent = 100
        self.generation = 0
        for file in FONT_FILES:
            QFontDatabase.addApplicationFont(str(resource_path("fonts", file)))
        self._reload_colors()

    def px(self, value: int) -> int:
        """Return a length of the design scaled to the screen, at least 1 for a positive one."""
        scaled = (value * self.scale_percent + 50) // 100
        return max(scaled, 1) if value > 0 else scaled

    def color(self, token: str) -> QColor:
        """Return the colour of a token such as `primary-soft`.

        Raises:
            KeyError: There is no such token.
        """
        return self._colors[token]

    def hex(self, token: str) -> str:
        """Return the colour of a token as `#RRGGBB`."""
        return self._colors[token].name()

    def font(self, style: str, *, tabular: bool | None = None) -> QFont:
        """Return a font by the name of its style: `body`, `item`, `title` and so on."""
        size_px, _line, weight = self._tokens["font"]["scale"][style]
        return self.font_px(size_px, weight, tabular=tabular)

    def font_px(self, size_px: int, weight: int = 400, *, tabular: bool | None = None) -> QFont:
        """Return a font of a design size.

        Args:
            size_px: Size before scaling.
            weight: 400, 500, 600 or 700.
            tabular: Digits of one width; by default below 28 px only.
        """
        if tabular is None:
            tabular = size_px <= _TABULAR_PX_MAX
        key = (size_px, weight, tabular)
        font = self._fonts.get(key)
        if font is None:
            font = QFont("Inter")
            font.setPixelSize(self.px(size_px))
            font.setWeight(QFont.Weight(weight))
            # Said in both cases: what is left unsaid is taken from the application's font.
            font.setFeature(_TABULAR, int(tabular))
            self._fonts[key] = font
        return font

    def fonts_in_use(self) -> tuple[QFont, ...]:
        """Return the fonts that were asked for in the present look."""
        return tuple(self._fonts.values())

    def apply(self, *, name: ThemeName | None = None, scale_percent: int | None = None) -> None:
        """Change the look of the whole program and tell every widget; the same costs nothing.

        Args:
            name: Light or dark; None keeps the present one.
            scale_percent: One of `SCALES_PERCENT`; None keeps the present one.
        """
        wanted = (name or self.name, scale_percent or self.scale_percent)
        assert wanted[1] in SCALES_PERCENT
        if self.generation and wanted == (self.name, self.scale_percent):
            return
        self.name, self.scale_percent = wanted
        self._fonts.clear()
        self._reload_colors()
        self.generation += 1
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        palette = self._palette()
        if self.generation == 1:
            # Every widget of the till has font and colours of its own; only the menus of fields and
            # the like use these, and telling them of another look costs as much as painting all.
            app.setFont(self.font("body"))
            app.setPalette(palette)
        QToolTip.setPalette(palette)
        QToolTip.setFont(self.font("label"))
        follow_everywhere()
        self.changed.emit()

    def _reload_colors(self) -> None:
        self._colors = {token: QColor(value) for token, value in self._tokens[self.name].items()}

    def _palette(self) -> QPalette:
        roles = {
            QPalette.ColorRole.Window: "bg",
            QPalette.ColorRole.WindowText: "text",
            QPalette.ColorRole.Base: "surface",
            QPalette.ColorRole.AlternateBase: "surface-2",
            QPalette.ColorRole.Text: "text",
            QPalette.ColorRole.Button: "surface-3",
            QPalette.ColorRole.ButtonText: "text",
            QPalette.ColorRole.Highlight: "primary",
            QPalette.ColorRole.HighlightedText: "on-primary",
            QPalette.ColorRole.PlaceholderText: "text-3",
            QPalette.ColorRole.ToolTipBase: "ink",
            QPalette.ColorRole.ToolTipText: "on-ink",
            QPalette.ColorRole.Link: "primary-text",
        }
        palette = QPalette()
        for role, token in roles.items():
            palette.setColor(role, self.color(token))
        disabled = QPalette.ColorGroup.Disabled
        palette.setColor(disabled, QPalette.ColorRole.WindowText, self.color("disabled-text"))
        palette.setColor(disabled, QPalette.ColorRole.Text, self.color("disabled-text"))
        return palette


class _Look:
    """Holds the one theme of the process."""

    theme: Theme | None = None


def theme() -> Theme:
    """Return the look of the program, loading fonts and tokens at the first call."""
    if _Look.theme is None:
        _Look.theme = Theme()
    return _Look.theme


def install(
    app: QApplication, *, name: ThemeName = ThemeName.LIGHT, scale_percent: int = 100
) -> Theme:
    """Give the application the Fusion style, the bundled font and the palette."""
    look = theme()
    if not look.generation:
        app.setStyle(QStyleFactory.create("Fusion"))
    look.apply(name=name, scale_percent=scale_percent)
    return look
