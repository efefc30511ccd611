"""`mark CODE...`: read marking codes and, with settings, ask whether they may be sold. JSON, a line each.

``--settings FILE.json`` names who is asked: cdn_url and api_key, module_url, module_login and
module_password, piot_url. Without it a code is only read. GS may be given as ``<GS>``.
Exit code 0: all may be sold or were read; 1: one is no marking code or must not be sold; 3: one could
not be checked.
"""

import argparse
import datetime as dt
import json
import time
from pathlib import Path

from drivers.api.errors import ConfigurationError
from drivers.api.marking import MarkCode, MarkingSettings, MarkResult, MarkUnreadable, MarkVerdict
from drivers.commands.common import EXIT_FAILED, EXIT_UNKNOWN, Commands, say_json
from drivers.registry import build_marking

_VERDICT_CODES = {MarkVerdict.REFUSED: EXIT_FAILED, MarkVerdict.UNCHECKED: EXIT_UNKNOWN}


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    parser = commands.add_parser("mark", help="read and check marking codes, JSON")
    parser.add_argument("codes", nargs="+", metavar="CODE")
    parser.add_argument("--settings", type=Path, help="JSON file: who is asked")
    parser.add_argument("--fn", default="", help="number of the register's fiscal storage")
    parser.add_argument("--returning", action="store_true", help="the guest brings it back")
    parser.add_argument("--typed", action="store_true", help="came through a keyboard")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Read the codes, ask about those that were read, print a line each."""
    from drivers.fiscal.marking.codes import parse_mark  # noqa: PLC0415 - loaded when asked for

    worst = 0
    for text in options.codes:
        try:
            code = parse_mark(text, typed=options.typed)
        except MarkUnreadable as error:
            words = {"ru": error.text("ru"), "en": error.text("en")}
            say_json({"code": text, "fault": error.fault.name.lower(), "words": words})
            worst = EXIT_FAILED
            continue
        shown = _code(code)
        if options.settings is not None:
            result = _check(code, options)
            shown |= _result(result)
            worst = worst or _VERDICT_CODES.get(result.verdict, 0)
        say_json(shown)
    return worst


def _check(code: MarkCode, options: argparse.Namespace) -> MarkResult:
    try:
        content = json.loads(options.settings.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"{options.settings}: {error}") from error
    provider = build_marking(MarkingSettings.from_json(content), now=_machine_time)
    try:
        [result] = provider.check([code], fn_number=options.fn, returning=options.returning)
    finally:
        provider.close()
    return result


def _code(code: MarkCode) -> dict[str, object]:
    return {
        "code": code.text,
        "format": code.format.value,
        "gtin": code.gtin,
        "serial": code.serial,
        "identity": code.identity,
        "price_minor": code.price_minor,
        "weight_g": code.weight_g,
        "was_repaired": code.was_repaired,
        "is_doubtful": code.is_doubtful,
    }


def _result(result: MarkResult) -> dict[str, object]:
    note = result.evidence
    return {
        "verdict": result.verdict.value,
        "reasons": [reason.name.lower() for reason in result.reasons],
        "warnings": [reason.name.lower() for reason in result.warnings],
        "words": {"ru": result.words("ru"), "en": result.words("en")},
        "source": result.source,
        "evidence": None if note is None else note.value,
        "price_min_minor": result.price_min_minor,
    }


def _machine_time() -> dt.datetime:
    return dt.datetime(*time.gmtime()[:6], tzinfo=dt.UTC)
