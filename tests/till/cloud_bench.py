"""A till whose fiscal receipts are made by a cloud: the simulator over HTTP and the real driver."""

from dataclasses import dataclass, field
from datetime import timedelta

from typing_extensions import override

from app.store.rows import FiscalTask
from app.till.devices import Devices
from app.till.fiscal_port import FiscalHouse
from drivers.fiscal.atol_online.client import OnlineClient
from drivers.fiscal.atol_online.driver import AtolOnlineRegister
from drivers.fiscal.atol_online.notes import OnlineNotes
from drivers.fiscal.atol_online.options import OnlineOptions, Version
from drivers.fiscal.split import emitted
from drivers.sim.atol_online import GROUP, LOGIN, PASSWORD, AtolOnlineSimulator, CloudFault
from drivers.transport.http import HttpLink
from tests.till.bench import COFFEE, MENU, Bench
from tests.till.fiscal_bench import menu_of


@dataclass
class CloudBench(Bench):
    """See `Bench`; the cloud outlives the till."""

    cloud: AtolOnlineSimulator = field(default_factory=lambda: AtolOnlineSimulator(wait_polls=0))

    def __post_init__(self) -> None:
        self.cloud.start()
        super().__post_init__()

    @override
    def _fill(self) -> None:
        super()._fill()
        self.store.replace_menu(menu_of(MENU, 2200))

    @override
    def _devices(self) -> Devices:
        url = self.cloud.url_of(Version.V5)
        options = OnlineOptions(
            login=LOGIN, password=PASSWORD, group=GROUP, inn="5544332219", email="kassa@cafe.ru",
            payment_address="https://cafe.example", timeout_s=60.0,
        )  # fmt: skip
        devices = super()._devices()
        devices.fiscal = AtolOnlineRegister(
            OnlineClient(HttpLink(url), options),
            options,
            Version.V5,
            now=self.clock.now,
            notes=OnlineNotes(self.folder / "cloud.json"),
            sleep=lambda _: None,
        )
        devices.fiscal_house = FiscalHouse(name="АТОЛ Онлайн", emit=emitted)
        return devices

    def work(self) -> None:
        """Have the queue worked off, with the time that it waits."""
        for _ in range(20):
            while self.till.fiscal.run_once():
                pass
            self.clock.advance(timedelta(seconds=30))

    def sell(self) -> str:
        """Sell a coffee for cash; return the id of the receipt's task."""
        self.till.sale.tap(COFFEE)
        done = self.till.checkout.pay_exact_cash().done
        assert done is not None
        return done.fiscal_task_id

    def doubt(self) -> None:
        """Lose the answer to the next request; the cloud refuses the account ever since."""
        self.cloud.next(CloudFault.ANSWER_LOST)
        self.cloud.always(CloudFault.BLOCKED)

    def receipt(self) -> FiscalTask:
        """Return the task of the last sale's receipt."""
        task = self.till.fiscal.task_of(self.sales()[-1].sale_id)
        assert task is not None
        return task
