"""What several tests of the store begin with."""

import re

from exchange.store import debates
from exchange.store.constraints import TRIGGERS
from exchange.store.dialects import on_postgres
from exchange.store.engine import Store
from exchange.store.leases import Lease
from exchange.store.owners import Owner, this_process
from tests import builders

HYPOTHESIS = "h-0e9a3b1c"
_DROP = re.compile(r"DROP TRIGGER (?:IF EXISTS )?(\w+)")
_TABLES = {f"{trigger.table}_{trigger.name}": trigger.table for trigger in TRIGGERS}
_CALL = (
    "INSERT INTO call (debate_id, epoch, place, role, model, sample, attempt, form, question, question_digest, state,"
    " opened_at) VALUES (?, 1, 'proposer/1', 'proposer', 'scripted:x', 0, 1, 'json_schema', '{}', '', 'open', '')"
)


def opened(store: Store, hypothesis: str = HYPOTHESIS, owner: Owner | None = None, seconds: float = 60) -> Lease:
    """The lease on a new debate."""
    return debates.begin(store, hypothesis, builders.setup(), owner or this_process(), seconds)


def begun(store: Store) -> Lease:
    """The lease on an open debate with one call, which turns and verdicts can name as theirs."""
    lease = opened(store)
    execute(store, _CALL, lease.debate)
    return lease


def execute(store: Store, sql: str, *values: object) -> None:
    """Runs raw SQL, as a hand that knows nothing of Exchange would; `?` are the values, DROP TRIGGER names no table."""
    with store.writing() as transaction:
        if on_postgres(transaction):
            sql = sql.replace("%", "%%").replace("?", "%s")
            dropped = _DROP.fullmatch(sql)
            sql = f"{sql} ON {_TABLES[dropped[1]]}" if dropped else sql
        transaction.exec_driver_sql(sql, values)


def unguard(store: Store) -> None:
    """Takes the triggers away that hold what is only appended."""
    for trigger in TRIGGERS:
        execute(store, f"DROP TRIGGER {trigger.table}_{trigger.name}")


def count(store: Store, table: str) -> int:
    """How many rows the table has."""
    with store.reading() as transaction:
        return int(transaction.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())
