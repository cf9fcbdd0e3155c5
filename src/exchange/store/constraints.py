"""What the database itself refuses: values that are none, and changes of what is only ever appended."""

from enum import StrEnum

from sqlalchemy import DDL, CheckConstraint, MetaData, event

# The tables whose rows are never changed or removed, and the triggers that hold it.
APPEND_ONLY = ("turn", "verdict", "score_event", "policy", "policy_in_force")
_TRIGGER = "CREATE TRIGGER {0}_{1} BEFORE {2} ON {0} BEGIN SELECT RAISE(ABORT, '{0} is {3}'); END"
_SETTLED_CALL = (
    "CREATE TRIGGER call_settled BEFORE UPDATE ON call WHEN OLD.state NOT IN ('open', 'unknown') "
    "BEGIN SELECT RAISE(ABORT, 'a settled call is not changed'); END"
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
    """Makes the triggers with the tables."""
    triggers = [
        *((name, _TRIGGER.format(name, "kept", "DELETE", "append-only")) for name in APPEND_ONLY),
        *((name, _TRIGGER.format(name, "unchanged", "UPDATE", "append-only")) for name in APPEND_ONLY),
        ("call", _TRIGGER.format("call", "kept", "DELETE", "kept")),
        ("call", _SETTLED_CALL),
    ]
    for name, statement in triggers:
        event.listen(metadata.tables[name], "after_create", DDL(statement))  # type: ignore[no-untyped-call] # untyped in SQLAlchemy
