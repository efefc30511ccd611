"""`fiscal-task SALE.json`: what the register would be told, exact to the kopeck. Asks no device.

The output is the task in one line of JSON, amounts as decimal numbers with two places. Bad input gives
one sentence on the error output and exit code 2.
"""

import argparse
import datetime as dt
import json
import sys
from pathlib import Path

from drivers.commands.common import EXIT_USAGE, Commands, note, say


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    parser = commands.add_parser("fiscal-task", help="a sale as the task for an ATOL register")
    parser.add_argument("sale", metavar="SALE.json", help="'-' reads the standard input")
    parser.add_argument(
        "--date",
        type=dt.date.fromisoformat,
        metavar="YYYY-MM-DD",
        help="check VAT rates for that day",
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the task."""
    from drivers.api.fiscal_errors import FiscalInputWrong  # noqa: PLC0415 - loaded when asked for
    from drivers.fiscal.exact import dump  # noqa: PLC0415 - as above
    from drivers.fiscal.sale import read_sale  # noqa: PLC0415 - as above
    from drivers.fiscal.tasks import receipt_task  # noqa: PLC0415 - as above

    try:
        task = receipt_task(read_sale(_load(options.sale)), options.date)
    except FiscalInputWrong as error:
        note(f"{options.sale}: {error.detail}.")
        return EXIT_USAGE
    except (OSError, ValueError, RecursionError) as error:
        note(f"{options.sale}: {error}.")
        return EXIT_USAGE
    say(dump(task))
    return 0


def _load(source: str) -> object:
    text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8-sig")
    return json.loads(text)
