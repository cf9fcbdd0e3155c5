"""A whole store into another database, of the same kind or the other: nobody reads it before it is complete."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Table, insert, select
from sqlalchemy.exc import DBAPIError

from exchange.domain.address import Where
from exchange.errors import Conflict, StoreError
from exchange.store import schema, sqlite
from exchange.store.dialects import DROP_FUNCTIONS
from exchange.store.engine import Store, Transaction, engine_of, unusable
from exchange.store.owners import Owner, this_process
from exchange.store.revisions import INCOMPLETE
from exchange.store.tables import metadata
from exchange.store.views import VIEWS

_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Copied:
    """How many rows each table has in both databases; the digests of all rows were the same."""

    rows: dict[str, int]


def copy(source: Store, target: Where, on_chunk: Callable[[str, int], None] = lambda _name, _rows: None) -> Copied:
    """Copies every table in one snapshot of the source; `on_chunk` is told of each chunk that was committed.

    The target must be empty, or what a copy left that was not completed and whose process has ended. Raises Conflict where
    it is not, StoreError.
    """
    owner = this_process()
    opened = _emptied(target, owner)
    try:
        schema.begin_copy(opened, owner)
        with source.reading() as transaction:
            for table in metadata.sorted_tables:
                _fill(transaction, opened, table, on_chunk)
            copied = _compared(transaction, opened)
        schema.end_copy(opened)
    except DBAPIError as error:
        raise unusable(target, error) from error
    finally:
        opened.close()
    return copied


def _emptied(target: Where, owner: Owner) -> Store:
    if isinstance(target, Path):
        sqlite.make_folder(target)
    opened = Store(target, engine_of(target))
    try:
        revision, empty = schema.found(opened)
        if revision != INCOMPLETE and not empty:
            raise Conflict(f"{target} is not empty. Name a new file, or an empty database, to copy to.")
        if revision == INCOMPLETE:
            _refuse_another(opened, owner)
            _clear(opened)
    except StoreError:
        opened.close()
        raise
    return opened


def _refuse_another(store: Store, owner: Owner) -> None:
    """Raises Conflict where another process may still be copying; what this one left before is its own."""
    other = schema.copied_by(store)
    if other and (other.host, other.process) != (owner.host, owner.process) and other.may_be_alive:
        raise Conflict(
            f"The {other} is copying to {store.address}. Wait until it has, or if it ended, delete what it left and copy again."
        )


def _clear(store: Store) -> None:
    """Takes away what a copy that was not completed has left."""
    if isinstance(store.address, Path):
        store.close()
        for end in ("", "-wal", "-shm"):
            store.address.with_name(store.address.name + end).unlink(missing_ok=True)
        return
    with store.writing() as transaction:
        for view in VIEWS:
            transaction.exec_driver_sql(f"DROP VIEW IF EXISTS {view.name}")
        for table in (*reversed(metadata.sorted_tables), schema.COPYING, "alembic_version"):
            transaction.exec_driver_sql(f"DROP TABLE IF EXISTS {table}")
        for statement in DROP_FUNCTIONS:
            transaction.exec_driver_sql(statement)


def _fill(source: Transaction, target: Store, table: Table, on_chunk: Callable[[str, int], None]) -> None:
    for chunk in _chunks(source, table):
        with target.writing() as transaction:
            transaction.execute(insert(table), chunk)
        on_chunk(table.name, len(chunk))


def _chunks(source: Transaction, table: Table) -> Iterator[list[dict[str, Any]]]:
    rows = source.execute(select(table).order_by(*table.primary_key), execution_options={"yield_per": _AT_ONCE})
    for chunk in rows.mappings().partitions():
        yield [dict(row) for row in chunk]


def _compared(source: Transaction, target: Store) -> Copied:
    counted: dict[str, int] = {}
    with target.reading() as transaction:
        for table in metadata.sorted_tables:
            there, here = _digest(source, table), _digest(transaction, table)
            if there != here:
                raise StoreError(
                    f"The copy of {table.name} in {target.address} is not like the original: {here[0]} rows of {there[0]}. "
                    "It is left incomplete; the same command begins it anew."
                )
            counted[table.name] = there[0]
    return Copied(rows=counted)


def _digest(transaction: Transaction, table: Table) -> tuple[int, str]:
    """How many rows there are, and SHA-256 over all their values in the order of their keys."""
    made, count = hashlib.sha256(), 0
    for chunk in _chunks(transaction, table):
        for row in chunk:
            made.update(repr([_plain(value) for value in row.values()]).encode(errors="surrogatepass"))
            count += 1
    return count, made.hexdigest()


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, bytes | memoryview) else value
