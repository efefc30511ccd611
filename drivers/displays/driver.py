"""The driver of every display: a transport and a command set."""

from drivers.api.display import BRIGHTNESS_MAX, COLUMNS, DisplayCapabilities, Page
from drivers.api.errors import ConfigurationError, NotConnected, NotSupported, TransportError
from drivers.displays.profiles import DisplayProfile, fill
from drivers.displays.text import LATIN, line, plain, running, window
from drivers.transport.base import Transport

WRITE_S = 3.0
"""A display takes 40 bytes in 50 ms at 9600: one that takes none for so long is stuck."""


class LineDisplay:
    """`CustomerDisplay` over a transport; see there for order of calls.

    Args:
        transport: not open yet.
        profile: the command set.
        name: for messages; the transport's name without it.
        brightness: 1 to 4 from the settings; None leaves it as the display has it.
    """

    def __init__(
        self,
        transport: Transport,
        profile: DisplayProfile,
        *,
        name: str = "",
        brightness: int | None = None,
    ) -> None:
        self.name = name or transport.name
        self._transport = transport
        self._profile = profile
        self._brightness = brightness
        self._running = ""
        self._step = 0
        self.page = Page()
        if brightness is not None:
            self._level(brightness)

    @property
    def capabilities(self) -> DisplayCapabilities:
        """What this model can do."""
        return DisplayCapabilities(
            COLUMNS,
            brightness=bool(self._profile.brightness),
            cyrillic=self._profile.code_page != LATIN,
            scrolls_itself=bool(self._profile.run),
        )

    @property
    def is_moving(self) -> bool:
        """Whether a running line waits for `tick`."""
        return bool(self._running) and not self._runs_itself

    @property
    def _runs_itself(self) -> bool:
        """Whether the display moves the running text; one that is too long for it moves by `tick`."""
        return bool(self._running and self._profile.run) and (
            len(self._running) <= self._profile.run_max
        )

    def open(self) -> None:
        """Take the port, prepare the display and show the last page again."""
        if self._transport.is_open:
            return
        self._transport.open()
        try:
            self._write(self._profile.start() + fill(self._profile.clear) + self._dimmed())
            self._put()
        except TransportError:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the port."""
        self._transport.close()

    def show(self, page: Page) -> None:
        """Show a page."""
        # A text that the display moves by itself goes on until it is cleared.
        stop = fill(self._profile.clear) if self._runs_itself else b""
        self._running, self.page = "", page
        self._write(stop + self._lines(page))

    def scroll(self, text: str, lower: str = "") -> None:
        """Let a long text run; one that fits stands still."""
        shown = plain(text, self._profile.code_page)
        if len(shown) <= COLUMNS:
            self.show(Page(shown, lower))
            return
        self._running, self._step = shown, 0
        self.page = Page(shown[:COLUMNS], lower)
        self._write(fill(self._profile.clear))
        self._put()

    def tick(self) -> None:
        """Move a running line by one sign."""
        if not self.is_moving:
            return
        self._step += 1
        self.page = Page(window(self._running, self._step, COLUMNS), self.page.lower)
        self.refresh()

    def clear(self) -> None:
        """Show nothing."""
        self.page, self._running = Page(), ""
        self._write(fill(self._profile.clear))

    def set_brightness(self, level: int) -> None:
        """Set the brightness; the page is written again because some sets need it cleared first."""
        self._level(level)
        self._brightness = level
        self._write(fill(self._profile.clear) + self._dimmed())
        self._put()

    def refresh(self) -> None:
        """Write the present page once more; a text that runs by itself must not begin anew."""
        self._write(fill(self._profile.quiet) if self._runs_itself else self._lines(self.page))

    def _put(self) -> None:
        if self._runs_itself:
            text = running(self._running, self._profile.code_page, self._profile.run_max)
            lower = line(self.page.lower, self._profile.code_page, COLUMNS)
            # The lower line first: after it the text would stand still.
            self._write(fill(self._profile.lower, text=lower) + fill(self._profile.run, run=text))
        else:
            self._write(self._lines(self.page))

    def _lines(self, page: Page) -> bytes:
        profile = self._profile
        upper = line(page.upper, profile.code_page, COLUMNS)
        lower = line(page.lower, profile.code_page, COLUMNS)
        return fill(profile.upper, text=upper) + fill(profile.lower, text=lower)

    def _dimmed(self) -> bytes:
        if self._brightness is None:
            return b""
        level = self._level(self._brightness)
        return fill(self._profile.brightness, level=bytes((level,)))

    def _level(self, level: int) -> int:
        if not self._profile.brightness:
            raise NotSupported(f"{self.name}: no command for the brightness", device=self.name)
        if not 1 <= level <= BRIGHTNESS_MAX:
            raise ConfigurationError(f"brightness {level}: 1 to {BRIGHTNESS_MAX} are possible")
        return self._profile.levels[level - 1]

    def _write(self, data: bytes) -> None:
        if not self._transport.is_open:
            raise NotConnected(f"{self.name}: not open", device=self.name)
        try:
            self._transport.write(data, WRITE_S)
        except TransportError as error:
            error.device = error.device or self.name
            self.close()
            raise
