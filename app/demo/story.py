"""The day of the demonstration, step by step, by taps, keys, scans and a camera.

    sign in, open the shift -> three sales -> guests and points -> the network is cut and comes back
    -> a refund -> a lost answer of the terminal -> the printer without paper -> X report

Words on the screen are looked for in Russian, the language of the demonstration.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.bootstrap.till import TillProgram
from app.demo.hand import Hand
from app.demo.record import Record
from app.demo.stage import Stage

CASHIER: Final = ("Анна", "1357")
MANAGER: Final = ("Ольга", "7204")
GOLD_PHONE: Final = "9123456789"
GOLD_CODE: Final = "482913"
NEW_PHONE: Final = "9035550101"
OFFLINE_PHONE: Final = "9035550202"
FLOAT_RUB: Final = "5000"
#: Number of the order that is paid with points, cash and card.
MIXED_ORDER: Final = 3
_DRAIN_TIMEOUT_S: Final = 20.0
_START_TIMEOUT_S: Final = 40.0


@dataclass
class Story:
    """Plays the day.

    Args:
        stage: Service, network and devices.
        program: The till's windows.
        record: Gets steps and pictures.
    """

    stage: Stage
    program: TillProgram
    record: Record
    hand: Hand = field(init=False)
    sales: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.hand = Hand(self.program.ui.window)

    def play(self) -> None:
        """Play every step in order; the first failure ends the day."""
        steps: tuple[tuple[str, Callable[[], None]], ...] = (
            ("start: menu, staff and guests come from the service", self.wait_for_menu),
            ("sign in with a PIN", self.sign_in),
            ("open the shift with a counted float", self.open_shift),
            ("find a product by name in the wrong layout", self.search_product),
            ("sell three items with modifiers for exact cash", self.sell_with_modifiers),
            ("scan a barcode, serial and typed, and take cash with change", self.sell_scanned),
            ("find a guest by phone, redeem points, pay part cash, part card", self.sell_mixed),
            ("read a guest's QR by camera, hold the order and recall it", self.sell_by_camera),
            ("register a new guest who earns at once", self.register_guest),
            ("cut the network", self.cut_network),
            ("sell offline to a known guest who earns", self.sell_offline_known),
            ("register a guest offline and sell", self.sell_offline_new),
            ("look at the queue", self.look_at_queue),
            ("network back: the queue drains", self.restore_network),
            ("refund with loyalty reversal", self.refund),
            ("terminal loses an answer: resolved by asking", self.lost_answer),
            ("printer out of paper: the sale goes on, the receipt prints later", self.no_paper),
            ("X report", self.x_report),
            ("everything is delivered and printed", self.wait_for_end),
        )
        for name, act in steps:
            with self.record.step(name):
                act()

    # -------------------------------------------------------------- start

    def wait_for_menu(self) -> None:
        """Wait until the till knows menu and staff, and the service answers."""
        core, till = self.program.core, self.program.till
        self.hand.wait(
            lambda: core.is_online and till.catalog.count() >= 300, "menu", _START_TIMEOUT_S
        )
        self.hand.find(f"{CASHIER[0]}…")

    def sign_in(self) -> None:
        """Choose the name and type the PIN, once wrongly."""
        hand = self.hand
        self.picture("s01-login")
        hand.tap(f"{CASHIER[0]}…")
        hand.type_digits("0000")
        hand.wait(lambda: self.says("ПИН не подошёл"), "refusal of a wrong PIN")
        self.picture("s01-login-wrong-pin")
        hand.type_digits(CASHIER[1])
        hand.find("Открыть смену…")

    def open_shift(self) -> None:
        """Count the float and open."""
        hand = self.hand
        hand.tap("Без размена")
        hand.type_digits(FLOAT_RUB)
        self.picture("s01-open-shift")
        hand.tap("Открыть смену…")
        hand.find("Медовик…")
        self.picture("s02-sale-empty")

    def search_product(self) -> None:
        """Type "Медовик" on a Latin layout with a slip, add the result, clear."""
        hand = self.hand
        hand.press(Qt.Key.Key_F2)
        hand.write("vtljdr")
        hand.wait(lambda: len(self.tiles()) <= 3 and hand.sees("Медовик…"), "search result")
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
        hand.tap("Медовик…")
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
        for name in ("Медовик…", "Сырники…", "Цезарь…", "Крем-суп…"):
            hand.tap(name)
        hand.tap("Найти")
        hand.find("Карта…" if hand.sees("Карта…") else "Телефон")
        hand.type_digits(GOLD_PHONE[:6])
        self.picture("s04-guest-search")
        hand.type_digits(GOLD_PHONE[6:])
        hand.find("Отвязать карту")
        self.picture("s05-guest")
        hand.tap("Списать…")
        hand.find("Отменить резерв")
        self.picture("s05-redeem")
        due = self.due()
        hand.tap_main("Оплатить…")
        hand.tap("Несколько способов")
        hand.find("Весь остаток")
        hand.type_digits("500")
        hand.tap_main("Наличными 500,00 ₽")
        hand.find("Вернуть 500,00 ₽")
        hand.tap("Карта", last=True)
        self.picture("s06-mixed")
        self.stage.terminal.tell("next slow-card 1.0")
        hand.tap_main("Картой…")
        hand.find("Отменить на терминале")
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
        if hand.sees("Отложить заказ"):
            hand.tap("Отложить заказ")
        hand.wait(lambda: self.lines() == 0, "the order to be put aside")
        hand.tap("Отложено…")
        hand.tap("Заказ…₽")
        hand.wait(lambda: self.lines() == 1, "the order to be back")
        self.pay_exact(self.due())

    def register_guest(self) -> None:
        """A phone that nobody has becomes a card."""
        hand = self.hand
        hand.tap("Сырники…")
        hand.tap("Найти")
        hand.type_digits(NEW_PHONE)
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
        hand.tap("Цезарь…")
        hand.tap("Найти")
        hand.type_digits(GOLD_PHONE)
        hand.find("Отвязать карту")
        self.picture("s05-guest-offline")
        self.pay_card(self.due())

    def sell_offline_new(self) -> None:
        """A new guest is registered without the service and earns."""
        hand = self.hand
        hand.tap("Медовик…")
        hand.tap("Найти")
        hand.type_digits(OFFLINE_PHONE)
        hand.tap("Новый гость") if not hand.sees("Зарегистрировать…") else None
        hand.find("Зарегистрировать…")
        hand.tap("Гость согласен…")
        hand.tap("Зарегистрировать…")
        hand.tap("Продолжить…")
        self.pay_exact(self.due())

    def look_at_queue(self) -> None:
        """Open the queue by the chip."""
        self.hand.tap("Нет связи…")
        self.hand.find("Отправить сейчас…")
        self.picture("s11-queue")
        self.hand.tap("Продажа")

    def restore_network(self) -> None:
        """Bring it back and wait until nothing is left to send."""
        self.stage.network.restore()
        self.hand.wait(lambda: self.hand.sees("В сети…"), "the online chip", _DRAIN_TIMEOUT_S)
        self.hand.wait(self.is_delivered, "the queue to drain", _DRAIN_TIMEOUT_S)

    # -------------------------------------------------------------- corrections

    def refund(self) -> None:
        """Give one line of the last known guest's sale back, with the manager's PIN."""
        hand = self.hand
        hand.tap("Заказы")
        hand.find("Копия чека…")
        self.picture("s08-orders")
        hand.fill("№ заказа", str(MIXED_ORDER))
        hand.wait(lambda: self.says(f"Заказ {MIXED_ORDER}"), "the mixed order")
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

    def lost_answer(self) -> None:
        """The terminal books the payment and dies before it says so."""
        hand = self.hand
        hand.tap("Сырники…")
        due = self.due()
        self.stage.terminal.tell("next lose-after")
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
        self.hand.tap("Медовик…")
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

    def wait_for_end(self) -> None:
        """Wait until queue and printer have nothing left."""
        self.hand.wait(self.is_delivered, "the queue to drain", _DRAIN_TIMEOUT_S)

    # -------------------------------------------------------------- pieces

    def pay_exact(self, due_minor: int, *, prints: bool = True) -> None:
        """Take exact cash and go on to the next guest."""
        hand = self.hand
        hand.tap_main("Оплатить…")
        hand.tap("Без сдачи…")
        self.done("cash", due_minor, prints=prints)
        self.next_guest()

    def pay_card(self, due_minor: int) -> None:
        """Take a card and go on to the next guest."""
        self.hand.tap_main("Оплатить…")
        self.hand.tap("Карта…")
        self.done("card", due_minor)
        self.next_guest()

    def done(self, how: str, due_minor: int, *, prints: bool = True) -> None:
        """Wait for the done screen and note the sale."""
        self.hand.wait(lambda: self.hand.sees("Следующий гость"), "the done screen")
        self.sales.append({"how": how, "dueMinor": due_minor, "prints": prints})

    def next_guest(self) -> None:
        """Go on."""
        self.hand.tap_main("Следующий гость")
        self.hand.find("Капучино…")
        self.hand.wait(lambda: self.lines() == 0, "an empty order")

    def picture(self, name: str) -> None:
        """Take the screen in both themes."""
        self.hand.pump(0.05)
        ui = self.program.ui
        self.record.picture(ui.window, name, ui.look.next_theme)

    # -------------------------------------------------------------- looking

    def says(self, text: str) -> bool:
        """Tell whether a visible text contains this."""
        return self.hand.reads(text)

    def tiles(self) -> list[QWidget]:
        """Return the product tiles with something on them."""
        return [tile for tile in self.hand.buttons("ProductTile") if tile.isVisible()]

    def lines(self) -> int:
        """Return how many lines the order has."""
        return len(self.program.till.desk.order.cart.lines)

    def due(self) -> int:
        """Return what the order costs."""
        return self.program.till.desk.state().due_minor

    def barcodes(self) -> tuple[str, str]:
        """Return the codes of two products that need no choice."""
        codes: list[str] = []
        for tile in self.program.till.catalog.search("вода"):
            product = self.program.till.catalog.product(tile.product_id)
            if product.barcodes and not product.needs_choice and not product.is_stopped:
                codes.extend(product.barcodes[:1])
        assert len(codes) >= 2, "the demo cafe sells bottled water"
        return codes[0], codes[1]

    def is_delivered(self) -> bool:
        """Tell whether the queue is empty and all receipts are printed."""
        state = self.program.till.queue.state()
        counts = state.counts
        return not (counts.pending or counts.in_flight or counts.conflicts or state.unprinted)
