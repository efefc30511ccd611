"""Settings of an account at ATOL Online or at a cloud that speaks the same."""

import enum
import re
from dataclasses import dataclass, field

from drivers.api.errors import ConfigurationError
from drivers.api.fiscal import INN_LENGTHS
from drivers.transport.http import HttpAddress

_GROUP = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_SECRET_MIN = 16
_ADDRESS_MAX, _EMAIL_MAX, _CALLBACK_MAX = 256, 64, 256


class Version(enum.StrEnum):
    """Version of the interface: v4 writes FFD 1.05, v5 FFD 1.2."""

    V4 = "v4"
    V5 = "v5"


@dataclass(frozen=True, slots=True)
class OnlineOptions:
    """One account and the company that sells.

    Attributes:
        login: of the account.
        password: of the account; a secret, it is never shown or logged.
        group: code of the group of tills.
        inn: of the company.
        email: of the company, goes into every receipt.
        payment_address: where it sells: an address or a site (tag 1187).
        version: '' takes it from the end of the base address.
        callback_url: where the cloud posts results, '' for none; polling works without it.
        device_number: of a vending machine, '' for none.
        ism_optional: v5: register marked goods even while the marking server is not reached.
        timeout_s: for one request.
    """

    login: str
    password: str = field(repr=False)
    group: str
    inn: str
    email: str
    payment_address: str
    version: str = ""
    callback_url: str = field(default="", repr=False)
    device_number: str = ""
    ism_optional: bool = False
    timeout_s: float = 15.0

    def __post_init__(self) -> None:
        for name in ("login", "password", "email", "payment_address"):
            if not getattr(self, name):
                raise ConfigurationError(f"ATOL Online: option {name} is empty")
        if not _GROUP.fullmatch(self.group):
            raise ConfigurationError(f"ATOL Online: group {self.group!r} is no code of a group")
        if not (self.inn.isascii() and self.inn.isdigit() and len(self.inn) in INN_LENGTHS):
            raise ConfigurationError(f"ATOL Online: inn {self.inn!r} must have 10 or 12 digits")
        if len(self.email) > _EMAIL_MAX or "@" not in self.email:
            raise ConfigurationError(f"ATOL Online: {self.email!r} is no e-mail address")
        if len(self.payment_address) > _ADDRESS_MAX:
            raise ConfigurationError(f"ATOL Online: payment_address is over {_ADDRESS_MAX} letters")
        if self.callback_url:
            HttpAddress.parse(self.callback_url)
            if len(self.callback_url) > _CALLBACK_MAX:
                raise ConfigurationError(
                    f"ATOL Online: callback_url is over {_CALLBACK_MAX} letters"
                )
        if self.timeout_s <= 0:
            raise ConfigurationError("ATOL Online: timeout_s must be above 0")

    def version_at(self, url: str) -> Version:
        """Return the version chosen, or the one that the base address ends with.

        Raises:
            ConfigurationError: neither says it.
        """
        name = self.version or url.rstrip("/").rpartition("/")[2]
        try:
            return Version(name)
        except ValueError as error:
            raise ConfigurationError(
                f"ATOL Online: version must be v4 or v5, and {url!r} does not end with one"
            ) from error


def check_secret(secret: str) -> str:
    """Return the secret part of a callback's path.

    Raises:
        ConfigurationError: it is short enough to be guessed, or no part of a path.
    """
    if len(secret) < _SECRET_MIN or not re.fullmatch(r"[A-Za-z0-9_-]+", secret):
        raise ConfigurationError(
            f"the callback's secret needs {_SECRET_MIN} letters, digits, '-', '_'"
        )
    return secret
