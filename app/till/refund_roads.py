"""The roads by which money of a refund goes back: the terminal for cards, the bank for phones.

    with roads.alone(kind) as road:   mark -> (intent row) -> give_back | find

Each road is held from before the intent's row to after its result.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from app.domain.sale import PaymentIntent
from app.domain.tender import Tender, TenderKind
from app.till.card import CardDesk, Movement
from app.till.devices import TerminalProgress
from app.till.qr_desk import WAIT_S, QrDesk
from drivers.api.qr_payment import QrPayments
from drivers.api.terminal import PaymentTerminal

#: What goes back by a device; the rest is handed out.
BY_DEVICE = frozenset({TenderKind.CARD, TenderKind.SBP})


class Road(Protocol):
    """One device that gives money back, held for one movement."""

    def mark(self) -> str:
        """Return the device's place in its sequence, '' if it has none.

        Raises:
            FinalError: It does not answer; no money moved.
        """
        ...

    def give_back(
        self, intent: PaymentIntent, original: Tender, progress: TerminalProgress | None
    ) -> Movement:
        """Give money back; the intent is on the disk."""
        ...

    def find(self, intent: PaymentIntent) -> Movement:
        """Ask what became of a refund whose answer was lost."""
        ...


class _CardRoad:
    def __init__(self, desk: CardDesk, terminal: PaymentTerminal) -> None:
        self._desk, self._terminal = desk, terminal

    def mark(self) -> str:
        return self._desk.mark(self._terminal)

    def give_back(
        self, intent: PaymentIntent, original: Tender, progress: TerminalProgress | None
    ) -> Movement:
        return self._desk.refund(self._terminal, intent, original, progress)

    def find(self, intent: PaymentIntent) -> Movement:
        return self._desk.find(self._terminal, intent)


class _PhoneRoad:
    def __init__(self, desk: QrDesk, bank: QrPayments) -> None:
        self._desk, self._bank = desk, bank

    def mark(self) -> str:
        return ""  # the bank knows each refund by its id

    def give_back(
        self, intent: PaymentIntent, original: Tender, _progress: TerminalProgress | None
    ) -> Movement:
        return self._desk.give_back(self._bank, intent, original)

    def find(self, intent: PaymentIntent) -> Movement:
        return self._desk.find_back(self._bank, intent, again=True)


class RefundRoads:
    """Finds the road of a tender.

    Args:
        card: The terminal.
        qr: The bank of codes.
    """

    def __init__(self, card: CardDesk, qr: QrDesk) -> None:
        self._card = card
        self._qr = qr

    def is_there(self, kind: TenderKind) -> bool:
        """Tell whether the device of a road is set up."""
        return self._qr.has_bank if kind is TenderKind.SBP else self._card.has_terminal

    @contextmanager
    def alone(self, kind: TenderKind) -> Iterator[Road]:
        """Hold a road.

        Raises:
            FinalError: Its device is not set up.
            RuleError: It is in use.
        """
        if kind is TenderKind.SBP:
            with self._qr.alone(WAIT_S) as bank:
                yield _PhoneRoad(self._qr, bank)
        else:
            with self._card.alone() as terminal:
                yield _CardRoad(self._card, terminal)
