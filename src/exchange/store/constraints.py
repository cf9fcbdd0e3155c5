"""What the database itself refuses: values that are none, and changes of what is only ever appended."""

from enum import StrEnum

from sqlalchemy import DDL, CheckConstraint, MetaData, Table, event

from exchange.store.dialects import FUNCTIONS, Trigger, append_only

# The tables whose rows are never changed or removed, and the triggers that hold it.
APPEND_ONLY = ("turn", "verdict", "score_event", "policy", "policy_in_force")
TRIGGERS = (
    *(each for name in APPEND_ONLY for each in append_only(name)),
    Trigger(table="call", name="kept", verb="DELETE", said="call is kept"),
    Trigger(
        table="call",
        name="settled",
        verb="UPDATE",
        said="a settled call is not changed",
        when="OLD.state NOT IN ('open', 'unknown')",
    ),
)
_MOST_DOLLARS = 10**9


def one_of(column: str, values: type[StrEnum]) -> str:
    """The condition that the column holds one of the values."""
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


def whole(column: str, low: int, high: int) -> CheckConstraint:
    """A whole number within bounds: SQLite keeps a fraction, or a word, in a column of integers."""
    bounds = f"{column} BETWEEN {low} AND {high} AND {column} = CAST({column} AS INTEGER)"
    return CheckConstraint(bounds, name=f"{column}_is_whole")


def dollars(column: str) -> CheckConstraint:
    """An amount that a bill can hold."""
    return CheckConstraint(f"{column} >= 0 AND {column} <= {_MOST_DOLLARS}", name=f"{column}_is_an_amount")


def fraction(column: str) -> CheckConstraint:
    """A number from 0 to 1."""
    return CheckConstraint(f"{column} >= 0 AND {column} <= 1", name=f"{column}_is_a_fraction")


def hold(metadata: MetaData) -> None:
    """Makes the functions before the tables, and the triggers with them."""
    for function in FUNCTIONS:
        listen(metadata, "before_create", "postgresql", function)
    for trigger in TRIGGERS:
        listen(metadata.tables[trigger.table], "after_create", "sqlite", trigger.made.sqlite)
        listen(metadata.tables[trigger.table], "after_create", "postgresql", trigger.made.postgres)


def listen(target: Table | MetaData, when: str, dialect: str, statement: str) -> None:
    """Has the statement executed when the table, or all tables, are made in such a database."""
    made = DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)  # type: ignore[no-untyped-call] # untyped in SQLAlchemy
    event.listen(target, when, made)
