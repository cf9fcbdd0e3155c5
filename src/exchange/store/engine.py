"""A store: one SQLite file or one PostgreSQL database, and its two kinds of transaction."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, Insert
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as NoConnection

from exchange.domain.address import Address, Where
from exchange.errors import Conflict, NotFound, StoreError
from exchange.store import postgres, sqlite

MEMORY = sqlite.MEMORY
Transaction = Connection


class Store:
    """A database of Exchange. `writing` and `reading` are its only two kinds of transaction."""

    def __init__(self, address: Where, engine: Engine) -> None:
        self.address = address
        self.engine = engine

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """A transaction that holds the write lock from its first word. Raises StoreError, Conflict."""
        with self.translated(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A snapshot that takes no lock. Raises StoreError."""
        options = postgres.READING if isinstance(self.address, Address) else sqlite.READING
        with self.translated(), self.engine.connect().execution_options(**options) as connection:
            yield connection

    def close(self) -> None:
        """Lets go of the file, or of the server."""
        self.engine.dispose()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Raises what the database raises as errors of ours."""
        try:
            yield
        except (IntegrityError, DataError) as error:
            raise Conflict(f"{self.address} refused a row: {self.reason(error)}.") from error
        except DBAPIError as error:
            if postgres.refused_row(error.orig):
                raise Conflict(f"{self.address} refused a row: {self.reason(error)}.") from error
            raise unusable(self.address, error) from error
        except sqlite.DriverError as error:
            raise sqlite.unusable(Path(str(self.address)), str(error)) from error
        except NoConnection as error:
            raise StoreError(f"The database {self.address} has no connection free: too many ask at once.") from error

    def reason(self, error: DBAPIError) -> str:
        """What the database says."""
        if isinstance(self.address, Address):
            return postgres.reason(self.address, error.orig)
        return str(error.orig)


def open_store(address: Where, create: bool = False) -> Store:
    """The store there; with `create`, made or upgraded first. Raises NotFound, SchemaTooNew, StoreError, ConfigError.

    A PostgreSQL database must exist already; `create` makes its tables.
    """
    from exchange.store import schema

    if isinstance(address, Path) and address != MEMORY:
        if not create and not address.exists():
            raise NotFound(
                f"There is no database at {address}. `exchange import PATH…` makes one; --db names another place."
            )
        if create:
            sqlite.make_folder(address)
    store = Store(address, engine_of(address))
    try:
        schema.bring_up_to_date(store, create)
    except DBAPIError as error:
        store.close()
        raise unusable(address, error) from error
    except StoreError:
        store.close()
        raise
    return store


def engine_of(address: Where) -> Engine:
    """An engine whose transactions lose nothing; the database may still be empty."""
    return postgres.engine_of(address) if isinstance(address, Address) else sqlite.engine_of(address)


def inserted(transaction: Transaction, row: Insert, values: Mapping[str, object] | None = None) -> int:
    """Inserts one row and returns its number."""
    key = transaction.execute(row, values).inserted_primary_key
    if key is None:
        raise AssertionError("an insert of one row has one key")
    return int(key[0])


def unusable(address: Where, error: DBAPIError) -> StoreError:
    """What is said of a database that cannot be worked with."""
    if isinstance(address, Address):
        return postgres.unusable(address, error.orig)
    return sqlite.unusable(address, str(error.orig))
