"""Scanned codes on their way into the order, whatever screen is on top (T8)."""

from collections.abc import Callable

from app.domain.catalog import Product
from app.till.guests import Bound
from app.till.order import ScanOutcome, ScanResult
from app.till.till import Till
from app.ui import format as fmt
from app.ui.bridge import Action, Bridge, Sound, Tone
from app.ui.frame.order_board import OrderBoard
from app.ui.frame.screen import ScreenId
from app.ui.ops import Lane, Ops
from app.ui.sale.product_notes import ProductNotes
from app.ui.text import language, tr


class ScanIntake:
    """Gives codes to the sale and shows what they turned out to be.

    Args:
        till: The use cases.
        ops: Lanes.
        board: The order.
        bridge: Messages and sounds.
        notes: Says that a product ran out.
        choose: Opens the modifiers of a product.
        go: Shows another screen.
    """

    def __init__(
        self,
        *,
        till: Till,
        ops: Ops,
        board: OrderBoard,
        bridge: Bridge,
        notes: ProductNotes,
        choose: Callable[[Product], object],
        go: Callable[[ScreenId], object],
    ) -> None:
        self._till, self._ops, self._board = till, ops, board
        self._bridge, self._notes = bridge, notes
        self._choose, self._go = choose, go

    def take(self, text: str, quantity_milli: int) -> None:
        """Take a code; codes are worked off in the order they came."""
        sale = self._till.sale
        self._ops.run(lambda: sale.scan(text, quantity_milli), success=self.show)

    def show(self, result: ScanResult) -> None:
        """Show what a code turned out to be."""
        match result.outcome:
            case ScanOutcome.PRODUCT:
                self._board.publish(result.state, select=result.line_id or _scanned_line(result))
                self._bridge.sound(Sound.SCAN_OK)
            case ScanOutcome.NEEDS_CHOICE:
                assert result.product is not None
                self._choose(result.product)
                self._bridge.sound(Sound.SCAN_OK)
            case ScanOutcome.STOPPED:
                assert result.product is not None
                self._notes.say_stopped(result.product, result.words)
            case ScanOutcome.GUEST:
                self._bind_guest(result.text)
            case ScanOutcome.UNKNOWN:
                self._say_unknown(result)
            case ScanOutcome.MARK_REFUSED:
                self._say(result, Tone.WARNING, Sound.ERROR, None)
            case ScanOutcome.QUEUED:
                self._say(result, Tone.INFO, Sound.SCAN_OK, None)

    def _say_unknown(self, result: ScanResult) -> None:
        find = Action(tr("Find the guest"), lambda: self._go(ScreenId.GUEST_SEARCH))
        self._say(result, Tone.WARNING, Sound.ERROR, find)

    def _say(self, result: ScanResult, tone: Tone, sound: Sound, action: Action | None) -> None:
        words = result.words.text(language()) if result.words else result.text
        self._bridge.toast(words, tone=tone, icon="barcode", action=action, key="scan", sound=sound)

    def _bind_guest(self, text: str) -> None:
        guests = self._till.guests
        self._ops.run(lambda: guests.bind_scanned(text), success=self._on_bound, lane=Lane.NET)

    def _on_bound(self, bound: Bound) -> None:
        self._board.publish(bound.state)
        guest = bound.state.guest
        if guest is None:
            return
        words = bound.words.text(language()) if bound.words else ""
        self._bridge.toast(
            guest.first_name or tr("Guest"),
            detail=words or tr("Available {points}", points=fmt.points(guest.total_minor)),
            tone=Tone.LOYALTY,
            icon="user-check",
            key="guest",
            sound=Sound.GUEST_FOUND,
        )


def _scanned_line(result: ScanResult) -> str:
    """Return the key of the line that the scan made or raised: the last one of the product."""
    if result.product is None:
        return ""
    for line in reversed(result.state.cart.lines):
        if line.product_id == result.product.product_id:
            return line.line_id
    return ""
