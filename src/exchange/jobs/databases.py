"""What is done with a database as a whole: upgraded, backed up, checked, copied."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from exchange.domain.address import Address, Where
from exchange.errors import InputError
from exchange.jobs.relating import catch_up
from exchange.store import backup, copying, schema, soundness
from exchange.store.copying import Copied
from exchange.store.engine import Store, engine_of, open_store
from exchange.store.revisions import revisions


@dataclass(frozen=True, kw_only=True)
class Migrated:
    """The schema that was, None where there was none, and the one that is."""

    before: str | None
    after: str


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What was looked at, a sentence each, and what is wrong: where, and in which way."""

    looked: tuple[str, ...]
    broken: tuple[tuple[str, str], ...]


def migrate(address: Where) -> Migrated:
    """Brings an older database to today's schema, in one transaction; makes the tables of an empty one.

    Then what an older Exchange could not relate is related; a kill meanwhile leaves that to the next import.

    Raises NotFound, SchemaTooNew, StoreError.
    """
    if isinstance(address, Path) and not address.exists():
        open_store(address)
    before = _revision(address)
    store = open_store(address, create=True)
    try:
        catch_up(store)
    finally:
        store.close()
    return Migrated(before=before, after=revisions()[-1])


def back_up(address: Where, to: Path) -> str:
    """Writes the database into one new file and says what that is. Raises NotFound, InputError, StoreError."""
    store = open_store(address)
    try:
        return backup.backup(store, to)
    finally:
        store.close()


def check(address: Where) -> Checked:
    """Looks at the whole database. Raises NotFound, SchemaTooNew, StoreError."""
    store = open_store(address)
    try:
        own, triggers = soundness.faults(store), soundness.lacking(store)
        read, records = soundness.records(store)
    finally:
        store.close()
    return Checked(
        looked=(
            f"the schema: {revisions()[-1]}, today's",
            _own_checks(address),
            "the triggers that keep what is only appended",
            f"the digests and forms of {read} records",
        ),
        broken=(*own, *triggers, *records),
    )


def copy(source: Where, target: Where, on_chunk: Callable[[str, int], None]) -> Copied:
    """Copies everything into an empty database. Raises InputError for one database twice, NotFound, Conflict, StoreError."""
    if source == target or (isinstance(source, Path) and isinstance(target, Path) and _same(source, target)):
        raise InputError(f"{source} cannot be copied to itself.")
    store = open_store(source)
    try:
        return copying.copy(store, target, on_chunk)
    finally:
        store.close()


def _same(source: Path, target: Path) -> bool:
    return source.resolve() == target.resolve()


def _revision(address: Where) -> str | None:
    store = Store(address, engine_of(address))
    try:
        return schema.found(store)[0]
    finally:
        store.close()


def _own_checks(address: Where) -> str:
    if isinstance(address, Address):
        return "PostgreSQL: references, constraints, and the order of texts"
    return "SQLite: integrity_check and foreign_key_check"
