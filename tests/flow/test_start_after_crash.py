"""The windows after a crash in the middle of a payment: the same order, also for a quick cashier (T32)."""

import pytest
from PySide6.QtWidgets import QApplication

from app.bootstrap.core import Core
from app.bootstrap.till import Relay, TillProgram
from app.domain.sale import SaleState
from app.ui.bridge import Message
from app.ui.frame.screen import ScreenId
from app.ui.text import set_language
from tests.flow.open_tills import MANAGER, Tills, wait_until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.gui,
    pytest.mark.qt_log_ignore("propagateSizeHints", extend=True),
]


def test_order_that_was_being_paid_is_shown_to_whoever_signed_in_first(
    tills: Tills, qapp: QApplication
) -> None:
    set_language("ru")
    before = tills.open()
    till = before.ready()
    till.sale.tap(before.product(100_00).product_id)
    till.checkout.pay_cash(10_00, part_minor=10_00)
    paying = till.desk.order.sale_id
    before.close()

    relay = Relay()
    core = Core(tills.settings(), relay)
    core.open()
    program = TillProgram(core, relay, tills.settings())
    shown: list[Message] = []
    went: list[object] = []
    program.ui.bridge.toast_wanted.connect(shown.append)
    program.ui.window.screen_changed.connect(went.append)
    try:
        program.start()
        program.till.session.sign_in(*MANAGER)
        program.ui.go(ScreenId.SALE)

        def is_shown() -> bool:
            qapp.processEvents()
            return bool(went) and went[-1] == ScreenId.PAYMENT

        wait_until(is_shown, "the payment screen")
        assert program.ui.board.state is not None
        assert program.ui.board.state.order.sale_id == paying
        assert program.till.desk.order.state is SaleState.PAYING
        assert any("восстановлен после сбоя" in message.text for message in shown)
    finally:
        program.close()
        qapp.processEvents()
