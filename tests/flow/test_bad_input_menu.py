"""A wrong menu from the service: refused with the product and the reason, told, the old one stays."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from app.bootstrap.core import Core
from app.bootstrap.till import Relay, TillProgram
from app.demo.stage import Stage
from app.sync.state import Link, Notice, SyncState
from app.ui.bridge import Message
from app.ui.text import set_language
from tests.flow.menu_relay import Menu, MenuRelay
from tests.flow.open_tills import Tills, wait_until

pytestmark = [pytest.mark.e2e, pytest.mark.slow]


@pytest.fixture
def relay(stage: Stage) -> Iterator[MenuRelay]:
    with MenuRelay(f"http://127.0.0.1:{stage.service_port}") as relay:
        yield relay


def below_zero(menu: Menu) -> str:
    menu["products"][2]["price"] = -5
    return "price"


def no_such_category(menu: Menu) -> str:
    menu["products"][2]["categoryId"] = "nowhere"
    return "nowhere"


def barcode_twice(menu: Menu) -> str:
    first, second = menu["products"][1], menu["products"][2]
    first["barcodes"] = second["barcodes"] = ["4607177453910"]
    return "4607177453910"


def no_such_group(menu: Menu) -> str:
    menu["products"][2]["modifierGroupIds"] = ["no-group"]
    return "no-group"


def price_is_a_word(menu: Menu) -> str:
    menu["products"][2]["price"] = "дорого"
    return "price"


@pytest.mark.parametrize(
    "spoil", [below_zero, no_such_category, barcode_twice, no_such_group, price_is_a_word]
)
def test_wrong_menu_is_refused_with_product_and_reason_and_the_old_one_stays(
    tills: Tills, relay: MenuRelay, spoil: Callable[[Menu], str]
) -> None:
    opened = tills.open(url=relay.url)
    count = opened.till.catalog.count()
    named: dict[str, Any] = {}

    def spoil_and_note(menu: Menu) -> None:
        named["name"] = menu["products"][2]["name"]
        named["what"] = spoil(menu)

    relay.spoilt("v-wrong", spoil_and_note)
    opened.core.sync_now()
    wait_until(lambda: any(s.menu_notice for s in opened.ears.states), "the refusal")

    notice = next(s.menu_notice for s in reversed(opened.ears.states) if s.menu_notice)
    assert named["name"] in notice.ru or "products" in notice.ru
    assert named["what"] in notice.en
    assert "Работает прежнее меню" in notice.ru
    assert opened.core.is_online
    assert opened.till.catalog.count() == count
    till = opened.ready()
    till.sale.tap(opened.product().product_id)
    assert till.checkout.pay_exact_cash().done is not None


def test_refusal_is_over_when_the_menu_is_right_again(tills: Tills, relay: MenuRelay) -> None:
    opened = tills.open(url=relay.url)
    relay.spoilt("v-wrong", below_zero)
    opened.core.sync_now()
    wait_until(lambda: bool(opened.ears.states[-1].menu_notice), "the refusal")

    relay.spoilt("v-right", None)
    opened.core.sync_now()

    wait_until(lambda: opened.ears.states[-1].menu_notice is None, "the right menu")


@pytest.mark.gui
@pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
def test_refused_menu_is_shown_until_another_is_taken(tills: Tills, qapp: QApplication) -> None:
    set_language("ru")
    settings, relay = tills.settings(), Relay()
    core = Core(settings, relay)
    core.open()
    program = TillProgram(core, relay, settings)
    shown: list[Message] = []
    withdrawn: list[str] = []
    program.ui.bridge.toast_wanted.connect(shown.append)
    program.ui.bridge.toast_withdrawn.connect(withdrawn.append)
    notice = Notice("MENU_REFUSED", "товар 3 «Латте»: нет категории", "product 3: no category")
    try:
        for state in (
            SyncState(Link.ONLINE, menu_notice=notice),
            SyncState(Link.ONLINE, pending=1, menu_notice=notice),
        ):
            relay.on_sync(state)
            qapp.processEvents()
        (message,) = shown
        assert message.sticky
        assert "«Латте»" in message.detail

        relay.on_sync(SyncState(Link.ONLINE))
        qapp.processEvents()
        assert withdrawn == [message.key]
    finally:
        program.close()
        qapp.processEvents()
