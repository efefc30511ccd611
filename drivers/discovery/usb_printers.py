"""USB printers: nodes of the Linux kernel, and printers that no driver has taken.

On Linux `/sys` tells of every printer without opening one. Elsewhere libusb is asked, on Windows the
spooler besides (`drivers.discovery.spooler`).
"""

import platform
from pathlib import Path

from drivers.api.device import DeviceKind
from drivers.discovery.found import Confidence, Found, Guess, UsbName, propose
from drivers.discovery.usb_ids import guess_usb

SYS = Path("/sys")
PRINTER_CLASS = "07"
_MODEL = "printer.escpos"


def find_usb_printers(root: Path = SYS) -> list[Found]:
    """List printers on USB; none is opened on Linux, elsewhere only for its name."""
    if platform.system() != "Linux":
        from drivers.transport.usb import list_usb_printers  # noqa: PLC0415 - loads libusb

        return [_free(_name_of(address, title)) for address, title in list_usb_printers()]
    return _nodes(root) + _untaken(root)


def _name_of(address: str, title: str) -> UsbName:
    vendor, product = address.split(":")[:2]
    return UsbName(vendor, product, title=title)


def _nodes(root: Path) -> list[Found]:
    """Printers that the kernel gave a file: /dev/usb/lp0."""
    found = []
    for node in sorted((root / "class" / "usbmisc").glob("lp*")):
        usb = _read_usb((node / "device").resolve().parent)
        address = f"/dev/usb/{node.name}"
        found.append(_printer(usb, "file", address))
    return found


def _untaken(root: Path) -> list[Found]:
    """Printers without a driver of the kernel: reached by libusb."""
    return [
        _free(_read_usb(interface.resolve().parent))
        for interface in sorted((root / "bus" / "usb" / "devices").glob("*:*"))
        if _read(interface / "bInterfaceClass") == PRINTER_CLASS
        and not (interface / "driver").exists()
    ]


def _free(usb: UsbName) -> Found:
    return _printer(usb, "usb", f"{usb.vendor}:{usb.product}")


def _printer(usb: UsbName, transport: str, address: str) -> Found:
    guess = guess_usb(usb.vendor, usb.product) if usb.vendor else None
    if guess is None or guess.role != DeviceKind.PRINTER:
        guess = Guess(str(DeviceKind.PRINTER), "USB", _MODEL, Confidence.GUESS)
    model = guess.model or _MODEL
    title = usb.title or guess.title
    return Found(
        str(DeviceKind.PRINTER),
        address,
        transport,
        title,
        model,
        guess.confidence,
        f"Принтер {title} на USB. Напечатайте полосу кодовых страниц, чтобы проверить буквы.",
        f"A printer {title} on USB. Print the strip of code pages to check the letters.",
        usb if usb.vendor else None,
        propose(DeviceKind.PRINTER, model, transport, address, guess.options),
    )


def _read_usb(folder: Path) -> UsbName:
    names = (_read(folder / "manufacturer"), _read(folder / "product"))
    return UsbName(
        _read(folder / "idVendor").lower(),
        _read(folder / "idProduct").lower(),
        _read(folder / "serial"),
        " ".join(filter(None, names)),
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
