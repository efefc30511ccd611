"""Making an order: products, choices, quantities, discounts, scans, hold and recall.

A whole till over a real store; devices and the service are fakes.
"""

import pytest

from app.kernel.errors import AppError, InputError
from app.kernel.ids import OptionId, SeededIds, VariantId
from app.till.order import AddOutcome, ScanOutcome
from app.till.permissions import Action
from app.till.session import ApprovalNeeded
from app.till.till import Till
from tests.till.bench import ANNA, BORIS, CAKE, CHEESE, COFFEE, LATTE, PINS, STOPPED, Bench


def test_exact_cash_is_item_taps_and_one_more(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    till.sale.tap(CAKE)

    state = till.checkout.pay_exact_cash()

    assert state.done is not None
    assert state.done.sale.due_minor == 533_33
    assert state.done.change_minor == 0
    assert state.order.cart.is_empty
    assert len(bench.sales()) == 1
    assert len(bench.operations()) == 1
    assert len(bench.jobs()) == 1
    assert bench.drafts() == 0
    assert bench.wakes >= 2
    bench.till.printing.run_once()
    assert "533,33" in bench.printer.text()
    assert bench.printer.drawer == 1


def test_numbers_follow_each_other_also_over_a_restart(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    till.checkout.pay_exact_cash()
    bench.restart()
    bench.sign_in()
    bench.till.sale.tap(COFFEE)

    bench.till.checkout.pay_exact_cash()

    assert [sale.number for sale in bench.sales()] == [1, 2]


def test_the_same_tap_raises_the_quantity(till: Till) -> None:
    first = till.sale.tap(COFFEE)
    second = till.sale.tap(COFFEE, 3_000)

    assert [line.quantity_milli for line in second.state.cart.lines] == [4_000]
    assert first.line_id == second.line_id
    assert second.state.due_minor == 800_00


def test_a_product_with_sizes_asks_before_it_is_added(till: Till) -> None:
    result = till.sale.tap(LATTE)

    assert result.outcome is AddOutcome.NEEDS_CHOICE
    assert result.product.variants
    assert result.state.cart.is_empty


def test_chosen_size_and_options_make_the_price(till: Till) -> None:
    result = till.sale.add(LATTE, variant_id=VariantId("l"), options=(OptionId("oat"),))

    assert result.state.due_minor == 380_00
    changed = till.sale.change_choice(
        result.state.cart.lines[0].line_id, variant_id=VariantId("s"), options=(OptionId("cow"),)
    )
    assert changed.due_minor == 250_00


def test_a_stopped_option_and_a_stopped_product_are_refused_in_words(till: Till) -> None:
    with pytest.raises(InputError, match="MODIFIER_STOPPED"):
        till.sale.add(LATTE, options=(OptionId("soy"),))
    assert till.sale.tap(STOPPED).outcome is AddOutcome.STOPPED
    assert till.sale.state().cart.is_empty


def test_undo_brings_a_removed_line_back(till: Till) -> None:
    line = till.sale.tap(COFFEE).state.cart.lines[0]
    assert till.sale.remove(line.line_id).cart.is_empty

    state = till.sale.undo()

    assert state.cart.lines == (line,)


def test_a_line_can_be_repeated_noted_and_stepped_down_to_nothing(till: Till) -> None:
    line_id = till.sale.tap(COFFEE).state.cart.lines[0].line_id
    assert till.sale.repeat(line_id).cart.lines[0].quantity_milli == 2_000
    assert till.sale.set_note(line_id, "без сахара").cart.lines[0].note == "без сахара"
    till.sale.step_quantity(line_id, -1)
    assert till.sale.step_quantity(line_id, -1).cart.is_empty


@pytest.mark.parametrize(
    ("code", "outcome", "due"),
    [
        ("4600000000015", ScanOutcome.PRODUCT, 200_00),
        ("2000123003504", ScanOutcome.PRODUCT, 350_00),  # weight code: item 00123, 350 g
        ("2210001003506", ScanOutcome.PRODUCT, 350_00),  # the menu has it with no weight in it
        ("4600000000046", ScanOutcome.STOPPED, 0),
        ("4600000000039", ScanOutcome.NEEDS_CHOICE, 0),  # a size, but the milk must be chosen
        ("771001", ScanOutcome.GUEST, 0),
        ("MLQ:c1", ScanOutcome.GUEST, 0),
        ("]C04600000000015", ScanOutcome.PRODUCT, 200_00),
        ("04600000000015", ScanOutcome.PRODUCT, 200_00),  # the same number as 14 digits
        ("4699999999998", ScanOutcome.UNKNOWN, 0),
        ("какой-то текст", ScanOutcome.UNKNOWN, 0),
    ],
)
def test_each_scan_does_what_it_is(till: Till, code: str, outcome: ScanOutcome, due: int) -> None:
    result = till.sale.scan(code)

    assert result.outcome is outcome
    assert result.state.due_minor == due
    if outcome is ScanOutcome.UNKNOWN:
        assert result.words is not None
        assert code in result.words.ru


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("GIFT:7F3A", "Это подарочная карта. Её принимают при оплате"),
        ('{"type":"promo","code":"X"}', "Это промокод. На этой кассе он не действует"),
        ("STAFF:anna", "Это карта сотрудника. Вход по ПИНу"),
        ("4600000000016", "Код 4600000000016 прочитан с ошибкой. Отсканируйте ещё раз"),
        ("https://example.com/menu", "Код не найден: https://example.com/menu"),
    ],
)
def test_a_code_of_no_use_here_says_what_it_is(till: Till, code: str, sentence: str) -> None:
    result = till.sale.scan(code)

    assert result.outcome is ScanOutcome.UNKNOWN
    assert result.words is not None
    assert result.words.ru == sentence


def test_a_weight_code_never_sells_grams_of_what_is_sold_by_the_piece(till: Till) -> None:
    assert till.sale.scan("2000124003503").outcome is ScanOutcome.UNKNOWN


def test_two_fast_scans_are_two(till: Till) -> None:
    till.sale.scan("4600000000015")

    assert till.sale.scan("4600000000015").state.cart.lines[0].quantity_milli == 2_000


def test_a_discount_within_the_limit_needs_a_reason_only(till: Till) -> None:
    till.sale.tap(CAKE)
    with pytest.raises(InputError, match="REASON_NEEDED"):
        till.sale.discount_order(percent_bp=1_000, reason=" ")

    state = till.sale.discount_order(percent_bp=1_000, reason="Акция")

    assert state.due_minor == 300_00
    assert state.priced.discount_minor == 33_33


def test_a_larger_discount_takes_a_senior_and_records_both(till: Till) -> None:
    line = till.sale.tap(COFFEE).state.cart.lines[0]
    with pytest.raises(ApprovalNeeded) as asked:
        till.sale.discount_line(line.line_id, amount_minor=100_00, reason="Пролит")
    assert asked.value.action is Action.DISCOUNT

    approval = till.session.approve(BORIS, PINS[BORIS], Action.DISCOUNT)
    state = till.sale.discount_line(
        line.line_id, amount_minor=100_00, reason="Пролит", approval=approval
    )

    assert state.due_minor == 100_00
    assert [(a.asked_by, a.approved_by) for a in state.order.approvals] == [(ANNA, BORIS)]
    assert till.sale.clear_discounts().due_minor == 200_00


def test_an_approval_has_its_own_limit(till: Till) -> None:
    line = till.sale.tap(COFFEE).state.cart.lines[0]
    approval = till.session.approve(BORIS, PINS[BORIS], Action.DISCOUNT)

    with pytest.raises(ApprovalNeeded):
        till.sale.discount_line(line.line_id, percent_bp=9_000, reason="x", approval=approval)


def test_a_held_order_survives_the_death_of_the_process(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    till.sale.hold("у окна")
    till.sale.tap(CAKE)
    bench.restart()
    bench.sign_in()

    assert bench.till.sale.state().due_minor == 333_33  # the open order is back on the desk
    held = [order for order in bench.till.sale.held() if order.name]
    assert [(order.name, order.due_minor) for order in held] == [("у окна", 200_00)]
    state = bench.till.sale.recall(held[0].sale_id)
    assert state.due_minor == 200_00
    assert state.held_count == 1  # what lay on the desk went aside


def test_kill_after_any_change_restores_the_order(bench: Bench, till: Till) -> None:
    line = till.sale.tap(COFFEE).state.cart.lines[0]
    till.sale.set_quantity(line.line_id, 5_000)
    till.sale.set_order_note("с собой")
    bench.restart()
    bench.sign_in()

    state = bench.till.sale.state()

    assert state.cart.lines[0].quantity_milli == 5_000
    assert state.cart.note == "с собой"
    assert state.number == 1


def test_quick_change_keeps_the_order_under_its_owner(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    bench.sign_in(BORIS)
    assert till.sale.state().cart.is_empty
    till.sale.tap(CAKE)

    bench.sign_in(ANNA)

    assert till.sale.state().due_minor == 200_00
    other = next(order for order in till.sale.held() if order.owner_name == "Борис")
    with pytest.raises(ApprovalNeeded):
        till.sale.recall(other.sale_id)


def test_a_cancelled_order_leaves_nothing(bench: Bench, till: Till) -> None:
    till.sale.tap(COFFEE)
    till.sale.cancel("гость ушёл")

    assert till.sale.state().cart.is_empty
    assert bench.drafts() == 0


def test_the_last_order_can_be_repeated(till: Till) -> None:
    till.sale.add(LATTE, variant_id=VariantId("l"), options=(OptionId("oat"),))
    till.sale.tap(CHEESE, 350)
    till.checkout.pay_exact_cash()

    assert till.sale.repeat_last_order().due_minor == 380_00 + 350_00


def test_nobody_signed_in_sells_nothing(bench: Bench) -> None:
    with pytest.raises(AppError, match="NOT_SIGNED_IN"):
        bench.till.sale.tap(COFFEE)


def test_a_stop_put_on_meanwhile_is_shown_on_the_line(till: Till) -> None:
    line = till.sale.tap(COFFEE).state.cart.lines[0]
    approval = till.session.approve(BORIS, PINS[BORIS], Action.STOP_LIST)
    till.catalog.set_stopped(COFFEE, stopped=True, approval=approval)

    assert till.sale.state().stopped_lines == {line.line_id}
    assert till.sale.tap(COFFEE).outcome is AddOutcome.STOPPED


@pytest.mark.parametrize("seed", range(6))
def test_any_run_of_changes_is_restored_line_by_line(bench: Bench, till: Till, seed: int) -> None:
    dice = SeededIds(seed)
    for _ in range(25):
        lines = till.sale.state().cart.lines
        line = lines[dice.below(len(lines))] if lines else None
        match dice.below(5):
            case 0 if line is not None:
                till.sale.remove(line.line_id)
            case 1 if line is not None:
                till.sale.set_quantity(line.line_id, 1_000 * (1 + dice.below(9)))
            case 2:
                till.sale.undo()
            case _:
                till.sale.add(COFFEE, note=f"n{dice.below(8)}")
    before = till.sale.state()
    bench.restart()
    bench.sign_in()

    after = bench.till.sale.state()

    assert after.cart == before.cart
    assert after.due_minor == before.due_minor
