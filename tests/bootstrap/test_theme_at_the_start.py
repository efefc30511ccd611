"""Which theme the till begins with."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.bootstrap.preferences import FILE_NAME, FilePreferences
from app.settings import Settings
from app.ui.theme import ThemeName

NIGHT = datetime(2026, 11, 20, 23, 0, tzinfo=UTC)
DAY = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def keep(home: Path, theme: str) -> None:
    kept = {"theme": theme, "scale_percent": 125, "language": "en", "volume": 1}
    (home / FILE_NAME).write_text(json.dumps(kept), encoding="utf-8")


@pytest.mark.parametrize(("now", "wanted"), [(NIGHT, ThemeName.DARK), (DAY, ThemeName.LIGHT)])
def test_hour_decides_the_theme_and_nothing_else(
    tmp_path: Path, now: datetime, wanted: ThemeName
) -> None:
    settings = Settings(home=tmp_path, theme="time")
    assert FilePreferences(settings, now).load().theme is wanted
    keep(tmp_path, "light" if wanted is ThemeName.DARK else "dark")
    kept = FilePreferences(settings, now).load()
    assert (kept.theme, kept.scale_percent, kept.volume) == (wanted, 125, 1)


def test_chosen_theme_is_kept_when_the_hour_does_not_decide(tmp_path: Path) -> None:
    keep(tmp_path, "dark")
    settings = Settings(home=tmp_path, theme="light")
    assert FilePreferences(settings, DAY).load().theme is ThemeName.DARK
