"""Finding and registering guests: the cache of this till first, the service when it answers (T20, T21)."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from app.contracts.guest_codes import DYNAMIC_PREFIX, printed_digits
from app.domain.guest import LOCAL_CARD_PREFIX, GuestCard
from app.kernel.errors import OutsideError
from app.kernel.ids import CardId, GuestId
from app.kernel.late import LateModule
from app.kernel.text import clean_line, normalize_phone
from app.till import texts
from app.till.desk import Desk
from app.till.lost_holds import LostHolds
from app.till.loyalty_gateway import LoyaltyGateway
from app.till.words import Words

if TYPE_CHECKING:
    from app.contracts import guest_qr
else:
    # Cryptography takes its time to load, and a till proves codes only when it is offline.
    guest_qr = LateModule("app.contracts.guest_qr")

log = logging.getLogger(__name__)

SEARCH_DIGITS_MIN: Final = 4
_QR_WORDS: Final = {
    "QR_WRONG_TYPE": texts.QR_WRONG_TYPE,
    "QR_EXPIRED": texts.QR_EXPIRED,
    "QR_FORGED": texts.QR_FORGED,
}
RESULTS_MAX: Final = 20


@dataclass(frozen=True, slots=True)
class GuestHit:
    """A guest in the results.

    `age` is how old the data is when it comes from the cache, None when it is fresh.
    """

    card: GuestCard
    age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class GuestSearch:
    """The answer to a search.

    Attributes:
        hits: Guests, the most frequent first.
        is_local: The service was not asked or did not answer.
        words: A sentence under the field: not found, offline, too short; None if there are hits.
        can_register: The phone is whole and nobody has it.
    """

    hits: tuple[GuestHit, ...]
    is_local: bool
    words: Words | None = None
    can_register: bool = False


@dataclass(frozen=True, slots=True)
class Registered:
    """A new guest, or the one who has the phone already.

    `is_later` says that the service will be told when it can be reached.
    """

    card: GuestCard
    is_known: bool
    is_later: bool


class GuestSearcher:
    """Finds and registers guests.

    Args:
        desk: Holds the order.
        gateway: The service.
        is_online: Tells whether the service answered lately; offline it is not waited for.
    """

    def __init__(self, desk: Desk, gateway: LoyaltyGateway, is_online: Callable[[], bool]) -> None:
        self._desk = desk
        self._store = desk.store
        self._gateway = gateway
        self._is_online = is_online
        self._lost_holds = LostHolds(desk.store)

    @property
    def is_online(self) -> bool:
        """Tell whether the service answered lately."""
        return self._is_online()

    # -------------------------------------------------------------- search
    def search_local(self, digits: str) -> GuestSearch:
        """Search the cache by the beginning of a phone or its last four digits; quick.

        Args:
            digits: What was typed after +7, in any form.
        """
        typed = "".join(ch for ch in digits if ch.isdigit())
        if len(typed) < SEARCH_DIGITS_MIN:
            return GuestSearch((), is_local=True, words=texts.SEARCH_SHORT)
        with self._store.reader() as db:
            found = {card.card_id: card for card in db.guests.search_phone(typed, RESULTS_MAX)}
            for full in _full_forms(typed):
                found.update({c.card_id: c for c in db.guests.search_phone(full, RESULTS_MAX)})
        hits = tuple(self._aged(card) for card in tuple(found.values())[:RESULTS_MAX])
        return GuestSearch(hits, is_local=True, words=None if hits else texts.SEARCH_LOCAL)

    def search_phone(self, text: str) -> GuestSearch:
        """Search by a whole phone: the service first, the cache when it cannot be reached.

        Raises:
            InputError: That is no phone.
        """
        phone = normalize_phone(text)
        if phone is None:
            raise texts.PHONE_WRONG.input_error("INVALID_PHONE_FORMAT")
        with self._store.reader() as db:
            cached = db.guests.find_by_phone(phone)
        return self._search(
            lambda: cached,
            lambda: self._gateway.search(phone=phone),
            missing=texts.GUEST_NOT_FOUND,
            can_register=True,
        )

    def search_code(self, text: str) -> GuestSearch:
        """Search by the six digits of a card."""
        code = "".join(ch for ch in text if ch.isdigit())
        if len(code) != 6:
            return GuestSearch((), is_local=True, words=texts.SEARCH_SHORT)
        with self._store.reader() as db:
            cached = db.guests.find_by_code(code)
        return self._search(
            lambda: cached, lambda: self._gateway.search(code6=code), missing=texts.CARD_NOT_FOUND
        )

    def search_qr(self, text: str) -> GuestSearch:
        """Search by the text of a guest's QR code.

        Without the service the cache is searched: a dynamic code is proved with the company's
        public key, except that only the service can tell whether it has been used before; of a
        printed one the digits count, as if they had been typed.

        Raises:
            InputError: The code is old, forged or of another kind.
        """
        return self._search(
            lambda: self._find_by_qr(text.strip()),
            lambda: self._gateway.search(qr=text),
            missing=texts.QR_NOT_FOUND,
            offline=texts.QR_OFFLINE,
        )

    def _find_by_qr(self, text: str) -> GuestCard | None:
        digits = printed_digits(text)
        if digits is not None:
            with self._store.reader() as db:
                return db.guests.find_by_code(digits)
        if not text.startswith(DYNAMIC_PREFIX):
            raise texts.QR_WRONG_TYPE.input_error("QR_WRONG_TYPE")
        card_id = self._prove_qr(text)
        if card_id is None:
            return None
        with self._store.reader() as db:
            return db.guests.find_by_card(card_id)

    def _prove_qr(self, text: str) -> CardId | None:
        """Return the card of a genuine and fresh code, None without the key that would tell."""
        config = self._desk.house.config
        if config is None or not config.guest_qr_public_key:
            return None
        offset = timedelta(milliseconds=self._desk.operations.clock_offset_ms)
        now = self._desk.clock.now() + offset
        try:
            qr = guest_qr.read_guest_qr(text, config.guest_qr_public_key, now)
        except guest_qr.GuestQrError as error:
            raise _QR_WORDS[error.code].input_error(error.code) from error
        return CardId(qr.card_id)

    def _search(
        self,
        find_cached: Callable[[], GuestCard | None],
        ask: Callable[[], GuestCard | None],
        *,
        missing: Words,
        offline: Words = texts.SEARCH_LOCAL,
        can_register: bool = False,
    ) -> GuestSearch:
        if self._is_online():
            try:
                card = ask()
            except OutsideError as error:
                log.info("guest search without the service: %s", error)
            else:
                if card is None:
                    return GuestSearch((), is_local=False, words=missing, can_register=can_register)
                self._remember(card)
                return GuestSearch((GuestHit(card),), is_local=False)
        cached = find_cached()
        if cached is not None:
            return GuestSearch((self._aged(cached),), is_local=True)
        return GuestSearch((), is_local=True, words=offline, can_register=can_register)

    def _aged(self, card: GuestCard) -> GuestHit:
        if card.updated_at is None:
            return GuestHit(card)
        return GuestHit(card, max(timedelta(0), self._desk.clock.now() - card.updated_at))

    def _remember(self, card: GuestCard) -> None:
        with self._store.unit(durable=False) as uow:
            uow.guests.put([card], self._desk.clock.now())
            uow.commit()

    # -------------------------------------------------------------- registration
    def register(self, phone_text: str, first_name: str = "") -> Registered:
        """Register a guest; offline the card works at once for earning (T21).

        Raises:
            InputError: That is no phone.
            TemporaryError: Offline, and the pool of card codes is empty.
        """
        phone = normalize_phone(phone_text)
        if phone is None:
            raise texts.PHONE_WRONG.input_error("INVALID_PHONE_FORMAT")
        name = clean_line(first_name, 100)
        with self._store.reader() as db:
            known = db.guests.find_by_phone(phone)
        if known is not None:
            return Registered(known, is_known=True, is_later=known.is_local)
        if self._is_online():
            try:
                card = self._gateway.create(phone, name, key=f"create_{phone}")
            except OutsideError as error:
                log.info("registering without the service: %s", error)
            else:
                self._remember(card)
                return Registered(card, is_known=card.visit_count > 0, is_later=False)
        return Registered(self._register_offline(phone, name), is_known=False, is_later=True)

    def _register_offline(self, phone: str, first_name: str) -> GuestCard:
        now = self._desk.clock.now()
        level = self._desk.house.rules.levels[0]
        local_id = self._desk.ids.new()
        with self._store.unit() as uow:
            code = uow.guests.take_code()
            if code is None:
                raise texts.GUEST_CODES_OUT.temporary("CARD_CODES_OUT")
            card = GuestCard(
                card_id=CardId(f"{LOCAL_CARD_PREFIX}{local_id}"),
                guest_id=GuestId(f"{LOCAL_CARD_PREFIX}{local_id}"),
                first_name=first_name,
                phone=phone,
                code6=code,
                level_id=level.level_id,
                level_name=level.name,
                updated_at=now,
            )
            uow.guests.put([card], now, used=True)
            uow.outbox.add(self._desk.operations.guest_register(card, now))
            uow.commit()
        self._desk.wake_sync()
        return card


def _full_forms(typed: str) -> tuple[str, ...]:
    """Return the phones that typed digits may begin: with and without the leading 7 or 8."""
    if typed[0] in "78" and len(typed) > SEARCH_DIGITS_MIN:
        return (f"7{typed[1:]}", f"7{typed}")
    return (f"7{typed}",)
