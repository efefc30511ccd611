"""`fiscal ACTION ADDRESS`: use a fiscal register by hand. JSON on the standard output.

The address is the base URL of ATOL's Web server (``http://localhost:16732``) or ``libfptr10:usb``,
``libfptr10:192.168.1.70:5555``, ``libfptr10:COM3``, or the base URL of ATOL Online
(``https://online.atol.ru/possystem/v5``) with ``--settings``, a file of JSON with the model's options:
login, password, group, inn, email, payment_address. Exit code 3: it is unknown whether the document was
made; the same command with the same ``--id`` asks the register before it sends anything.
"""

import argparse
import dataclasses
import enum
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from drivers.api.device import DeviceConfig, DeviceKind, OptionValue
from drivers.api.errors import ConfigurationError, DriverError
from drivers.api.fiscal import FiscalCapability, FiscalRegister, FiscalVerdict, Operator
from drivers.commands.common import EXIT_FAILED, EXIT_UNKNOWN, Commands, guess_transport, say_json
from drivers.registry import build_fiscal

_CLOUD_ENDS = ("/v4", "/v5")


def add_parser(commands: Commands) -> None:
    """Name the arguments."""
    parser = commands.add_parser("fiscal", help="use a fiscal register by hand, JSON")
    parser.add_argument("action", choices=tuple(_ACTIONS))
    parser.add_argument("address", help="http://localhost:16732 or libfptr10:usb")
    parser.add_argument(
        "value", nargs="?", help="SALE.json of sell, sum in kopecks of cash-in and cash-out"
    )
    parser.add_argument("--operator", default="Администратор", help="name on the documents")
    parser.add_argument("--id", default="", help="id of the document, of sell, find and reports")
    parser.add_argument("--notes", type=Path, help="folder for notes about unfinished documents")
    parser.add_argument("--user", default="", help="of the Web server")
    parser.add_argument("--password", default="")
    parser.add_argument("--device-id", default="", help="which register of the Web server")
    parser.add_argument("--settings", type=Path, help="JSON file with the options of the model")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Do one action and print what the register said."""
    register = build_fiscal(_config(options), state_folder=options.notes)
    try:
        return _ACTIONS[options.action](register, options)
    finally:
        register.close()


def _config(options: argparse.Namespace) -> DeviceConfig:
    transport, address = guess_transport(options.address)
    names = {"user": options.user, "password": options.password, "device_id": options.device_id}
    extra: dict[str, OptionValue] = {name: value for name, value in names.items() if value}
    if options.settings is not None:
        extra |= _settings(options.settings)
    is_cloud = address.rstrip("/").endswith(_CLOUD_ENDS) or "group" in extra
    model = "fiscal.atol_online" if is_cloud else "fiscal.atol"
    return DeviceConfig("fiscal", DeviceKind.FISCAL, model, transport, address, extra)


def _settings(path: Path) -> dict[str, OptionValue]:
    """Read options from a file, so that a password need not stand in the command."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
    if not isinstance(content, dict):
        raise ConfigurationError(f"{path}: must hold an object")
    return content


def _status(register: FiscalRegister, options: argparse.Namespace) -> int:
    del options
    status = register.status()
    problem = status.problem
    shown = _plain(status)
    if FiscalCapability.SHIFT in register.capabilities:
        shown["shift_state"] = _plain(register.shift_state())
    shown["problem"] = (
        {"code": problem.code, "words": {"ru": problem.text("ru"), "en": problem.text("en")}}
        if problem is not None
        else None
    )
    say_json(shown)
    return 0 if problem is None else EXIT_FAILED


def _totals(register: FiscalRegister, options: argparse.Namespace) -> int:
    del options
    say_json(_plain(register.totals()))
    return 0


def _last(register: FiscalRegister, options: argparse.Namespace) -> int:
    del options
    last = register.last_document()
    say_json({"document": None if last is None else _plain(last)})
    return 0


def _open_shift(register: FiscalRegister, options: argparse.Namespace) -> int:
    say_json(_plain(register.open_shift(_operator(options), _id(options))))
    return 0


def _x(register: FiscalRegister, options: argparse.Namespace) -> int:
    register.x_report(_operator(options))
    say_json({"ok": True})
    return 0


def _z(register: FiscalRegister, options: argparse.Namespace) -> int:
    say_json(_plain(register.z_report(_operator(options), _id(options))))
    return 0


def _copy(register: FiscalRegister, options: argparse.Namespace) -> int:
    register.copy_last(_operator(options))
    say_json({"ok": True})
    return 0


def _continue(register: FiscalRegister, options: argparse.Namespace) -> int:
    del options
    register.continue_print()
    say_json({"ok": True})
    return 0


def _cash_in(register: FiscalRegister, options: argparse.Namespace) -> int:
    drawer = register.cash_in(_sum(options), _operator(options), _id(options))
    say_json({"drawer_minor": drawer})
    return 0


def _cash_out(register: FiscalRegister, options: argparse.Namespace) -> int:
    drawer = register.cash_out(_sum(options), _operator(options), _id(options))
    say_json({"drawer_minor": drawer})
    return 0


def _sell(register: FiscalRegister, options: argparse.Namespace) -> int:
    from drivers.fiscal.sale import read_sale  # noqa: PLC0415 - loaded when asked for

    if not options.value:
        raise ConfigurationError("sell needs SALE.json")
    try:
        data = json.loads(Path(options.value).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigurationError(f"{options.value}: {error}") from error
    say_json(_plain(register.register(read_sale(data), _id(options))))
    return 0


def _find(register: FiscalRegister, options: argparse.Namespace) -> int:
    if not options.id:
        raise ConfigurationError("find needs --id of the document")
    lookup = register.find_document(options.id)
    say_json(_plain(lookup))
    known = (FiscalVerdict.FOUND, FiscalVerdict.ABSENT)
    return 0 if lookup.verdict in known else EXIT_UNKNOWN


_ACTIONS: Mapping[str, Callable[[FiscalRegister, argparse.Namespace], int]] = {
    "status": _status,
    "totals": _totals,
    "open-shift": _open_shift,
    "sell": _sell,
    "find": _find,
    "x": _x,
    "z": _z,
    "last": _last,
    "copy": _copy,
    "continue": _continue,
    "cash-in": _cash_in,
    "cash-out": _cash_out,
}


def _operator(options: argparse.Namespace) -> Operator:
    return Operator(options.operator)


def _id(options: argparse.Namespace) -> str:
    return options.id or f"cli-{options.action}-{time.monotonic_ns()}"


def _sum(options: argparse.Namespace) -> int:
    text = options.value or ""
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise ConfigurationError(f"{options.action} needs its sum in kopecks, e.g. 500000")
    return int(text)


def _plain(value: object) -> dict[str, object]:
    """Return a dataclass as values of JSON."""
    assert dataclasses.is_dataclass(value)
    return {field.name: _value(getattr(value, field.name)) for field in dataclasses.fields(value)}


def _value(value: object) -> object:
    if isinstance(value, DriverError):
        return {"code": value.code, "words": value.text("en"), "detail": value.detail}
    if isinstance(value, enum.Enum):
        return value.value
    if dataclasses.is_dataclass(value):
        return _plain(value)
    if isinstance(value, Mapping):
        return {str(_value(key)): _value(item) for key, item in value.items()}
    return value
