"""One SQLite file, opened the one way that loses nothing."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, Insert, create_engine, event, inspect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.pool import StaticPool

from exchange.errors import Conflict, NotFound, SchemaTooNew, StoreError

_MIGRATIONS = Path(__file__).parent / "migrations"
_PRAGMAS = (
    "PRAGMA busy_timeout = 30000",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
)
_READER = "reader"
Transaction = Connection
MEMORY = Path(":memory:")


class Store:
    """A database of Exchange. `writing` and `reading` are its only two kinds of transaction."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path = path
        self.engine = engine

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction that holds the write lock from its first word. Raises StoreError, Conflict."""
        with self._translated(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A snapshot that takes no lock. Raises StoreError."""
        with self._translated(), self.engine.connect().execution_options(**{_READER: True}) as connection:
            yield connection

    def close(self) -> None:
        """Lets go of the file."""
        self.engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError as error:
            raise Conflict(f"{self.path} refused a row: {error.orig}.") from error
        except DBAPIError as error:
            raise unusable(self.path, str(error.orig)) from error


def open_store(path: Path, create: bool = False) -> Store:
    """The store at `path`; with `create`, made or upgraded first. Raises NotFound, SchemaTooNew, StoreError."""
    if path != MEMORY and not create and not path.exists():
        raise NotFound(f"There is no database at {path}. `exchange import PATH…` makes one; --db names another place.")
    if path != MEMORY and create:
        _make_folder(path)
    store = Store(path, engine_of(path))
    try:
        _bring_up_to_date(store, create)
    except DBAPIError as error:
        store.close()
        raise unusable(path, str(error.orig)) from error
    except StoreError:
        store.close()
        raise
    return store


def inserted(transaction: Transaction, row: Insert, values: Mapping[str, object] | None = None) -> int:
    """Inserts one row and returns its number."""
    key = transaction.execute(row, values).inserted_primary_key
    if key is None:
        raise AssertionError("an insert of one row has one key")
    return int(key[0])


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


def _bring_up_to_date(store: Store, create: bool) -> None:
    """With `create`, migrates a new or older database; refuses a newer one, and without `create` an older one."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    scripts = ScriptDirectory.from_config(config)
    with store.engine.connect().execution_options(**{_READER: True}) as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        empty = not inspect(connection).get_table_names()
    if current == scripts.get_current_head():
        _write_ahead(store)
        return
    if current is not None and current not in {script.revision for script in scripts.walk_revisions()}:
        raise SchemaTooNew(f"{store.path} was made by a newer Exchange (schema {current}). Upgrade exchange-debate.")
    if current is not None and not create:
        raise StoreError(
            f"{store.path} was made by an older Exchange. `exchange import` upgrades it; make a copy first."
        )
    if current is None and not (create and empty):
        raise StoreError(
            f"{store.path} is no database of Exchange. `exchange import PATH…` makes one; --db names another."
        )
    _write_ahead(store)
    with store.engine.connect() as connection, _unreferenced(connection), connection.begin():
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except IntegrityError as error:
            raise StoreError(f"{store.path} could not be upgraded: {error.orig}. It is as it was.") from error
        if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise StoreError(
                f"{store.path} could not be upgraded: a row of {broken[0]} refers to nothing. It is as it was."
            )


def _write_ahead(store: Store) -> None:
    """The file's journal, set once it is known to be ours: a stranger's database is left as it is, to the byte."""
    with store.engine.connect() as connection:
        raw = connection.connection.driver_connection
        if raw is None:
            raise AssertionError("a connection of the pool is open")
        try:
            raw.execute("PRAGMA journal_mode = WAL")
        except sqlite3.Error as error:
            raise unusable(store.path, str(error)) from error


@contextmanager
def _unreferenced(connection: Connection) -> Iterator[None]:
    """Lets tables be replaced that others refer to; SQLite takes the setting between transactions alone."""
    raw = connection.connection.driver_connection
    if raw is None:
        raise AssertionError("a connection of the pool is open")
    raw.execute("PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys = ON")


def _make_folder(path: Path) -> None:
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
