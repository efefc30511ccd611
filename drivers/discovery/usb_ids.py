"""What a USB device probably is, by its numbers (`resources/devices/usb_ids.json`)."""

import json
from pathlib import Path

from drivers.api.device import DeviceKind
from drivers.api.errors import ConfigurationError
from drivers.discovery.found import Confidence, Guess

USB_IDS_PATH = Path(__file__).resolve().parents[2] / "resources" / "devices" / "usb_ids.json"
CONVERTER = "converter"
ANY = "*"
ROLES = (*map(str, DeviceKind), CONVERTER)


def load_usb_ids(path: Path = USB_IDS_PATH) -> dict[tuple[str, str], Guess]:
    """Read the table; keys are vendor and product in small hexadecimal letters, or '*'.

    Raises:
        ConfigurationError: the file is missing or wrong.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["devices"]
        table = {
            (row["vendor"], row["product"]): Guess(
                row["role"],
                row["title"],
                row["model"],
                Confidence(row["confidence"]),
                row["options"],
            )
            for row in rows
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"{path.name}: {error}") from error
    for key, guess in table.items():
        if guess.role not in ROLES:
            raise ConfigurationError(f"{path.name}: {key}: role {guess.role!r} is unknown")
    return table


def guess_usb(vendor: str, product: str, path: Path = USB_IDS_PATH) -> Guess | None:
    """Say what a device is: by its own number, else by its maker, else None."""
    table = load_usb_ids(path)
    vendor, product = vendor.lower(), product.lower()
    return table.get((vendor, product)) or table.get((vendor, ANY))
