"""SQLite files, opened the one way that loses nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from exchange.errors import StoreError
from exchange.store.dialects import raw

_PRAGMAS = (
    "PRAGMA busy_timeout = 30000",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
)
_READER = "reader"
READING: dict[str, Any] = {_READER: True}
MEMORY = Path(":memory:")
DriverError = sqlite3.Error
"""What the driver raises where it is asked without SQLAlchemy."""


def engine_of(path: Path) -> Engine:
    """An engine whose every connection has the settings that lose nothing; the database may still be empty."""
    extra: dict[str, Any] = {"poolclass": StaticPool} if path == MEMORY else {}
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"check_same_thread": False}, **extra)

    @event.listens_for(engine, "connect")
    def _settle(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reader = connection.get_execution_options().get(_READER)
        connection.exec_driver_sql("BEGIN" if reader else "BEGIN IMMEDIATE")

    return engine


def write_ahead(path: Path, engine: Engine) -> None:
    """The file's journal, set once it is known to be ours: a stranger's database is left as it is, to the byte."""
    with engine.connect() as connection:
        try:
            raw(connection).execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            raise unusable(path, str(error)) from error


@contextmanager
def unreferenced(connection: Connection) -> Iterator[None]:
    """Lets tables be replaced that others refer to; SQLite takes the setting between transactions alone."""
    own = raw(connection)
    own.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        own.execute("PRAGMA foreign_keys = ON")


def make_folder(path: Path) -> None:
    """Makes the folder of a new database. Raises StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder of the database {path} cannot be made: {error.strerror}. --db names another."
        ) from error


def unusable(path: Path, reason: str) -> StoreError:
    """What is said of a file that SQLite cannot work with."""
    if "no such table" in reason or "not a database" in reason:
        return StoreError(f"{path} is no database of Exchange ({reason}). --db names another.")
    return StoreError(
        f"The database {path} cannot be used: {reason}. Make it writable, free space, or name another with --db."
    )
