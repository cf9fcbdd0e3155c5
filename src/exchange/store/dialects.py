"""What SQLite and PostgreSQL write differently, each in one place: tables, migrations and queries ask here.

How to write a new table or query for both: docs/databases.md.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

# The functions that PostgreSQL's tables stand on. Numbers have no gaps, as SQLite's have none: a sequence would leave one
# for every insert that failed, and a gap is what `exchange verify` takes for a row that was removed.
FUNCTIONS = (
    "CREATE OR REPLACE FUNCTION next_number(counted text) RETURNS integer LANGUAGE plpgsql AS $$ "
    "DECLARE found integer; BEGIN EXECUTE format('SELECT coalesce(max(id), 0) + 1 FROM %I', counted) INTO found; "
    "RETURN found; END $$",
    "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ "
    "BEGIN RAISE EXCEPTION USING MESSAGE = TG_ARGV[0], ERRCODE = 'integrity_constraint_violation'; END $$",
)
DROP_FUNCTIONS = ("DROP FUNCTION IF EXISTS next_number(text)", "DROP FUNCTION IF EXISTS refuse()")


@dataclass(frozen=True)
class Both:
    """A statement in both dialects, as the driver takes it: SQLite's `:names` is psycopg's `%(names)s`."""

    sqlite: str
    postgres: str

    def on(self, connection: Connection) -> str:
        """The one that the connection's database understands."""
        return self.postgres if on_postgres(connection) else self.sqlite


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """A trigger that refuses with the words `said`, every row or those of which the condition `when` holds."""

    table: str
    name: str
    verb: str
    said: str
    when: str | None = None

    @property
    def made(self) -> Both:
        """The statements that make it."""
        begun = f"CREATE TRIGGER {self.table}_{self.name} BEFORE {self.verb} ON {self.table} "
        return Both(
            sqlite=f"{begun}{f'WHEN {self.when} ' if self.when else ''}BEGIN SELECT RAISE(ABORT, '{self.said}'); END",
            postgres=f"{begun}FOR EACH ROW {f'WHEN ({self.when}) ' if self.when else ''}EXECUTE FUNCTION refuse('{self.said}')",
        )


def append_only(table: str) -> tuple[Trigger, Trigger]:
    """The triggers of a table whose rows are never changed or removed."""
    return (
        Trigger(table=table, name="kept", verb="DELETE", said=f"{table} is append-only"),
        Trigger(table=table, name="unchanged", verb="UPDATE", said=f"{table} is append-only"),
    )


def only(condition: str) -> dict[str, Any]:
    """What makes an index partial: `Index("one_open", "debate_id", unique=True, **only("state = 'open'"))`."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


def bound(connection: Connection, names: Iterable[str]) -> dict[str, Any]:
    """One value for any number of names: the statement stays the same, and no database's limit is met.

    A name with a NUL is left out: none is stored, and PostgreSQL's texts cannot hold one.
    """
    storable = [name for name in names if "\0" not in name]
    return {"names": storable if on_postgres(connection) else json.dumps(storable)}


# The names of `bound` as a table with one column `value`. PostgreSQL gets an array: of that it knows how long it is, and
# plans for as many rows.
LISTED = Both(sqlite="json_each(:names)", postgres="(SELECT unnest(CAST(%(names)s AS text[])) AS value)")


def on_postgres(connection: Connection) -> bool:
    """Is the database PostgreSQL's?"""
    return bool(connection.dialect.name == "postgresql")


def raw(connection: Connection) -> Any:
    """The driver's own connection, for what only it can do."""
    found = connection.connection.driver_connection
    if found is None:
        raise AssertionError("a connection of the pool is open")
    return found
