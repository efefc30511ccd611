"""What a service is started with, and where the embedded database lives."""

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_data_path

_FILE = "service.sqlite3"


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """Typed settings of one service process.

    `sweep_interval_s` is the pause between sweeps; zero switches the sweeping thread off.
    """

    database_url: str
    sweep_interval_s: int = 60


def home_folder() -> Path:
    """Return the user's data folder; MAXLOYALTY_HOME moves it."""
    moved = os.environ.get("MAXLOYALTY_HOME")
    return Path(moved) if moved else user_data_path("MaxLoyaltyCashier", appauthor=False)


def embedded_url() -> str:
    """Return the URL of the embedded database; its folder is made if it is missing."""
    folder = home_folder()
    folder.mkdir(parents=True, exist_ok=True)
    return f"sqlite:///{(folder / _FILE).as_posix()}"
