"""Queues of the Windows spooler; on other systems there are none."""

import importlib
import os
from typing import Any, Protocol

from drivers.api.device import DeviceKind
from drivers.discovery.found import Confidence, Found, propose

LOCAL, CONNECTIONS = 2, 4
"""PRINTER_ENUM_LOCAL and PRINTER_ENUM_CONNECTIONS of winspool.h."""
_LEVEL = 2
_NO_PAPER = ("fax", "pdf", "xps", "onenote", "document writer", "факс")
_RECEIPTS = (
    "pos",
    "receipt",
    "epson tm",
    "xprinter",
    "xp-",
    "rongta",
    "rp-",
    "чек",
    "star",
    "thermal",
)


class SpoolerList(Protocol):
    """The one function of win32print that is used; name and arguments are those of pywin32."""

    def EnumPrinters(  # noqa: N802 - pywin32's name
        self,
        flags: int,
        name: str | None,
        level: int,
    ) -> Any:  # noqa: ANN401 - rows of PRINTER_INFO_2
        """List the printers."""
        ...


def find_queues(api: SpoolerList | None = None) -> list[Found]:
    """List the printers of Windows; those that print no paper are left out."""
    if api is None:
        if os.name != "nt":
            return []
        api = importlib.import_module("win32print")
    queues = api.EnumPrinters(LOCAL | CONNECTIONS, None, _LEVEL)
    found = [_queue(queue) for queue in queues]
    return [item for item in found if item is not None]


def _queue(queue: dict[str, Any]) -> Found | None:  # Any: fields of PRINTER_INFO_2
    name = str(queue["pPrinterName"])
    told = f"{name} {queue.get('pDriverName') or ''}".lower()
    if any(word in told for word in _NO_PAPER):
        return None
    is_receipt = any(word in told for word in _RECEIPTS)
    return Found(
        str(DeviceKind.PRINTER),
        name,
        "spooler",
        name,
        "printer.escpos",
        Confidence.LIKELY if is_receipt else Confidence.GUESS,
        f"Принтер Windows «{name}», порт {queue.get('pPortName') or '?'}: печатает, но не отвечает.",
        f"Windows printer “{name}” on {queue.get('pPortName') or '?'}: prints, does not answer.",
        config=propose(DeviceKind.PRINTER, "printer.escpos", "spooler", name)
        if is_receipt
        else None,
    )
