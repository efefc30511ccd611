"""Profiles: the shipped file is sound, corrections are checked, python-escpos agrees on code pages."""

import json
from pathlib import Path
from typing import Any

import pytest

from drivers.api.errors import ConfigurationError
from drivers.printers import library
from drivers.printers.profiles import (
    FONT_PATH,
    PROFILES_PATH,
    PrinterProfile,
    get_profile,
    load_profiles,
    name_key,
    profile_from_data,
)

PROFILES = load_profiles()


def known_data(profile: PrinterProfile) -> Any:
    """What python-escpos knows of a model."""
    capabilities = library._library()[0].capabilities
    return capabilities.get_profile_class(profile.library_profile).profile_data


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.id)
def test_library_knows_the_named_profile(profile: PrinterProfile) -> None:
    assert known_data(profile)["name"]


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.id)
def test_code_page_numbers_agree_with_the_library_where_it_names_the_model(
    profile: PrinterProfile,
) -> None:
    if profile.library_profile == "default":
        return
    known = known_data(profile)["codePages"]
    for page, number in profile.code_pages.items():
        if page in {"cp866", "cp1251"}:
            assert known[str(number)].lower() == page


def test_families_of_the_reference_are_there() -> None:
    numbers = {name: dict(profile.code_pages) for name, profile in PROFILES.items()}
    assert (numbers["epson-tm-t20"]["cp866"], numbers["epson-tm-t20"]["cp1251"]) == (17, 46)
    assert (numbers["xprinter-xp80"]["cp866"], numbers["xprinter-xp80"]["cp1251"]) == (17, 23)
    assert (numbers["rongta-rp326"]["cp866"], numbers["rongta-rp326"]["cp1251"]) == (7, 6)
    assert (numbers["atol-rp326"]["cp866"], numbers["atol-rp326"]["cp1251"]) == (7, 6)
    assert numbers["sunmi-58"]["cp866"] == 17
    assert (numbers["star-line-80"]["cp866"], numbers["star-line-80"]["cp1251"]) == (10, 34)
    assert (numbers["pos-5890"]["cp866"], numbers["pos-5890"]["cp1251"]) == (17, 73)
    assert {32, 42, 48} <= {profile.columns for profile in PROFILES.values()}


def test_installer_may_correct_number_page_and_columns() -> None:
    profile = get_profile("generic-80").adjusted(
        columns=42, code_page="cp1251", code_page_number=6, drawer_open_level="low"
    )
    assert (profile.columns, profile.code_page_number) == (42, 6)
    assert profile.drawer_open_level == "low"
    assert get_profile("generic-80").code_page_number == 17


@pytest.mark.parametrize(
    "change",
    [
        {"columns": 5},
        {"columns": 96},
        {"dots": 100},
        {"code_page": "koi8-r"},
        {"code_page": "cp1125"},
        {"code_page_number": 300},
        {"drawer_pin": 3},
        {"drawer_pulse_ms": 1000},
        {"signs": "emoji"},
        {"drawer_open_level": "ajar"},
        {"logo_number": 256},
    ],
)
def test_senseless_correction_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        get_profile("xprinter-xp80").adjusted(**change)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(
    ("name", "profile_id"),
    [
        ("TM-T88V", "epson-tm-t88"),
        ("tm-t88v", "epson-tm-t88"),
        ("Epson TM-T88V", "epson-tm-t88"),
        ("TM_T20II", "epson-tm-t20"),
        ("атол rp-326", "atol-rp326"),
        ("sunmi-v2", "sunmi-58"),
        ("TSP650II", "star-line-80"),
        ("XPRINTER-XP80", "xprinter-xp80"),
    ],
)
def test_model_is_found_by_its_usual_name_in_any_case(name: str, profile_id: str) -> None:
    assert get_profile(name).id == profile_id


def test_no_name_means_two_models() -> None:
    names = [
        {name_key(name) for name in (profile.id, *profile.aliases)} for profile in PROFILES.values()
    ]
    assert sum(map(len, names)) == len(set().union(*names))


def test_unknown_profile_and_key_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="no printer profile"):
        get_profile("nokia-3310")
    with pytest.raises(ConfigurationError, match="unknown keys"):
        profile_from_data({"id": "x", "colour": "red"})
    with pytest.raises(ConfigurationError):
        profile_from_data({"id": "x"})


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"profiles": [1]}'])
def test_broken_file_is_a_configuration_error(tmp_path: Path, content: str) -> None:
    path = tmp_path / "printers.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError):
        load_profiles(path)


def test_ids_are_unique_and_the_font_comes_with_its_licence() -> None:
    ids = [item["id"] for item in json.loads(PROFILES_PATH.read_text(encoding="utf-8"))["profiles"]]
    assert len(ids) == len(set(ids))
    assert FONT_PATH.exists()
    assert FONT_PATH.with_name("DejaVu-LICENSE.txt").exists()
