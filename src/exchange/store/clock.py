"""The time that rows carry: UTC, ISO 8601, to the microsecond, so that times are ordered as texts are."""

import datetime
import time

from sqlalchemy import text

from exchange.store.engine import Transaction

_DATABASE = text("SELECT EXTRACT(EPOCH FROM clock_timestamp())")


def now() -> str:
    """The time."""
    return _text(_utc())


def later(seconds: float) -> str:
    """The time in so many seconds."""
    return _text(_utc() + datetime.timedelta(seconds=seconds))


def today() -> str:
    """When this day began, in UTC."""
    return _text(_utc().replace(hour=0, minute=0, second=0, microsecond=0))


def at(seconds: float) -> str:
    """The time that is so many seconds after the epoch."""
    return _text(datetime.datetime.fromtimestamp(seconds, datetime.UTC))


def seconds(transaction: Transaction) -> float:
    """Seconds since the epoch: by the database's clock where several machines share it, by this machine's on SQLite."""
    if transaction.dialect.name == "sqlite":
        return time.time()
    return float(transaction.execute(_DATABASE).scalar_one())


def ago(seconds: float) -> str:
    """The time so many seconds ago."""
    return later(-seconds)


def between(first: str, last: str) -> float:
    """How many seconds lie between two times."""
    begun, ended = (datetime.datetime.fromisoformat(time) for time in (first, last))
    return (ended - begun).total_seconds()


def _utc() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


def _text(time: datetime.datetime) -> str:
    return time.isoformat(timespec="microseconds")
