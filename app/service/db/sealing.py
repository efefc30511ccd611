"""Secrets at rest: columns whose texts are sealed with a key that is not in the database.

    sealed:1:<key>:<nonce, ciphertext and tag in base64>     AES-256-GCM, bound to its column

The keys come from the environment, from a file that it names, or, for SQLite, from a file of mode 0600
beside the database, which is made when it is first needed. The first key seals, every one of them
opens. PostgreSQL without a key keeps texts as they are: a key that a machine made up for itself would
be lost with the machine. A text that is not sealed is read as it is; `seal_all` seals what is left.
"""

import base64
import binascii
import hashlib
import logging
import os
import secrets
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.engine import URL, Connection, Dialect
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

from app.kernel.errors import FinalError, InputError
from app.service.db.schema import metadata

KEYS_VARIABLE: Final = "MAXLOYALTY_SECRET_KEYS"
FILE_VARIABLE: Final = "MAXLOYALTY_SECRET_KEYS_FILE"
KEY_SUFFIX: Final = ".key"
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12  # NIST SP 800-38D, 8.2.2
_MARK: Final = "sealed:1:"
_PIECE: Final = 500

_log = logging.getLogger(__name__)


class Ring:
    """Keys; the first one seals. Any thread may use it."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._ciphers = {_name_of(key): AESGCM(key) for key in keys}
        self._first = _name_of(keys[0])
        self.mark = f"{_MARK}{self._first}:"

    def seal(self, place: str, text: str) -> str:
        """Return a text sealed for a place (table and column)."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        closed = nonce + self._ciphers[self._first].encrypt(nonce, text.encode(), place.encode())
        return self.mark + base64.b64encode(closed).decode()

    def open(self, place: str, kept: str) -> str:
        """Return the text that was sealed for a place.

        Raises:
            FinalError: SECRETS_KEY_UNKNOWN or SECRETS_DAMAGED.
        """
        name, _, closed = kept.removeprefix(_MARK).partition(":")
        cipher = self._ciphers.get(name)
        if cipher is None:
            raise _unknown(name)
        try:
            raw = base64.b64decode(closed, validate=True)
            opened = cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
        except (binascii.Error, InvalidTag, ValueError) as error:
            raise FinalError(
                "SECRETS_DAMAGED",
                f"Секрет в {place} повреждён или подменён",
                f"A secret in {place} is damaged or does not belong there",
            ) from error
        return opened.decode()


class Keys:
    """Where the keys of one database come from; looked up when they are first needed.

    Args:
        find: Returns keys, or nothing; told whether it may make one.
    """

    def __init__(self, find: Callable[[bool], Sequence[bytes]]) -> None:
        self._find = find
        self._lock = threading.Lock()
        self._ring: Ring | None = None

    def to_seal(self) -> Ring | None:
        """Return the ring to seal with, which may make a key; None to leave texts as they are."""
        return self._get(may_make=True)

    def to_open(self, kept: str) -> Ring:
        """Return the ring to open something with.

        Raises:
            FinalError: SECRETS_KEY_UNKNOWN: there is none.
        """
        ring = self._get(may_make=False)
        if ring is None:
            raise _unknown(kept.removeprefix(_MARK).partition(":")[0])
        return ring

    def _get(self, *, may_make: bool) -> Ring | None:
        ring = self._ring
        if ring is None:
            with self._lock:
                keys = self._find(may_make)
                ring = self._ring = Ring(keys) if keys else None
        return ring


_KEYS: Final[WeakKeyDictionary[Dialect, Keys]] = WeakKeyDictionary()


def attach_keys(dialect: Dialect, url: URL, environment: Mapping[str, str] | None = None) -> None:
    """Let an engine's sealed columns use the keys of its database; nothing is read yet."""
    given = os.environ if environment is None else environment
    _KEYS[dialect] = Keys(lambda may_make: find_keys(url, given, may_make=may_make))


def find_keys(url: URL, environment: Mapping[str, str], *, may_make: bool) -> Sequence[bytes]:
    """Return the keys of a database, the one that seals first; none where texts stay as they are.

    Raises:
        InputError: SECRETS_KEY_INVALID: what is given is not a key.
        FinalError: SECRETS_KEY_FILE: the file cannot be read or written.
    """
    said = environment.get(KEYS_VARIABLE, "")
    if said.strip():
        return _read_keys(said, KEYS_VARIABLE)
    named = environment.get(FILE_VARIABLE, "").strip()
    path = Path(named) if named else _beside(url)
    if path is None:
        return ()
    try:
        if may_make and not path.exists():
            _make_file(path)
        return _read_keys(path.read_text("ascii"), str(path)) if path.exists() else ()
    except (OSError, UnicodeError) as error:
        raise FinalError(
            "SECRETS_KEY_FILE",
            f"Файл ключа недоступен: {path}",
            f"The key file cannot be used: {path}",
        ) from error


def _beside(url: URL) -> Path | None:
    if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
        return None
    return Path(url.database + KEY_SUFFIX)


def _make_file(path: Path) -> None:
    """Write a new key; whoever comes second takes the first one's. It is on the disk before it is used."""
    own = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    file = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(file, "w", encoding="ascii") as stream:
            stream.write(base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode() + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        _take_name(own, path)
    finally:
        own.unlink(missing_ok=True)
    if os.name != "nt":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _take_name(own: Path, path: Path) -> None:
    """Give a whole file its name, unless another one has it."""
    try:
        # A link is made whole or not at all, and never over another one.
        os.link(own, path)
    except FileExistsError:
        return
    except OSError:
        # A disk without links, like a memory stick: then the first look has to do.
        if not path.exists():
            own.rename(path)


def _read_keys(said: str, where: str) -> list[bytes]:
    keys = []
    for word in said.replace(",", " ").split():
        try:
            key = base64.b64decode(word.replace("-", "+").replace("_", "/") + "==")
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != _KEY_BYTES:
            raise InputError(
                "SECRETS_KEY_INVALID",
                f"{where}: нужны ключи из 32 байт в base64",
                f"{where}: keys of 32 bytes in base64 are needed",
            )
        keys.append(key)
    return keys


def _name_of(key: bytes) -> str:
    return hashlib.sha256(b"maxloyalty-secrets\0" + key).hexdigest()[:8]


def _unknown(name: str) -> FinalError:
    return FinalError(
        "SECRETS_KEY_UNKNOWN",
        f"Секреты базы закрыты ключом {name}, которого нет. Верните файл ключа или {KEYS_VARIABLE}",
        f"The secrets are sealed with key {name}, which is not there. "
        f"Give back the key file or set {KEYS_VARIABLE}",
    )


class Sealed(TypeDecorator[str]):
    """A text that is sealed in the database and plain in the program; cannot be compared in SQL.

    Args:
        place: Table and column: what is copied elsewhere does not open there.
    """

    impl = sa.Text
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Seal a text, where there is a key."""
        keys = _KEYS.get(dialect)
        ring = keys.to_seal() if value is not None and keys is not None else None
        return value if value is None or ring is None else ring.seal(self.place, value)

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        """Open a text; one that is not sealed is returned as it is."""
        if value is None or not value.startswith(_MARK):
            return value
        keys = _KEYS.get(dialect)
        if keys is None:
            raise _unknown(value.removeprefix(_MARK).partition(":")[0])
        return keys.to_open(value).open(self.place, value)


def sealed(table: str, name: str, **more: Any) -> sa.Column[str]:  # noqa: ANN401 - what a column takes
    """Return a column for a secret that the program has to read again."""
    return sa.Column(name, Sealed(f"{table}.{name}"), **{"nullable": False, **more})


def seal_all(connection: Connection) -> int:
    """Seal every secret that is plain or sealed with an older key; return how many.

    Raises:
        FinalError: SECRETS_KEY_UNKNOWN: something is sealed with a key that is not there.
    """
    keys = _KEYS.get(connection.dialect)
    ring = keys.to_seal() if keys is not None else None
    if ring is None:
        _log.warning("secrets are kept as they are: neither %s nor a file", KEYS_VARIABLE)
        return 0
    return sum(_seal_column(connection, ring, column) for column in _columns())


def _columns() -> Iterator["sa.Column[Any]"]:
    for table in metadata.sorted_tables:
        yield from (column for column in table.columns if isinstance(column.type, Sealed))


def _seal_column(connection: Connection, ring: Ring, column: "sa.Column[Any]") -> int:
    table = column.table
    own = list(table.primary_key.columns)
    kept = sa.type_coerce(column, sa.Text)
    old = sa.select(*own, column).where(
        kept.is_not(None), kept != "", sa.not_(kept.startswith(ring.mark, autoescape=True))
    )
    count = 0
    while rows := connection.execute(old.limit(_PIECE)).all():
        for row in rows:
            this = sa.and_(*(part == value for part, value in zip(own, row, strict=False)))
            connection.execute(sa.update(table).where(this).values({column.name: row[-1]}))
        count += len(rows)
    return count
