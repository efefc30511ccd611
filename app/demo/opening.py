"""The beginning of a day: the till starts, somebody signs in, the shift is opened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from app.demo.cashier import Cashier

CASHIER: Final = ("Анна", "1357")
FLOAT_RUB: Final = "5000"
_START_TIMEOUT_S: Final = 40.0

Scene = tuple[str, Callable[[], None]]


@dataclass
class Opening(Cashier):
    """Plays what every till begins with."""

    def play(self, scenes: Sequence[Scene]) -> None:
        """Play every scene in order; the first failure ends the day."""
        for name, act in scenes:
            with self.record.step(f"{self.theme}: {name}"):
                act()

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

    def open_shift(self) -> None:
        """Count the float and open."""
        hand = self.hand
        hand.find("Открыть смену…")
        hand.tap("Без размена")
        hand.type_digits(FLOAT_RUB)
        self.picture("s01-open-shift")
        hand.tap("Открыть смену…")
        hand.find("Медовик…")
        self.picture("s02-sale-empty")
