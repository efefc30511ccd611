r"""Gathers, fills, checks and compiles the translations of the interface.

    python packaging/translations.py fill sale < words.txt   merge words, then compile
    python packaging/translations.py release                 compile every area
    python packaging/translations.py check                   name what is missing or out of date

An area is a folder of `app/ui` (or `core` for the files directly in it). The words of an area are
the first arguments of `tr(...)` and `tr_later(...)` in it; they live in `resources/i18n/ru_AREA.ts`
(and `en_AREA.ts` for English plural forms), compiled by Qt's lrelease to `ru.qm` and `en.qm`.

Lines of words.txt: `English = Русский`, and for plurals `%n points = %n балл | %n балла | %n баллов`
with the English forms after a second equals sign: `... = %n point | %n points`. A line break in a
sentence is written `\n`. Words are keyed by the English sentence, so the order does not matter.
"""

import argparse
import ast
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parents[1]
CODE = ROOT / "app" / "ui"
FILES = ROOT / "resources" / "i18n"
CONTEXT = "till"
CALLS = {"tr", "tr_later"}

#: English sentence -> its forms; one form unless it is a plural.
Words = dict[str, list[str]]


def areas() -> list[str]:
    """Return the names of all areas that have words."""
    folders = [path.name for path in CODE.iterdir() if path.is_dir() and path.name[0] != "_"]
    return [area for area in ["core", *sorted(folders)] if gather(area)]


def gather(area: str) -> dict[str, bool]:
    """Return the sentences of an area in the order of the code, and whether each is a plural."""
    files = CODE.glob("*.py") if area == "core" else (CODE / area).rglob("*.py")
    found: dict[str, bool] = {}
    for file in sorted(files):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node) in CALLS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    found[first.value] = "%n" in first.value
    return found


def _name(call: ast.Call) -> str:
    if isinstance(call.func, ast.Name):
        return call.func.id
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def read_ts(language: str, area: str) -> Words:
    """Return the words of a `.ts` file; none if there is no file."""
    path = FILES / f"{language}_{area}.ts"
    if not path.exists():
        return {}
    words: Words = {}
    for message in ET.parse(path).iter("message"):  # noqa: S314 - our own file
        translation = message.find("translation")
        if translation is None:
            continue
        forms = [form.text or "" for form in translation.iter("numerusform")]
        words[message.findtext("source", "")] = forms or [translation.text or ""]
    return words


def write_ts(language: str, area: str, words: Words) -> Path:
    """Write the words of an area as a `.ts` file that Qt Linguist can open."""
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    for source, forms in sorted(words.items()):
        message = ET.SubElement(context, "message")
        if "%n" in source:
            message.set("numerus", "yes")
        ET.SubElement(message, "source").text = source
        translation = ET.SubElement(message, "translation")
        if "%n" in source:
            for form in forms:
                ET.SubElement(translation, "numerusform").text = form
        else:
            translation.text = forms[0]
    ET.indent(root, " ")
    path = FILES / f"{language}_{area}.ts"
    body = ET.tostring(root, encoding="unicode")
    path.write_text(
        f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n', encoding="utf-8"
    )
    return path


def parse_words(text: str) -> tuple[Words, Words]:
    """Return the Russian words and the English plural forms of a words file.

    Raises:
        ValueError: A line has no equals sign.
    """
    russian: Words = {}
    english: Words = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip().replace("\\n", "\n") for part in line.split(" = ")]
        if len(parts) < 2:
            raise ValueError(f"line {number} has no ' = ': {line}")
        source = parts[0]
        plural = "%n" in source
        russian[source] = [form.strip() for form in parts[1].split("|")] if plural else [parts[1]]
        if plural:
            forms = parts[2] if len(parts) > 2 else f"{source} | {source}"
            english[source] = [form.strip() for form in forms.split("|")]
    return russian, english


def fill(area: str, text: str) -> list[str]:
    """Merge words into an area, drop unused ones, compile; return what is still missing."""
    wanted = gather(area)
    russian, english = parse_words(text)
    missing: list[str] = []
    for language, new in (("ru", russian), ("en", english)):
        words = read_ts(language, area) | new
        if language == "ru":
            missing = [source for source in wanted if not all(words.get(source, [""]))]
        keep = {source: words[source] for source in wanted if source in words}
        if language == "en":
            keep = {source: forms for source, forms in keep.items() if wanted[source]}
        if keep:
            write_ts(language, area, keep)
    release()
    return missing


def release() -> None:
    """Compile all areas of a language to one `.qm`, so that switching tells the widgets once."""
    tool = Path(sys.executable).with_name("pyside6-lrelease")
    for language in ("ru", "en"):
        sources = [str(path) for path in sorted(FILES.glob(f"{language}_*.ts"))]
        target = FILES / f"{language}.qm"
        subprocess.run(  # noqa: S603 - our own tool and files
            [str(tool), "-silent", *sources, "-qm", str(target)], check=True
        )


def check() -> list[str]:
    """Return a sentence for each word that is missing, unused or not compiled."""
    faults: list[str] = []
    known: dict[str, list[str]] = {}
    for area in areas():
        for source, forms in read_ts("ru", area).items():
            if known.setdefault(source, forms) != forms:
                faults.append(f"{area}: {source!r} has another Russian elsewhere")
        wanted, russian = gather(area), read_ts("ru", area)
        english = read_ts("en", area)
        faults += [f"{area}: no Russian for {s!r}" for s in wanted if not all(russian.get(s, [""]))]
        faults += [f"{area}: unused {s!r}" for s in russian if s not in wanted]
        faults += [
            f"{area}: {s!r} needs three Russian and two English forms"
            for s, plural in wanted.items()
            if plural and (len(russian.get(s, [])) != 3 or len(english.get(s, [])) != 2)
        ]
    return faults


def main() -> int:
    """Run the command that was asked for."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("command", choices=["fill", "release", "check"])
    parser.add_argument("area", nargs="?", default="")
    options = parser.parse_args()
    if options.command == "release":
        release()
        return 0
    if options.command == "fill":
        text = "" if sys.stdin.isatty() else sys.stdin.read()
        faults = [f"no Russian for {source!r}" for source in fill(options.area, text)]
    else:
        faults = check()
    for fault in faults:
        print(fault)  # noqa: T201 - a command speaks to its terminal
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
