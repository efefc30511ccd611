"""Settings tell what is wrong in words; the log never holds a phone, a card number or a key."""

import json
import logging
from dataclasses import fields
from pathlib import Path

import pytest

from app.kernel.errors import InputError
from app.kernel.log import mask, set_up_logging
from app.settings import Settings


def test_without_a_file_the_till_runs_its_own_service(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAXLOYALTY_SERVICE", raising=False)
    settings = Settings.load(tmp_path)
    assert settings.has_own_service
    assert settings.home == tmp_path


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "till.json").write_text(json.dumps({"service_url": "http://a", "volume": 0}))
    monkeypatch.setenv("MAXLOYALTY_SERVICE", "http://b")
    monkeypatch.setenv("MAXLOYALTY_API_KEY", "tlk_live_secret")
    settings = Settings.load(tmp_path)
    assert (settings.service_url, settings.api_key, settings.volume) == (
        "http://b", "tlk_live_secret", 0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "named"),
    [("{", "till.json"), ("[]", "till.json"), ('{"colour": 1}', "colour"),
     ('{"theme": "pink"}', "theme"), ('{"scale_percent": 101}', "scale_percent"),
     ('{"volume": true}', "volume"), ('{"cash_step_minor": 0}', "cash_step_minor"),
     ('{"api_key": "x"}', "api_key"), ('{"devices": null}', "devices"),
     ('{"lock_after_s": "5"}', "lock_after_s"), ('{"blind_count": 1}', "blind_count"),
     ('{"shift_hours": 24}', "shift_hours")],
)  # fmt: skip
def test_a_wrong_setting_is_named(tmp_path: Path, text: str, named: str) -> None:
    (tmp_path / "till.json").write_text(text)
    with pytest.raises(InputError, match="SETTINGS_INVALID") as told:
        Settings.load(tmp_path)
    assert named in told.value.en
    assert named in told.value.ru


@pytest.mark.parametrize(
    "name", [each.name for each in fields(Settings) if each.name not in ("home", "api_key")]
)
def test_no_setting_takes_a_value_of_another_type(tmp_path: Path, name: str) -> None:
    (tmp_path / "till.json").write_text(json.dumps({name: None}))
    with pytest.raises(InputError, match="SETTINGS_INVALID") as told:
        Settings.load(tmp_path)
    assert name in told.value.en


@pytest.mark.parametrize(
    ("text", "hidden"),
    [("guest +7 912 345-67-89 came", "345"), ("phone=79123456789", "12345"),
     ("8(912)345-67-89", "345"), ("key tlk_live_ABCDEF0123456789", "ABCDEF"),
     ("pan 4274001234561234 ok", "400123"), ("mlk_test_abcdefgh", "abcdefgh")],
)  # fmt: skip
def test_personal_data_and_keys_are_masked(text: str, hidden: str) -> None:
    assert hidden not in mask(text)


@pytest.mark.parametrize("text", ["sale 128 of 144400", "took 12 ms", "2026-11-20T14:32:00.123Z"])
def test_plain_figures_stay(text: str) -> None:
    assert mask(text) == text


def test_a_traceback_is_masked_too(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = list(root.handlers)
    path = set_up_logging(tmp_path, "till")
    added = [handler for handler in root.handlers if handler not in before]
    try:
        record = logging.LogRecord(
            "x", logging.ERROR, "f", 1, "failed for %s", ("79123456789",), None
        )
        for handler in added:
            handler.handle(record)
    finally:
        for handler in added:
            root.removeHandler(handler)
            handler.close()
    text = path.read_text(encoding="utf-8")
    assert "failed for" in text
    assert "912345" not in text
