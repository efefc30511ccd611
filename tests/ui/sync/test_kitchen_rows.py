"""Tickets that the kitchen has not got, on the queue screen: what they say and what can be done (S11)."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.till.queue_states import Choice, QueueRow, RowKind, RowStatus
from app.ui.sync.state import Exchange, Light, SyncScreenState
from app.ui.sync.view import SyncView
from drivers.api.errors import PaperOut
from tests.fakes.pictures import WIDE_AREA, photograph
from tests.till.bench import SOUP
from tests.till.kitchen_bench import KitchenBench, dishes

pytestmark = [pytest.mark.usefixtures("look"), pytest.mark.gui]


@pytest.fixture
def lost(tmp_path: Path) -> Iterator[KitchenBench]:
    """A till with a sale whose ticket no printer took."""
    bench = KitchenBench(tmp_path / "till")
    till = bench.ready()
    bench.hot.error = bench.bar.error = PaperOut("roll")
    till.sale.tap(SOUP)
    till.checkout.pay_exact_cash()
    bench.wait_and_print()
    bench.wait_and_print()
    yield bench
    bench.close()


def _row(bench: KitchenBench) -> QueueRow:
    (row,) = [one for one in bench.till.queue.state().rows if one.kind is RowKind.KITCHEN]
    return row


def test_a_lost_ticket_waits_for_a_person_with_three_ways_out(
    lost: KitchenBench, qtbot: QtBot
) -> None:
    row = _row(lost)
    assert row.status is RowStatus.DECIDE
    assert row.title.ru == "Кухня: Горячий цех, заказ 1"
    assert row.error is not None
    assert row.error.ru == "Кухня не получила заказ"
    assert row.detail.ru == "Блюд: 1"
    assert [(one.choice, one.words.ru) for one in row.choices] == [
        (Choice.RETRY, "Повторить"),
        (Choice.PRINT_HERE, "Печать здесь"),
        (Choice.TOLD, "Сказать голосом"),
    ]
    view = SyncView()
    view.render(
        SyncScreenState(
            Exchange(Light.ONLINE, row.at), rows=(row,), chosen_id=row.row_id, choice=Choice.RETRY
        )
    )
    photograph(qtbot, view, "S11-kitchen", WIDE_AREA)


@pytest.mark.parametrize("choice", [Choice.RETRY, Choice.PRINT_HERE, Choice.TOLD])
def test_each_way_out_ends_the_trouble(lost: KitchenBench, choice: Choice) -> None:
    lost.hot.error = None
    lost.till.queue.decide(_row(lost).row_id, choice)
    lost.clock.advance(timedelta(seconds=30))
    lost.print_all()

    assert not [one for one in lost.till.queue.state().rows if one.kind is RowKind.KITCHEN]
    printed = {
        Choice.RETRY: (["1 x Суп"], []),
        Choice.PRINT_HERE: ([], ["1 x Суп"]),
        Choice.TOLD: ([], []),
    }[choice]
    assert (dishes(lost.hot), dishes(lost.printer)) == printed


def test_without_a_receipt_printer_nothing_is_printed_here(lost: KitchenBench) -> None:
    devices = lost.till.printing._devices  # what the settings would take out
    devices.printers = {}
    assert [one.choice for one in _row(lost).choices] == [Choice.RETRY, Choice.TOLD]
