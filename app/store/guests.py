"""The cache of guests for the offline till, and the codes for guests registered offline (O6)."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Final

from app.domain.guest import LOCAL_CARD_PREFIX, GuestCard
from app.kernel.clock import to_iso
from app.kernel.ids import CardId
from app.store.codec import guest_from_json, guest_to_json, loyalty_from_json, loyalty_to_json
from app.store.session import Session, Topic

CACHE_MAX: Final = 1_000
PHONE_DIGITS_MIN: Final = 4
_TAIL: Final = 4


class GuestRepository:
    """Guests as last seen; `GuestCard.updated_at` tells how old that is."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._db = session.connection

    # -------------------------------------------------------------- finding
    def find_by_card(self, card_id: CardId) -> GuestCard | None:
        """Return a guest by the card's id, or None; a local id that has been replaced also works."""
        row = self._db.execute(
            "SELECT document FROM guests WHERE card_id = ?", (self.resolve(card_id),)
        ).fetchone()
        return None if row is None else guest_from_json(row[0])

    def find_by_code(self, code6: str) -> GuestCard | None:
        """Return a guest by his six digits, or None."""
        row = self._db.execute(
            "SELECT document FROM guests WHERE code6 = ? LIMIT 1", (code6,)
        ).fetchone()
        return None if row is None else guest_from_json(row[0])

    def find_by_phone(self, phone: str) -> GuestCard | None:
        """Return a guest by his whole phone (`79123456789`), or None."""
        row = self._db.execute(
            "SELECT document FROM guests WHERE phone = ? LIMIT 1", (phone,)
        ).fetchone()
        return None if row is None else guest_from_json(row[0])

    def search_phone(self, digits: str, limit: int = 20) -> tuple[GuestCard, ...]:
        """Return guests whose phone begins with these digits, or ends with them if they are four.

        Fewer than four digits find nobody: personal data is not for browsing. The most frequent
        guests come first.
        """
        if len(digits) < PHONE_DIGITS_MIN or not digits.isdigit():
            return ()
        # The end of the range: ':' follows '9'.
        rows = self._db.execute(
            "SELECT document FROM guests WHERE card_id IN ("
            "SELECT card_id FROM guests WHERE phone >= ?1 AND phone < ?1 || ':' "
            "UNION SELECT card_id FROM guests WHERE phone_tail = ?1) "
            "ORDER BY visit_count DESC, used_at DESC LIMIT ?2",
            (digits, limit),
        ).fetchall()
        return tuple(guest_from_json(row[0]) for row in rows)

    def count(self) -> int:
        """Return how many guests are cached."""
        return int(self._db.execute("SELECT count(*) FROM guests").fetchone()[0])

    # -------------------------------------------------------------- keeping
    def put(self, cards: Iterable[GuestCard], now: datetime, *, used: bool = False) -> None:
        """Write guests as they are known now; older news never replaces newer.

        Args:
            cards: Guests; `updated_at` None counts as now.
            now: The present moment.
            used: They were bound to an order just now, so they are kept longest.
        """
        for card in cards:
            self._db.execute(
                "INSERT INTO guests (card_id, phone, phone_tail, code6, visit_count, used_at, "
                "updated_at, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
                "ON CONFLICT (card_id) DO UPDATE SET phone = ?2, phone_tail = ?3, code6 = ?4, "
                "visit_count = ?5, updated_at = ?7, document = ?8, used_at = max(used_at, ?6) "
                "WHERE updated_at <= ?7",
                (
                    card.card_id,
                    card.phone,
                    card.phone[-_TAIL:],
                    card.code6,
                    card.visit_count,
                    to_iso(now) if used else "",
                    to_iso(card.updated_at or now),
                    guest_to_json(card),
                ),
            )
        self._session.touch(Topic.GUESTS)

    def remove(self, card_id: CardId) -> None:
        """Forget a guest; a missing one is no error."""
        self._db.execute("DELETE FROM guests WHERE card_id = ?", (card_id,))
        self._session.touch(Topic.GUESTS)

    def trim(self, keep: int = CACHE_MAX) -> int:
        """Forget the least frequent guests above a number; local ones stay. Return how many."""
        done = self._db.execute(
            "DELETE FROM guests WHERE card_id NOT LIKE ?1 || '%' AND card_id NOT IN ("
            "SELECT card_id FROM guests WHERE card_id NOT LIKE ?1 || '%' "
            "ORDER BY used_at DESC, visit_count DESC LIMIT ?2)",
            (LOCAL_CARD_PREFIX, keep),
        )
        return done.rowcount

    # -------------------------------------------------------------- local cards
    def resolve(self, card_id: CardId) -> CardId:
        """Return the service's id for a local card that it knows by now, else the same id."""
        if not card_id.startswith(LOCAL_CARD_PREFIX):
            return card_id
        row = self._db.execute(
            "SELECT card_id FROM local_cards WHERE local_id = ?", (card_id,)
        ).fetchone()
        return card_id if row is None else CardId(row[0])

    def adopt(self, local_id: CardId, card: GuestCard, now: datetime) -> None:
        """Replace a local card by the one that the service made of it, everywhere.

        The cache and unpaid orders take the new card; finished sales stay as they were sold.
        """
        assert local_id.startswith(LOCAL_CARD_PREFIX)
        assert not card.is_local
        self._db.execute(
            "REPLACE INTO local_cards (local_id, card_id) VALUES (?, ?)", (local_id, card.card_id)
        )
        self.remove(local_id)
        self.put([card], now, used=True)
        # What is still unsent for the local card goes on waiting in line with what comes for the new.
        self._db.execute(
            "UPDATE outbox SET guest_key = ? WHERE guest_key = ? "
            "AND state IN ('pending', 'in_flight', 'conflict')",
            (card.card_id, local_id),
        )
        self._adopt_in_drafts(local_id, card)

    def _adopt_in_drafts(self, local_id: CardId, card: GuestCard) -> None:
        rows = self._db.execute(
            "SELECT sale_id, loyalty FROM drafts WHERE card_id = ?", (local_id,)
        ).fetchall()
        for sale_id, text in rows:
            old = loyalty_from_json(text)
            assert old is not None
            changed = replace(old, card=card)
            self._db.execute(
                "UPDATE drafts SET loyalty = ?, card_id = ? WHERE sale_id = ?",
                (loyalty_to_json(changed), card.card_id, sale_id),
            )
            self._session.touch(Topic.DRAFTS)

    # -------------------------------------------------------------- card codes
    def add_codes(self, codes: Iterable[str], now: datetime) -> None:
        """Put reserved six-digit codes in the pool."""
        self._db.executemany(
            "INSERT OR IGNORE INTO card_codes (code, added_at) VALUES (?, ?)",
            [(code, to_iso(now)) for code in codes],
        )

    def take_code(self) -> str | None:
        """Take a code out of the pool for a guest registered offline; None if it is empty."""
        row = self._db.execute(
            "DELETE FROM card_codes WHERE code = ("
            "SELECT code FROM card_codes ORDER BY added_at, code LIMIT 1) RETURNING code"
        ).fetchall()
        return str(row[0][0]) if row else None

    def count_codes(self) -> int:
        """Return how many codes are in the pool."""
        return int(self._db.execute("SELECT count(*) FROM card_codes").fetchone()[0])
