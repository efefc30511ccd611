"""The promises of the shared suite that a cloud can keep, over both versions of ATOL Online.

What needs a shift, a drawer, paper or the last document is told as not supported instead; how a lost
answer is resolved differs and is tested in `test_atol_online_driver`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drivers.api.errors import NotSupported
from drivers.api.fiscal import FiscalCapability
from drivers.fiscal.atol_online.client import OnlineClient
from drivers.fiscal.atol_online.driver import AtolOnlineRegister
from drivers.fiscal.atol_online.notes import OnlineNotes
from drivers.fiscal.atol_online.options import OnlineOptions, Version
from drivers.sim.atol_online import GROUP, LOGIN, PASSWORD, AtolOnlineSimulator, CloudDocument
from drivers.transport.http import HttpLink
from tests.drivers.fiscal import test_fiscal_suite as suite
from tests.drivers.fiscal.samples import receipt

# Collected here with the `rig` of this file.
test_the_same_id_makes_one_document = suite.test_the_same_id_makes_one_document
test_the_same_id_for_another_document = suite.test_the_same_id_for_another_document_is_refused
test_an_id_that_cannot_be_kept_is_refused = suite.test_an_id_that_cannot_be_kept_is_refused
test_an_unknown_id_was_never_sent = suite.test_an_unknown_id_was_never_sent
test_a_register_that_is_off_makes_nothing = suite.test_a_register_that_is_off_makes_nothing


class Machine:
    """The cloud as the suite looks at a register."""

    def __init__(self, cloud: AtolOnlineSimulator) -> None:
        self._cloud = cloud

    @property
    def receipts(self) -> list[CloudDocument]:
        return self._cloud.made

    @property
    def documents(self) -> list[CloudDocument]:
        return list(self._cloud.documents.values())

    @property
    def is_linked(self) -> bool:
        return True

    @is_linked.setter
    def is_linked(self, linked: bool) -> None:
        (self._cloud.start if linked else self._cloud.stop)()


class CloudRig:
    """A cloud and a till that can be started anew."""

    def __init__(self, cloud: AtolOnlineSimulator, version: Version, notes: Path) -> None:
        self.machine = Machine(cloud)
        self.notes = notes
        self._url = cloud.url_of(version)

    def connect(self) -> AtolOnlineRegister:
        options = OnlineOptions(
            login=LOGIN,
            password=PASSWORD,
            group=GROUP,
            inn="5544332219",
            email="kassa@cafe.ru",
            payment_address="https://cafe.example",
            timeout_s=60.0,
        )
        return AtolOnlineRegister(
            OnlineClient(HttpLink(self._url), options),
            options,
            options.version_at(self._url),
            now=lambda: datetime(2026, 11, 20, 13, 45, tzinfo=UTC),
            notes=OnlineNotes(self.notes),
            sleep=lambda _: None,
        )

    def heal(self) -> None:
        self.machine.is_linked = True


@pytest.fixture(params=list(Version))
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CloudRig]:
    cloud = AtolOnlineSimulator(wait_polls=0)
    cloud.last_number = 1  # the suite's register has opened its shift with the first document
    cloud.start()
    yield CloudRig(cloud, request.param, tmp_path / "notes.json")
    cloud.stop()


def test_sale_is_told_in_full(rig: CloudRig) -> None:
    document = rig.connect().register(receipt(), "sale-1")
    [stored] = rig.machine.receipts
    assert (document.number, document.total_minor) == (stored.number, 10000)
    assert document.printed
    assert not document.recovered


def test_capabilities_say_what_is_not_supported(rig: CloudRig) -> None:
    register = rig.connect()
    assert register.capabilities == {FiscalCapability.STATUS}
    for call in (register.shift_state, register.totals, register.last_document):
        with pytest.raises(NotSupported):
            call()
