"""`exchange worker` and its commands."""

from typing import Annotated

import typer

from exchange.cli.exits import guarded
from exchange.cli.options import Db, Json, Paid

worker = typer.Typer(name="worker", help="Work on batches that are left to workers.", invoke_without_command=True)


@worker.callback()
@guarded
def work(context: typer.Context, paid: Paid = None, db: Db = None, json: Json = False) -> None:
    """Work on batches that are left to workers, until stopped; any number of workers, on any machine."""
    if context.invoked_subcommand is None:
        from exchange.cli.worker import run

        run(paid, db, json)


@worker.command("list")
@guarded
def worker_list(db: Db = None, json: Json = False) -> None:
    """List the workers of the database, the latest first."""
    from exchange.cli.worker import run_list

    run_list(db, json)


@worker.command("schedules")
@guarded
def worker_schedules(
    remove: Annotated[str | None, typer.Option(metavar="NAME", help="End that schedule.")] = None,
    db: Db = None,
    json: Json = False,
) -> None:
    """List what workers begin again and again, or end one of it."""
    from exchange.cli.schedules import run_schedules

    run_schedules(remove, db, json)
