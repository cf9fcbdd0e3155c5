"""`exchange batch` and its commands."""

from typing import Annotated

import typer

from exchange.cli.exits import guarded
from exchange.cli.options import Db, Json, MaxCost, Paid, Workers, amount

batch = typer.Typer(name="batch", help="Batches that `exchange rescore` began.", no_args_is_help=True)
Batched = Annotated[str, typer.Argument(metavar="BATCH", help="A batch, as in b-3d993b5d0a1c.")]


@batch.command("list")
@guarded
def batch_list(db: Db = None, json: Json = False) -> None:
    """List all batches, the latest first."""
    from exchange.cli.batches import run_list

    run_list(db, json)


@batch.command("show")
@guarded
def batch_show(
    name: Batched,
    errors: Annotated[bool, typer.Option("--errors", help="Only what failed or is quarantined.")] = False,
    db: Db = None,
    json: Json = False,
) -> None:
    """Show a batch: what was asked for, and what became of each hypothesis."""
    from exchange.cli.batches import run_show

    run_show(name, errors, db, json)


@batch.command("resume")
@guarded
def batch_resume(
    name: Annotated[
        str | None, typer.Argument(metavar="[BATCH]", help="A batch; without one, the latest that is open.")
    ] = None,
    paid: Paid = None,
    max_cost: Annotated[
        float | None,
        typer.Option(
            "--max-cost", metavar="DOLLARS", min=0, callback=amount, help="A new cap, for all that the batch costs."
        ),
    ] = None,
    workers: Workers = False,
    db: Db = None,
    json: Json = False,
) -> None:
    """Go on with a batch that was stopped, whatever stopped it: nothing is bought twice."""
    from exchange.cli.batches import run_resume

    run_resume(name, paid, max_cost, db, json, workers)


@batch.command("cancel")
@guarded
def batch_cancel(name: Batched, paid: Paid = None, db: Db = None) -> None:
    """Let no further hypothesis of a batch be begun, and end what its provider was sent."""
    from exchange.cli.batches import run_cancel

    run_cancel(name, paid, db)


@batch.command("retry")
@guarded
def batch_retry(
    name: Batched,
    errors: Annotated[
        bool, typer.Option("--errors", help="What failed or is quarantined; there is nothing else to retry.")
    ],
    paid: Paid = None,
    max_cost: MaxCost = None,
    workers: Workers = False,
    db: Db = None,
    json: Json = False,
) -> None:
    """Try again what failed or is quarantined."""
    from exchange.cli.batches import run_retry

    if not errors:
        raise typer.BadParameter("say --errors: what is done is not done again")
    run_retry(name, paid, max_cost, db, json, workers)
