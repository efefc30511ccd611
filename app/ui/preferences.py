"""What the cashier sets for the screen: theme, text size, language, volume. Kept by a port."""

from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from app.ui.sounds import VOLUME_DEFAULT, VOLUME_MAX, Sounds
from app.ui.text import Language, set_language
from app.ui.theme import SCALES_PERCENT, ThemeName, theme


@dataclass(frozen=True, slots=True)
class Preferences:
    """The choices."""

    theme: ThemeName = ThemeName.LIGHT
    scale_percent: int = 100
    language: Language = "ru"
    volume: int = VOLUME_DEFAULT


class PreferencesPort(Protocol):
    """Keeps the choices of this till. Called on the GUI thread; it must not wait."""

    def load(self) -> Preferences:
        """Return what was kept, or the defaults."""
        ...

    def save(self, preferences: Preferences) -> None:
        """Keep the choices."""
        ...


class MemoryPreferences:
    """Keeps the choices until the program ends: for tests and the demo."""

    def __init__(self, kept: Preferences | None = None) -> None:
        self.kept = kept or Preferences()

    def load(self) -> Preferences:
        """Return what was kept."""
        return self.kept

    def save(self, preferences: Preferences) -> None:
        """Keep the choices."""
        self.kept = preferences


class Look(QObject):
    """Applies the choices at once and keeps them.

    Args:
        port: Where they are kept.
        sounds: Gets the volume.

    Attributes:
        changed: The choices changed.
    """

    changed = Signal()

    def __init__(self, port: PreferencesPort, sounds: Sounds) -> None:
        super().__init__()
        self._port = port
        self._sounds = sounds
        self._now = port.load()
        self._has_chosen_theme = False

    @property
    def now(self) -> Preferences:
        """The choices."""
        return self._now

    @property
    def has_chosen_theme(self) -> bool:
        """Tell whether the theme was chosen by hand since the start."""
        return self._has_chosen_theme

    def apply(self) -> None:
        """Make the program look and sound as chosen; once at the start."""
        theme().apply(name=self._now.theme, scale_percent=self._now.scale_percent)
        set_language(self._now.language)
        self._sounds.set_volume(self._now.volume)

    def next_theme(self) -> None:
        """Change between light and dark."""
        self._has_chosen_theme = True
        dark = self._now.theme is ThemeName.LIGHT
        self._change(replace(self._now, theme=ThemeName.DARK if dark else ThemeName.LIGHT))

    def follow_theme(self, wanted: ThemeName) -> None:
        """Wear a theme that nobody has chosen."""
        if wanted is not self._now.theme:
            self._change(replace(self._now, theme=wanted))

    def next_scale(self) -> None:
        """Take the next text size, the smallest after the largest."""
        place = SCALES_PERCENT.index(self._now.scale_percent)
        wanted = SCALES_PERCENT[(place + 1) % len(SCALES_PERCENT)]
        self._change(replace(self._now, scale_percent=wanted))

    def next_language(self) -> None:
        """Change between Russian and English."""
        wanted: Language = "en" if self._now.language == "ru" else "ru"
        self.speak(wanted)

    def speak(self, wanted: Language) -> None:
        """Speak this language."""
        self._change(replace(self._now, language=wanted))

    def next_volume(self) -> None:
        """Take the next volume, silence after the loudest."""
        self._change(replace(self._now, volume=(self._now.volume + 1) % (VOLUME_MAX + 1)))

    def _change(self, wanted: Preferences) -> None:
        before, self._now = self._now, wanted
        if (before.theme, before.scale_percent) != (wanted.theme, wanted.scale_percent):
            theme().apply(name=wanted.theme, scale_percent=wanted.scale_percent)
        if before.language != wanted.language:
            set_language(wanted.language)
        self._sounds.set_volume(wanted.volume)
        self._port.save(wanted)
        self.changed.emit()
