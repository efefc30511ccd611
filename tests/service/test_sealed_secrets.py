"""Decision 0031: secrets in the database are sealed with a key that is not in it."""

import base64
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.errors import FinalError, InputError
from app.service import commands
from app.service.db.engine import make_engine, parse_url
from app.service.db.migrate import migrate_database
from app.service.db.sealing import (
    FILE_VARIABLE,
    KEY_SUFFIX,
    KEYS_VARIABLE,
    Ring,
    find_keys,
)
from app.service.db.tables import metadata
from tests.service.auth_harness import log_in, seeded
from tests.service.harness import Service

OLD, NEW = (base64.b64encode(bytes([number]) * 32).decode() for number in (1, 2))
SEALED = {
    "tenants": ("qr_secret", "qr_private_key", "telegram_secret"),
    "service_secrets": ("value",),
    "webhook_endpoints": ("secret", "previous_secret"),
    "staff_accounts": ("totp_secret",),
    "signing_keys": ("secret",),
    "sign_in_answers": ("answer",),
}
EMBEDDED = pytest.mark.only_on("sqlite", why="the key file lies beside this database")


def kept(url: str, table: str, column: str) -> list[str]:
    """Return the texts of a column as they lie in the database."""
    engine = sa.create_engine(parse_url(url))
    with engine.connect() as connection:
        chosen: sa.Select[Any] = sa.select(sa.column(column)).select_from(sa.table(table))
        found = [value for value in connection.execute(chosen).scalars() if value]
    engine.dispose()
    return found


def shop(service: Service) -> None:
    """Make a secret of each kind."""
    owner = seeded(service).prove()
    owner.ok(
        "PUT",
        "/api/v1/tenants/tenant-maxima/telegram-bot",
        {"botToken": "123456789:AAF-made-up-token-of-a-bot-for-tests"},
    )
    hook = owner.ok("POST", "/api/v1/webhooks", {"url": "https://example.com/hook"})
    owner.ok("POST", f"/api/v1/webhooks/{hook['id']}/rotate-secret", {"overlapHours": 1})


@EMBEDDED
def test_no_secret_lies_open_in_the_file_and_all_go_on_working(service: Service) -> None:
    shop(service)
    plain = service.rows("SELECT count(*) FROM tenants")  # the database can be read at all
    assert plain
    for table, columns in SEALED.items():
        for column in columns:
            found = kept(service.url, table, column)
            assert found or table == "sign_in_answers", f"{table}.{column} was made"
            assert all(text.startswith("sealed:1:") for text in found), f"{table}.{column}"
    owner = seeded(service, "admin")
    assert owner.ok("GET", "/api/v1/auth/me")["role"] == "admin"


def test_every_secret_of_the_tables_is_among_those_that_are_sealed() -> None:
    looks_secret = {
        (table.name, column.name)
        for table in metadata.sorted_tables
        for column in table.columns
        if ("secret" in column.name or "private" in column.name)
        and not column.name.endswith(("_hash", "_until", "_version"))
    }
    assert looks_secret <= {(table, name) for table, names in SEALED.items() for name in names}


@EMBEDDED
def test_key_file_is_for_its_owner_alone_and_made_once(service: Service) -> None:
    path = Path(service.url.removeprefix("sqlite:///") + KEY_SUFFIX)
    if os.name != "nt":
        fresh = f"sqlite:///{path.with_name('fresh.sqlite3')}"
        commands.migrate(fresh)
        made = path.with_name("fresh.sqlite3" + KEY_SUFFIX)
        assert stat.S_IMODE(made.stat().st_mode) == 0o600
    before = path.read_text()
    migrate_database(service.url)
    assert path.read_text() == before


def test_many_that_begin_at_once_take_one_key(tmp_path: Path) -> None:
    url = parse_url(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: find_keys(url, {}, may_make=True), range(16)))
    assert all(keys == found[0] for keys in found)
    assert len(list(tmp_path.iterdir())) == 1, "nothing else is left behind"


def test_disk_without_links_keeps_a_key_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    url = parse_url(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    made = find_keys(url, {}, may_make=True)
    assert find_keys(url, {}, may_make=True) == made
    assert [path.name for path in tmp_path.iterdir()] == ["x.sqlite3" + KEY_SUFFIX]


def open_seeded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: str | None
) -> tuple[str, dict[str, Any]]:
    if keys:
        monkeypatch.setenv(KEYS_VARIABLE, keys)
    url = f"sqlite:///{tmp_path / 'own.sqlite3'}"
    return url, commands.seed(url, sandbox=True)


def test_key_of_the_environment_goes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, _ = open_seeded(tmp_path, monkeypatch, OLD)
    assert not list(tmp_path.glob(f"*{KEY_SUFFIX}"))
    assert kept(url, "tenants", "qr_secret")[0].startswith("sealed:1:")


def test_new_key_before_the_old_one_seals_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, _ = open_seeded(tmp_path, monkeypatch, OLD)
    [before] = kept(url, "tenants", "qr_secret")
    secret = plain(url)
    monkeypatch.setenv(KEYS_VARIABLE, f"{NEW},{OLD}")
    migrate_database(url)
    [after] = kept(url, "tenants", "qr_secret")
    assert after.split(":")[2] != before.split(":")[2]
    monkeypatch.setenv(KEYS_VARIABLE, NEW)
    assert plain(url) == secret
    migrate_database(url)


def plain(url: str) -> str:
    """Return a company's secret as the program reads it."""
    engine = make_engine(url, writes=False)
    with engine.connect() as connection:
        found = connection.execute(sa.select(metadata.tables["tenants"].c.qr_secret)).scalars()
        secret = str(found.first())
    engine.dispose()
    return secret


@pytest.mark.parametrize("keys", [NEW, None])
def test_service_without_the_right_key_does_not_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keys: str | None
) -> None:
    url, _ = open_seeded(tmp_path, monkeypatch, OLD)
    if keys:
        monkeypatch.setenv(KEYS_VARIABLE, keys)
    else:
        monkeypatch.delenv(KEYS_VARIABLE)
    with pytest.raises(FinalError, match="SECRETS_KEY_UNKNOWN"):
        migrate_database(url)
    monkeypatch.setenv(KEYS_VARIABLE, OLD)
    migrate_database(url)


def test_secrets_of_before_are_sealed_by_migrating(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, _ = open_seeded(tmp_path, monkeypatch, OLD)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE tenants SET qr_secret = 'open to everybody'"))
    engine.dispose()
    assert plain(url) == "open to everybody", "what was written before is still read"
    migrate_database(url)
    [now] = kept(url, "tenants", "qr_secret")
    assert now.startswith("sealed:1:")
    assert plain(url) == "open to everybody"


@pytest.mark.only_on("postgresql", why="a key made up by a machine would be lost with it")
def test_postgresql_seals_with_a_given_key_alone(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands.seed(empty_url, sandbox=True)
    assert not kept(empty_url, "tenants", "qr_secret")[0].startswith("sealed:")
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path / "given.key"))
    migrate_database(empty_url)
    for table, column in (("tenants", "qr_secret"), ("service_secrets", "value")):
        assert all(text.startswith("sealed:1:") for text in kept(empty_url, table, column))
    assert plain(empty_url)


@pytest.mark.parametrize("wrong", ["short", "AAAA", OLD + "," + OLD[:20], "ключ"])
def test_what_is_no_key_is_refused_without_being_said(wrong: str, tmp_path: Path) -> None:
    url = parse_url(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    with pytest.raises(InputError) as caught:
        find_keys(url, {KEYS_VARIABLE: wrong}, may_make=True)
    assert caught.value.code == "SECRETS_KEY_INVALID"
    assert wrong not in caught.value.text("en")


@given(st.text(), st.text(min_size=1), st.integers(0, 10_000))
def test_sealed_text_opens_where_it_was_sealed_and_nowhere_else(
    text: str, place: str, at: int
) -> None:
    ring = Ring([bytes(32)])
    closed = ring.seal(place, text)
    assert ring.open(place, closed) == text
    assert ring.seal(place, text) != closed, "the same text looks different each time"
    with pytest.raises(FinalError, match="SECRETS_DAMAGED"):
        ring.open(place + "x", closed)
    raw = bytearray(base64.b64decode(closed.rpartition(":")[2]))
    raw[at % len(raw)] ^= 1
    changed = closed.rpartition(":")[0] + ":" + base64.b64encode(raw).decode()
    with pytest.raises(FinalError, match="SECRETS_DAMAGED"):
        ring.open(place, changed)


def test_signing_in_works_with_codes_whose_secret_is_sealed(service: Service) -> None:
    person = seeded(service)
    person.set_up_totp()
    service.forward(minutes=1)
    answer = log_in(service, person.email, person.password, totpCode=person.code())
    assert answer.status_code == 200, answer.text
