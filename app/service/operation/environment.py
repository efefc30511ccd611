"""Settings by environment: one table of what there is, read once at the start, refused in words."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from app.kernel.errors import InputError
from app.service.db.sealing import FILE_VARIABLE, KEYS_VARIABLE
from app.service.operation.logs import FORMATS, LEVELS
from app.service.settings import ServiceSettings

T = TypeVar("T")

DATABASE_VARIABLE: Final = "MAXLOYALTY_DATABASE_URL"
HOST_VARIABLE: Final = "MAXLOYALTY_HOST"
PORT_VARIABLE: Final = "MAXLOYALTY_PORT"
WORKERS_VARIABLE: Final = "MAXLOYALTY_WORKERS"
LEVEL_VARIABLE: Final = "MAXLOYALTY_LOG_LEVEL"
FORMAT_VARIABLE: Final = "MAXLOYALTY_LOG_FORMAT"
TOKEN_VARIABLE: Final = "MAXLOYALTY_METRICS_TOKEN"  # noqa: S105 - the name of a variable
_TOKEN_LEAST: Final = 16
_PORT_MAX: Final = 65_535
_WORKERS_MAX: Final = 64
_GRACE_MAX_S: Final = 600


class Listening(NamedTuple):
    """Where the service listens if the command line does not say."""

    host: str
    port: int
    workers: int


class _Setting(NamedTuple):
    """A variable and the field of the settings that it fills."""

    variable: str
    field: str
    read: Callable[[str, str], Any]


def _words(variable: str, choices: tuple[str, ...]) -> Callable[[str, str], str]:
    def read(_variable: str, value: str) -> str:
        word = value.strip().lower()
        if word not in choices:
            raise _invalid(
                variable, f"one of {', '.join(choices)}", f"одно из {', '.join(choices)}"
            )
        return word

    return read


def _whole(low: int, high: int) -> Callable[[str, str], int]:
    def read(variable: str, value: str) -> int:
        if not (value.strip().isascii() and value.strip().isdigit()) or not (
            low <= int(value) <= high
        ):
            said = f"{low}-{high}"
            raise _invalid(variable, f"a whole number, {said}", f"целое число, {said}")
        return int(value)

    return read


def _share(variable: str, value: str) -> float:
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise _invalid(variable, "a number from 0 to 1", "число от 0 до 1")
    return share


def _flag(variable: str, value: str) -> bool:
    word = value.strip().lower()
    if word not in {"1", "0", "true", "false", "yes", "no"}:
        raise _invalid(variable, "1 or 0", "1 или 0")
    return word in {"1", "true", "yes"}


def _networks(variable: str, value: str) -> tuple[Any, ...]:
    try:
        return tuple(ip_network(part, strict=False) for part in value.replace(",", " ").split())
    except ValueError as error:
        raise _invalid(variable, "networks as 10.0.0.0/8", "сети вида 10.0.0.0/8") from error


def _token(variable: str, value: str) -> str:
    if len(value) < _TOKEN_LEAST or not value.isascii() or not value.isprintable():
        said = f"at least {_TOKEN_LEAST} printable characters"
        raise _invalid(variable, said, f"не меньше {_TOKEN_LEAST} печатных знаков")
    return value


def _folder(_variable: str, value: str) -> Path:
    return Path(value)


def _text(_variable: str, value: str) -> str:
    return value


_SETTINGS: Final = (
    _Setting(LEVEL_VARIABLE, "log_level", _words(LEVEL_VARIABLE, LEVELS)),
    _Setting(FORMAT_VARIABLE, "log_format", _words(FORMAT_VARIABLE, FORMATS)),
    _Setting("MAXLOYALTY_LOG_ACCESS", "access_log_share", _share),
    _Setting(TOKEN_VARIABLE, "metrics_token", _token),
    _Setting("MAXLOYALTY_METRICS_ALLOW", "metrics_networks", _networks),
    _Setting("MAXLOYALTY_GRACE_S", "grace_s", _whole(1, _GRACE_MAX_S)),
    _Setting("MAXLOYALTY_JOBS", "runs_jobs", _flag),
    _Setting("MAXLOYALTY_PLUGIN_FILES", "files_folder", _folder),
    _Setting("MAXLOYALTY_RATE_LIMITS", "limits_rates", _flag),
    _Setting("MAXLOYALTY_RATE_LIMIT_URL", "rate_limit_url", _text),
    _Setting("MAXLOYALTY_REQUEST_LOG", "logs_requests", _flag),
)
VARIABLES: Final = (
    "MAXLOYALTY_HOME",
    DATABASE_VARIABLE,
    HOST_VARIABLE,
    PORT_VARIABLE,
    WORKERS_VARIABLE,
    KEYS_VARIABLE,
    FILE_VARIABLE,
    *(setting.variable for setting in _SETTINGS),
)
"""Every variable that the service reads here; those of webhooks are in `webhooks.targets`."""


def read_settings(url: str, environment: Mapping[str, str] | None = None) -> ServiceSettings:
    """Return the settings of a service on a database.

    Args:
        url: The database.
        environment: The process's own if left out. Empty values count as not set.

    Raises:
        InputError: SETTING_INVALID with the name of the variable; never with its value, which may be
            a secret.
    """
    given = os.environ if environment is None else environment
    values = {
        setting.field: setting.read(setting.variable, given[setting.variable])
        for setting in _SETTINGS
        if given.get(setting.variable, "").strip()
    }
    try:
        return replace(ServiceSettings(database_url=url), **values)
    except ValueError as error:
        raise InputError(
            "SETTING_INVALID", f"Настройка не подходит: {error}", f"A setting is wrong: {error}"
        ) from error


def read_listening(environment: Mapping[str, str] | None = None) -> Listening:
    """Return where to listen by the environment.

    Raises:
        InputError: SETTING_INVALID.
    """
    given = os.environ if environment is None else environment
    port, workers = given.get(PORT_VARIABLE) or "8720", given.get(WORKERS_VARIABLE) or "1"
    return Listening(
        given.get(HOST_VARIABLE) or "127.0.0.1",
        _whole(0, _PORT_MAX)(PORT_VARIABLE, port),
        _whole(1, _WORKERS_MAX)(WORKERS_VARIABLE, workers),
    )


def _invalid(variable: str, wanted: str, wanted_ru: str) -> InputError:
    return InputError(
        "SETTING_INVALID",
        f"{variable}: нужно {wanted_ru}",
        f"{variable} must be {wanted}",
    )
