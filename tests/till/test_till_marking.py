"""Marked goods from the scan to the sale: one code is one piece, none twice, each checked (D6, D8).

How: a whole till over a real store; the services of the marking system answer on this machine and
misbehave on demand.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.marking import MarkState
from app.domain.sale import SaleState
from app.kernel.errors import InputError, RuleError
from app.kernel.ids import LineId, SaleId
from app.till.house import TillSettings
from app.till.mark_words import line_words, stopping_words
from app.till.marks import typed_code
from app.till.order import AddOutcome, OrderState, ScanOutcome
from app.till.permissions import Action
from app.till.refund_plan import RefundWish
from app.till.session import ApprovalNeeded
from app.till.till import Till
from drivers.api.device import Health, Probe
from drivers.api.marking import MarkCode, MarkingSettings, MarkResult
from drivers.sim.marking import MarkingSimulator
from tests.till.bench import BORIS, COFFEE, PINS
from tests.till.marked import COLA, GS, UNKNOWN, WATER, WATER_EAN, MarkBench, cola, water

OTHER = "04600439931300"  # of something that is not on the menu
PATIENT_S = 30.0  # what is asked is the answer, not the speed of this machine


@pytest.fixture
def services() -> Iterator[MarkingSimulator]:
    simulator = MarkingSimulator()
    simulator.start()
    yield simulator
    simulator.stop()


@pytest.fixture
def make(quick_folder: Path) -> Iterator[Callable[..., MarkBench]]:
    made: list[MarkBench] = []

    def build(**options: Any) -> MarkBench:
        made.append(MarkBench(quick_folder / f"marked-{len(made)}", **options))
        return made[-1]

    yield build
    for bench in made:
        bench.close()


@pytest.fixture
def bench(make: Callable[..., MarkBench], services: MarkingSimulator) -> MarkBench:
    asks = MarkingSettings(
        cdn_url=services.url, api_key="key", timeout_s=PATIENT_S, limit_s=PATIENT_S
    )
    return make(asks=asks)


@pytest.fixture
def till(bench: MarkBench) -> Till:
    return bench.ready()


def states(state: OrderState) -> list[str]:
    return [line.mark.state.value if line.mark else "" for line in state.cart.lines]


def last(state: OrderState) -> LineId:
    return state.cart.lines[-1].line_id


# ------------------------------------------------------------------ into the order
def test_a_tap_adds_a_line_that_waits_for_its_code_and_stops_the_payment(till: Till) -> None:
    result = till.sale.tap(WATER)
    assert result.outcome is AddOutcome.ADDED
    assert states(result.state) == ["wanted"]
    assert result.state.warning is not None
    assert result.state.warning.ru == "Нет кода: Вода 0,5 л"
    assert result.state.can_pay  # the button stays and says what is missing
    with pytest.raises(RuleError, match="MARK_STOPS_SALE"):
        till.checkout.start()
    with pytest.raises(RuleError, match="MARK_STOPS_SALE"):
        till.checkout.pay_exact_cash()


def test_a_scan_fills_the_waiting_line_and_keeps_the_separator(till: Till) -> None:
    till.sale.tap(WATER)
    result = till.sale.scan(water())
    assert result.outcome is ScanOutcome.PRODUCT
    assert result.is_mark
    line = result.state.cart.lines[0]
    assert len(result.state.cart.lines) == 1
    assert line.mark is not None
    assert line.mark.code == water()
    assert "\x1d" in line.mark.code
    assert line.mark.state is MarkState.CHECKING


@pytest.mark.parametrize("prefix", ["", "]d2", "\x1d"])
def test_a_scan_in_the_sale_finds_the_product_by_its_number(till: Till, prefix: str) -> None:
    result = till.sale.scan(prefix + water())
    assert result.outcome is ScanOutcome.PRODUCT
    assert result.product is not None
    assert result.product.product_id == WATER
    line = result.state.cart.lines[0]
    assert line.mark is not None
    assert line.mark.code == water()
    assert result.line_id == line.line_id


def test_each_code_is_a_line_of_one_piece(till: Till) -> None:
    till.sale.scan(water(1))
    state = till.sale.scan(water(2)).state
    assert [line.quantity_milli for line in state.cart.lines] == [1_000, 1_000]
    state = till.sale.scan(WATER_EAN).state  # its plain barcode asks for a code, too
    assert states(state) == ["checking", "checking", "wanted"]
    state = till.sale.tap(WATER, 3_000).state
    assert states(state)[3:] == ["wanted"] * 3


def test_more_of_a_marked_line_waits_for_more_codes(till: Till) -> None:
    state = till.sale.scan(water()).state
    state = till.sale.step_quantity(last(state), 1)
    assert states(state) == ["checking", "wanted"]
    state = till.sale.set_quantity(state.cart.lines[0].line_id, 3_000)
    assert states(state) == ["checking", "wanted", "wanted", "wanted"]
    state = till.sale.repeat(state.cart.lines[0].line_id)
    assert states(state)[-1] == "wanted"
    assert all(line.quantity_milli == 1_000 for line in state.cart.lines)
    state = till.sale.step_quantity(state.cart.lines[0].line_id, -1)
    assert states(state) == ["wanted"] * 4


def test_a_thousand_pieces_at_once_are_refused_before_they_are_made(till: Till) -> None:
    with pytest.raises(InputError, match="MARKED_TOO_MANY"):
        till.sale.tap(WATER, 999_000)
    assert till.sale.state().cart.is_empty


# ------------------------------------------------------------------ what is refused at once
def test_one_code_is_in_an_order_once(till: Till) -> None:
    till.sale.scan(water())
    result = till.sale.scan(water())
    assert result.outcome is ScanOutcome.MARK_REFUSED
    assert result.words is not None
    assert result.words.ru == "Этот код уже в чеке"
    assert len(result.state.cart.lines) == 1


def test_a_code_in_a_held_order_is_refused(till: Till) -> None:
    till.sale.scan(water())
    till.sale.hold()
    result = till.sale.scan(water())
    assert result.outcome is ScanOutcome.MARK_REFUSED
    assert result.words is not None
    assert "отложенном" in result.words.ru


def test_a_sold_code_is_refused_until_it_comes_back(bench: MarkBench) -> None:
    till = bench.ready()
    till.sale.scan(water())
    till.marks.check()
    till.checkout.pay_exact_cash()
    again = till.sale.scan(water())
    assert again.outcome is ScanOutcome.MARK_REFUSED
    assert again.words is not None
    assert "уже продан" in again.words.ru
    bench.sign_in(BORIS)
    sale = bench.sales()[0]
    till.refunds.refund(RefundWish(sale.sale_id, "вернул"))
    with bench.store.reader() as db:
        (back,) = db.sales.list_refunds(sale.sale_id)
    assert back.lines[0].mark == sale.lines[0].mark
    assert till.sale.scan(water()).outcome is ScanOutcome.PRODUCT


def test_a_line_takes_no_code_of_another_product(till: Till) -> None:
    line_id = till.sale.tap(WATER).line_id
    result = till.marks.scan(LineId(line_id), cola())
    assert result.outcome is ScanOutcome.MARK_REFUSED
    assert result.words is not None
    assert result.words.ru == "Это код другого товара: Кола 0,33 л"
    assert states(result.state) == ["wanted"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WATER_EAN, "код маркировки"),
        ("010" + WATER_EAN + "215Jg0000000001", "проверочной части"),
        ("http://example.org", "код маркировки"),
    ],
)
def test_what_is_no_marking_code_is_refused_in_words(till: Till, text: str, said: str) -> None:
    line_id = till.sale.tap(WATER).line_id
    result = till.marks.scan(LineId(line_id), text)
    assert result.outcome is ScanOutcome.MARK_REFUSED
    assert result.words is not None
    assert said in result.words.ru
    assert states(result.state) == ["wanted"]


def test_a_code_that_reads_two_ways_is_refused_once(bench: MarkBench) -> None:
    till = bench.ready()
    bench.codes.note_doubt(water())
    result = till.sale.scan(water())
    assert result.outcome is ScanOutcome.MARK_REFUSED
    assert result.words is not None
    assert "двояко" in result.words.ru
    assert till.sale.scan(water()).outcome is ScanOutcome.PRODUCT  # by a better scanner


@pytest.mark.parametrize(
    "typed",
    [
        water(),
        water().replace(GS, ""),
        f"(01)0{WATER_EAN}(21)5Jg0000000001(93)Mdk5",
        f" (01) 0{WATER_EAN} (21) 5Jg0000000001 (93) Mdk5 ",
    ],
)
def test_a_code_may_be_typed_as_it_is_printed(till: Till, typed: str) -> None:
    line_id = LineId(till.sale.tap(WATER).line_id)
    result = till.marks.scan(line_id, typed_code(typed))
    assert result.is_mark
    mark = result.state.cart.lines[0].mark
    assert mark is not None
    assert mark.code == water()


def test_a_guest_card_is_told_apart_while_a_code_is_asked_for(till: Till) -> None:
    line_id = till.sale.tap(WATER).line_id
    assert till.marks.scan(LineId(line_id), "LC:482913").outcome is ScanOutcome.GUEST


# ------------------------------------------------------------------ the check
def test_a_good_code_is_ticked_and_its_evidence_kept_in_the_sale(bench: MarkBench) -> None:
    till = bench.ready()
    till.sale.scan(water())
    with pytest.raises(RuleError, match="MARK_STOPS_SALE"):
        till.checkout.start()
    state = till.marks.check()
    assert states(state) == ["allowed"]
    assert state.warning is None
    till.checkout.pay_exact_cash()
    mark = bench.sales()[0].lines[0].mark
    assert mark is not None
    assert mark.code == water()
    assert mark.evidence is not None
    assert mark.evidence.value.startswith("UUID=")
    assert (mark.evidence.federal_id, mark.evidence.number) == ("030", "1944")


def test_a_refused_code_stops_the_payment_until_another_package_is_scanned(
    till: Till, services: MarkingSimulator
) -> None:
    services.set_code(water()[:31], sold=True)
    line_id = LineId(till.sale.scan(water()).line_id)
    state = till.marks.check()
    assert states(state) == ["refused"]
    assert state.warning is not None
    assert state.warning.ru == "Вода 0,5 л: код уже продан. Возьмите другую упаковку"
    mark = state.cart.lines[0].mark
    assert mark is not None
    assert line_words(mark).ru == "Код уже продан. Возьмите другую упаковку"
    with pytest.raises(RuleError, match="MARK_STOPS_SALE"):
        till.checkout.pay_exact_cash()
    assert till.marks.scan(line_id, water(2)).outcome is ScanOutcome.PRODUCT
    assert states(till.marks.check()) == ["allowed"]
    till.checkout.pay_exact_cash()


@pytest.mark.parametrize("fault", ["error-500", "drop", "garbage", "wrong-shape", "busy-429"])
def test_a_service_that_fails_keeps_nobody_from_selling(
    bench: MarkBench, services: MarkingSimulator, fault: str
) -> None:
    till = bench.ready()
    services.break_(fault)
    till.sale.scan(water())
    state = till.marks.check()
    assert states(state) == ["unchecked"]
    mark = state.cart.lines[0].mark
    assert mark is not None
    assert line_words(mark).ru == "Код не проверен, продавать можно"
    till.checkout.pay_exact_cash()
    sold = bench.sales()[0].lines[0].mark
    assert sold is not None
    assert sold.code == water()


def test_a_silent_service_costs_its_time_out_only(
    make: Callable[..., MarkBench], services: MarkingSimulator
) -> None:
    asks = MarkingSettings(cdn_url=services.url, api_key="key", timeout_s=0.1, limit_s=0.2)
    till = make(asks=asks).ready()
    services.break_("silent")
    till.sale.scan(water())
    assert states(till.marks.check()) == ["unchecked"]


def test_without_a_service_codes_are_taken_unchecked(make: Callable[..., MarkBench]) -> None:
    till = make().ready()
    till.sale.scan(water())
    assert states(till.marks.check()) == ["unchecked"]
    assert till.checkout.pay_exact_cash().done is not None


def test_a_check_that_breaks_is_no_reason_to_wait_for_ever(
    make: Callable[..., MarkBench], caplog: pytest.LogCaptureFixture
) -> None:
    bench = make(asks=MarkingSettings(cdn_url="nonsense", api_key="key"))
    till = bench.ready()
    till.sale.scan(water())
    assert states(till.marks.check()) == ["unchecked"]
    assert "marking codes are not checked" in caplog.text
    caplog.clear()


def test_all_new_codes_are_asked_about_in_one_question(
    till: Till, services: MarkingSimulator
) -> None:
    for number in range(5):
        till.sale.scan(water(number))
    assert states(till.marks.check()) == ["allowed"] * 5
    assert [len(codes) for _, codes in services.asked] == [5]
    till.marks.check()
    assert len(services.asked) == 1  # nothing is asked twice


def test_an_answer_is_no_step_of_undo(till: Till) -> None:
    till.sale.tap(COFFEE)
    till.sale.scan(water())
    till.sale.tap(COFFEE)
    till.marks.check()
    state = till.sale.undo()
    assert states(state) == ["", "allowed"]
    assert states(till.sale.undo()) == [""]


def test_an_answer_for_an_order_that_was_put_aside_waits_for_its_return(till: Till) -> None:
    till.sale.scan(water())
    held = till.sale.state().order.sale_id
    till.sale.hold()
    assert till.marks.check().cart.is_empty
    till.sale.recall(SaleId(held))
    assert states(till.marks.check()) == ["allowed"]


@pytest.mark.parametrize(
    "code",
    [f"01{OTHER}215Jg0000000001{GS}93Mdk5", f"{OTHER}Nba5tQAHFabc1Md", "RU-401301-AAA0277031"],
)
def test_what_is_asked_about_is_what_was_scanned(
    make: Callable[..., MarkBench], code: str, caplog: pytest.LogCaptureFixture
) -> None:
    bench = make()
    till = bench.ready()
    read = bench.codes(code).mark
    assert read is not None
    asked: list[MarkCode] = []

    class Asked:
        """A checker that keeps what it is asked and cannot answer."""

        def check(
            self, codes: Sequence[MarkCode], *, fn_number: str = "", returning: bool = False
        ) -> tuple[MarkResult, ...]:
            """Keep the codes."""
            assert not fn_number
            assert not returning
            asked.extend(codes)
            return ()

        def probe(self) -> Probe:
            """Say that all is well."""
            return Probe(Health.ONLINE, "", "")

        def close(self) -> None:
            """Hold nothing."""

    till.marks._devices.marking = Asked()
    line_id = LineId(till.sale.tap(UNKNOWN).line_id)
    assert till.marks.scan(line_id, code).outcome is ScanOutcome.PRODUCT
    bench.codes.note_doubt(code)  # somebody types it again while it is being checked
    assert states(till.marks.check()) == ["unchecked"]
    assert "0 answers" in caplog.text
    caplog.clear()
    assert [(one.text, one.identity, one.gtin) for one in asked] == [
        (read.text, read.identity, read.gtin)
    ]


# ------------------------------------------------------------------ through a crash, and again
def test_codes_survive_the_death_of_the_program(bench: MarkBench) -> None:
    till = bench.ready()
    till.sale.scan(water(1))
    till.marks.check()
    till.sale.scan(water(2))
    till.sale.tap(WATER)
    bench.restart()
    bench.sign_in()
    state = bench.till.sale.state()
    assert states(state) == ["allowed", "checking", "wanted"]
    assert state.cart.lines[0].mark is not None
    assert state.cart.lines[0].mark.evidence is not None
    assert states(bench.till.marks.check()) == ["allowed", "allowed", "wanted"]


def test_a_repeated_order_waits_for_codes_of_its_own(bench: MarkBench) -> None:
    till = bench.ready()
    till.sale.scan(water())
    till.marks.check()
    till.checkout.pay_exact_cash()
    assert states(till.sale.repeat_last_order()) == ["wanted"]


# ------------------------------------------------------------------ without a code
def test_a_senior_may_sell_without_a_code_where_the_house_allows(
    make: Callable[..., MarkBench],
) -> None:
    bench = make(settings=TillSettings(sells_without_marks=True))
    till = bench.ready()
    line_id = LineId(till.sale.tap(WATER).line_id)
    with pytest.raises(ApprovalNeeded):
        till.marks.skip(line_id, "код не читается")
    approval = till.session.approve(None, PINS[BORIS], Action.SELL_UNMARKED)
    with pytest.raises(InputError, match="REASON_NEEDED"):
        till.marks.skip(line_id, "  ", approval)
    state = till.marks.skip(line_id, "код не читается", approval)
    assert states(state) == ["skipped"]
    assert state.order.approvals == (approval,)
    till.checkout.pay_exact_cash()
    mark = bench.sales()[0].lines[0].mark
    assert mark is not None
    assert (mark.skipped_by, mark.skip_reason, mark.code) == (BORIS, "код не читается", "")


def test_a_house_that_does_not_allow_it_sells_nothing_without_a_code(till: Till) -> None:
    line_id = LineId(till.sale.tap(WATER).line_id)
    approval = till.session.approve(None, PINS[BORIS], Action.SELL_UNMARKED)
    with pytest.raises(RuleError, match="MARK_SKIP_OFF"):
        till.marks.skip(line_id, "код не читается", approval)


def test_a_refused_code_cannot_be_skipped(
    make: Callable[..., MarkBench], services: MarkingSimulator
) -> None:
    asks = MarkingSettings(
        cdn_url=services.url, api_key="key", timeout_s=PATIENT_S, limit_s=PATIENT_S
    )
    bench = make(asks=asks, settings=TillSettings(sells_without_marks=True))
    till = bench.ready()
    services.break_("blocked")
    line_id = LineId(till.sale.scan(water()).line_id)
    till.marks.check()
    approval = till.session.approve(None, PINS[BORIS], Action.SELL_UNMARKED)
    with pytest.raises(InputError):
        till.marks.skip(line_id, "очень надо", approval)
    assert stopping_words(till.sale.state().cart) is not None


def test_goods_without_marks_are_as_they_were(till: Till) -> None:
    state = till.sale.tap(COFFEE, 2_000).state
    state = till.sale.tap(COFFEE).state
    assert states(state) == [""]
    assert state.cart.lines[0].quantity_milli == 3_000
    with pytest.raises(InputError):
        till.marks.scan(last(state), water())
    till.sale.tap(COLA)
    assert till.sale.state().order.state is SaleState.OPEN


# ------------------------------------------------------------------ whatever is done
STEPS = st.lists(
    st.sampled_from(["tap", "scan", "plus", "minus", "undo", "repeat", "check", "remove", "ean"])
    | st.tuples(st.just("scan"), st.integers(1, 4)),
    max_size=14,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_a_code_is_never_in_an_order_twice_and_a_line_is_one_piece(
    till: Till, steps: list[str | tuple[str, int]]
) -> None:
    till.sale.cancel()
    for number, step in enumerate(steps):
        _do(till, step, number)
        lines = till.sale.state().cart.lines
        codes = [line.mark.identity for line in lines if line.mark and line.mark.has_code]
        assert len(codes) == len(set(codes))
        assert all(line.quantity_milli == 1_000 for line in lines)
        assert all(line.mark is not None for line in lines)
        may_pay = all(line.mark and not line.mark.stops_sale for line in lines)
        assert (stopping_words(till.sale.state().cart) is None) == may_pay


def _do(till: Till, step: str | tuple[str, int], number: int) -> None:
    sale = till.sale
    if isinstance(step, tuple):
        sale.scan(water(step[1]))
        return
    on_order: dict[str, Callable[[], object]] = {
        "tap": lambda: sale.tap(WATER),
        "ean": lambda: sale.scan(WATER_EAN),
        "scan": lambda: sale.scan(water(number % 3)),
        "undo": sale.undo,
        "check": till.marks.check,
    }
    on_line: dict[str, Callable[[LineId], object]] = {
        "plus": lambda line_id: sale.step_quantity(line_id, 1),
        "minus": lambda line_id: sale.step_quantity(line_id, -1),
        "repeat": sale.repeat,
        "remove": sale.remove,
    }
    lines = sale.state().cart.lines
    if step in on_order:
        on_order[step]()
    elif lines:
        on_line[step](LineId(lines[number % len(lines)].line_id))
