"""The text of a PDF that embeds its letters, line by line: enough of PDF 32000-1 to read our own."""

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_STREAM = re.compile(rb"stream\n(.*)\nendstream", re.DOTALL)
_SHOW = re.compile(rb"/(F\d+) [\d.]+ Tf|Td \(((?:\\.|[^\\)])*)\) Tj", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pdf_lines(data: bytes) -> list[str]:
    """Every string that is shown, in order, as text."""
    objects = {int(number): body for number, body in _OBJECT.findall(data)}
    fonts = _fonts(objects)
    lines, font = [], ""
    for body in objects.values():
        if b"/Type /Page\n" not in body + b"\n":
            continue
        content = re.search(rb"/Contents (\d+)", body)
        assert content is not None
        for chosen, shown in _SHOW.findall(_stream(objects[int(content.group(1))])):
            if chosen:
                font = chosen.decode()
            else:
                codes = _unescape(shown)
                pairs = [codes[i : i + 2] for i in range(0, len(codes), 2)]
                lines.append("".join(fonts[font][int.from_bytes(pair)] for pair in pairs))
    return lines


def _fonts(objects: dict[int, bytes]) -> dict[str, dict[int, str]]:
    """Letters by their codes, by the name of the font."""
    found = {}
    for body in objects.values():
        for name, number in re.findall(rb"/(F\d+) (\d+) 0 R", body):
            to_unicode = re.search(rb"/ToUnicode (\d+)", objects[int(number)])
            assert to_unicode is not None
            table = _stream(objects[int(to_unicode.group(1))])
            found[name.decode()] = {
                int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
                for code, text in re.findall(rb"<([0-9A-Fa-f]+)> <([0-9A-Fa-f]+)>\n", table)
            }
    return found


def _stream(body: bytes) -> bytes:
    match = _STREAM.search(body)
    assert match is not None
    return zlib.decompress(match.group(1)) if b"/FlateDecode" in body else match.group(1)


def _unescape(text: bytes) -> bytes:
    return re.sub(rb"\\(.)", lambda m: _ESCAPES.get(m.group(1), m.group(1)), text, flags=re.DOTALL)
