"""`receipt DOC.json`: the receipt document as printer bytes, picture, page and PDF. Asks no device.

One line of JSON tells what was made: ``{"file", "profile", "columns", "bytes", "out", "png", "html", "pdf",
"lines"}``. A bad document, template, model or width gives one sentence on the error output and exit code 2.
The JSON schemas are in ``resources/docs/devices``.
"""

import argparse
import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.api.errors import ConfigurationError
from drivers.api.printer import BadDocument
from drivers.api.receipt import BadReceipt, ReceiptDocument
from drivers.commands.common import EXIT_FAILED, EXIT_USAGE, Commands, language, note, say_json

if TYPE_CHECKING:
    from drivers.printers.profiles import PrinterProfile
    from drivers.receipts.template import ReceiptTemplate

# ruff: noqa: PLC0415 - drawing loads numpy, Pillow and fpdf2: only what is asked for

_OUTPUTS = ("out", "png", "html", "pdf")


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    parser = commands.add_parser("receipt", help="a receipt document as bytes, picture, page, PDF")
    parser.add_argument("document", metavar="DOC.json", help="'-' reads the standard input")
    parser.add_argument(
        "--columns", type=int, metavar="N", help="instead of the model's: 32, 42, 48"
    )
    parser.add_argument("--profile", default="generic-80", metavar="MODEL")
    parser.add_argument("--template", default="default", metavar="T.json", help="a file or a name")
    parser.add_argument("--copy", action="store_true", help="mark it as a copy")
    parser.add_argument("--out", type=Path, metavar="FILE.bin", help="bytes for the printer")
    parser.add_argument("--png", type=Path, metavar="FILE.png")
    parser.add_argument("--html", type=Path, metavar="FILE.html")
    parser.add_argument("--pdf", type=Path, metavar="FILE.pdf")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Draw what is asked for and tell it."""
    lang = language(options)
    try:
        document = _document(options)
        template = _template(options.template)
        profile = _profile(options)
        drawn = _draw(document, template, profile, options)
    except BadReceipt as error:
        note(f"{error.device or options.document}: {error.text(lang)}.")
        return EXIT_USAGE
    except (BadDocument, ConfigurationError) as error:
        note(f"{options.document}: {error.detail}.")
        return EXIT_USAGE
    except _UnreadableError as error:
        note(str(error))
        return EXIT_USAGE
    for name, data in drawn.items():
        path: Path = getattr(options, name)
        try:
            path.write_bytes(data)
        except OSError as error:
            note(f"{path}: {error.strerror}.")
            return EXIT_FAILED
    say_json(_told(document, template, profile, options, drawn))
    return 0


class _UnreadableError(Exception):
    """A file that is not there; the text says which and why."""


def _read(source: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as error:
        raise _UnreadableError(f"{source}: {error.strerror}.") from error


def _document(options: argparse.Namespace) -> ReceiptDocument:
    from drivers.receipts.reading import document_from_text

    document = document_from_text(_read(options.document))
    return dataclasses.replace(document, is_copy=True) if options.copy else document


def _template(source: str) -> "ReceiptTemplate":
    from drivers.receipts.template import load_template, template_from_text, template_names

    if source in template_names():
        return load_template(source)
    try:
        return template_from_text(_read(source))
    except BadReceipt as error:
        error.device = source
        raise


def _profile(options: argparse.Namespace) -> "PrinterProfile":
    from drivers.printers.profiles import get_profile
    from drivers.receipts.lines import COLUMNS_MAX, COLUMNS_MIN

    profile = get_profile(options.profile)
    if options.columns is None:
        return profile
    if not COLUMNS_MIN <= options.columns <= COLUMNS_MAX:
        limits = f"{COLUMNS_MIN} to {COLUMNS_MAX}"
        raise ConfigurationError(f"{options.columns} columns, {limits} are possible")
    return profile.adjusted(columns=options.columns)


def _draw(
    document: ReceiptDocument,
    template: "ReceiptTemplate",
    profile: "PrinterProfile",
    options: argparse.Namespace,
) -> dict[str, bytes]:
    """Return the files that are asked for, by the name of their option; all before the first is written."""
    from drivers.printers.escpos import EscposEncoder
    from drivers.receipts.compose import compose

    columns = profile.columns
    drawn = {"out": EscposEncoder(profile).encode(compose(document, template, dots=profile.dots))}
    if options.png:
        from drivers.receipts.picture import preview_png

        drawn["png"] = preview_png(document, template, columns, profile)
    if options.html:
        from drivers.receipts.page import receipt_html

        drawn["html"] = receipt_html(document, template, columns, profile).encode()
    if options.pdf:
        from drivers.receipts.sheet import receipt_pdf

        drawn["pdf"] = receipt_pdf(document, template, columns, profile)
    if not options.out:
        del drawn["out"]
    return drawn


def _told(
    document: ReceiptDocument,
    template: "ReceiptTemplate",
    profile: "PrinterProfile",
    options: argparse.Namespace,
    drawn: dict[str, bytes],
) -> dict[str, object]:
    from drivers.receipts.lines import receipt_lines, text_of

    lines = receipt_lines(document, template, profile.columns, profile)
    return {
        "file": options.document,
        "profile": profile.id,
        "columns": profile.columns,
        "bytes": len(drawn.get("out", b"")) or None,
        **{name: str(getattr(options, name)) for name in _OUTPUTS if name in drawn},
        "lines": text_of(lines),
    }
