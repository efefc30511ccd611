"""Tickets for the kitchen: what is sent is sent once, changes and voids say so, nothing disappears (D4)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.kernel.errors import AppError, TemporaryError
from app.store.rows import PrintState
from app.till.devices import COOKS_ALL, Station
from app.till.kitchen_sale import UNDO_FOR
from app.till.order import StepStatus
from app.till.session import ApprovalNeeded
from app.till.till import Till
from tests.till.bench import BORIS, CAKE, COFFEE, LATTE, PINS, SOUP
from tests.till.kitchen_bench import BAR, HOT, KitchenBench, dishes, words

MakeKitchen = Callable[..., KitchenBench]


@pytest.fixture
def kitchen(make_kitchen: MakeKitchen) -> KitchenBench:
    bench = make_kitchen()
    bench.ready()
    return bench


@pytest.fixture
def chef(make_kitchen: MakeKitchen) -> KitchenBench:
    """A kitchen whose till is used by a manager, who may take food back."""
    bench = make_kitchen()
    bench.ready()
    bench.sign_in(BORIS)
    return bench


def _pay(till: Till) -> None:
    assert till.checkout.pay_exact_cash().done is not None
    till.checkout.dismiss()


def test_what_is_paid_goes_to_its_station(kitchen: KitchenBench) -> None:
    till = kitchen.till
    till.sale.tap(COFFEE, 2000)
    till.sale.set_note(till.sale.state().cart.lines[0].line_id, "без сахара")
    till.sale.tap(SOUP)
    _pay(till)
    kitchen.print_all()

    (ticket,) = kitchen.hot.paper
    said = words(ticket)
    assert said[:2] == ["Горячий цех", "Заказ 1"]
    assert dishes(kitchen.hot) == ["2 x Кофе", "1 x Суп"]
    assert "! без сахара" in said
    assert kitchen.bar.paper == []
    assert len(kitchen.printer.paper) == 1  # the receipt is no ticket


def test_a_product_without_a_station_prints_nowhere_and_one_with_two_prints_twice(
    make_kitchen: MakeKitchen,
) -> None:
    nowhere = make_kitchen(stations=(Station(HOT, "Горячий цех", ("Бургеры",)),))
    nowhere.ready()
    nowhere.till.sale.tap(COFFEE)
    _pay(nowhere.till)
    nowhere.print_all()
    assert nowhere.hot.paper == []

    both = make_kitchen(
        stations=(Station(HOT, "Горячий цех", ("kitchen",)), Station(BAR, "Бар", (COOKS_ALL,)))
    )
    both.ready()
    both.till.sale.tap(COFFEE)
    _pay(both.till)
    both.print_all()
    assert dishes(both.hot) == dishes(both.bar) == ["1 x Кофе"]


def test_sending_tells_only_what_is_new_and_the_payment_tells_the_rest(
    kitchen: KitchenBench,
) -> None:
    till = kitchen.till
    till.sale.tap(SOUP)
    assert till.sale.state().kitchen is not None
    assert till.sale.state().kitchen.unsent == 1  # type: ignore[union-attr]  # told apart above
    state = till.sale.send_to_kitchen()
    assert state.kitchen is not None
    assert state.kitchen.unsent == 0
    with pytest.raises(AppError, match="KITCHEN_NOTHING_NEW"):
        till.sale.send_to_kitchen()
    till.sale.tap(CAKE)
    till.sale.send_to_kitchen()
    till.sale.tap(COFFEE)
    _pay(till)
    kitchen.print_all()

    assert dishes(kitchen.hot) == ["1 x Суп", "1 x Торт", "1 x Кофе"]
    assert len(kitchen.hot.paper) == 3


def test_more_of_a_dish_and_other_wishes_are_changes(kitchen: KitchenBench) -> None:
    till = kitchen.till
    till.sale.tap(SOUP)
    till.sale.send_to_kitchen()
    line = till.sale.state().cart.lines[0].line_id
    till.sale.set_quantity(line, 3000)
    till.sale.send_to_kitchen()
    till.sale.set_note(line, "без хлеба")
    till.sale.send_to_kitchen()
    kitchen.print_all()

    assert dishes(kitchen.hot) == ["1 x Суп", "ИЗМЕНЕНИЕ 3 x Суп", "ИЗМЕНЕНИЕ 3 x Суп"]
    assert "было 1, стало 3" in words(kitchen.hot.paper[1])
    assert "! без хлеба" in words(kitchen.hot.paper[2])


def test_an_order_note_that_comes_late_reaches_the_kitchen(kitchen: KitchenBench) -> None:
    till = kitchen.till
    till.sale.tap(SOUP)
    till.sale.send_to_kitchen()
    till.sale.set_order_note("аллергия на орехи")
    _pay(till)
    kitchen.print_all()

    assert dishes(kitchen.hot) == ["1 x Суп", "ИЗМЕНЕНИЕ 1 x Суп"]
    assert "! аллергия на орехи" in words(kitchen.hot.paper[1])


def test_food_is_taken_back_with_a_reason_by_who_may(kitchen: KitchenBench) -> None:
    till = kitchen.till
    till.sale.tap(SOUP)
    till.sale.send_to_kitchen()
    line = till.sale.state().cart.lines[0].line_id
    with pytest.raises(AppError, match="VOID_REASON") as why:
        till.sale.remove(line)
    assert "Суп" in why.value.ru
    with pytest.raises(ApprovalNeeded) as needed:
        till.sale.remove(line, "Гость передумал")
    approval = till.session.approve(None, PINS[BORIS], needed.value.action)
    state = till.sale.remove(line, "Гость передумал", approval)
    kitchen.print_all()

    assert state.cart.is_empty
    assert dishes(kitchen.hot) == ["1 x Суп", "ОТМЕНА 1 x Суп"]
    assert "! Гость передумал" in words(kitchen.hot.paper[1])
    assert [one.approver_name for one in state.order.approvals] == ["Борис"]


def test_no_way_round_the_reason(chef: KitchenBench) -> None:
    till = chef.till
    till.sale.tap(SOUP, 2000)
    till.sale.send_to_kitchen()
    chef.clock.advance(UNDO_FOR + timedelta(seconds=1))
    line = till.sale.state().cart.lines[0].line_id
    for attempt in (
        lambda: till.sale.set_quantity(line, 1000),
        lambda: till.sale.step_quantity(line, -1),
        lambda: till.sale.set_quantity(line, 0),
        till.sale.undo,
        till.sale.cancel,
    ):
        with pytest.raises(AppError, match="VOID_REASON"):
            attempt()
    till.sale.step_quantity(line, -1, "ошибка")
    chef.print_all()

    assert dishes(chef.hot) == ["2 x Суп", "ИЗМЕНЕНИЕ 1 x Суп"]


def test_another_size_is_a_void_and_a_new_dish(chef: KitchenBench) -> None:
    till = chef.till
    till.sale.add(LATTE)
    till.sale.send_to_kitchen()
    line = till.sale.state().cart.lines[0]
    till.sale.change_choice(line.line_id, variant_id="l", options=("oat",), reason="ошибка")  # type: ignore[arg-type]  # ids are texts
    chef.print_all()

    assert dishes(chef.hot) == [
        "1 x Латте, 250 мл",
        "ОТМЕНА 1 x Латте, 250 мл",
        "1 x Латте, 400 мл",
    ]


def test_an_order_that_is_thrown_away_stops_the_kitchen(chef: KitchenBench) -> None:
    till = chef.till
    till.sale.tap(SOUP)
    till.sale.tap(CAKE)
    till.sale.send_to_kitchen()
    till.sale.tap(COFFEE)
    till.sale.cancel("гость ушёл")
    chef.print_all()

    assert sorted(dishes(chef.hot)) == ["1 x Суп", "1 x Торт", "ОТМЕНА 1 x Суп", "ОТМЕНА 1 x Торт"]
    assert chef.drafts() == 0


def test_undo_within_ten_seconds_leaves_no_paper_if_none_came_out(kitchen: KitchenBench) -> None:
    till = kitchen.till
    till.sale.tap(SOUP)
    till.sale.send_to_kitchen()
    state = till.sale.undo()
    assert state.cart.quantity_of(SOUP) == 1000  # the sending is undone, not the line
    assert state.kitchen is not None
    assert state.kitchen.unsent == 1
    kitchen.print_all()

    assert kitchen.hot.paper == []
    _pay(till)
    kitchen.print_all()
    assert dishes(kitchen.hot) == ["1 x Суп"]


def test_undo_within_ten_seconds_prints_a_slip_if_paper_came_out(kitchen: KitchenBench) -> None:
    till = kitchen.till
    till.sale.tap(SOUP)
    till.sale.send_to_kitchen()
    kitchen.print_all()
    till.sale.undo()
    kitchen.print_all()

    assert dishes(kitchen.hot) == ["1 x Суп", "ОТМЕНА 1 x Суп"]


@pytest.mark.parametrize("printed", [True, False])
def test_a_deletion_is_undone_with_its_ticket(chef: KitchenBench, printed: bool) -> None:
    till = chef.till
    till.sale.tap(SOUP)
    till.sale.send_to_kitchen()
    chef.print_all()
    till.sale.remove(till.sale.state().cart.lines[0].line_id, "ошибка")
    if printed:
        chef.print_all()
    state = till.sale.undo()
    chef.print_all()

    assert state.cart.quantity_of(SOUP) == 1000
    assert state.kitchen is not None
    assert state.kitchen.unsent == 0
    after = ["ОТМЕНА 1 x Суп", "1 x Суп"] if printed else []
    assert dishes(chef.hot) == ["1 x Суп", *after]


def test_an_undo_that_stops_the_kitchen_is_not_undone_itself(chef: KitchenBench) -> None:
    till = chef.till
    till.sale.tap(SOUP)
    till.sale.tap(SOUP)
    till.sale.send_to_kitchen()
    till.sale.tap(SOUP)
    till.sale.undo()
    till.sale.undo("ошибка")
    state = till.sale.undo("ошибка")
    chef.print_all()

    assert state.cart.is_empty
    assert dishes(chef.hot) == ["2 x Суп", "ИЗМЕНЕНИЕ 1 x Суп", "ОТМЕНА 1 x Суп"]


def test_what_was_sent_survives_a_restart(kitchen: KitchenBench) -> None:
    till = kitchen.till
    till.sale.tap(SOUP)
    till.sale.send_to_kitchen()
    kitchen.print_all()
    kitchen.restart()
    kitchen.sign_in()
    till = kitchen.till
    (held,) = till.sale.held() or (None,)
    if held is not None:
        till.sale.recall(held.sale_id)
    state = till.sale.state()
    assert state.kitchen is not None
    assert [mark.status for mark in state.kitchen.marks.values()] == [StepStatus.DONE]
    till.sale.tap(CAKE)
    _pay(till)
    kitchen.print_all()

    assert dishes(kitchen.hot) == ["1 x Суп", "1 x Торт"]


def test_a_line_says_what_became_of_its_ticket(kitchen: KitchenBench) -> None:
    till = kitchen.till
    till.sale.tap(SOUP)

    def mark() -> tuple[StepStatus, str]:
        view = till.sale.state().kitchen
        assert view is not None
        (one,) = view.marks.values()
        return one.status, one.instead

    till.sale.send_to_kitchen()
    assert mark() == (StepStatus.WAITING, "")
    kitchen.print_all()
    assert mark() == (StepStatus.DONE, "")


def test_a_till_without_a_kitchen_makes_no_tickets(make_kitchen: MakeKitchen) -> None:
    bench = make_kitchen(stations=())
    till = bench.ready()
    till.sale.tap(SOUP)
    assert till.sale.state().kitchen is None
    with pytest.raises(AppError, match="KITCHEN_NONE"):
        till.sale.send_to_kitchen()
    _pay(till)

    assert [job.kind for job in bench.jobs()] == ["receipt"]


def test_a_menu_that_cannot_be_read_stops_no_sale(
    make_kitchen: MakeKitchen, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make_kitchen(
        stations=(Station(HOT, "Горячий цех", ("Кухня",)), Station(BAR, "Бар", ("Чай",)))
    )
    till = bench.ready()
    till.sale.tap(SOUP)
    till.kitchen._routed = (None, None, {})  # as after a restart

    def broken(_product_id: object) -> None:
        raise TemporaryError("STORE_DAMAGED", "Меню не читается", "The menu cannot be read")

    monkeypatch.setattr(till.catalog, "find", broken)
    _pay(till)
    bench.print_all()

    assert len(bench.sales()) == 1
    assert dishes(bench.hot) == dishes(bench.bar) == ["1 x Суп"]


def test_a_ticket_taken_away_while_it_was_read_is_not_printed(kitchen: KitchenBench) -> None:
    till = kitchen.till
    till.sale.tap(SOUP)
    till.sale.send_to_kitchen()
    (job,) = [one for one in kitchen.jobs() if one.kind == "kitchen"]
    till.sale.undo()
    assert till.printing._print(kitchen.hot, job)  # the thread had read it before

    assert kitchen.hot.paper == []
    with kitchen.store.reader() as db:
        kept = db.print_jobs.find(job.job_id)
    assert kept is not None
    assert kept.state is PrintState.CANCELLED
