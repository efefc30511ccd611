"""The shifts of the demonstration, scene by scene, by taps, keys, scans and a camera.

(a till that is killed while a receipt is made: `app.demo.killed`)
a short shift in the dark theme, with a fiscal register: sell, redeem, refund, lost answers, Z report
-> the till is started anew
a long shift in the light theme: the same, and a kitchen in trouble, a cut network, no paper, X report
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt

from app.demo.opening import Scene
from app.demo.trials import Trials

MANAGER: Final = ("Ольга", "7204")
GOLD_PHONE: Final = "9123456789"
GOLD_CODE: Final = "482913"
#: Phones that nobody has, one for each shift, and one for the time without a network.
NEW_PHONES: Final = {"dark": "9035550101", "light": "9035550102"}
OFFLINE_PHONE: Final = "9035550202"
_DRAIN_TIMEOUT_S: Final = 20.0


@dataclass
class Story(Trials):
    """Plays one shift."""

    mixed_number: int = 0

    def short_shift(self) -> Sequence[Scene]:
        """Return the scenes of the short shift; the till that was killed has opened it."""
        return (
            ("start anew: menu, staff and guests are there", self.wait_for_menu),
            ("sign in to the open shift", self.sign_in),
            ("the killed till's receipt is found, not made again", self.find_the_killed_sale),
            ("register out of paper: next guest, receipts later", self.register_without_paper),
            *self._sales(),
            ("sell a marked bottle by its square code", self.sell_marked),
            ("the receipts that waited for paper are made", self.receipts_catch_up),
            ("register loses an answer: one receipt", self.register_loses_an_answer),
            ("register's shift over 24 hours: closed and opened", self.shift_over_24_hours),
            ("close the shift with a count, Z report", self.close_shift),
            ("everything is delivered and printed", self.wait_for_end),
        )

    def long_shift(self) -> Sequence[Scene]:
        """Return the scenes of the long shift."""
        return (
            ("start: menu, staff and guests are there", self.wait_for_menu),
            ("sign in with a PIN", self.sign_in),
            ("open the shift with a counted float", self.open_shift),
            ("kitchen printer without power: the sale goes on", self.unplug_kitchen),
            *self._sales(),
            ("cut the network", self.cut_network),
            ("sell offline to a known guest who earns", self.sell_offline_known),
            ("register a guest offline and sell", self.sell_offline_new),
            ("look at the queue without a network", self.look_at_queue),
            ("network back: the queue drains", self.restore_network),
            ("pay by phone, the code on the guest's display", self.pay_by_code),
            ("paid by phone in the moment of cancelling", self.pay_while_cancelling),
            ("refund to the phone", self.refund_by_code),
            ("the kitchen's ticket comes out of the receipt printer", self.kitchen_stand_in),
            ("printer out of paper: the sale goes on, the receipt prints later", self.no_paper),
            ("X report", self.x_report),
            ("everything is delivered and printed", self.wait_for_end),
        )

    def _sales(self) -> Sequence[Scene]:
        return (
            ("find a product by name in the wrong layout", self.search_product),
            ("sell three items with modifiers for exact cash", self.sell_with_modifiers),
            ("scan a barcode, serial and typed, and take cash with change", self.sell_scanned),
            ("find a guest by phone, redeem points, pay part cash, part card", self.sell_mixed),
            ("read a guest's QR by camera, hold the order and recall it", self.sell_by_camera),
            ("register a new guest who earns at once", self.register_guest),
            ("refund with loyalty reversal", self.refund),
            ("terminal loses an answer: resolved by asking", self.lost_answer),
        )

    def search_product(self) -> None:
        """Type "Медовик" on a Latin layout with a slip, add the result, clear."""
        hand = self.hand
        hand.press(Qt.Key.Key_F2)
        hand.write("vtljdr")
        hand.wait(lambda: self.tiles() <= 3 and hand.sees("Медовик…"), "search result")
        self.picture("s02-search")
        hand.press(Qt.Key.Key_Escape)
        hand.press(Qt.Key.Key_Escape)
        hand.find("Капучино…")

    # -------------------------------------------------------------- sales

    def sell_with_modifiers(self) -> None:
        """Cappuccino with oat milk, a latte and a cake; exact cash."""
        hand = self.hand
        hand.tap("Капучино…")
        hand.tap("Овсяное…")
        self.picture("s03-modifiers")
        hand.tap("Добавить 350,00 ₽")
        hand.tap("Латте…")
        hand.tap("Добавить…₽")
        self.order("Медовик…")
        hand.find("Оплатить 990,00 ₽")
        self.picture("s02-sale")
        self.pay_exact(990_00)

    def sell_scanned(self) -> None:
        """One code from the serial scanner, one typed by a wedge; 1 000 for it."""
        hand = self.hand
        serial, typed = self.barcodes()
        self.stage.scanner.tell(serial)
        hand.wait(lambda: self.lines() == 1, "the line of a serial scan")
        hand.scan_by_keys(typed)
        hand.wait(lambda: self.lines() == 2, "the line of a typed scan")
        due = self.due()
        hand.tap_main("Оплатить…")
        hand.find("Без сдачи…")
        hand.type_digits("1000")
        self.picture("s06-cash")
        hand.tap_main("Принять 1 000,00 ₽")
        self.done("cash", due)
        self.picture("s06-done")
        self.next_guest()

    def sell_mixed(self) -> None:
        """The gold guest redeems what is suggested; 500 in cash, the rest by card."""
        hand = self.hand
        self.order("Медовик…", "Сырники…", "Цезарь…", "Крем-суп…")
        hand.tap("Найти")
        hand.find("Телефон")
        hand.type_digits(GOLD_PHONE[:6])
        self.picture("s04-guest-search")
        hand.type_digits(GOLD_PHONE[6:])
        hand.find("Отвязать карту")
        self.picture("s05-guest")
        hand.tap("Списать…")
        hand.find("Отменить резерв")
        self.picture("s05-redeem")
        due, self.mixed_number = self.due(), self.program.till.desk.order.number
        hand.tap_main("Оплатить…")
        hand.tap("Несколько способов")
        hand.find("Весь остаток")
        hand.type_digits("500")
        hand.tap_main("Наличными 500,00 ₽")
        hand.find("Вернуть 500,00 ₽")
        hand.tap("Карта", last=True)
        self.picture("s06-mixed")
        self.stage.ask(self.stage.terminal, "next slow-card 0.5")
        hand.tap_main("Картой…")
        hand.wait(lambda: hand.has("Отменить на терминале"), "the way to stop the terminal")
        self.picture("s06-card-wait")
        self.done("mixed", due)
        self.next_guest()

    def sell_by_camera(self) -> None:
        """A guest shows his QR to the camera; the order is held and recalled before it is paid."""
        hand = self.hand
        hand.tap("Латте…")
        hand.tap("Добавить…₽")
        hand.tap("Найти")
        hand.tap("Код карты")
        self.picture("s04-guest-code")
        hand.tap("Камера")
        if hand.sees("Включить камеру"):
            hand.tap("Включить камеру")
        hand.pump(0.3)
        self.picture("s04-guest-camera")
        hand.find("Отвязать карту")
        hand.tap("Назад")
        hand.tap("Отложить…")
        hand.wait(lambda: self.lines() == 0, "the order to be put aside")
        hand.tap("Отложено…")
        hand.tap("Заказ…₽")
        hand.wait(lambda: self.lines() == 1, "the order to be back")
        self.pay_exact(self.due())

    def register_guest(self) -> None:
        """A phone that nobody has becomes a card."""
        hand = self.hand
        self.order("Сырники…")
        hand.tap("Найти")
        hand.type_digits(NEW_PHONES[self.theme])
        hand.find("Зарегистрировать…")
        hand.tap("Гость согласен…")
        self.picture("s04-guest-register")
        hand.tap("Зарегистрировать…")
        hand.tap("Продолжить…")
        self.pay_card(self.due())

    # -------------------------------------------------------------- without a network

    def cut_network(self) -> None:
        """Cut it and wait until the till says so."""
        self.stage.network.cut()
        self.hand.wait(lambda: self.hand.sees("Нет связи…"), "the offline chip")

    def sell_offline_known(self) -> None:
        """The gold guest is found in the cache and earns."""
        hand = self.hand
        self.order("Цезарь…")
        hand.tap("Найти")
        hand.type_digits(GOLD_PHONE)
        hand.find("Отвязать карту")
        self.picture("s05-guest-offline")
        self.pay_card(self.due())

    def sell_offline_new(self) -> None:
        """A new guest is registered without the service and earns."""
        hand = self.hand
        self.order("Медовик…")
        hand.tap("Найти")
        hand.type_digits(OFFLINE_PHONE)
        hand.tap_until("Новый гость", "Зарегистрировать…")
        hand.tap("Гость согласен…")
        hand.tap("Зарегистрировать…")
        hand.tap("Продолжить…")
        self.pay_exact(self.due())

    def restore_network(self) -> None:
        """Bring it back, send at once and wait until nothing is left to send."""
        self.stage.network.restore()
        self.hand.tap("Отправить сейчас…")
        self.hand.wait(lambda: self.hand.sees("В сети…"), "the online chip", _DRAIN_TIMEOUT_S)
        self.hand.wait(self.is_sent, "the queue to drain", _DRAIN_TIMEOUT_S)
        self.hand.tap("Продажа")

    # -------------------------------------------------------------- corrections

    def refund(self) -> None:
        """Give one line of the last known guest's sale back, with the manager's PIN."""
        hand = self.hand
        # What was sold without paper is given back when its receipt is made.
        hand.wait(self.is_fiscalised, "the receipt of the sale", _DRAIN_TIMEOUT_S)
        hand.tap("Заказы")
        hand.find("Копия чека…")
        self.picture("s08-orders")
        hand.tap(f"Заказ {self.mixed_number}")
        hand.tap("Возврат…")
        hand.tap("Выбранные позиции")
        hand.tap("Медовик…")
        hand.tap("Качество")
        self.picture("s08-refund")
        hand.tap("Вернуть…₽")
        hand.find("Разрешить…")
        hand.type_digits(MANAGER[1])
        hand.tap("Разрешить…")
        hand.find("Готово…")
        self.picture("s08-refund-done")
        hand.tap("Продажа")
        hand.find("Капучино…")

    def refund_by_code(self) -> None:
        """Give a sale back whole that was paid by phone; the money goes the way it came."""
        hand = self.hand
        hand.tap("Заказы")
        hand.tap(f"Заказ {self.code_number}")
        hand.tap("Возврат…")
        hand.tap("Качество")
        hand.tap("Вернуть…₽")
        hand.find("Разрешить…")
        hand.type_digits(MANAGER[1])
        hand.tap("Разрешить…")
        hand.find("Готово…")
        self.picture("s08-refund-by-code")
        hand.tap("Продажа")
        hand.find("Капучино…")

    def lost_answer(self) -> None:
        """The terminal books the payment and dies before it says so."""
        hand = self.hand
        self.order("Сырники…")
        due = self.due()
        self.stage.ask(self.stage.terminal, "next lose-after")
        hand.tap_main("Оплатить…")
        hand.tap("Карта…")
        hand.find("Проверить операцию…")
        self.picture("s06-unknown")
        hand.tap("Проверить операцию…")
        self.done("card", due)
        self.next_guest()

    def no_paper(self) -> None:
        """The paper ends; the sale is finished all the same."""
        before = len(self.stage.printed())
        self.stage.printer.tell("paper out")
        self.order("Медовик…")
        self.pay_exact(self.due(), prints=False)
        assert len(self.stage.printed()) == before
        self.stage.printer.tell("paper ok")
        self.hand.wait(
            lambda: len(self.stage.printed()) == before + 1, "the late receipt", _DRAIN_TIMEOUT_S
        )

    def x_report(self) -> None:
        """Show and print the report of the open shift."""
        hand = self.hand
        hand.tap("Смена")
        hand.find("X-отчёт…")
        self.picture("s09-shift")
        before = len(self.stage.printed())
        hand.tap("X-отчёт…")
        hand.find("Печать…")
        self.picture("s09-x-report")
        hand.tap("Печать…")
        hand.wait(lambda: len(self.stage.printed()) > before, "the printed report")
        hand.tap("Готово…")
        hand.tap("Продажа")

    def close_shift(self) -> None:
        """Count the drawer as one sum, close, and have the register make its Z report."""
        hand = self.hand
        expected = self.program.till.shift.totals().expected_cash_minor
        hand.tap("Смена")
        hand.tap("Закрыть смену…")
        hand.tap_until("Продолжить…", "Ввести одной суммой")
        self.picture("s09-close")
        hand.tap_until("Ввести одной суммой", ",")
        roubles, kopecks = divmod(expected, 100)
        hand.type_digits(f"{roubles},{kopecks:02d}")
        self.picture("s09-close-counted")
        hand.tap_main("Закрыть смену…")
        hand.wait(lambda: self.program.till.shift.current is None, "the shift to be closed")
        hand.wait(self.has_z_report, "the Z report of the register", _DRAIN_TIMEOUT_S)
        hand.wait(self.is_fiscalised, "the till to know of it", _DRAIN_TIMEOUT_S)
        self.picture("s09-closed")

    def wait_for_end(self) -> None:
        """Wait until queue, printers and register have nothing left."""
        self.hand.wait(self.is_sent, "the queue to drain", _DRAIN_TIMEOUT_S)
        self.hand.tap("Продажа")
        self.hand.wait(self.is_fiscalised, "the register's documents", _DRAIN_TIMEOUT_S)
