"""Fetching what is new: menu, configuration, frequent guests, card codes, the service's clock.

The ping tells the versions; only what differs is fetched. A menu that is refused leaves the old
one in place and is not fetched again until the service has another.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from app.api_client.client import ServiceClient
from app.api_client.convert import guest_from_view
from app.api_client.errors import AnswerInvalidError
from app.contracts.pos import CARD_CODES_MAX, PingResponse
from app.kernel.clock import Clock
from app.kernel.ids import Ids
from app.store.engine import Store
from app.store.errors import MenuRefusedError
from app.sync.state import Notice
from app.sync.translate import config_from, menu_from, staff_from

CODES_MIN: Final = 20
GUESTS_PRELOADED: Final = 500
GUESTS_EVERY: Final = timedelta(minutes=30)
OFFSET_NOISE_MS: Final = 500
_CODES_KEY: Final = "card_codes_key"
CLOCK_OFFSET_SETTING: Final = "clock_offset_ms"


class Puller:
    """Compares with the service and fetches. Sync thread only.

    Attributes:
        offset_ms: Add it to the till's clock to get the service's; None before the first ping.
        menu_notice: Why the newest menu was not taken.
    """

    def __init__(
        self,
        store: Store,
        client: ServiceClient,
        clock: Clock,
        ids: Ids,
        is_stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._client = client
        self._clock = clock
        self._ids = ids
        self._is_stopping = is_stopping
        self._refused_menu = ""
        self._guests_at: datetime | None = None
        self.offset_ms: int | None = None
        self.menu_notice: Notice | None = None

    def ping(self) -> PingResponse:
        """Ask for the versions and measure the clock's offset (O10)."""
        asked = self._clock.now()
        answer = self._client.ping()
        middle = asked + (self._clock.now() - asked) / 2
        offset = (answer.server_time - middle) // timedelta(milliseconds=1)
        if self.offset_ms is None or abs(offset - self.offset_ms) > OFFSET_NOISE_MS:
            self.offset_ms = offset
            if not self._is_stopping():
                with self._store.unit(durable=False) as uow:
                    uow.settings.put(CLOCK_OFFSET_SETTING, str(offset))
                    uow.commit()
        return answer

    def pull(self, versions: PingResponse) -> bool:
        """Fetch what differs; return whether anything was changed.

        Raises:
            AppError: A call failed; what was fetched before it is kept.
        """
        with self._store.reader() as uow:
            menu_version = uow.catalog.version()
            config = uow.settings.find_config()
            codes = uow.guests.count_codes()
        changed = False
        if config is None or config.version != versions.config_version:
            changed |= self._pull_config()
        if versions.menu_version not in (menu_version, self._refused_menu):
            changed |= self._pull_menu(menu_version, versions.menu_version)
        if self._guests_at is None or self._clock.now() - self._guests_at >= GUESTS_EVERY:
            changed |= self._pull_guests()
        if codes < CODES_MIN:
            changed |= self._pull_codes(CARD_CODES_MAX - codes)
        return changed

    def _pull_config(self) -> bool:
        answer = self._client.config()
        if self._is_stopping():
            return False
        with self._store.unit() as uow:
            uow.settings.put_config(config_from(answer))
            uow.staff.replace_all(staff_from(answer))
            uow.commit()
        return True

    def _pull_menu(self, have: str, wanted: str) -> bool:
        try:
            answer = self._client.menu(have)
            if answer is None or self._is_stopping():
                return False
            self._store.replace_menu(menu_from(answer.menu))
        except MenuRefusedError as error:
            self._refuse(wanted, error.ru, error.en)
            return True
        except AnswerInvalidError as error:
            if not error.place:
                raise
            self._refuse(
                wanted,
                f"Меню не принято: {error.place}: {error.reason}. Работает прежнее меню",
                f"The menu was refused: {error.place}: {error.reason}. The old menu stays",
            )
            return True
        self._refused_menu, self.menu_notice = "", None
        return True

    def _refuse(self, version: str, ru: str, en: str) -> None:
        self._refused_menu = version
        self.menu_notice = Notice("MENU_REFUSED", ru, en)

    def _pull_guests(self) -> bool:
        answer = self._client.guests(GUESTS_PRELOADED)
        if self._is_stopping():
            return False
        now = self._clock.now()
        with self._store.unit(durable=False) as uow:
            uow.guests.put([guest_from_view(view) for view in answer.guests], now)
            uow.guests.trim()
            uow.commit()
        self._guests_at = now
        return True

    def _pull_codes(self, count: int) -> bool:
        """Fill the pool; the key outlives a crash, so that no codes are lost on the way."""
        with self._store.unit() as uow:
            key = uow.settings.find(_CODES_KEY)
            if key is None:
                key = f"codes_{self._ids.new()}_{count}"
                uow.settings.put(_CODES_KEY, key)
                uow.commit()
        answer = self._client.card_codes(int(key.rsplit("_", 1)[1]), key=key)
        if self._is_stopping():
            return False
        with self._store.unit() as uow:
            uow.guests.add_codes(answer.codes, self._clock.now())
            uow.settings.remove(_CODES_KEY)
            uow.commit()
        return True
