"""A database's schema: made, upgraded in one transaction, or refused."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from exchange.domain.address import Address
from exchange.errors import Conflict, StoreError
from exchange.store import postgres, sqlite
from exchange.store.engine import Store
from exchange.store.owners import Owner, read_owner
from exchange.store.revisions import INCOMPLETE, MIGRATIONS, refuse_other, revisions

HEAD = "head"
# Who copies to the database, as long as the copy is incomplete; no table of a database that may be read.
COPYING = "copying"
_BY = f"SELECT owner FROM {COPYING}"  # noqa: S608 # ours
_OWNED = text(f"INSERT INTO {COPYING} VALUES (:owner)")  # noqa: S608 # ours
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


def begin_copy(store: Store, owner: Owner) -> None:
    """Makes the tables of an empty database, and marks it as one that nobody but the owner may use, in one transaction.

    Raises Conflict where another process was quicker.
    """
    _write_ahead(store)
    upgrade(store, copied_by=owner)


def copied_by(store: Store) -> Owner | None:
    """Whose copy a database is that is incomplete; None where it does not say."""
    with store.reading() as connection:
        if not inspect(connection).has_table(COPYING):
            return None
        return read_owner(connection.exec_driver_sql(_BY).scalar_one_or_none())


def end_copy(store: Store) -> None:
    """The copy is complete: from now on, it may be read."""
    with store.writing() as transaction:
        transaction.exec_driver_sql(f"DROP TABLE {COPYING}")
        transaction.exec_driver_sql(_MARK.format(revisions()[-1]))


def upgrade(store: Store, to: str = HEAD, copied_by: Owner | None = None) -> None:
    """Upgrades the database to that schema: whole, or not at all; with an owner, marked as its copy. Raises StoreError."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with _changing(store) as connection:
        config.attributes["connection"] = connection
        if copied_by and inspect(connection).get_table_names():
            raise Conflict(f"Another process has just begun to write to {store.address}. Wait until it has ended.")
        try:
            command.upgrade(config, to)
        except IntegrityError as error:
            raise StoreError(
                f"{store.address} could not be upgraded: {store.reason(error)}. It is as it was."
            ) from error
        if not isinstance(store.address, Address):
            _refuse_astray(store, connection)
        if copied_by:
            _marked(connection, copied_by)


def _marked(connection: Connection, owner: Owner) -> None:
    connection.exec_driver_sql(f"CREATE TABLE {COPYING} (owner TEXT NOT NULL)")
    connection.execute(_OWNED, dict(owner=owner.to_json()))
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
