"""Logging: one line an event, into a file that turns over, with nothing personal in it.

Phones, mail addresses, card numbers and keys are masked before a line is written, whoever wrote them.
"""

import logging
import logging.handlers
import re
import time
from pathlib import Path
from typing import Final

from typing_extensions import override

_FORMAT: Final = "%(asctime)s.%(msecs)03dZ %(levelname)s %(threadName)s %(name)s: %(message)s"
_FILE_BYTES_MAX: Final = 5_000_000
_FILES_KEPT: Final = 5
_MASKS: Final = (
    # The password in an address of a database; before mail, which it would look like.
    (re.compile(r"(://[^:/@\s]{1,100}:)[^@\s]{1,200}@"), r"\1***@"),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,100}(?:\.[\w-]{1,60}){1,5}"), "***@***"),
    # Access tokens (JWT), and secrets of webhooks.
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*"), "eyJ***"),
    (re.compile(r"\b(whsec_)[A-Za-z0-9+/=_-]{6,}"), r"\1***"),
    (re.compile(r"\b((?:tlk|ilk|rkl|mlk)_(?:live_|test_)?)[A-Za-z0-9_-]{6,}"), r"\1***"),
    (re.compile(r"(?<![0-9A-Za-z])\+?(?:7|8)[ (-]{0,2}\d{3}[) -]{0,2}\d{3}[ -]?\d{2}[ -]?(\d{2})(?![0-9A-Za-z])"),
     r"+7 *** ***-**-\1"),
    (re.compile(r"(?<![0-9A-Za-z])\+[1-9][0-9 ()-]{7,16}([0-9]{2})(?![0-9])"), r"+** *** **\1"),
    (re.compile(r"(?<!\d)\d{6}\d{3,9}(\d{4})(?!\d)"), r"******\1"),
)  # fmt: skip


def mask(text: str) -> str:
    """Return text without phones, card numbers and keys."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text


class MaskingFormatter(logging.Formatter):
    """Writes UTC times and masks the whole line, its traceback included."""

    converter = staticmethod(time.gmtime)

    @override
    def format(self, record: logging.LogRecord) -> str:
        """Return the masked line."""
        return mask(super().format(record))


def set_up_logging(folder: Path, name: str, level: int = logging.INFO) -> Path:
    """Send the log of this process to a file below a folder and return the file.

    Args:
        folder: Made if missing.
        name: Of the program: `till`, `service`.
        level: The least level that is written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.log"
    handler = logging.handlers.RotatingFileHandler(
        path, maxBytes=_FILE_BYTES_MAX, backupCount=_FILES_KEPT, encoding="utf-8", delay=True
    )
    handler.setFormatter(MaskingFormatter(_FORMAT, "%Y-%m-%dT%H:%M:%S"))
    root = logging.getLogger()
    root.setLevel(level)
    root.addHandler(handler)
    # These tell every request with its full address at INFO.
    for noisy in ("httpx", "httpcore"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    return path
