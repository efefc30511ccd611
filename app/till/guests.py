"""The guest of an order: search, registration, binding, redeeming (T20-T24, L4, L7).

The cache of this till answers first, the service when it can be reached. Everything here may block
on the network and runs on the network lane; the desk is locked only to change the order, and a
change is made only if the order is still the one that was asked about.
"""

from dataclasses import replace

from app.domain.guest import GuestCard
from app.domain.sale import SaleLoyalty
from app.till import texts
from app.till.guest_search import SEARCH_DIGITS_MIN, GuestHit, GuestSearch, Registered
from app.till.points import Bound, PointsDesk

__all__ = ["SEARCH_DIGITS_MIN", "Bound", "GuestHit", "GuestSearch", "Guests", "Registered"]


class Guests(PointsDesk):
    """Finds guests, binds them to the order on the desk, and redeems their points."""

    # -------------------------------------------------------------- binding
    def bind(self, card: GuestCard) -> Bound:
        """Bind a guest to the order: he earns by default; a former guest is let go.

        Raises:
            RuleError: The card is closed, or money is moving.
        """
        if card.is_blocked:
            raise texts.GUEST_BLOCKED.rule_error("GUEST_BLOCKED")
        with self._desk.lock:
            order = self._desk.editable()
            if order.loyalty is not None and order.loyalty.card.card_id == card.card_id:
                return Bound(self._desk.state())
            order, released = self._desk.without_points(order, "guest_changed")
            order = replace(order, loyalty=SaleLoyalty(card), points_lost_minor=0)
            state = self._desk.change(order, operations=released)
        self._hurry(released)
        return Bound(state)

    def bind_scanned(self, text: str) -> Bound:
        """Find the guest of a scanned card or QR code and bind him.

        Raises:
            InputError: There is no such guest, or the code is old, forged or of another kind.
        """
        is_code = len(text) == 6 and text.isdigit()
        found = self.search_code(text) if is_code else self.search_qr(text)
        if not found.hits:
            words = found.words or texts.QR_NOT_FOUND
            raise words.input_error("GUEST_NOT_FOUND")
        return self.bind(found.hits[0].card)

    def unbind(self) -> Bound:
        """Take the guest off the order; held points go back to him."""
        with self._desk.lock:
            order = self._desk.editable()
            order, released = self._desk.without_points(order, "guest_unbound")
            order = replace(order, loyalty=None, points_lost_minor=0)
            state = self._desk.change(order, operations=released)
        self._hurry(released)
        return Bound(state)
