"""`terminal`: use a payment terminal by hand.

The outcome of a money operation goes to the standard output as words, or with ``--json`` as one object.
An unknown outcome ends with exit code 3 and the operation's id, with which ``find`` asks about it.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from drivers.api.device import DeviceConfig, DeviceKind, OptionValue
from drivers.api.errors import ConfigurationError, OutcomeUnknown
from drivers.api.terminal import (
    PaymentTerminal,
    Progress,
    TerminalResult,
    TerminalStatus,
    Verdict,
)
from drivers.commands.common import (
    EXIT_FAILED,
    EXIT_UNKNOWN,
    Commands,
    guess_transport,
    note,
    say,
    say_json,
    with_baud,
)
from drivers.registry import MODELS, build_terminal

BRANDS = ("zvt", "sberbank", "inpas", "external")


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    terminal = commands.add_parser("terminal", help="use a payment terminal")
    terminal.add_argument("action", choices=tuple(_ACTIONS))
    terminal.add_argument("address", help="host:port, serial port, or the path of the program")
    terminal.add_argument("amount_minor", type=int, nargs="?", help="sum in kopecks")
    terminal.add_argument("--driver", choices=BRANDS, default="zvt")
    terminal.add_argument("--currency", default="RUB")
    terminal.add_argument("--receipt", default="", help="number on the slip, of what is meant")
    terminal.add_argument("--operation", default="", help="id of the operation; find asks for it")
    terminal.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
    terminal.add_argument("--baud", type=int, help="of a serial line")
    terminal.add_argument("--notes", type=Path, help="folder for notes about unfinished payments")
    terminal.add_argument("--json", action="store_true", help="one JSON object on the output")
    terminal.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do one action."""
    terminal = build_terminal(_config(options), state_folder=options.notes)
    if not options.operation:
        options.operation = f"cli-{options.action}-{time.monotonic_ns()}"
    try:
        return _ACTIONS[options.action](terminal, options)
    except OutcomeUnknown:
        note(f"operation {options.operation}")
        raise
    finally:
        terminal.close()


def _config(options: argparse.Namespace) -> DeviceConfig:
    model = MODELS[f"terminal.{options.driver}"]
    if "program" in model.transports:
        program = Path(options.address.removeprefix("program:")).absolute()
        transport, address = "program", str(program)
    else:
        transport, address = guess_transport(options.address)
    extra: dict[str, OptionValue] = {}
    if "language" in model.options:
        extra["language"] = options.lang
    if options.baud is not None:
        extra = with_baud(extra, transport, options)
    for item in options.option:
        name, equals, text = item.partition("=")
        if not equals:
            raise ConfigurationError(f"--option {item!r} must be NAME=VALUE")
        extra[name] = _value(text, model.options.get(name, str), name)
    return DeviceConfig("terminal", DeviceKind.TERMINAL, model.id, transport, address, extra)


def _value(text: str, wanted: type, name: str) -> OptionValue:
    try:
        if wanted is int:
            return int(text)
        if wanted is float:
            return float(text)
    except ValueError as error:
        raise ConfigurationError(f"option {name} must be a number, not {text!r}") from error
    return text


def _status(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    return _show_status(terminal.status(), options)


def _diagnose(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    return _show_status(terminal.diagnose(), options)


def _last(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    last = terminal.last_operation()
    if last is not None:
        return _show_result(last, options)
    if options.json:
        say("null")
    else:
        say("операций нет" if options.lang == "ru" else "no operations")
    return 0


def _find(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    lookup = terminal.find_operation(options.operation, _amount(options))
    if options.json:
        result = _plain(lookup.result) if lookup.result is not None else None
        say_json({"verdict": lookup.verdict.value, "reason": lookup.reason, "result": result})
    else:
        say(f"{lookup.verdict.value} {lookup.reason}".rstrip())
    return EXIT_UNKNOWN if lookup.verdict is Verdict.UNCERTAIN else 0


def _pay(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    amount = _amount(options)
    result = terminal.pay(amount, options.currency, options.operation, _show_progress)
    return _show_result(result, options)


def _hold(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    amount = _amount(options)
    result = terminal.hold(amount, options.currency, options.operation, _show_progress)
    return _show_result(result, options)


def _refund(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    amount = _amount(options)
    result = terminal.refund(amount, options.currency, options.operation, None, _show_progress)
    return _show_result(result, options)


def _cancel(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    result = terminal.cancel(_receipt(options), _amount(options), options.operation, _show_progress)
    return _show_result(result, options)


def _capture(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    result = terminal.capture(
        _receipt(options), _amount(options), options.operation, _show_progress
    )
    return _show_result(result, options)


def _release(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    result = terminal.release(
        _receipt(options), _amount(options), options.operation, _show_progress
    )
    return _show_result(result, options)


def _close(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    batch = terminal.close_batch()
    if options.json:
        say_json(
            {
                "total_minor": batch.total_minor,
                "count": batch.count,
                "slip_lines": list(batch.slip_lines),
            }
        )
        return 0
    say(f"total_minor={batch.total_minor} count={batch.count}")
    for line in batch.slip_lines:
        say(f"  {line}")
    return 0


_ACTIONS: dict[str, Callable[[PaymentTerminal, argparse.Namespace], int]] = {
    "status": _status,
    "diagnose": _diagnose,
    "last": _last,
    "find": _find,
    "pay": _pay,
    "refund": _refund,
    "cancel": _cancel,
    "hold": _hold,
    "capture": _capture,
    "release": _release,
    "close": _close,
}


def _amount(options: argparse.Namespace) -> int:
    if options.amount_minor is None:
        raise ConfigurationError("the sum is missing: give it in kopecks, e.g. 12345 for 123,45")
    return int(options.amount_minor)


def _receipt(options: argparse.Namespace) -> str:
    if not options.receipt:
        raise ConfigurationError(f"{options.action} needs --receipt with the number on the slip")
    return str(options.receipt)


def _show_progress(step: Progress, text: str) -> None:
    note(f"... {step.value} {text}".rstrip())


def _show_status(status: TerminalStatus, options: argparse.Namespace) -> int:
    if options.json:
        say(json.dumps(asdict(status), ensure_ascii=False))
    else:
        ready = ("готов", "не готов") if options.lang == "ru" else ("ready", "not ready")
        say(ready[0] if status.ready else f"{ready[1]}: {status.text}")
        for line in status.slip_lines:
            say(f"  {line}")
    return 0 if status.ready else EXIT_FAILED


def _plain(result: TerminalResult) -> dict[str, object]:
    """The result as JSON; the raw bytes are for logs only."""
    fields = asdict(result)
    del fields["raw"]
    return {**fields, "outcome": result.outcome.value}


def _show_result(result: TerminalResult, options: argparse.Namespace) -> int:
    if options.json:
        say_json(_plain(result))
        return 0 if result.approved else EXIT_FAILED
    say(f"{result.outcome.value}: {result.text}")
    say(f"amount_minor={result.amount_minor} receipt={result.receipt_no} auth={result.auth_code}")
    for line in result.slip_lines:
        say(f"  {line}")
    return 0 if result.approved else EXIT_FAILED
