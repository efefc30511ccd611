"""A till's data folder for a benchmark: a menu, a person, a venue; no service, no devices.

The PIN's hash is a cheap one: an expensive hash is slow on purpose and is no figure of the till.
"""

import json
import os
from pathlib import Path
from typing import Final

from argon2 import PasswordHasher

from app.domain.loyalty import LoyaltyRules
from app.kernel.clock import SystemClock
from app.kernel.ids import StaffId
from app.settings import FILE_NAME, HOME_VARIABLE
from app.store.engine import Store
from app.store.rows import StaffMember, VenueConfig
from tests.bench.big_menu import big_menu

PERSON: Final = StaffId("anna")
PIN: Final = "1357"
#: Nobody listens there, so that the till stays offline and no second process takes its time.
_NO_SERVICE: Final = "http://127.0.0.1:9"


def prepare(home: Path, products: int) -> None:
    """Fill a data folder so that the till can be opened and sold from."""
    home.mkdir(parents=True, exist_ok=True)
    (home / FILE_NAME).write_text(
        json.dumps({"service_url": _NO_SERVICE, "lock_after_s": 0, "volume": 0}), encoding="utf-8"
    )
    store = Store.open(home, SystemClock())
    store.replace_menu(big_menu(products))
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with store.unit() as uow:
        uow.staff.replace_all([StaffMember(PERSON, "Анна", "manager", cheap.hash(PIN))])
        uow.settings.put_config(
            VenueConfig(
                version="c1", tenant_id="t", tenant_name="Кофейня", location_id="loc-1",
                location_name="Кофейня на Ленина", address="Ленина, 1", legal_name="ООО Кофейня",
                taxpayer_id="7700000000", timezone="Europe/Moscow", register_id="r",
                register_name="Касса 1", register_number=1, rules=LoyaltyRules(),
            )
        )  # fmt: skip
        uow.commit()
    store.close()


def environment(home: Path) -> dict[str, str]:
    """Return the environment of a till over that folder, without a screen of its own.

    Compiled modules are kept, as an installed program keeps them, but beside the data.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MAXLOYALTY")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {
        HOME_VARIABLE: str(home),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONPYCACHEPREFIX": str(home.parent / "compiled"),
    }


def load_average() -> float:
    """Return how many processes wanted to run in the last minute."""
    return os.getloadavg()[0]


def resident_mb(pid: str = "self") -> float:
    """Return the memory of a process that lies in RAM."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024
