"""`python -m drivers mark` and the settings of the services about codes."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from drivers.__main__ import main
from drivers.api.errors import ConfigurationError
from drivers.api.marking import MarkingSettings, MarkVerdict
from drivers.fiscal.marking.codes import parse_mark
from drivers.registry import build_marking
from drivers.sim.marking import MarkingSimulator

WATER = "010460043993125621JgXJ5.T1234ab<GS>93Mdk5"
SECRET = "simulated-key"  # noqa: S105 - of the simulator


@pytest.fixture
def simulator() -> Iterator[MarkingSimulator]:
    simulator = MarkingSimulator(api_key=SECRET)
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def settings(simulator: MarkingSimulator, tmp_path: Path) -> Path:
    path = tmp_path / "marking.json"
    content = {"cdn_url": simulator.url, "api_key": SECRET, "timeout_s": 30, "limit_s": 60}
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, list[dict[str, Any]]]:
    code = main(["mark", *words])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_codes_are_read(capsys: pytest.CaptureFixture[str]) -> None:
    code, lines = run(capsys, WATER, "4600439931256")
    assert code == 1
    assert lines[0]["identity"] == "010460043993125621JgXJ5.T1234ab"
    assert lines[0]["code"] == WATER.replace("<GS>", "\x1d")
    assert lines[1]["fault"] == "barcode"
    assert "квадратный" in lines[1]["words"]["ru"]


def test_codes_are_checked(
    simulator: MarkingSimulator, settings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, [line] = run(capsys, WATER, "--settings", str(settings), "--fn", "9999078900001234")
    assert (code, line["verdict"]) == (0, "allowed")
    assert line["evidence"].startswith("UUID=")
    simulator.break_("sold")
    code, [line] = run(capsys, WATER, "--settings", str(settings))
    assert (code, line["reasons"]) == (1, ["sold"])
    code, _ = run(capsys, WATER, "--settings", str(settings), "--returning")
    assert code == 0
    simulator.stop()
    code, [line] = run(capsys, WATER, "--settings", str(settings))
    assert (code, line["verdict"]) == (3, "unchecked")


def test_settings_choose_who_is_asked(simulator: MarkingSimulator) -> None:
    water = parse_mark(WATER)
    base = simulator.url
    for content, source in (
        ({"piot_url": base}, "piot"),
        ({"module_url": base, "module_login": "a", "module_password": "b"}, "local module"),
        ({}, ""),
    ):
        chosen = MarkingSettings.from_json({**content, "timeout_s": 30.0})
        provider = build_marking(chosen, now=lambda: datetime(2026, 11, 21, tzinfo=UTC))
        [result] = provider.check([water])
        assert result.source == source
        assert result.verdict is (MarkVerdict.ALLOWED if source else MarkVerdict.UNCHECKED)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ([], "must be an object"),
        ({"host": "x"}, "no setting 'host'"),
        ({"api_key": 12345}, "api_key must be str"),
        ({"timeout_s": "1"}, "timeout_s must be float"),
        ({"timeout_s": 0}, "timeout_s must be float"),
        ({"timeout_s": True}, "timeout_s must be float"),
        ({"refuse_other_owner": 1}, "must be bool"),
        ({"cdn_url": "cdn.crpt.ru", "api_key": "x"}, "must be http"),
        ({"cdn_url": "https://cdn.crpt.ru"}, "the key must have"),
        ({"module_url": "http://127.0.0.1:5995"}, "needs module_login"),
    ],
)
def test_wrong_settings_are_told(content: object, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words) as caught:
        build_marking(
            MarkingSettings.from_json(content), now=lambda: datetime(2026, 11, 21, tzinfo=UTC)
        )
    assert "12345" not in str(caught.value)


def test_secrets_are_in_no_text_of_the_settings() -> None:
    shown = repr(MarkingSettings(api_key=SECRET, module_password=SECRET))
    assert SECRET not in shown


def test_settings_file_that_is_none_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _ = run(capsys, WATER, "--settings", str(tmp_path / "none.json"))
    assert code == 1
