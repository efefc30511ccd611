"""A till whose receipts are made by a cloud: no shift, no drawer, paper from the till's own printer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from typing_extensions import override

from app.store.rows import FiscalState
from app.till.devices import Devices
from app.till.fiscal_port import FiscalHouse
from app.till.permissions import Action
from app.till.refund_plan import RefundWish
from drivers.fiscal.atol_online.client import OnlineClient
from drivers.fiscal.atol_online.driver import AtolOnlineRegister
from drivers.fiscal.atol_online.notes import OnlineNotes
from drivers.fiscal.atol_online.options import OnlineOptions, Version
from drivers.fiscal.split import emitted
from drivers.sim.atol_online import GROUP, LOGIN, PASSWORD, AtolOnlineSimulator, CloudFault
from drivers.transport.http import HttpLink
from tests.till.bench import BORIS, COFFEE, MENU, PINS, Bench
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


@pytest.fixture
def cloudy(quick_folder: Path) -> Iterator[CloudBench]:
    made = CloudBench(quick_folder / "cloud")
    made.ready()
    yield made
    made.close()
    made.cloud.stop()


def sell(bench: CloudBench) -> str:
    bench.till.sale.tap(COFFEE)
    done = bench.till.checkout.pay_exact_cash().done
    assert done is not None
    return done.fiscal_task_id


def test_a_sale_and_its_refund_are_made_by_the_cloud_and_printed_by_the_till(
    cloudy: CloudBench,
) -> None:
    task_id = sell(cloudy)
    assert cloudy.jobs() == ()
    cloudy.work()
    (job,) = cloudy.jobs()
    assert job.payload["document"]["fiscal"]["fd"] == cloudy.cloud.made[0].number

    task = cloudy.till.fiscal.task_of(cloudy.sales()[0].sale_id)
    assert task is not None
    assert (task.task_id, task.state) == (task_id, FiscalState.DONE)
    approval = cloudy.till.session.approve(BORIS, PINS[BORIS], Action.REFUND)
    cloudy.till.refunds.refund(RefundWish(cloudy.sales()[0].sale_id, "остыл"), approval)
    cloudy.work()
    assert [made.operation for made in cloudy.cloud.made] == ["sell", "sell_refund"]
    assert [job.kind for job in cloudy.jobs()] == ["receipt", "refund"]


def test_a_cloud_is_asked_for_no_shift_and_no_cash(cloudy: CloudBench) -> None:
    cloudy.till.shift.cash_in(100_00, "размен")
    cloudy.till.shift.close(1_100_00)
    with cloudy.store.reader() as db:
        assert db.fiscal.list_open() == ()


def test_a_cloud_that_is_away_or_forgets_to_answer_makes_one_receipt_each(
    cloudy: CloudBench,
) -> None:
    cloudy.cloud.next(CloudFault.ANSWER_LOST)
    sell(cloudy)
    cloudy.work()
    cloudy.cloud.stop()
    sell(cloudy)
    cloudy.till.fiscal.run_once()
    task = cloudy.till.fiscal.task_of(cloudy.sales()[-1].sale_id)
    assert task is not None
    assert task.is_open
    cloudy.cloud.start()
    cloudy.work()

    assert len(cloudy.cloud.made) == 2
    with cloudy.store.reader() as db:
        assert db.fiscal.count_open() == 0
