"""How a configured device of each kind is made for the supervisor."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeAlias

from drivers.api.device import DeviceConfig, DeviceKind
from drivers.api.errors import NotSupported
from drivers.api.printer import ReceiptPrinter
from drivers.api.qr_payment import NoticeHandler
from drivers.api.scanner import ScanHandler
from drivers.registry import (
    watch_display,
    watch_drawer,
    watch_fiscal,
    watch_printer,
    watch_qr_payments,
    watch_scale,
    watch_scanner,
    watch_terminal,
)
from drivers.watch import Watched

#: Where the key of a bank's QR payments comes from; it is in no file, as all keys.
QR_KEY_VARIABLE: Final = "SBP_SECRET_KEY"

_Make: TypeAlias = Callable[[DeviceConfig, ReceiptPrinter | None], Watched[Any]]


class Watchers:
    """Makes devices of every kind that have a thread of their own; nothing is opened yet.

    Args:
        state_folder: Where notes for lost answers are kept.
        on_scan: Gets the codes of scanners, on the device's thread.
        on_notice: Told the notices of a bank, on a thread of its receiver.
    """

    def __init__(self, state_folder: Path, on_scan: ScanHandler, on_notice: NoticeHandler) -> None:
        self._makers: Mapping[DeviceKind, _Make] = {
            DeviceKind.PRINTER: lambda config, _: watch_printer(config),
            DeviceKind.TERMINAL: lambda config, _: watch_terminal(
                config, state_folder=state_folder
            ),
            DeviceKind.SCANNER: lambda config, _: watch_scanner(config, on_scan),
            DeviceKind.SCALE: lambda config, _: watch_scale(config),
            DeviceKind.DISPLAY: lambda config, _: watch_display(config),
            DeviceKind.DRAWER: watch_drawer,
            DeviceKind.FISCAL: lambda config, _: watch_fiscal(config, state_folder=state_folder),
            DeviceKind.QR_PAYMENT: lambda config, _: watch_qr_payments(
                config,
                secret_key=os.environ.get(QR_KEY_VARIABLE, ""),
                state_folder=state_folder,
                on_notice=on_notice,
            ),
        }

    def watch(self, config: DeviceConfig, printer: ReceiptPrinter | None) -> Watched[Any]:
        """Make a device.

        Args:
            config: Its settings.
            printer: The one that its address names, for a drawer in a printer's socket.

        Raises:
            DriverError: The settings make no sense.
        """
        make = self._makers.get(config.kind)
        if make is None:
            raise NotSupported(f"device {config.id}: a {config.kind} has no thread of its own")
        return make(config, printer)
