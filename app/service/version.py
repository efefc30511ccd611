"""The version of the program, for answers and logs."""

from importlib.metadata import PackageNotFoundError, version


def _read() -> str:
    try:
        return version("max-loyalty-cashier")
    except PackageNotFoundError:  # a frozen program without its metadata
        return "0.1.0"


PROGRAM_VERSION = _read()
