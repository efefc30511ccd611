"""The theme that follows the hour of the venue."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.kernel.clock import ManualClock
from app.ui.day_theme import DayTheme, theme_at
from app.ui.preferences import Look, MemoryPreferences
from app.ui.sounds import Sounds
from app.ui.theme import ThemeName

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]

EVENING = datetime(2026, 11, 20, 19, 59, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "minute", "wanted"),
    [(19, 59, ThemeName.LIGHT), (20, 0, ThemeName.DARK), (6, 59, ThemeName.DARK),
     (7, 0, ThemeName.LIGHT)],
)  # fmt: skip
def test_theme_is_dark_from_eight_to_seven(hour: int, minute: int, wanted: ThemeName) -> None:
    assert theme_at(datetime(2026, 11, 20, hour, minute, tzinfo=UTC)) is wanted


@pytest.fixture
def worn() -> Iterator[Look]:
    sounds = Sounds()
    yield Look(MemoryPreferences(), sounds)
    sounds.close()


def follow(
    worn: Look, may_change: Callable[[], bool] = lambda: True
) -> tuple[DayTheme, ManualClock]:
    clock = ManualClock(EVENING)
    return DayTheme(worn, clock.now, may_change), clock


def theme_of(worn: Look) -> ThemeName:
    return worn.now.theme


def test_theme_changes_when_the_hour_comes(worn: Look) -> None:
    day, clock = follow(worn)
    day.tick()
    assert theme_of(worn) is ThemeName.LIGHT
    clock.advance(timedelta(minutes=1))
    day.tick()
    assert theme_of(worn) is ThemeName.DARK
    clock.advance(timedelta(hours=11))
    clock.advance(timedelta(minutes=1))
    day.tick()
    assert theme_of(worn) is ThemeName.LIGHT


def test_theme_waits_for_the_end_of_a_payment(worn: Look) -> None:
    paying = [True]
    day, clock = follow(worn, lambda: not paying[0])
    clock.advance(timedelta(minutes=1))
    day.tick()
    assert theme_of(worn) is ThemeName.LIGHT
    paying[0] = False
    clock.advance(timedelta(minutes=1))
    day.tick()
    assert theme_of(worn) is ThemeName.DARK


def test_theme_that_was_chosen_by_hand_stays(worn: Look) -> None:
    day, clock = follow(worn)
    worn.next_theme()
    worn.next_theme()
    clock.advance(timedelta(minutes=1))
    day.tick()
    assert theme_of(worn) is ThemeName.LIGHT
