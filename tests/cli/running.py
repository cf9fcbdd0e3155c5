"""A command as a test runs it, in this process."""

from typer.testing import CliRunner, Result

from exchange.cli.app import app
from exchange.domain.address import Where
from exchange.store.engine import Store, engine_of

HYPOTHESIS = "h-0e9a3b1c"


def run(*arguments: str | Where) -> Result:
    """Its exit code, stdout and stderr."""
    return CliRunner().invoke(app, [str(each) for each in arguments])


def play(*models: str, format: str = "quick") -> Result:
    """Debates the example; one model plays every role."""
    first = models[0]
    return run("debate", HYPOTHESIS, "--format", format, "--proposer", first, "--critic", models[-1], "--judge", first)


def rows(database: Where, wanted: str) -> list[tuple[object, ...]]:
    """What the SQL behind SELECT finds."""
    store = Store(database, engine_of(database))
    try:
        with store.reading() as transaction:
            return [tuple(row) for row in transaction.exec_driver_sql(f"SELECT {wanted}")]
    finally:
        store.close()
