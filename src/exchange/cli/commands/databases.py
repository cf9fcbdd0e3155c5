"""`exchange db` and its commands, and `exchange doctor`."""

from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.exits import guarded
from exchange.cli.options import Db, Json

database = typer.Typer(name="db", help="Upgrade, back up, check and copy the database.", no_args_is_help=True)


@database.command("migrate")
@guarded
def db_migrate(db: Db = None, json: Json = False) -> None:
    """Upgrade a database of an older Exchange; make the tables of an empty one."""
    from exchange.cli.db import run_migrate

    run_migrate(db, json)


@database.command("backup")
@guarded
def db_backup(
    to: Annotated[Path, typer.Argument(metavar="TO", help="A file that does not exist yet.")], db: Db = None
) -> None:
    """Write the database into one file, while others go on writing: of PostgreSQL with pg_dump."""
    from exchange.cli.db import run_backup

    run_backup(to, db)


@database.command("check")
@guarded
def db_check(db: Db = None, json: Json = False) -> None:
    """Look whether the database is whole: schema, references, triggers, and the digest of every record."""
    from exchange.cli.db import run_check

    run_check(db, json)


Place = typer.Argument(metavar="PATH|ADDRESS", help="An SQLite file, or postgresql+psycopg://user@host/name.")


@database.command("copy")
@guarded
def db_copy(source: Annotated[str, Place], target: Annotated[str, Place], json: Json = False) -> None:
    """Copy a whole database into an empty one, from SQLite to PostgreSQL or back."""
    from exchange.cli.db import run_copy

    run_copy(source, target, json)


@guarded
def doctor(db: Db = None, json: Json = False) -> None:
    """Look whether this machine is ready, and say what to do."""
    from exchange.cli.doctor import run

    run(db, json)
