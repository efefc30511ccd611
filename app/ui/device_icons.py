"""The icon of each kind of device; a new kind has a plug."""

from typing import Final

_ICONS: Final = {
    "fiscal": "receipt",
    "terminal": "credit-card",
    "printer": "printer",
    "scanner": "barcode",
    "camera": "camera",
    "scale": "scale",
    "drawer": "inbox",
    "display": "device-desktop",
    "screen": "device-desktop",
    "qr_payment": "qrcode",
}


def icon_of(kind: str) -> str:
    """Return the name of an icon."""
    return _ICONS.get(kind, "plug")
