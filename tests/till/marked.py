"""A till with marked goods on its menu, and the services of the marking system on this machine."""

from dataclasses import dataclass, field, replace

from typing_extensions import override

from app.bootstrap.marking import LateMarking
from app.domain.catalog import Marking, Product
from app.kernel.ids import ProductId
from app.till.devices import Devices
from app.till.till import Till
from drivers.api.marking import MarkingSettings
from drivers.scanners.gs1 import check_digit
from tests.till.bench import KITCHEN, MENU, Bench

WATER, COLA, UNKNOWN = ProductId("water"), ProductId("cola"), ProductId("unknown")
WATER_EAN, COLA_EAN = "4600439931256", "4600439931263"
GS = "\x1d"


def _marked(product_id: ProductId, name: str, price: int, *eans: str) -> Product:
    return Product(
        product_id, KITCHEN, name, f"SKU-{product_id}", price, "vat20",
        barcodes=eans, marking=Marking.PIECE,
    )  # fmt: skip


MARKED_MENU = replace(
    MENU,
    version="m2",
    products=(
        *MENU.products,
        _marked(WATER, "Вода 0,5 л", 120_00, WATER_EAN),
        _marked(COLA, "Кола 0,33 л", 180_00, COLA_EAN[:-1] + check_digit(COLA_EAN[:-1])),
        _marked(UNKNOWN, "Без штрихкода", 90_00),
    ),
)


def water(number: int = 1) -> str:
    """Return the code of one bottle of water, with its separator."""
    return f"010{WATER_EAN}215Jg{number:010d}{GS}93Mdk5"


def cola(number: int = 1) -> str:
    """Return the code of one can of cola."""
    ean = COLA_EAN[:-1] + check_digit(COLA_EAN[:-1])
    return f"010{ean}215Ca{number:010d}{GS}93Zz19"


@dataclass
class MarkBench(Bench):
    """A bench whose menu has marked goods.

    Attributes:
        asks: Settings of the services; None leaves the till without a checker.
    """

    asks: MarkingSettings | None = field(default=None)

    @override
    def _devices(self) -> Devices:
        devices = super()._devices()
        if self.asks is not None:
            devices.marking = LateMarking(self.asks, self.clock)
        return devices

    @override
    def ready(self, cash: int = 1_000_00) -> Till:
        """Take the menu with marked goods, sign Anna in and open a shift."""
        self.store.replace_menu(MARKED_MENU)
        self.till.reload()
        return super().ready(cash)
