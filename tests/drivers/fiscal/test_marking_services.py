"""Asking about codes: rules of the answers, choice of hosts, time-outs, spare services, the receipt."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.api.device import Health
from drivers.api.errors import ConfigurationError
from drivers.api.fiscal import FiscalItem, ItemMark, MarkCheck, MarkPlan, Subject
from drivers.api.fiscal_errors import MarkRefused
from drivers.api.marking import (
    MarkCode,
    MarkingProvider,
    MarkingUnavailable,
    MarkReason,
    MarkResult,
    MarkVerdict,
)
from drivers.fiscal.marking.answers import judge, read_answer
from drivers.fiscal.marking.chain import (
    ChainProvider,
    RegisterProvider,
    bind,
    bits_of_check,
    check_of_bits,
)
from drivers.fiscal.marking.codes import parse_mark
from drivers.fiscal.marking.hosts import REFRESH_S, REST_S, HostBook
from drivers.fiscal.marking.services import (
    CdnProvider,
    CheckOptions,
    ModuleProvider,
    PiotProvider,
)
from drivers.sim.http_server import CutLink
from drivers.sim.marking import MarkingFault, MarkingSimulator

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WATER = parse_mark("010460043993125621JgXJ5.T1234ab\x1d93Mdk5")
MILK = parse_mark("010460043993125621Abcdef\x1d93Zz19")
FN = "9999078900001234"
PATIENT = CheckOptions(timeout_s=30.0, limit_s=60.0, probe_s=30.0)
HASTY = CheckOptions(timeout_s=0.1, limit_s=0.2, probe_s=0.2)
PASSWORD = "admin:pass"  # noqa: S105 - of the simulator


class Clock:
    """Monotonic seconds that the test moves."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def simulator() -> Iterator[MarkingSimulator]:
    simulator = MarkingSimulator(api_key="key", password=PASSWORD)
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def make_cdn(
    simulator: MarkingSimulator, clock: Clock, options: CheckOptions = PATIENT
) -> CdnProvider:
    return CdnProvider(simulator.url, "key", now=lambda: NOW, options=options, clock=clock)


def make_module(simulator: MarkingSimulator) -> ModuleProvider:
    return ModuleProvider(simulator.url, "admin", "pass", now=lambda: NOW, options=PATIENT)


@pytest.fixture
def cdn(simulator: MarkingSimulator, clock: Clock) -> CdnProvider:
    return make_cdn(simulator, clock)


KINDS = ("cdn", "module", "piot", "chain")


def make_provider(
    kind: str, simulator: MarkingSimulator, clock: Clock, options: CheckOptions
) -> MarkingProvider:
    cdn = make_cdn(simulator, clock, options)
    module = ModuleProvider(simulator.url, "admin", "pass", now=lambda: NOW, options=options)
    piot = PiotProvider(simulator.url, now=lambda: NOW, options=options)
    chain = ChainProvider([cdn, module])
    known: dict[str, MarkingProvider] = {"cdn": cdn, "module": module, "piot": piot, "chain": chain}
    return known[kind]


@pytest.fixture(params=KINDS)
def provider(
    request: pytest.FixtureRequest, simulator: MarkingSimulator, clock: Clock
) -> MarkingProvider:
    """Every provider passes what is asked of all."""
    return make_provider(request.param, simulator, clock, PATIENT)


class TestEveryProvider:
    def test_good_codes_are_allowed_with_evidence(self, provider: MarkingProvider) -> None:
        results = provider.check([WATER, MILK], fn_number=FN)
        assert [result.verdict for result in results] == [MarkVerdict.ALLOWED] * 2
        assert [result.code for result in results] == [WATER, MILK]
        note = results[0].evidence
        assert note is not None
        assert (note.federal_id, note.date, note.number) == ("030", "2023-11-21", "1944")
        assert note.value.startswith("UUID=5f2c1e9a-")
        assert "&Time=17637000" in note.value

    @pytest.mark.parametrize(
        ("fault", "reason"),
        [
            ("unknown-code", MarkReason.NOT_FOUND),
            ("not-applied", MarkReason.NOT_APPLIED),
            ("bad-signature", MarkReason.NOT_VERIFIED),
            ("sold", MarkReason.SOLD),
            ("blocked", MarkReason.BLOCKED),
            ("not-realizable", MarkReason.NOT_REALIZABLE),
            ("expired", MarkReason.EXPIRED),
        ],
    )
    def test_bad_codes_are_refused_in_words(
        self, simulator: MarkingSimulator, provider: MarkingProvider, fault: str, reason: MarkReason
    ) -> None:
        simulator.break_(fault)
        [result] = provider.check([WATER])
        assert result.verdict is MarkVerdict.REFUSED
        assert reason in result.reasons
        assert reason.words("ru") in result.words("ru")
        assert reason.words("en") in result.words("en")

    def test_one_bad_code_refuses_only_itself(
        self, simulator: MarkingSimulator, provider: MarkingProvider
    ) -> None:
        simulator.set_code(MILK.identity, sold=True)
        verdicts = [result.verdict for result in provider.check([WATER, MILK])]
        assert verdicts == [MarkVerdict.ALLOWED, MarkVerdict.REFUSED]

    def test_sold_is_no_reason_when_it_is_brought_back(
        self, simulator: MarkingSimulator, provider: MarkingProvider
    ) -> None:
        simulator.break_("sold")
        [result] = provider.check([WATER], returning=True)
        assert result.verdict is MarkVerdict.ALLOWED

    def test_grey_zone_is_sold(
        self, simulator: MarkingSimulator, provider: MarkingProvider
    ) -> None:
        simulator.break_("grey-zone")
        assert provider.check([WATER])[0].verdict is MarkVerdict.ALLOWED

    def test_other_owner_is_a_warning(
        self, simulator: MarkingSimulator, provider: MarkingProvider
    ) -> None:
        simulator.break_("wrong-owner")
        [result] = provider.check([WATER])
        assert result.verdict is MarkVerdict.ALLOWED
        assert result.warnings == (MarkReason.WRONG_OWNER,)
        assert "владельц" in result.words("ru")

    def test_price_below_the_minimum_is_refused(
        self, simulator: MarkingSimulator, provider: MarkingProvider
    ) -> None:
        simulator.set_code(WATER.identity, smp=11900)
        [result] = provider.check([WATER])
        assert result.at_price(11900).verdict is MarkVerdict.ALLOWED
        assert result.at_price(11899).reasons == (MarkReason.PRICE_TOO_LOW,)

    def test_nothing_to_ask_asks_nobody(
        self, simulator: MarkingSimulator, provider: MarkingProvider
    ) -> None:
        assert provider.check([]) == ()
        assert simulator.asked == []

    def test_emergency_mode_sells_unchecked(
        self, simulator: MarkingSimulator, provider: MarkingProvider
    ) -> None:
        simulator.break_("emergency-203", "h1", "h2", "module", "piot")
        [result] = provider.check([WATER])
        assert result.verdict is MarkVerdict.UNCHECKED
        assert "аварийн" in result.words("ru")
        assert "emergency" in result.words("en")

    def test_probe_never_raises(
        self, simulator: MarkingSimulator, provider: MarkingProvider
    ) -> None:
        assert provider.probe().health is Health.ONLINE
        simulator.stop()
        provider.probe()

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("fault", list(MarkingFault))
    def test_no_fault_of_a_service_allows_or_refuses(
        self, simulator: MarkingSimulator, clock: Clock, fault: MarkingFault, kind: str
    ) -> None:
        """Whatever a service sends instead of an answer, the code is told as not checked."""
        late = fault in (MarkingFault.SLOW, MarkingFault.SILENT)
        provider = make_provider(kind, simulator, clock, HASTY if late else PATIENT)
        simulator.break_(fault, "h1", "h2", "module", "piot")
        try:
            [result] = provider.check([WATER])
        except (MarkingUnavailable, ConfigurationError):
            return
        assert result.verdict is MarkVerdict.UNCHECKED
        assert result.evidence is None


class TestHosts:
    def test_fastest_host_is_asked(self, simulator: MarkingSimulator, cdn: CdnProvider) -> None:
        simulator.set_speed("h1", 900)
        cdn.check([WATER])
        assert [service for service, _ in simulator.asked] == ["h2"]

    def test_busy_host_rests_and_the_next_answers(
        self, simulator: MarkingSimulator, cdn: CdnProvider, clock: Clock
    ) -> None:
        cdn.probe()
        simulator.break_("busy-429", "h1")
        assert cdn.check([WATER])[0].verdict is MarkVerdict.ALLOWED
        simulator.break_("", "h1")
        cdn.check([WATER])
        clock.now_s += REST_S
        cdn.check([WATER])
        assert [service for service, _ in simulator.asked] == ["h1", "h2", "h2", "h1"]

    def test_third_failure_sends_a_host_to_rest(
        self, simulator: MarkingSimulator, cdn: CdnProvider
    ) -> None:
        cdn.probe()
        simulator.break_("garbage", "h1")
        for _ in range(4):
            assert cdn.check([WATER])[0].source.startswith("cdn")
        asked = [request.path.split("/")[1] for request in simulator.requests]
        questions = [
            host
            for host, request in zip(asked, simulator.requests, strict=True)
            if request.method == "POST"
        ]
        assert questions == ["h1", "h2", "h1", "h2", "h1", "h2", "h2"]

    def test_slow_host_ends_at_the_limit(self, simulator: MarkingSimulator, clock: Clock) -> None:
        simulator.break_("silent", "h1", "h2")
        with pytest.raises(MarkingUnavailable):
            make_cdn(simulator, clock, HASTY).check([WATER])

    def test_list_is_asked_again_after_hours_and_an_old_one_serves_meanwhile(
        self, simulator: MarkingSimulator, cdn: CdnProvider, clock: Clock
    ) -> None:
        def lists() -> int:
            return sum(request.path.endswith("cdn/info") for request in simulator.requests)

        cdn.check([WATER])
        cdn.check([WATER])
        assert lists() == 1
        clock.now_s += REFRESH_S
        simulator.break_("error-500", "list")
        assert cdn.check([WATER])[0].verdict is MarkVerdict.ALLOWED
        assert lists() == 2

    def test_no_list_at_all_is_unavailable(
        self, simulator: MarkingSimulator, cdn: CdnProvider
    ) -> None:
        simulator.break_("wrong-shape", "list")
        with pytest.raises(MarkingUnavailable):
            cdn.check([WATER])

    def test_wrong_key_is_told_as_a_setting(
        self, simulator: MarkingSimulator, clock: Clock
    ) -> None:
        cdn = CdnProvider(simulator.url, "other", now=lambda: NOW, options=PATIENT, clock=clock)
        with pytest.raises(ConfigurationError):
            cdn.check([WATER])
        assert cdn.probe().health is Health.OFFLINE
        with pytest.raises(ConfigurationError):
            CdnProvider(simulator.url, "ключ", now=lambda: NOW)

    def test_question_carries_full_codes_and_the_fiscal_storage(
        self, simulator: MarkingSimulator, cdn: CdnProvider
    ) -> None:
        cdn.check([WATER], fn_number=FN)
        request = simulator.requests[-1]
        assert request.json() == {"codes": [WATER.text], "fiscalDriveNumber": FN}
        assert request.headers["x-api-key"] == "key"

    def test_rest_survives_a_new_list(self) -> None:
        book = HostBook()
        book.put([("http://a", 5), ("http://b", 9)], 0.0)
        book.failed(book.hosts[0], 0.0, at_once=True)
        book.put([("http://a", 1), ("http://b", 9)], 10.0)
        assert [host.url for host in book.ready(10.0)] == ["http://b"]
        assert [host.url for host in book.ready(REST_S)] == ["http://a", "http://b"]


class TestModule:
    def test_question_names_the_till(self, simulator: MarkingSimulator) -> None:
        [result] = make_module(simulator).check([WATER], fn_number=FN)
        request = simulator.requests[-1]
        assert request.json() == {"cis_list": [{"cis": WATER.text}]}
        assert request.headers["x-clientid"] == FN
        assert result.source == "local module"
        assert result.evidence is not None
        assert result.evidence.value.endswith("&Inst=sim-module&Ver=2.1.0")

    def test_wrong_password_is_told_as_a_setting(self, simulator: MarkingSimulator) -> None:
        module = ModuleProvider(simulator.url, "admin", "wrong", now=lambda: NOW)
        with pytest.raises(ConfigurationError):
            module.check([WATER])

    def test_too_many_codes_are_refused(self, simulator: MarkingSimulator) -> None:
        with pytest.raises(ConfigurationError):
            make_module(simulator).check([WATER] * 101)


def test_answer_cut_at_every_byte_is_never_taken_for_a_whole_one(
    simulator: MarkingSimulator,
) -> None:
    cutter = CutLink(simulator.port)
    cutter.start()
    url = f"http://127.0.0.1:{cutter.port}"
    chain = ChainProvider([ModuleProvider(url, "admin", "pass", now=lambda: NOW, options=PATIENT)])
    try:
        for count in range(5000):
            cutter.cut(down_bytes=count)
            [result] = chain.check([WATER])
            if result.verdict is MarkVerdict.ALLOWED:
                break
            assert result.verdict is MarkVerdict.UNCHECKED
    finally:
        cutter.stop()
    assert count > 400


class TestChain:
    def test_module_answers_when_the_network_is_down(
        self, simulator: MarkingSimulator, cdn: CdnProvider
    ) -> None:
        chain = ChainProvider([cdn, make_module(simulator)])
        simulator.break_("error-500", "h1", "h2", "list")
        [result] = chain.check([WATER])
        assert (result.verdict, result.source) == (MarkVerdict.ALLOWED, "local module")
        assert chain.probe().health is Health.DEGRADED

    def test_emergency_of_the_network_is_final(
        self, simulator: MarkingSimulator, cdn: CdnProvider
    ) -> None:
        simulator.break_("emergency-203", "h1", "h2")
        ChainProvider([cdn, make_module(simulator)]).check([WATER])
        assert "module" not in [service for service, _ in simulator.asked]

    def test_nobody_to_ask_leaves_codes_unchecked(self, simulator: MarkingSimulator) -> None:
        simulator.stop()
        for providers in ([], [make_module(simulator)]):
            chain = ChainProvider(providers)
            [result] = chain.check([WATER])
            assert result.verdict is MarkVerdict.UNCHECKED
            assert result.words("ru").startswith("Код не проверен")
            assert chain.probe().health is Health.OFFLINE
            chain.close()


class Register:
    """A register that checks codes as the test says."""

    def __init__(self, check: MarkCheck) -> None:
        self.check = check
        self.seen: list[tuple[bytes, MarkPlan]] = []

    def check_mark(self, mark: ItemMark) -> MarkCheck:
        self.seen.append((mark.code, mark.plan))
        return self.check


@pytest.mark.parametrize(
    ("check", "verdict"),
    [
        (MarkCheck(checked=True, positive=True), MarkVerdict.ALLOWED),
        (MarkCheck(True, True, True, True), MarkVerdict.ALLOWED),
        (MarkCheck(checked=True, positive=False), MarkVerdict.REFUSED),
        (MarkCheck(True, True, True, False), MarkVerdict.REFUSED),
        (MarkCheck(checked=False, positive=False, stand_alone=True), MarkVerdict.UNCHECKED),
    ],
)
def test_the_register_checks_itself(check: MarkCheck, verdict: MarkVerdict) -> None:
    register = Register(check)
    [result] = RegisterProvider(register).check([WATER], returning=True)
    assert result.verdict is verdict
    assert result.register_check == check
    assert register.seen == [(WATER.text.encode(), MarkPlan.PIECE_RETURNED)]


@given(st.integers(0, 31))
def test_bits_of_a_check_pass_both_ways(bits: int) -> None:
    assert bits_of_check(check_of_bits(bits)) == bits


class TestReceipt:
    def checked(self, simulator: MarkingSimulator, codes: Sequence[MarkCode]) -> MarkResult:
        return make_module(simulator).check(codes)[0]

    def test_item_gets_code_kind_and_evidence(self, simulator: MarkingSimulator) -> None:
        item = bind(FiscalItem("Вода 0,5", 9000), self.checked(simulator, [WATER]))
        assert item.mark is not None
        assert item.mark.code == WATER.text.encode()
        assert item.subject is Subject.COMMODITY_WITH_MARK
        assert [note.number for note in item.industry] == ["1944"]

    def test_excise_stays_excise(self, simulator: MarkingSimulator) -> None:
        item = FiscalItem("Сигареты", 20000, subject=Subject.EXCISE)
        assert bind(item, self.checked(simulator, [WATER])).subject is Subject.EXCISE_WITH_MARK

    def test_refused_code_never_enters_a_receipt(self, simulator: MarkingSimulator) -> None:
        simulator.break_("blocked")
        with pytest.raises(MarkRefused) as caught:
            bind(FiscalItem("Вода 0,5", 9000), self.checked(simulator, [WATER]))
        assert "запрещена решением" in caught.value.text("ru")

    def test_price_is_compared_where_it_is_known(self, simulator: MarkingSimulator) -> None:
        simulator.set_code(WATER.identity, smp=9000)
        result = self.checked(simulator, [WATER])
        bind(FiscalItem("Пиво", 9000), result)
        with pytest.raises(MarkRefused):
            bind(FiscalItem("Пиво", 9000, discount_minor=1), result)
        back = bind(FiscalItem("Пиво", 8999), result, returning=True)
        assert back.mark is not None
        assert back.mark.plan is MarkPlan.PIECE_RETURNED


@given(st.binary(max_size=300))
def test_any_answer_is_read_or_told(body: bytes) -> None:
    try:
        read_answer(body)
    except MarkingUnavailable:
        return


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "code",
                    "codes",
                    "results",
                    "reqId",
                    "reqTimestamp",
                    "cis",
                    "found",
                    "expireDate",
                    "smp",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_judged_or_told(content: object) -> None:
    try:
        answer = read_answer(json.dumps(content).encode())
    except MarkingUnavailable:
        return
    results = judge(answer, [WATER, MILK], source="x", now=NOW)
    assert [result.code for result in results] == [WATER, MILK]
