"""A command as a test runs it, in this process."""

import sqlite3
from pathlib import Path

from typer.testing import CliRunner, Result

from exchange.cli.app import app

HYPOTHESIS = "h-0e9a3b1c"


def run(*arguments: str | Path) -> Result:
    """Its exit code, stdout and stderr."""
    return CliRunner().invoke(app, [str(each) for each in arguments])


def play(*models: str, format: str = "quick") -> Result:
    """Debates the example; one model plays every role."""
    first = models[0]
    return run("debate", HYPOTHESIS, "--format", format, "--proposer", first, "--critic", models[-1], "--judge", first)


def rows(database: Path, wanted: str) -> list[tuple[object, ...]]:
    """What the SQL behind SELECT finds."""
    connection = sqlite3.connect(database)
    try:
        return connection.execute(f"SELECT {wanted}").fetchall()
    finally:
        connection.close()
