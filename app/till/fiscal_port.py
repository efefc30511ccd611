"""What the till asks of a fiscal register beside `drivers.api.fiscal`: how this house uses it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.kernel.errors import BugError
from drivers.api.device import Probe

if TYPE_CHECKING:  # a till without a register never loads these
    from drivers.api.fiscal import FiscalItem, FiscalReceipt

    Emit = Callable[[FiscalReceipt], Sequence[tuple[int, FiscalItem]]]
    """The positions that a receipt is registered with, each with the index of its item: exact prices,
    no discounts. Pure; raises `FiscalInputWrong` for a receipt that no register can make."""


def _no_arithmetic(_receipt: "FiscalReceipt") -> Sequence[tuple[int, "FiscalItem"]]:
    raise BugError("a register was connected without the arithmetic of its receipts")


def _no_probe() -> Probe | None:
    return None


@dataclass(frozen=True, slots=True)
class FiscalHouse:
    """How this house uses its register; from the settings of the device.

    Attributes:
        device_id: Of the register in the settings; documents in doubt are asked of their own register.
        taxation: Taxation system, a value of `drivers.api.fiscal.Taxation`.
        prints: The register prints the guest's receipt, so the till's printer does not; None is as
            the model can.
        is_paperless: It makes electronic receipts even without paper.
        name: What people call it.
        probe: Its last state as its supervisor saw it; asks nobody.
        emit: How receipts are split into positions.
    """

    device_id: str = "fiscal"
    taxation: str = "usn_income"
    prints: bool | None = None
    is_paperless: bool = False
    name: str = "ККТ"
    probe: Callable[[], Probe | None] = _no_probe
    emit: "Emit" = _no_arithmetic
