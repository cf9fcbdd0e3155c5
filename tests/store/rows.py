"""What several tests of the store begin with."""

from exchange.store import debates
from exchange.store.debates import StoredDebate
from exchange.store.engine import Store
from tests import builders

HYPOTHESIS = "h-0e9a3b1c"
_CALL = (
    "INSERT INTO call (debate_id, place, model, sample, attempt, form, question, question_digest, state, opened_at)"
    " VALUES (?, 'proposer/1', 'scripted:x', 0, 1, 'json_schema', '{}', '', 'open', '')"
)


def begun(store: Store) -> StoredDebate:
    """An open debate with one call, which turns and verdicts can name as theirs."""
    debate = debates.begin(store, HYPOTHESIS, builders.setup())
    execute(store, _CALL, debate.id)
    return debate


def execute(store: Store, sql: str, *values: object) -> None:
    """Runs raw SQL, as a hand that knows nothing of Exchange would."""
    with store.writing() as transaction:
        transaction.exec_driver_sql(sql, values)


def count(store: Store, table: str) -> int:
    """How many rows the table has."""
    with store.reading() as transaction:
        return int(transaction.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())
