"""Arguments and options that several commands share."""

from math import isfinite
from pathlib import Path
from typing import Annotated

import typer

Db = Annotated[
    str | None,
    typer.Option(
        "--db",
        "--database",
        metavar="PATH",
        help="The SQLite file, or postgresql+psycopg://user@host/name; else EXCHANGE_DB, else your data folder.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(metavar="ID", help="A hypothesis, as in h-3d993b5d.")]
Model = Annotated[
    str | None, typer.Option(metavar="SPEC", help="openai:NAME[@URL], local:smollm2, local:PATH.gguf, scripted:FILE.")
]
Paid = Annotated[bool | None, typer.Option("--paid/--no-paid", help="Allow calls that may cost money, or refuse them.")]


def amount(given: float | None) -> float | None:
    """A number of dollars. Raises BadParameter for any that is none."""
    if given is not None and not isfinite(given):
        raise typer.BadParameter("a cap is a number of dollars; leave it out for none")
    return given


MaxCost = Annotated[
    float | None,
    typer.Option("--max-cost", metavar="DOLLARS", min=0, callback=amount, help="The most that this run may cost."),
]
Output = Annotated[Path | None, typer.Option(metavar="PATH", help="Write to this file instead of stdout.")]
Stylesheet = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Link the stylesheet there, instead of writing it into the HTML."),
]
Workers = Annotated[bool, typer.Option("--workers", help="Leave it to the workers of the database.")]
Dry = Annotated[bool, typer.Option("--dry-run", help="Make no call: print how many there would be, and their cost.")]
Named = Annotated[
    str, typer.Argument(metavar="ID|SLUG", help="A hypothesis's id, or a page's slug, artifact id or wiki_page_id.")
]
