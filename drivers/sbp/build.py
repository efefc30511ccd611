"""Makes the driver of a bank's QR payments from settings; nothing is opened yet."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drivers.api.qr_payment import QrPayments
from drivers.sbp.raiffeisen.client import BankClient
from drivers.sbp.raiffeisen.driver import RaiffeisenOptions, RaiffeisenQr
from drivers.sbp.raiffeisen.notes import QrNotes


def raiffeisen_of(
    url: str, secret_key: str, options: Mapping[str, Any], notes_path: Path | None
) -> QrPayments:
    """Make the driver of Raiffeisenbank; `ConfigurationError` if the settings make no sense."""
    settings = RaiffeisenOptions(**options)  # Any: checked against the registry's table before
    client = BankClient(url, secret_key, timeout_s=settings.timeout_s, ca_file=settings.ca_file)
    return RaiffeisenQr(client, settings, notes=QrNotes(notes_path))
