"""The fiscal register behind the till's port: every call on the device's thread, the house's choices.

Options of the device that the till keeps, not the driver:

taxation   taxation system: osn, usn_income (the usual one), usn_income_outcome, esn, patent
receipts   the register prints the guest's receipt: yes, no (the till's printer does); else as the model can
paperless  it makes electronic receipts while it has no paper
title      what it is called in messages, for example ATOL 30F
"""

from collections.abc import Sequence

from app.bootstrap.supervised import Supervised
from app.till.fiscal_port import FiscalHouse
from drivers.api.device import DeviceConfig, Probe
from drivers.api.errors import ConfigurationError, DriverError
from drivers.api.fiscal import (
    FiscalCapability,
    FiscalDocument,
    FiscalItem,
    FiscalLookup,
    FiscalReceipt,
    FiscalRegister,
    Operator,
    RegisterStatus,
    ShiftState,
    ShiftTotals,
    Taxation,
)

#: Shown where the settings give the register no name.
USUAL_TITLE = "ККТ"


class SupervisedRegister(Supervised[FiscalRegister]):
    """A `FiscalRegister` whose every call runs on the device's own thread."""

    def probe(self) -> Probe:
        """Return how its supervisor saw it last; asks nobody."""
        return self._worker.state.probe

    @property
    def capabilities(self) -> frozenset[FiscalCapability]:
        """What this model can do beyond receipts."""
        return self._worker.device.capabilities

    def status(self) -> RegisterStatus:
        """Ask paper, cover, shift, fiscal storage and the OFD queue."""
        return self._do(lambda device: device.status())

    def shift_state(self) -> ShiftState:
        """Ask the shift."""
        return self._do(lambda device: device.shift_state())

    def totals(self) -> ShiftTotals:
        """Ask what was counted in the shift."""
        return self._do(lambda device: device.totals())

    def open_shift(self, operator: Operator, document_id: str) -> FiscalDocument:
        """Open the shift; see `FiscalRegister.open_shift`."""
        return self._do(lambda device: device.open_shift(operator, document_id))

    def register(self, receipt: FiscalReceipt, document_id: str) -> FiscalDocument:
        """Make a receipt; see `FiscalRegister.register`. After a failure the state is looked at anew."""
        try:
            return self._do(lambda device: device.register(receipt, document_id))
        except DriverError:
            self._worker.look_now()
            raise

    def x_report(self, operator: Operator) -> None:
        """Print the X report."""
        self._do(lambda device: device.x_report(operator))

    def z_report(self, operator: Operator, document_id: str) -> FiscalDocument:
        """Close the shift; see `FiscalRegister.z_report`."""
        return self._do(lambda device: device.z_report(operator, document_id))

    def cash_in(self, amount_minor: int, operator: Operator, document_id: str) -> int | None:
        """Record cash put into the drawer."""
        return self._do(lambda device: device.cash_in(amount_minor, operator, document_id))

    def cash_out(self, amount_minor: int, operator: Operator, document_id: str) -> int | None:
        """Record cash taken out."""
        return self._do(lambda device: device.cash_out(amount_minor, operator, document_id))

    def copy_last(self, operator: Operator) -> None:
        """Print a copy of the last receipt."""
        self._do(lambda device: device.copy_last(operator))

    def continue_print(self) -> None:
        """Print what was left when the paper ended."""
        self._do(lambda device: device.continue_print())

    def last_document(self) -> FiscalDocument | None:
        """What the fiscal storage holds last."""
        return self._do(lambda device: device.last_document())

    def find_document(self, document_id: str) -> FiscalLookup:
        """Tell what became of a document; see `FiscalRegister.find_document`."""
        return self._do(lambda device: device.find_document(document_id))


def emit(receipt: FiscalReceipt) -> Sequence[tuple[int, FiscalItem]]:
    """Return the positions that a receipt is registered with; see `FiscalHouse.emit`."""
    from drivers.fiscal.split import emitted  # noqa: PLC0415 - a till without a register needs none

    return emitted(receipt)


def house_of(config: DeviceConfig, register: SupervisedRegister) -> FiscalHouse:
    """Return how this house uses its register.

    Raises:
        ConfigurationError: There is no such taxation system.
    """
    receipts = config.options.get("receipts")
    return FiscalHouse(
        device_id=config.id,
        taxation=taxation_of(config),
        prints=receipts if isinstance(receipts, bool) else None,
        is_paperless=config.options.get("paperless") is True,
        name=str(config.options.get("title", "")).strip() or USUAL_TITLE,
        probe=register.probe,
        emit=emit,
    )


def taxation_of(config: DeviceConfig) -> str:
    """Return the taxation system of a register's settings.

    Raises:
        ConfigurationError: There is no such system.
    """
    name = str(config.options.get("taxation", Taxation.USN_INCOME.value))
    if name not in set(Taxation):
        known = ", ".join(Taxation)
        raise ConfigurationError(f"device {config.id}: taxation {name!r} is none of {known}")
    return name
