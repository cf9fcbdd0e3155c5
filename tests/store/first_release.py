"""The database of the first release, as a file and as PostgreSQL would have had it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import MetaData, insert

from exchange.domain.address import Address
from exchange.store import schema
from exchange.store.engine import Store, engine_of

DUMP = Path(__file__).parent / "fixtures" / "0001.sql"


def on_sqlite(path: Path) -> Path:
    """A finished debate, an unfinished one, and an imported score."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(DUMP.read_text())
    return path


def on_postgres(address: Address) -> Address:
    """The same rows in the first schema."""
    store = Store(address, engine_of(address))
    schema.upgrade(store, to="0001")
    metadata = MetaData()
    metadata.reflect(store.engine)
    with closing(sqlite3.connect(":memory:")) as old, store.writing() as transaction:
        old.row_factory = sqlite3.Row
        old.executescript(DUMP.read_text())
        for table in metadata.sorted_tables:
            if table.name == "alembic_version":
                continue
            rows = [dict(row) for row in old.execute(f"SELECT * FROM {table.name}")]
            for row in rows:
                row.update({name: bool(row[name]) for name in row if name == "demonstration"})
            if rows:
                transaction.execute(insert(table), rows)
    store.close()
    return address
