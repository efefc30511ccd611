"""`python -m drivers receipt` and `render`: files, one line of JSON, and one sentence for what is wrong."""

import base64
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from drivers.__main__ import main
from drivers.printers.picture import HEIGHT_MAX, draw_items
from drivers.printers.profiles import get_profile
from drivers.receipts.reading import to_json
from drivers.sim.rendering import render
from tests.fakes.receipts import FULL

EIGHTY = get_profile("generic-80")
STAR = get_profile("star-line-80")
INTRODUCERS = st.sampled_from([b"\x1b", b"\x1d", b"\x1c", b"\x10", b"\x1b\x1d", b"\x1b\x1e"])
PIECES = st.tuples(INTRODUCERS, st.binary(max_size=12)).map(b"".join) | st.binary(max_size=40)


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "doc.json"
    path.write_text(json.dumps(to_json(FULL)), encoding="utf-8")
    return path


def size_of(path: Path) -> tuple[int, int]:
    with Image.open(path) as picture:
        return picture.size


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    output = capsys.readouterr().out
    assert output.count("\n") == 1
    answer: dict[str, Any] = json.loads(output)
    return answer


def test_a_document_becomes_bytes_picture_page_and_pdf(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {name: tmp_path / f"r.{name}" for name in ("out", "png", "html", "pdf")}
    asked = [part for name, path in files.items() for part in (f"--{name}", str(path))]
    arguments = ["receipt", str(document), "--columns", "48", "--profile", "TM-T88V", *asked]

    assert main(arguments) == 0

    answer = told(capsys)
    assert (answer["profile"], answer["columns"]) == ("epson-tm-t88", 48)
    assert answer["bytes"] == files["out"].stat().st_size
    assert any(line.startswith("ИТОГ") and len(line) == 48 for line in answer["lines"])
    assert size_of(files["png"])[0] > 48 * 12
    assert files["html"].read_text(encoding="utf-8").startswith("<!doctype html>")
    assert files["pdf"].read_bytes().startswith(b"%PDF-")

    picture = tmp_path / "sim.png"
    asked = ["--profile", "tm-t88v", "--columns", "48", "--png", str(picture)]
    assert main(["render", str(files["out"]), *asked]) == 0
    shown = told(capsys)
    assert [event["type"] for event in shown["events"]] == ["qr", "qr", "cut"]
    text = [line.rstrip() for line in shown["text"] if line.strip() and not line.startswith("[")]
    assert text == [line.rstrip() for line in answer["lines"] if line and not line.startswith("[")]
    assert size_of(picture) == (shown["width"], shown["height"])


def test_a_copy_is_marked_and_a_template_is_obeyed(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logo = io.BytesIO()
    Image.new("RGBA", (40, 20), (0, 0, 0, 200)).save(logo, "PNG")
    template = tmp_path / "t.json"
    words = {
        "blocks": ["logo", "totals", "rule", "footer"],
        "words": {"total": "ВСЕГО"},
        "footer": ["До встречи"],
        "logo": {"png": base64.b64encode(logo.getvalue()).decode()},
    }
    template.write_text(json.dumps(words), encoding="utf-8")
    assert main(["receipt", str(document), "--copy", "--template", str(template)]) == 0
    lines = told(capsys)["lines"]
    assert lines[0].strip() == "КОПИЯ"
    assert lines[1] == "[picture]"
    assert [line.split()[0] for line in lines[2:8]] == [
        "Сумма", "Скидка", "Баллы", "Округление", "ВСЕГО", "-" * 48,
    ]  # fmt: skip
    assert lines[-1].strip() == "До встречи"


@pytest.mark.parametrize(
    ("content", "options", "said"),
    [
        ("{", [], "doc.json: это не JSON: строка и знак 1:2."),
        ('{"kind": "sale", "lines": [{}]}', [], "doc.json: /lines/0: нет поля 'name'."),
        ('{"kind": "sale"}', ["--columns", "5"], "5 columns, 20 to 96 are possible."),
        ('{"kind": "sale"}', ["--profile", "abacus"], "no printer profile 'abacus'"),
        ('{"kind": "sale"}', ["--template", "nowhere.json"], "nowhere.json: No such file"),
        (
            '{"kind": "sale", "rows": [{"type": "barcode", "data": "x", "kind": "EAN13"}]}',
            [],
            "EAN13",
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    content: str, options: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "doc.json"
    path.write_text(content, encoding="utf-8")
    out = tmp_path / "out.bin"
    assert main(["receipt", str(path), "--out", str(out), *options]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.err.count("\n") == 1
    assert shown.out == ""
    assert not out.exists()


def test_a_bad_template_is_named_and_missing_files_are_told(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    template = tmp_path / "t.json"
    template.write_text('{"blocks": ["totals", "totals"]}', encoding="utf-8")
    assert main(["receipt", str(document), "--template", str(template)]) == 2
    assert f"{template}: /blocks: часть 'totals' названа дважды." in capsys.readouterr().err
    assert main(["--lang", "en", "receipt", str(tmp_path / "no.json")]) == 2
    assert "No such file" in capsys.readouterr().err
    assert main(["render", str(tmp_path / "no.bin")]) == 2
    assert "No such file" in capsys.readouterr().err
    assert main(["receipt", str(document), "--png", str(tmp_path / "no" / "r.png")]) == 1
    assert "No such file" in capsys.readouterr().err


def test_events_stand_in_the_order_of_the_bytes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = (
        b"\x1b@\x10\x04\x01"  # status
        b"\x1bp\x00\x19\xfa"  # drawer, pin 2
        b"\x10\x14\x01\x01\x02"  # drawer at once, pin 5
        b"\x1d(k\x05\x001P0hi\x1d(k\x03\x001Q0"  # QR
        b"\x1b\x7f"  # unknown
        b"abc\n\x1dVA\x00"  # full cut
        b"\x1dr\x01\x1bp"  # status in order; cut off in the middle
    )
    path = tmp_path / "x.bin"
    path.write_bytes(data)
    assert main(["render", str(path)]) == 0
    answer = told(capsys)
    assert [event["type"] for event in answer["events"]] == [
        "status_request", "drawer", "drawer", "qr", "unknown", "cut", "status_request", "incomplete",
    ]  # fmt: skip
    asked, first, second, qr, unknown, cut, ordered, rest = answer["events"]
    assert asked == {"type": "status_request", "command": "DLE EOT 1", "offset": 2}
    assert (first["pin"], first["realtime"]) == (2, False)
    assert (second["pin"], second["realtime"]) == (5, True)
    assert qr["text"] == "hi"
    assert unknown["hex"] == "1b 7f"
    assert cut["partial"] is False
    assert ordered["command"] == "GS r 1"
    assert rest["hex"] == "1b 70"
    assert "abc" in answer["text"]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PIECES, max_size=12).map(b"".join), st.sampled_from([EIGHTY, STAR]))
def test_any_bytes_become_a_picture(data: bytes, profile: Any) -> None:
    rendering = render(data, profile)
    json.dumps(rendering.events)
    picture = draw_items(rendering.items, profile)
    assert picture.width > profile.dots
    places = [event["offset"] for event in rendering.events]
    assert places == sorted(places, key=lambda place: int(str(place)))


def test_garbage_that_feeds_kilometres_stays_small() -> None:
    rendering = render(b"\x1bJ\xff" * 20_000, EIGHTY)
    assert draw_items(rendering.items, EIGHTY).height < HEIGHT_MAX + 100
