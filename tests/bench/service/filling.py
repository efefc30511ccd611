"""Filling a database with any number of cards, in the rows that the service itself would have written.

One guest registers and has six checks through the service, with a clock moved by hand. The rows that
this left (guest, card, level, reservations, closed checks, ledger entries) are the pattern. The
database copies them in statements of its own: other ids, phones, codes, names and times, everything else
as it was. Triggers and foreign keys rest meanwhile, as they look at each row; `maxloyalty audit` proves
the result. What the service deletes after days (keys of idempotency, events, the request log) is not filled.
"""

# ruff: noqa: S608 - what is put into statements are our own names and rows of our own database

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import psycopg
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.kernel.clock import ManualClock, SystemClock
from app.kernel.ids import SystemIds
from app.service.db.engine import is_sqlite, make_engine
from app.service.db.schema import UtcMillis
from app.service.guests.models import guests, name_key
from app.service.http.app import create_app
from app.service.ledger.models import ledger_entries
from app.service.loyalty.models import cards, level_changes, loyalty_orders, reservations
from app.service.settings import ServiceSettings
from tests.service.harness import Service, open_client

ENTRIES: Final = 10
"""Ledger entries of each card: four checks with points spent, two without."""

CROWD: Final = 101
"""Guests who share the last four digits of a phone, for all digits but `LONELY`."""

LONELY: Final = 100
"""So many last four digits have one guest only, in a database of any size."""

_CODES: Final = 1_000_000
_CODE_STEP: Final = 567_629  # has no divisor with a million in common: no code comes twice
_CHUNK: Final = 20_000
_PHONE: Final = "79990000000"
_BEGAN_BEFORE: Final = timedelta(days=200)
_BETWEEN: Final = timedelta(days=30)
_SPREAD_MS: Final = 25 * 24 * 3_600_000
_TABLES: Final = (guests, cards, level_changes, reservations, loyalty_orders, ledger_entries)
_ID: Final = re.compile(r"^[0-9A-HJKMNP-TV-Z]{26}$")
_NAMES: Final = (  # noqa: SIM905 - eighty names are read better so
    "Александр Алексей Анастасия Андрей Анна Антон Арина Артём Богдан Борис Вадим Валерия Варвара Василий "
    "Вера Виктор Виктория Владимир Галина Георгий Глеб Григорий Дарья Денис Диана Дмитрий Евгений Егор "
    "Екатерина Елена Елизавета Жанна Захар Зоя Иван Игорь Илья Инна Ирина Кирилл Константин Ксения Лариса "
    "Лев Любовь Людмила Максим Маргарита Марина Мария Михаил Надежда Наталья Никита Николай Оксана Олег "
    "Ольга Павел Полина Роман Светлана Семён Сергей София Степан Таисия Тамара Татьяна Тимур Ульяна Фёдор "
    "Эдуард Юлия Юрий Яна Ярослав"
).split()
_INITIALS: Final = "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЭЮЯ"


def tail_of(number: int, count: int) -> int:
    """Return the last four digits of a guest's phone among so many guests."""
    if number < LONELY:
        return number
    crowds = max(1, -(-(count - LONELY) // CROWD))
    return LONELY + (number - LONELY) % crowds


def phone_of(number: int, count: int) -> str:
    """Return the phone of a guest among so many."""
    crowds = max(1, -(-(count - LONELY) // CROWD))
    place = 0 if number < LONELY else (number - LONELY) // crowds
    return f"7955{place:03d}{tail_of(number, count):04d}"


def code_of(number: int) -> str:
    """Return a card's code: scattered as drawn ones are."""
    return f"{number * _CODE_STEP % _CODES:06d}"


def name_of(number: int) -> str:
    """Return a guest's name: some thousand different ones."""
    initial = _INITIALS[number // len(_NAMES) % len(_INITIALS)]
    return f"{_NAMES[number % len(_NAMES)]} {initial}."


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the pattern, as a SELECT that makes its copies."""

    table: str
    columns: str
    values: str
    created_at: int

    def statement(self, first: int, last: int) -> str:
        """Return what copies it for some of the numbers."""
        return (
            f"INSERT INTO {self.table} ({self.columns}) SELECT {self.values} FROM filling f "
            f"WHERE f.n >= {first} AND f.n < {last} ORDER BY f.n"
        )


def fill(url: str, seeded: dict[str, Any], count: int) -> None:
    """Add so many cards with their histories to a seeded database."""
    pattern = _pattern(url, _live(url, seeded))
    taken = _taken_codes(url)
    codes = (code for code in (code_of(n) for n in range(_CODES)) if code not in taken)
    rows = (
        (n, f"{n:07d}", phone_of(n, count), next(codes), name_of(n), n * _SPREAD_MS // count)
        for n in range(count)
    )
    work = _fill_sqlite if is_sqlite(url) else _fill_postgres
    work(url, pattern, rows, count)


def codes_of(url: str, numbers: Sequence[int]) -> list[str]:
    """Return the codes of cards: those that the seed had are passed over, so they are asked for."""
    engine = make_engine(url, writes=False)
    wanted = [f"bench-card-{number:07d}" for number in numbers]
    with engine.connect() as connection:
        found = connection.execute(
            sa.select(cards.c.id, cards.c.code6).where(cards.c.id.in_(wanted))
        )
        known = {row.id: row.code6 for row in found}
    engine.dispose()
    return [known[name] for name in wanted]


def _live(url: str, seeded: dict[str, Any]) -> str:
    """Let a guest register and have his checks; return his card."""
    clock = ManualClock(SystemClock().now().replace(microsecond=0) - _BEGAN_BEFORE)
    ids = SystemIds(clock)
    app = create_app(ServiceSettings(url, runs_jobs=False, logs_requests=False), clock, ids)
    with open_client(app) as client:
        service = Service(client, clock, url, seeded, app.state.runtime)
        made = service.ok("create-guest", {"phone": _PHONE, "firstName": "Образец"})
        card: str = made["guestCardId"]
        for turn in range(6):
            clock.advance(_BETWEEN)
            spends = turn not in {0, 3}
            order = ids.new()
            held = service.reserve(10, order, card=card) if spends else None
            body = {"guestCardId": card, "orderId": order, "checkAmount": 1000}
            how = {"action": "SPEND", "reservationId": held} if held else {"action": "EARN_ONLY"}
            clock.advance(timedelta(minutes=5))
            service.ok("finalize-points", body | how)
        assert service.rows(f"SELECT entry_count FROM cards WHERE id = '{card}'") == [(ENTRIES,)]
    return card


def _pattern(url: str, card: str) -> list[_Row]:
    engine = make_engine(url, writes=False)
    with engine.connect() as connection:
        guest = connection.scalar(sa.select(cards.c.guest_id).where(cards.c.id == card))
        found = [(table, row) for table in _TABLES for row in _rows(connection, table, card, guest)]
    engine.dispose()
    own = {row["id"] for _, row in found} | {row.get("order_id") for _, row in found}
    # An id keeps its time, gets a number among the ids of the pattern and that of the copy.
    ids = {
        one: f"'{one[:10]}{place:09d}' || f.t"
        for place, one in enumerate(sorted(one for one in own if one and _ID.match(one)))
    }
    ids |= {card: "'bench-card-' || f.t", str(guest): "'bench-guest-' || f.t"}
    made = [_copied(table, row, ids) for table, row in found]
    return sorted(made, key=lambda row: row.created_at)


def _rows(
    connection: Connection, table: sa.Table, card: str, guest: str | None
) -> list[dict[str, Any]]:
    if table is guests:
        condition = table.c.id == guest
    else:
        condition = (table.c.id if table is cards else table.c.card_id) == card
    plain = [
        sa.type_coerce(c, sa.BigInteger if _is_moment(c) else c.type).label(c.name) for c in table.c
    ]
    rows = connection.execute(sa.select(*plain).where(condition).order_by(table.c.id))
    return [dict(row) for row in rows.mappings()]


def _is_moment(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, UtcMillis)


def _copied(table: sa.Table, row: dict[str, Any], ids: dict[str, str]) -> _Row:
    told = {"phone": "f.phone", "phone_tail": "substr(f.phone, 8)", "code6": "f.code"}
    told |= {"first_name": "f.name", "name_key": "f.folded"}
    values = []
    for column in table.c:
        value = row[column.name]
        if value is None:
            values.append("NULL")
        elif column.name in told:
            values.append(told[column.name])
        elif _is_moment(column):
            values.append(f"{value} + f.shift")
        elif isinstance(value, str):
            values.append(_spliced(value, ids))
        else:
            values.append(str(int(value)))
    created_at = row.get("created_at", row.get("changed_at", 0))
    return _Row(table.name, ", ".join(table.c.keys()), ", ".join(values), created_at)


def _spliced(value: str, ids: dict[str, str]) -> str:
    known = re.compile("|".join(map(re.escape, ids)))
    parts, at = [], 0
    for found in known.finditer(value):
        parts += [_quoted(value[at : found.start()]), ids[found.group()]]
        at = found.end()
    parts.append(_quoted(value[at:]))
    return " || ".join(part for part in parts if part != "''") or "''"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _taken_codes(url: str) -> set[str]:
    engine = make_engine(url, writes=False)
    with engine.connect() as connection:
        taken = set(connection.scalars(sa.select(cards.c.code6)))
    engine.dispose()
    return taken


_MAKE: Final = (
    "CREATE TABLE filling (n integer PRIMARY KEY, t text, phone text, code text, name text, "
    "folded text, shift bigint)"
)


def _statements(pattern: list[_Row], count: int) -> Iterator[str]:
    # Round by round as time went, so that what one card has lies as far apart as in life.
    for moment in sorted({row.created_at for row in pattern}):
        now = [row for row in pattern if row.created_at == moment]
        for first in range(0, count, _CHUNK):
            yield from (row.statement(first, min(count, first + _CHUNK)) for row in now)


def _fill_postgres(url: str, pattern: list[_Row], rows: Iterator[Any], count: int) -> None:
    names = [table.name for table in _TABLES]
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        run = connection.execute
        run("SET session_replication_role = replica")
        run("SET maintenance_work_mem = '1GB'")
        run(_MAKE.replace("CREATE", "CREATE UNLOGGED").encode())
        with connection.cursor().copy(b"COPY filling FROM STDIN") as copy:
            for n, text, phone, code, name, shift in rows:
                copy.write_row((n, text, phone, code, name, name_key(name), shift))
        run("ANALYZE filling")
        # Indexes are made once from everything and not row by row.
        of_ours = "SELECT c.oid FROM pg_class c WHERE c.relname = ANY(%s) AND c.relkind = 'r'"
        run(
            f"UPDATE pg_index SET indisready = false WHERE indrelid IN ({of_ours})".encode(),
            (names,),
        )
        for statement in _statements(pattern, count):
            run(statement.encode())
        for name in names:
            run(f"REINDEX TABLE {name}".encode())
        run("DROP TABLE filling")
        run("VACUUM (ANALYZE, FREEZE)")
        run("CHECKPOINT")


def _fill_sqlite(url: str, pattern: list[_Row], rows: Iterator[Any], count: int) -> None:
    engine = make_engine(url, writes=True)
    with engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        driver.rollback()
        with _hurried(driver):
            driver.execute("BEGIN")
            kept = _dropped(driver)
            driver.execute(_MAKE)
            driver.executemany(
                "INSERT INTO filling VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (n, t, phone, code, name, name_key(name), s)
                    for n, t, phone, code, name, s in rows
                ),
            )
            for statement in _statements(pattern, count):
                driver.execute(statement)
            for statement in kept:
                driver.execute(statement)
            driver.execute("DROP TABLE filling")
            driver.execute("COMMIT")
    engine.dispose()


@contextmanager
def _hurried(driver: Any) -> Iterator[None]:
    """Let nothing be kept that a crash would need; afterwards everything is on the disk."""
    for pragma in (
        "foreign_keys=OFF",
        "journal_mode=OFF",
        "synchronous=OFF",
        "cache_size=-3000000",
    ):
        driver.execute(f"PRAGMA {pragma}").fetchall()
    yield
    for pragma in ("synchronous=FULL", "journal_mode=WAL"):
        driver.execute(f"PRAGMA {pragma}").fetchall()


def _dropped(driver: Any) -> list[str]:
    """Drop triggers and the indexes that are no constraints; return what makes them again."""
    kept: list[str] = []
    names = ", ".join(f"'{table.name}'" for table in _TABLES)
    for kind in ("trigger", "index"):
        found = driver.execute(
            f"SELECT name, sql FROM sqlite_master WHERE type = '{kind}' AND tbl_name IN ({names}) "
            "AND sql IS NOT NULL"
        ).fetchall()
        for name, statement in found:
            driver.execute(f"DROP {kind.upper()} {name}")
            kept.insert(0, statement)
    return kept
