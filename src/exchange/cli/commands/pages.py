"""Commands that take in pages and hypotheses, and show them."""

from pathlib import Path
from typing import Annotated

import typer

from exchange.cli.exits import guarded
from exchange.cli.options import Db, Json, Name, Named, Output, Stylesheet
from exchange.jobs.exporting.form import Form
from exchange.jobs.orders import Choice, Shown, Sort


@guarded
def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH…", help="Pages (.md, .txt), hypotheses (.jsonl, .csv), names (.csv, .tsv), or folders."
        ),
    ],
    db: Db = None,
    json: Json = False,
) -> None:
    """Import pages, hypotheses, and names of entities."""
    from exchange.cli.importing import run

    run(paths, db, json)


@guarded
def list_(
    pages: Annotated[bool, typer.Option("--pages", help="List pages instead.")] = False,
    sort: Annotated[
        Sort,
        typer.Option(
            help="What stands first: the highest score, lower bound of the interval (low, to rank by evidence), composite, shift "
            "or spread between judges; the best rank; names from A on; the latest date."
        ),
    ] = Sort.SCORE,
    reverse: Annotated[bool, typer.Option("--reverse", help="The other way round.")] = False,
    target: Annotated[str | None, typer.Option(metavar="NAME", help="Only those that target NAME.")] = None,
    state: Annotated[Shown | None, typer.Option(help="Only those in this state.")] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="At most so many.")] = None,
    exact: Annotated[
        bool,
        typer.Option(
            "--exact",
            help="Say what is out of date from every part of what a score rests on, not from claim, targets and policy alone: "
            "some milliseconds for each.",
        ),
    ] = False,
    db: Db = None,
    json: Json = False,
) -> None:
    """List hypotheses with their scores, ranks, and what is out of date or unfinished; or pages."""
    from exchange.cli.listing import run

    choice = Choice(sort=sort, reverse=reverse, target=target, state=state, limit=limit, exact=exact)
    run(pages, choice, db, json)


@guarded
def relate(
    hypothesis: Annotated[str | None, typer.Argument(metavar="[ID]", help="A hypothesis.")] = None,
    page: Annotated[str | None, typer.Argument(metavar="[SLUG]", help="A page that it concerns.")] = None,
    because: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Why, as the page shows it: 'curated: TEXT'.")
    ] = None,
    never: Annotated[
        bool, typer.Option("--never", help="It does not concern the page, whatever else there is.")
    ] = False,
    db: Db = None,
    json: Json = False,
) -> None:
    """Put a hypothesis on a page by hand, or keep it off; without names, relate everything anew."""
    from exchange.cli.relate import run

    run(hypothesis, page, because, never, db, json)


@guarded
def page(
    slug: Annotated[str, typer.Argument(metavar="SLUG", help="A page's slug, artifact id or wiki_page_id.")],
    format: Annotated[
        str, typer.Option(metavar="NAME", help="html, markdown, wikitext, legacy, json or json-ld.")
    ] = "markdown",
    stylesheet: Stylesheet = None,
    output: Output = None,
    db: Db = None,
    json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Show a page with its related hypotheses."""
    from exchange.cli.page import run

    run(slug, "json" if json else format, stylesheet, output, db)


@guarded
def tearsheet(
    hypothesis: Name,
    format: Annotated[str, typer.Option(metavar="NAME", help="html or svg.")] = "html",
    stylesheet: Stylesheet = None,
    output: Output = None,
    db: Db = None,
) -> None:
    """Show a hypothesis on one page for print."""
    from exchange.cli.tearsheet import run

    run(hypothesis, format, stylesheet, output, db)


@guarded
def stylesheet(output: Output = None) -> None:
    """Print the stylesheet of pages in HTML."""
    from exchange.cli.page import run_stylesheet

    run_stylesheet(output)


@guarded
def cite(
    name: Named,
    format: Annotated[str, typer.Option(metavar="NAME", help="bibtex, ris or csl-json.")] = "bibtex",
    output: Output = None,
    db: Db = None,
) -> None:
    """Cite a page or a hypothesis, with the version that is stored and its date."""
    from exchange.cli.cite import run

    run(name, format, output, db)


@guarded
def embed(
    name: Named,
    format: Annotated[
        str, typer.Option(metavar="NAME", help="html (a frame), markdown (a link) or json (both).")
    ] = "html",
    output: Output = None,
    db: Db = None,
) -> None:
    """Print what to paste elsewhere to show a page or a hypothesis of the wiki whose address is `site`."""
    from exchange.cli.embed import run

    run(name, format, output, db)


@guarded
def export(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that is empty or does not exist yet.")],
    form: Annotated[
        Form, typer.Option("--format", help="Files of CSV, of JSON Lines, or JSON Lines described as an RO-Crate.")
    ] = Form.JSON_LINES,
    spreadsheet: Annotated[
        bool,
        typer.Option("--spreadsheet", help="In CSV, an apostrophe before what a spreadsheet would take for a formula."),
    ] = False,
    db: Db = None,
    json: Json = False,
) -> None:
    """Export everything that is stored: pages, hypotheses, debates, scores. The store's secret and prompts stay."""
    from exchange.cli.export import run

    run(folder, form, spreadsheet, db, json)


@guarded
def provenance(
    name: Named,
    format: Annotated[str, typer.Option(metavar="NAME", help="prov-json or svg.")] = "prov-json",
    event: Annotated[
        str | None,
        typer.Option(metavar="N|all", help="Another score event of the hypothesis than its current one, or all."),
    ] = None,
    output: Output = None,
    db: Db = None,
) -> None:
    """Tell what a shown number rests on: score event, verdicts, turns, passages and calls."""
    from exchange.cli.provenance import run

    run(name, format, event, output, db)
