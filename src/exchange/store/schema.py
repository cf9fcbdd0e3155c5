"""A database's schema: made, upgraded in one transaction, or refused."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.exc import IntegrityError

from exchange.domain.address import Address
from exchange.errors import StoreError
from exchange.store import postgres, sqlite
from exchange.store.engine import Store
from exchange.store.revisions import INCOMPLETE, MIGRATIONS, refuse_other, revisions

HEAD = "head"
_MARK = "UPDATE alembic_version SET version_num = '{}'"


def bring_up_to_date(store: Store, create: bool) -> None:
    """With `create`, migrates a new or older database; refuses a newer one, and without `create` an older one."""
    current, empty = found(store)
    if current is None and not (create and empty):
        raise StoreError(
            f"{store.address} is no database of Exchange. `exchange import PATH…` makes one; --db names another."
        )
    if current is not None and not (create and current in revisions()):
        refuse_other(store.address, current)
    _write_ahead(store)
    if current != revisions()[-1]:
        upgrade(store)


def found(store: Store) -> tuple[str | None, bool]:
    """The schema that the database has, None where it has none; and whether there is nothing in it."""
    with store.reading() as connection:
        return MigrationContext.configure(connection).get_current_revision(), not inspect(connection).get_table_names()


def begin_copy(store: Store) -> None:
    """Makes the tables of an empty database, and marks it as one that nobody may read yet, in one transaction."""
    _write_ahead(store)
    upgrade(store, incomplete=True)


def end_copy(store: Store) -> None:
    """The copy is complete: from now on, it may be read."""
    with store.writing() as transaction:
        transaction.exec_driver_sql(_MARK.format(revisions()[-1]))


def upgrade(store: Store, to: str = HEAD, incomplete: bool = False) -> None:
    """Upgrades the database to that schema: whole, or not at all. Raises StoreError."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with _changing(store) as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, to)
        except IntegrityError as error:
            raise StoreError(
                f"{store.address} could not be upgraded: {store.reason(error)}. It is as it was."
            ) from error
        if not isinstance(store.address, Address):
            _refuse_astray(store, connection)
        if incomplete:
            connection.exec_driver_sql(_MARK.format(INCOMPLETE))


@contextmanager
def _changing(store: Store) -> Iterator[Connection]:
    """A transaction in which tables may be replaced; on both databases it takes back what was changed of them too."""
    with store.engine.connect() as connection:
        if isinstance(store.address, Address):
            with connection.begin():
                postgres.refuse_unfit(connection, store.address)
                yield connection
        else:
            with sqlite.unreferenced(connection), connection.begin():
                yield connection


def _refuse_astray(store: Store, connection: Connection) -> None:
    if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise StoreError(
            f"{store.address} could not be upgraded: a row of {broken[0]} refers to nothing. It is as it was."
        )


def _write_ahead(store: Store) -> None:
    if not isinstance(store.address, Address):
        sqlite.write_ahead(store.address, store.engine)
