"""The one collection of tables, and the column types that work alike on SQLite and PostgreSQL."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from typing_extensions import override

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every table of the service; each noun adds its own in its `models` module."""


class UtcMillis(TypeDecorator[datetime]):
    """An aware UTC moment, stored as whole milliseconds since 1970: the same on every database."""

    impl = sa.BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Turn a moment into milliseconds."""
        return _to_millis(value)

    @override
    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """Turn milliseconds into a moment."""
        return _from_millis(value)

    # What the base class would wrap around the two above: every row of a sale has such values.
    @override
    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:
        """Return what turns a moment into milliseconds."""
        return _to_millis

    @override
    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any | None], datetime | None]:
        """Return what turns milliseconds into a moment."""
        return _from_millis


def _to_millis(value: datetime | None) -> int | None:
    return None if value is None else (value - _EPOCH) // _MILLISECOND


def _from_millis(value: Any | None) -> datetime | None:  # noqa: ANN401 - what the driver gives
    return None if value is None else _EPOCH + value * _MILLISECOND


def key(name: str, target: str | None = None, *, nullable: bool = False) -> sa.Column[str]:
    """Return a column for an id, with a foreign key if a target is named."""
    arguments = [sa.ForeignKey(target)] if target else []
    return sa.Column(name, sa.String(100), *arguments, nullable=nullable)


def primary_key(name: str = "id") -> sa.Column[str]:
    """Return the column for a row's own id."""
    return sa.Column(name, sa.String(100), primary_key=True)


def tenant_key() -> sa.Column[str]:
    """Return the column that says whose row it is; every table of a tenant has it."""
    return sa.Column("tenant_id", sa.String(100), sa.ForeignKey("tenants.id"), nullable=False)


def money(name: str, *, default: int | None = 0, nullable: bool = False) -> sa.Column[int]:
    """Return a column for kopecks or hundredths of a point."""
    server_default = None if default is None or nullable else sa.text(str(default))
    return sa.Column(name, sa.BigInteger, nullable=nullable, server_default=server_default)


def text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    """Return a column for text."""
    return sa.Column(name, sa.Text, nullable=nullable)


def number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    """Return a column for a whole number."""
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def flag(name: str) -> sa.Column[bool]:
    """Return a column for yes or no."""
    return sa.Column(name, sa.Boolean, nullable=False)


def moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    """Return a column for a moment."""
    return sa.Column(name, UtcMillis, nullable=nullable)
