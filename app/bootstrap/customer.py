"""The guest's display: made from the settings, a moment after the first screen."""

from pathlib import Path

from app.bootstrap.till_file import save_settings
from app.settings import Settings
from app.till.customer_setup import CustomerSetup, ScreenMode, load_picture


def setup_of(settings: Settings) -> CustomerSetup:
    """Return how the guest's display is set up.

    Raises:
        InputError: A text is too long, or an address is none.
    """
    return CustomerSetup(
        mode=ScreenMode(settings.customer_screen),
        title=settings.advert_title,
        text=settings.advert_text,
        picture_path=settings.advert_picture,
        join_url=settings.join_url,
    )


class CustomerBook:
    """Keeps the settings of the guest's display in `till.json`.

    Args:
        settings: As they were at the start.
    """

    def __init__(self, settings: Settings) -> None:
        self._home: Path = settings.home
        self._settings = settings
        self._saved: CustomerSetup | None = None

    @property
    def mode(self) -> ScreenMode:
        """Return where the display is to be."""
        return self._saved.mode if self._saved else ScreenMode(self._settings.customer_screen)

    def load(self) -> CustomerSetup:
        """Return what is set.

        Raises:
            InputError: The file holds something that cannot be shown.
        """
        return self._saved or setup_of(self._settings)

    def save(self, setup: CustomerSetup) -> None:
        """Keep other settings, after a look at the picture; on a lane.

        Raises:
            InputError: The picture cannot be opened.
            FinalError: The file could not be written.
        """
        load_picture(setup.picture_path)
        save_settings(
            self._home,
            customer_screen=setup.mode.value,
            advert_title=setup.title,
            advert_text=setup.text,
            advert_picture=setup.picture_path,
            join_url=setup.join_url,
        )
        self._saved = setup
