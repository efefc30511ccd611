"""`python -m drivers`: use the devices without the till.

    python -m drivers list
    python -m drivers discover [--network]
    python -m drivers doctor [--config devices.json]
    python -m drivers status 192.168.1.50:9100 | status /dev/ttyACM0 --kind scanner | status 0
    python -m drivers print-test 192.168.1.50:9100 --model epson-tm-t20
    python -m drivers read picture.png other.jpg | read /dev/ttyACM0 | read 0
    python -m drivers calibrate /dev/ttyACM0 | calibrate --sheet sheet.png
    python -m drivers terminal status|last|pay|cancel|refund|close 192.168.1.60:20007 [...]
    python -m drivers terminal pay C:/sc552/loadparm.exe 12345 --driver sberbank
    python -m drivers sbp register ORDER 12345 --merchant MA0000000001 | sbp status QR_ID ...
    python -m drivers display /dev/ttyUSB0 [item NAME 25000 | total 25000] --model cd5220
    python -m drivers scale 192.168.1.70:5001 [weigh|zero|tare] --driver scale.massak100
    python -m drivers receipt DOC.json --columns 48 --profile TM-T88V --out FILE.bin [--png FILE.png]
    python -m drivers render FILE.bin --png FILE.png
    python -m drivers fiscal status|sell|find|x|z|last|cash-in|cash-out http://localhost:16732 [...]
    python -m drivers fiscal-task SALE.json
    python -m drivers simulate printer --port 9100 [--fault paper-out]

Each command is a module of `drivers.commands`. Errors are one sentence on the error output; the exit
code is 0 for success, 1 for a failure of the device, 2 for a wrong command line, 3 when the outcome of
a payment is unknown.
"""

import argparse
from collections.abc import Callable, Sequence

from drivers.api.errors import DriverError, OutcomeUnknown
from drivers.commands import (
    calibrate,
    discover,
    display,
    doctor,
    fiscal,
    fiscal_task,
    mark,
    print_test,
    read,
    receipt,
    render,
    sbp,
    scale,
    simulate,
    status,
    terminal,
)
from drivers.commands import list as list_command
from drivers.commands.common import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_UNKNOWN,
    complain,
    language,
)

# One line for each command, in the order of the help.
COMMANDS = (
    list_command,
    discover,
    doctor,
    status,
    print_test,
    read,
    calibrate,
    terminal,
    sbp,
    fiscal,
    fiscal_task,
    mark,
    receipt,
    render,
    display,
    scale,
    simulate,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    options = make_parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except OutcomeUnknown as error:
        complain(error, language(options))
        return EXIT_UNKNOWN
    except DriverError as error:
        complain(error, language(options))
        return EXIT_FAILED
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def make_parser() -> argparse.ArgumentParser:
    """Make the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="python -m drivers",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--lang", choices=("ru", "en"), default="ru")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(commands)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
