"""What goes wrong at fiscal register and kitchen in the demonstration, and how the till gets over it."""

from dataclasses import dataclass, field
from typing import Any, Final

from app.demo.opening import Opening
from app.demo.stage import Stage
from app.till.customer_display import PayingByCode

_CATCH_UP_S: Final = 30.0
#: On a bottle of the demo cafe's water: GTIN, serial number and, behind separators, the check part.
MARKED_CODE: Final = "010460999710030221DEMO5aB7cD9eF\x1d93dGVz"
_LATER: Final = "Следующий гость, чек пробьём позже"


@dataclass
class Trials(Opening):
    """Plays scenes in which a device fails.

    Args:
        stage: Service, network and devices.
    """

    stage: Stage = field(kw_only=True)
    code_number: int = 0

    # -------------------------------------------------------------- the fiscal register

    def find_the_killed_sale(self) -> None:
        """The till before this one was killed while its receipt was made: there is one, not two."""
        self.begin_anew()
        self.hand.wait(self.is_fiscalised, "the receipt of the killed till", _CATCH_UP_S)
        assert len(self._receipts()) == 1, "one receipt for the sale of the killed till"

    def register_without_paper(self) -> None:
        """Money is taken and the next guest served while the register has no paper."""
        before = len(self._receipts())
        self._register("paper out")
        self.order("Медовик…")
        due = self.due()
        self.hand.tap_main("Оплатить…")
        self.hand.tap("Без сдачи…")
        self.hand.find(_LATER)
        self.picture("s06-receipt-waits")
        self.noted("cash", due, prints=False)
        self.hand.tap(_LATER)
        self.begin_anew()
        self.order("Медовик…")
        self.pay_exact(self.due(), prints=False)
        self.look_at_queue()
        self.hand.tap("Продажа")
        assert len(self._receipts()) == before, "no receipt without paper"
        self._register("paper ok")

    def receipts_catch_up(self) -> None:
        """The receipts that waited for paper were made by themselves, while others were sold."""
        self.hand.wait(self.is_fiscalised, "the receipts that waited", _CATCH_UP_S)

    def sell_marked(self) -> None:
        """The square code on a bottle brings the product and goes into the receipt."""
        self.stage.scanner.tell(MARKED_CODE)
        self.hand.wait(lambda: self.lines() == 1, "the marked bottle in the order")
        self.picture("s02-marked")
        self.pay_exact(self.due(), prints=False)

    def register_loses_an_answer(self) -> None:
        """The register makes the receipt and its answer is lost: it is asked, one receipt."""
        before = len(self._receipts())
        self._register("next answer-lost")
        self.order("Медовик…")
        self.pay_exact(self.due(), prints=False)
        self.hand.wait(self.is_fiscalised, "the register to be asked", _CATCH_UP_S)
        assert len(self._receipts()) == before + 1, "one receipt for one sale"

    def shift_over_24_hours(self) -> None:
        """The register refuses after 24 hours; one tap closes and opens its shift."""
        self._register("shift expired")
        self.order("Медовик…")
        due = self.due()
        self.hand.tap_main("Оплатить…")
        self.hand.tap("Без сдачи…")
        self.hand.find("Закрыть и открыть смену")
        self.picture("s06-shift-too-long")
        self.noted("cash", due, prints=False)
        self.hand.tap("Закрыть и открыть смену")
        self.hand.wait(
            lambda: self.hand.sees("Следующий гость"), "the receipt of the new shift", _CATCH_UP_S
        )
        self.next_guest()

    def is_fiscalised(self) -> bool:
        """Tell whether the register has nothing left to make."""
        assert self.program.core.store is not None
        with self.program.core.store.reader() as db:
            return db.fiscal.count_open() == 0

    def has_z_report(self) -> bool:
        """Tell whether the register's last document closed its shift."""
        documents = self.stage.ask(self.stage.register, "journal")["documents"]
        return bool(documents[-1]["kind"] == "closeShift")

    def _register(self, order: str) -> None:
        self.stage.ask(self.stage.register, order)

    def _receipts(self) -> list[dict[str, Any]]:
        """Return the receipts in the register's storage."""
        journal = self.stage.ask(self.stage.register, "journal")
        return [each for each in journal["documents"] if each["sign"]]

    # -------------------------------------------------------------- payments by code

    def pay_by_code(self) -> None:
        """The guest scans the code on his display and pays."""
        self.order("Медовик…")
        self.code_number = self.program.till.desk.order.number
        due = self._show_code()
        self.picture("s06-sbp")
        self._picture_for_guest()
        self.stage.ask(self.stage.bank, "pay")
        self.hand.tap("Проверить оплату")
        self.done("sbp", due)
        self.next_guest()

    def pay_while_cancelling(self) -> None:
        """The guest pays in the moment in which the cashier takes the code back: it is paid."""
        self.order("Медовик…")
        due = self._show_code()
        self.stage.ask(self.stage.bank, "pay at cancel")
        self.hand.tap("Отменить", last=True)
        self.done("sbp", due)
        self.next_guest()

    def _show_code(self) -> int:
        due = self.due()
        self.hand.tap_main("Оплатить…")
        self.hand.tap("СБП…")
        self.hand.find("Проверить оплату")
        return due

    def _picture_for_guest(self) -> None:
        """Take the guest's display with the code; whether it can be read is proven at the end."""
        guest = self.program.customer
        assert guest is not None, "the guest's display"
        self.hand.wait(
            lambda: isinstance(guest.state.page, PayingByCode) and guest.state.pay_code is not None,
            "the code on the guest's display",
        )
        self.hand.pump(0.05)
        code = self.stage.ask(self.stage.bank, "journal")["codes"][-1]["qr_id"]
        self.record.picture(guest.window, f"s14-customer-sbp-{self.theme}", shows=code)

    # -------------------------------------------------------------- queue and kitchen

    def look_at_queue(self) -> None:
        """Open the queue by the chip, and stay there."""
        self.hand.tap("Нет связи…" if self.hand.sees("Нет связи…") else "В сети…")
        self.hand.find("Отправить сейчас…")
        self.picture("s11-queue")

    def unplug_kitchen(self) -> None:
        """The kitchen's printer loses power; the next order is sold all the same."""
        self.stage.kitchen.tell("unplug")
        self.order("Сырники со…")
        self.pay_exact(self.due())

    def kitchen_stand_in(self) -> None:
        """What the kitchen's printer did not print comes out of the receipt printer, marked."""

        def is_told() -> bool:
            return any("ВМЕСТО" in ticket for ticket in self.stage.tickets_told())

        self.hand.wait(is_told, "the ticket on the substitute", _CATCH_UP_S)
        self.stage.kitchen.tell("plug")
