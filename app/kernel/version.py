"""The version of the program, in one place: the package, the service and the screens read it here."""

from typing import Final

VERSION: Final = "0.1.0"
