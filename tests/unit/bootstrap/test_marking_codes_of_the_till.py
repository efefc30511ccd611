"""What the till makes of scanned marking codes: whole ones are kept to the byte, damaged ones refused."""

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bootstrap.codes import CodeReader
from app.bootstrap.doctor import look_at_marking
from app.bootstrap.marking import KEY_VARIABLE, make_marking, marking_settings
from app.bootstrap.scanning import WedgeDetector
from app.kernel.clock import ManualClock
from app.settings import Settings
from app.till.codes import CodeKind
from app.ui.scan_input import Stroke, StrokeKind
from drivers.api.device import Health
from drivers.api.errors import ConfigurationError
from drivers.api.marking import MarkVerdict
from drivers.scanners.gs1 import GS, check_digit
from drivers.scanners.layout import WAYS, Way, spoil
from drivers.sim.marking import MarkingSimulator

SERIALS = st.text(
    string.ascii_letters + string.digits + "%&'()*+,-./:;=?_", min_size=13, max_size=13
)
CHECKS = st.text(string.ascii_letters + string.digits, min_size=4, max_size=4)
BODIES = st.from_regex(r"0[0-9]{12}", fullmatch=True)


@st.composite
def codes(draw: st.DrawFn) -> str:
    body = draw(BODIES)
    return f"01{body}{check_digit(body)}21{draw(SERIALS)}{GS}93{draw(CHECKS)}"


@given(codes(), st.sampled_from(["", "]d2", GS]))
def test_a_whole_code_is_kept_and_leads_to_its_product(code: str, prefix: str) -> None:
    read = CodeReader()(prefix + code)
    assert read.kind is CodeKind.PRODUCT
    assert read.mark is not None
    assert read.mark.text == code
    assert read.text == code[2:16]
    assert code[3:16] in read.forms  # as EAN-13, without the zero before it
    assert read.mark_words is None


@given(codes(), st.integers(0, 36))
def test_a_code_that_was_cut_is_never_taken_for_a_whole_one(code: str, end: int) -> None:
    read = CodeReader()(code[:end])
    assert read.mark is None or read.mark.text == code[:end]
    assert read.mark is None


@given(st.text(max_size=80) | st.text("0123456789" + GS + "()]d2ABCabc", max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    read = CodeReader()(text)
    assert read.mark is None or read.mark.text.isascii()


@given(codes())
def test_a_doubt_holds_for_one_scan(code: str) -> None:
    reader = CodeReader()
    reader.note_doubt(code)
    doubtful = reader(code)
    assert doubtful.mark is None
    assert doubtful.mark_words is not None
    assert reader(code).mark is not None


def _typed(code: str, way: Way, *, keeps_separators: bool) -> list[Stroke]:
    """Return the keys of a scanner that types a code."""
    strokes, at_s = [], 10.0
    for char in code:
        at_s += 0.004
        if char != GS:
            strokes.append(Stroke(StrokeKind.CHARACTER, spoil(char, way), at_s))
        elif keeps_separators:
            strokes.append(Stroke(StrokeKind.SEPARATOR, "", at_s))
    return [*strokes, Stroke(StrokeKind.END, "\r", at_s + 0.004)]


@given(codes(), st.sampled_from(WAYS), st.booleans())
def test_what_a_typing_scanner_brings_is_exact_or_refused(
    code: str, way: Way, keeps_separators: bool
) -> None:
    reader = CodeReader()
    wedge = WedgeDetector(on_doubt=reader.note_doubt)
    texts = [
        wedge.feed(stroke).text for stroke in _typed(code, way, keeps_separators=keeps_separators)
    ]
    assert texts[-1] is not None
    taken = reader(texts[-1]).mark
    assert taken is None or taken.text == code


# ------------------------------------------------------------------ settings of the services
def test_without_settings_nobody_is_asked() -> None:
    assert make_marking({}, ManualClock()) is None


def test_secrets_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "from outside")
    assert marking_settings({"cdn_url": "https://cdn.example"}).api_key == "from outside"
    with pytest.raises(ConfigurationError, match=KEY_VARIABLE):
        marking_settings({"api_key": "in the file"})


@pytest.mark.parametrize("values", [{"colour": "red"}, {"cdn_url": 7}, {"timeout_s": 0.0}])
def test_settings_that_cannot_be_used_leave_the_till_selling(
    values: dict[str, object], caplog: pytest.LogCaptureFixture
) -> None:
    assert make_marking(values, ManualClock()) is None
    assert "marking" in caplog.text
    caplog.clear()


def test_a_service_without_its_key_is_told_apart_by_the_doctor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    checker = make_marking({"cdn_url": "https://cdn.example"}, ManualClock())
    assert checker is not None
    assert checker.probe().health is Health.OFFLINE
    checker.close()


def test_hosts_are_found_before_the_first_code_is_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "key")
    services = MarkingSimulator()
    services.start()
    try:
        checker = make_marking(
            {"cdn_url": services.url, "timeout_s": 30.0, "limit_s": 30.0}, ManualClock()
        )
        assert checker is not None
        checker.warm().join(30)
        asked_before = len(services.requests)
        assert asked_before > 0
        code = CodeReader()(f"0104600439931256215Jg0000000001{GS}93Mdk5").mark
        assert code is not None
        (result,) = checker.check([code])
        assert result.verdict is MarkVerdict.ALLOWED
        assert len(services.requests) == asked_before + 1
    finally:
        services.stop()


def test_the_doctor_tells_how_the_services_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "key")
    services = MarkingSimulator()
    services.start()
    try:
        (found,) = look_at_marking(Settings(home=tmp_path, marking={"cdn_url": services.url}))
    finally:
        services.stop()
    assert found.probe.health is Health.ONLINE
    assert found.configured
    assert look_at_marking(Settings(home=tmp_path)) == ()


def test_the_doctor_names_a_setting_that_is_wrong(tmp_path: Path) -> None:
    (found,) = look_at_marking(Settings(home=tmp_path, marking={"api_key": "secret-in-a-file"}))
    assert found.probe.health is Health.OFFLINE
    assert KEY_VARIABLE in found.line("ru")
    assert "secret-in-a-file" not in found.line("ru")
