"""What a database itself can be asked: is it whole, and does it still hold what it was made to hold?"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import exists, func, select

from exchange.errors import BrokenDigest
from exchange.store import exporting
from exchange.store.constraints import TRIGGERS
from exchange.store.dialects import on_postgres
from exchange.store.engine import Store, Transaction
from exchange.store.tables import metadata, table

_LACKING = "the trigger {} is missing or off, so that rows may have been changed."
# Foreign keys that were added without a look at the rows, and texts that are ordered by the rules of a language.
_UNCHECKED = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated"
_CHECKS = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c'"
_TRIGGERS = (
    "SELECT t.tgname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid "
    "WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') AND c.relnamespace = current_schema()::regnamespace"
)
_COLLATED = (
    "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() "
    "AND data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C' AND table_name IN "
    "(SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE')"
)


def faults(store: Store) -> list[tuple[str, str]]:
    """What the database itself finds wrong: where, and in which way."""
    with store.reading() as transaction:
        return _of_postgres(transaction) if on_postgres(transaction) else _of_sqlite(transaction)


def lacking(store: Store) -> list[tuple[str, str]]:
    """The triggers that should hold what is only ever appended, and do not; on PostgreSQL, constraints that were dropped."""
    with store.reading() as transaction:
        asked = _TRIGGERS if on_postgres(transaction) else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        present = set(transaction.exec_driver_sql(asked).scalars())
        held = set(transaction.exec_driver_sql(_CHECKS).all()) if on_postgres(transaction) else None
    wanted = (f"{trigger.table}_{trigger.name}" for trigger in TRIGGERS)
    return [("database", _LACKING.format(name)) for name in wanted if name not in present] + _unheld(held)


def records(store: Store) -> tuple[int, list[tuple[str, str]]]:
    """Reads every record: how many there are, and which tables hold one that is not as it was stored."""
    read, broken = 0, []
    for each in exporting.TABLES:
        if not (each.digested or each.kind):
            continue
        try:
            with store.reading() as transaction:
                read += sum(1 for _ in exporting.rows(transaction, each))
        except BrokenDigest as error:
            broken.append((f"table {table(each.row).name}", f"{error} `exchange verify --all` names each row."))
    return read, broken


def _of_sqlite(transaction: Transaction) -> list[tuple[str, str]]:
    said = transaction.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    astray = transaction.exec_driver_sql("PRAGMA foreign_key_check").all()
    whole = [("database", f"SQLite says: {each}.") for each in said if each != "ok"]
    return whole + [
        (f"row {number} of {name}", f"it belongs to a {parent} that is not stored.")
        for name, number, parent, _ in astray
    ]


def _astray(transaction: Transaction) -> list[tuple[str, str]]:
    """PostgreSQL refuses such rows, unless somebody told it not to look."""
    found = []
    for key in (key for each in metadata.sorted_tables for key in sorted(each.foreign_keys, key=str)):
        each = key.parent.table
        there = exists().where(key.column == key.parent)
        astray = select(func.count()).select_from(each).where(key.parent.is_not(None), ~there.correlate(each))
        if number := transaction.execute(astray).scalar_one():
            found.append(
                (f"{number} rows of {each.name}", f"they belong to a {key.column.table.name} that is not stored.")
            )
    return found


def _unheld(held: Collection[Any] | None) -> list[tuple[str, str]]:
    if held is None:
        return []
    wanted = ((each.name, held_by.name) for each in metadata.sorted_tables for held_by in each.constraints)
    return [
        (f"table {name}", f"the constraint {constraint} is missing.")
        for name, constraint in sorted((name, str(constraint)) for name, constraint in wanted if constraint)
        if (name, constraint) not in held
    ]


def _of_postgres(transaction: Transaction) -> list[tuple[str, str]]:
    unchecked = transaction.exec_driver_sql(_UNCHECKED).all()
    collated = transaction.exec_driver_sql(_COLLATED).all()
    return [
        *_astray(transaction),
        *((f"table {table}", f"the constraint {name} was never checked.") for table, name in unchecked),
    ] + [
        (f"table {table}", f'{name} is ordered by a language\'s rules: it needs COLLATE "C".')
        for table, name in collated
    ]
