"""`terminal`: use a ZVT payment terminal by hand."""

import argparse
import time
from collections.abc import Callable
from pathlib import Path

from drivers.api.device import DeviceConfig, DeviceKind
from drivers.api.errors import ConfigurationError
from drivers.api.terminal import PaymentTerminal, Progress, TerminalResult
from drivers.commands.common import (
    EXIT_FAILED,
    Commands,
    guess_transport,
    note,
    say,
    with_baud,
)
from drivers.registry import build_terminal


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    terminal = commands.add_parser("terminal", help="use a ZVT payment terminal")
    terminal.add_argument("action", choices=tuple(_ACTIONS))
    terminal.add_argument("address")
    terminal.add_argument("amount_minor", type=int, nargs="?", help="sum in kopecks")
    terminal.add_argument("--currency", default="RUB")
    terminal.add_argument("--receipt", default="", help="number on the slip, for cancel")
    terminal.add_argument("--baud", type=int, default=9600)
    terminal.add_argument("--notes", type=Path, help="folder for notes about unfinished payments")
    terminal.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do one action."""
    transport, address = guess_transport(options.address)
    extra = with_baud({"language": options.lang}, transport, options)
    terminal = build_terminal(
        DeviceConfig("terminal", DeviceKind.TERMINAL, "terminal.zvt", transport, address, extra),
        state_folder=options.notes,
    )
    try:
        return _ACTIONS[options.action](terminal, options)
    finally:
        terminal.close()


def _terminal_status(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    status = terminal.status()
    ready = ("готов", "не готов") if options.lang == "ru" else ("ready", "not ready")
    say(ready[0] if status.ready else f"{ready[1]}: {status.text}")
    return 0 if status.ready else EXIT_FAILED


def _terminal_last(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    last = terminal.last_operation()
    if last is None:
        say("операций нет" if options.lang == "ru" else "no operations")
        return 0
    return _show_result(last)


def _terminal_pay(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    return _show_result(
        terminal.pay(_amount(options), options.currency, _operation_id(options), _show_progress)
    )


def _terminal_refund(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    return _show_result(
        terminal.refund(
            _amount(options), options.currency, _operation_id(options), None, _show_progress
        )
    )


def _terminal_cancel(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    if not options.receipt:
        raise ConfigurationError("cancel needs --receipt with the number on the slip")
    return _show_result(
        terminal.cancel(options.receipt, _amount(options), _operation_id(options), _show_progress)
    )


def _terminal_close(terminal: PaymentTerminal, options: argparse.Namespace) -> int:
    del options
    batch = terminal.close_batch()
    say(f"total_minor={batch.total_minor} count={batch.count}")
    for line in batch.slip_lines:
        say(f"  {line}")
    return 0


_ACTIONS: dict[str, Callable[[PaymentTerminal, argparse.Namespace], int]] = {
    "status": _terminal_status,
    "last": _terminal_last,
    "pay": _terminal_pay,
    "refund": _terminal_refund,
    "cancel": _terminal_cancel,
    "close": _terminal_close,
}


def _amount(options: argparse.Namespace) -> int:
    if options.amount_minor is None:
        raise ConfigurationError("the sum is missing: give it in kopecks, e.g. 12345 for 123,45")
    return int(options.amount_minor)


def _operation_id(options: argparse.Namespace) -> str:
    return f"cli-{options.action}-{time.monotonic_ns()}"


def _show_progress(step: Progress, text: str) -> None:
    note(f"... {step.value} {text}".rstrip())


def _show_result(result: TerminalResult) -> int:
    say(f"{result.outcome.value}: {result.text}")
    say(f"amount_minor={result.amount_minor} receipt={result.receipt_no} auth={result.auth_code}")
    for line in result.slip_lines:
        say(f"  {line}")
    return 0 if result.approved else EXIT_FAILED
