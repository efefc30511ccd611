"""What a cashier does again and again: pay, go on to the next guest, look at the screen.

Words on the screen are looked for in Russian, the language of the demonstration.
"""

from dataclasses import dataclass, field
from typing import Any

from app.bootstrap.till import TillProgram
from app.demo.hand import Hand
from app.demo.record import Record


@dataclass
class Cashier:
    """Works at one till.

    Args:
        program: The till's windows.
        record: Gets steps and pictures.
        theme: "light" or "dark", for the names of pictures.
        notes: What was seen of each sale; shared by the shifts of one day.
    """

    program: TillProgram
    record: Record
    theme: str
    notes: list[dict[str, Any]]
    hand: Hand = field(init=False)

    def __post_init__(self) -> None:
        self.hand = Hand(self.program.ui.window, looked=self.record.looked)

    def order(self, *names: str) -> None:
        """Tap products that need no choice and wait until they stand in the order."""
        for name in names:
            before = self.pieces()
            self.hand.tap(name)
            self.hand.wait(lambda: self.pieces() > before, f"{name} in the order")  # noqa: B023 -- waited for at once

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
        self.noted(how, due_minor, prints=prints)

    def noted(self, how: str, due_minor: int, *, prints: bool = True) -> None:
        """Note a sale that the screen shows as paid."""
        self.notes.append({"how": how, "dueMinor": due_minor, "prints": prints})

    def next_guest(self) -> None:
        """Go on."""
        self.hand.tap_main("Следующий гость")
        self.begin_anew()

    def begin_anew(self) -> None:
        """Wait for the screen on which the next order begins."""
        self.hand.find("Капучино…")
        self.hand.wait(lambda: self.lines() == 0, "an empty order")

    def picture(self, name: str) -> None:
        """Take the screen as it is now."""
        self.hand.pump(0.02)
        self.record.picture(self.program.ui.window, f"{name}-{self.theme}")

    # -------------------------------------------------------------- looking

    def says(self, text: str) -> bool:
        """Tell whether a visible text contains this."""
        return self.hand.reads(text)

    def tiles(self) -> int:
        """Return how many product tiles are shown."""
        return len(self.hand.buttons("ProductTile"))

    def pieces(self) -> int:
        """Return how many thousandths of anything the order has."""
        return sum(line.quantity_milli for line in self.program.till.desk.order.cart.lines)

    def lines(self) -> int:
        """Return how many lines the order has."""
        return len(self.program.till.desk.order.cart.lines)

    def due(self) -> int:
        """Return what the order costs."""
        return self.program.till.desk.state().due_minor

    def barcodes(self) -> tuple[str, str]:
        """Return the codes of two products that need no choice."""
        codes: list[str] = []
        for tile in self.program.till.catalog.search("шоколад"):
            product = self.program.till.catalog.product(tile.product_id)
            if product.barcodes and not product.needs_choice and not product.is_stopped:
                codes.extend(product.barcodes[:1])
        assert len(codes) >= 2, "the demo cafe sells chocolate"
        return codes[0], codes[1]

    def is_sent(self) -> bool:
        """Tell whether nothing waits for the service."""
        counts = self.program.till.queue.state().counts
        return not (counts.pending or counts.in_flight or counts.conflicts)

    def is_delivered(self) -> bool:
        """Tell whether the queue is empty and all receipts are printed."""
        return self.is_sent() and not self.program.till.queue.state().unprinted
