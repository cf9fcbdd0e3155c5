"""All commands, in the order in which --help names them."""

from typing import Annotated

import typer

from exchange.cli.commands import batches, databases, pages, scores, workers

app = typer.Typer(
    name="exchange",
    help="Debate hypotheses with language models, and keep scores that a reader can check.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _version(asked: bool) -> None:
    if asked:
        from exchange import __version__

        typer.echo(f"exchange {__version__}")
        raise typer.Exit


@app.callback()
def _exchange(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What holds for every command."""


for command in (
    pages.import_,
    pages.list_,
    pages.relate,
    scores.debate,
    scores.resume,
    scores.verify,
    scores.rescore,
    scores.show,
    scores.history,
    scores.resolve,
    scores.calibrate,
    pages.page,
    pages.tearsheet,
    pages.stylesheet,
    pages.cite,
    pages.embed,
    pages.export,
    pages.provenance,
    databases.doctor,
):
    app.command(command.__name__.rstrip("_"))(command)
app.add_typer(batches.batch)
app.add_typer(workers.worker)
app.add_typer(databases.database)
