"""Writing what a driver must not forget: whole and on the disk, or not at all."""

import json
import os
from pathlib import Path

from drivers.api.errors import ConfigurationError


def write_json(path: Path, content: object) -> None:
    """Put JSON in the place of a file; it is on the disk when this returns, and never half of it.

    Args:
        path: file; folders above it are made.
        content: plain values.

    Raises:
        ConfigurationError: it cannot be written.
    """
    fresh = path.with_suffix(path.suffix + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise ConfigurationError(f"cannot write {path}: {error}") from error
