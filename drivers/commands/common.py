"""What every subcommand needs: exit codes, addresses, and words on the two outputs."""

import argparse
import json
import re
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from drivers.api.device import OptionValue
from drivers.api.errors import DriverError, Language

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - argparse has no public name for it
else:
    Commands = object

EXIT_FAILED, EXIT_USAGE, EXIT_UNKNOWN, EXIT_INTERRUPTED = 1, 2, 3, 130
SCHEMES = ("tcp", "serial", "usb", "bluetooth", "spooler", "file", "camera", "libfptr10")
_WEB = ("http", "https")


def guess_transport(address: str) -> tuple[str, str]:
    """Say how an address is reached: 'tcp:', 'usb:' and such in front decide, else its look."""
    scheme, colon, rest = address.partition(":")
    if colon and scheme in (*SCHEMES, *_WEB):
        return ("http", address) if scheme in _WEB else (scheme, rest)
    if re.fullmatch(r"[0-9a-fA-F]{4}:[0-9a-fA-F]{4}(:.+)?", address):
        return "usb", address
    if address.upper().startswith("COM") and address[3:].isdigit():
        return "serial", address
    if address.startswith(("/dev/tty", "/dev/pts/", "/dev/cu.", "/dev/rfcomm", "/dev/serial/")):
        return "serial", address
    if "/" in address or "\\" in address:
        return "file", address
    return "tcp", address


def with_baud(
    extra: dict[str, OptionValue], transport: str, options: argparse.Namespace
) -> dict[str, OptionValue]:
    """Add the line speed to a device's options where there is a line."""
    return {**extra, "baud": options.baud} if transport == "serial" else extra


def language(options: argparse.Namespace) -> Language:
    """Return the language chosen for words."""
    return "ru" if options.lang == "ru" else "en"


def say(text: str) -> None:
    """Write a line to the standard output at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def say_json(value: Mapping[str, object]) -> None:
    """Write an object as one line of JSON; Cyrillic stays readable."""
    say(json.dumps(value, ensure_ascii=False))


def note(text: str) -> None:
    """Write a line for a person to the error output."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def complain(error: DriverError, lang: Language) -> None:
    """Tell an error in a sentence, with the detail an installer needs."""
    text = error.text(lang)
    note(f"{text} [{error.detail}]" if error.detail else text)
