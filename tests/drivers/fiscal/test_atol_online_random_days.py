"""Days at a cloud that fails in every way at random: no sale is doubled, and what is said is true.

How: steps drawn by hypothesis register sales, ask about them, start the till anew, lose its notes and
queue faults of the cloud. After each step the cloud's own list of documents is compared with the words
of the driver; at the end everything works again and each sale is settled.
"""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.api.errors import DriverError, OutcomeUnknown
from drivers.api.fiscal import FiscalLookup, FiscalReceipt, FiscalVerdict
from drivers.fiscal.atol_online.options import Version
from drivers.sim.atol_online import AtolOnlineSimulator, CloudDocument, CloudFault
from tests.drivers.fiscal.samples import receipt
from tests.drivers.fiscal.test_atol_online_driver import Till

# Those that only make one wait are left out, and the wrong sum, which a human has to settle.
FAULTS = sorted(
    set(CloudFault) - {CloudFault.SLOW, CloudFault.SILENT, CloudFault.STUCK, CloudFault.WRONG_TOTAL}
)
SALES = 4
NAMES = st.integers(0, SALES - 1).map(lambda number: f"sale-{number}")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("register"), NAMES, st.lists(st.sampled_from(FAULTS), max_size=5)),
        st.tuples(st.just("register"), NAMES, st.just([])),
        st.tuples(st.just("find"), NAMES, st.lists(st.sampled_from(FAULTS), max_size=1)),
        st.tuples(st.just("restart"), st.just(""), st.just([])),
        st.tuples(st.just("lose-notes"), st.just(""), st.just([])),
        st.tuples(st.just("expire-token"), st.just(""), st.just([])),
        st.tuples(st.just("questions-fail"), st.just(""), st.just([])),
        st.tuples(st.just("questions-work"), st.just(""), st.just([])),
    ),
    max_size=14,
)


@dataclass
class Day:
    """A till and a cloud, and what the till was told."""

    cloud: AtolOnlineSimulator
    till: Till
    told: dict[str, int] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    def documents_of(self, name: str) -> list[CloudDocument]:
        return [
            document
            for document in self.cloud.documents.values()
            if document.external_id.rpartition("-")[0] == name
        ]

    def step(self, action: str, name: str, faults: list[CloudFault]) -> None:
        self.cloud._queue.clear()
        self.cloud.next(*faults)
        if action == "restart":
            self.till.start()
        elif action == "lose-notes":
            self.till.path.unlink(missing_ok=True)
            self.till.start()
            self.begun.clear()
        elif action == "expire-token":
            self.cloud.expire_tokens()
        elif action.startswith("questions"):
            self.cloud.break_("report-500" if action == "questions-fail" else "")
        elif action == "find":
            if name in self.begun:
                self.compare(name, self.till.register.find_document(name))
        else:
            self.register(name)
        for number in range(SALES):
            made = [item for item in self.documents_of(f"sale-{number}") if item.number]
            assert len(made) <= 1, f"sale-{number} is doubled"

    def register(self, name: str) -> None:
        self.begun.add(name)
        try:
            document = self.till.register.register(sale(name), name)
        except OutcomeUnknown:
            return
        except DriverError:
            # It says that nothing was made, and nothing may be made of it later.
            assert all(item.status == "fail" for item in self.documents_of(name)), name
            return
        assert self.told.setdefault(name, document.number) == document.number
        assert [item.number for item in self.documents_of(name) if item.number] == [document.number]

    def compare(self, name: str, lookup: FiscalLookup) -> None:
        documents = self.documents_of(name)
        if lookup.verdict is FiscalVerdict.FOUND:
            assert lookup.document is not None
            assert lookup.document.number in [item.number for item in documents]
        elif lookup.verdict is FiscalVerdict.ABSENT:
            assert all(item.status == "fail" for item in documents), name
        else:
            assert lookup.verdict is FiscalVerdict.WORKING

    def settle(self) -> None:
        """Everything works again: each sale that was begun is made once or truly absent."""
        self.cloud._queue.clear()
        self.cloud.break_("")
        for name in sorted(self.begun):
            verdict = self.settled(name)
            assert verdict in (FiscalVerdict.FOUND, FiscalVerdict.ABSENT)
        for number in range(SALES):
            name = f"sale-{number}"
            last = self.made_at_last(name)
            made = [item.number for item in self.documents_of(name) if item.number]
            assert made == [last]
            assert self.told.get(name, last) == last
        assert self.till.register.pending() == ()

    def settled(self, name: str) -> FiscalVerdict:
        """Ask until there is an answer."""
        for _ in range(20):
            lookup = self.till.register.find_document(name)
            self.compare(name, lookup)
            if lookup.verdict is not FiscalVerdict.WORKING:
                return lookup.verdict
        raise AssertionError(f"{name} is never settled")

    def made_at_last(self, name: str) -> int:
        """Register until it is made: an error that an earlier try left behind is told once."""
        for _ in range(20):
            try:
                return self.till.register.register(sale(name), name).number
            except OutcomeUnknown:
                raise
            except DriverError:
                continue
        raise AssertionError(f"{name} is never made")


def sale(name: str) -> FiscalReceipt:
    """One receipt a name, the same each time."""
    return receipt(10000 + int(name.rpartition("-")[2]))


@pytest.mark.parametrize("version", list(Version))
@settings(max_examples=20)
@given(steps=STEPS)
def test_no_sale_is_doubled_and_what_is_said_is_true(
    version: Version,
    steps: list[tuple[str, str, list[CloudFault]]],
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    cloud = AtolOnlineSimulator(wait_polls=1)
    cloud.start()
    folder: Path = tmp_path_factory.mktemp("day")
    try:
        day = Day(cloud, Till(cloud.url_of(version), folder, version))
        for step in steps:
            day.step(*step)
        day.settle()
    finally:
        cloud.stop()
