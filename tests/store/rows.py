"""What several tests of the store begin with."""

from exchange.store import debates
from exchange.store.engine import Store
from exchange.store.leases import Lease
from exchange.store.owners import Owner, this_process
from tests import builders

HYPOTHESIS = "h-0e9a3b1c"
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
    """Runs raw SQL, as a hand that knows nothing of Exchange would."""
    with store.writing() as transaction:
        transaction.exec_driver_sql(sql, values)


def count(store: Store, table: str) -> int:
    """How many rows the table has."""
    with store.reading() as transaction:
        return int(transaction.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())
