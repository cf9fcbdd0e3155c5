"""The commands and their arguments. Bodies import what they need, so that --help loads nothing else."""

from math import isfinite
from pathlib import Path
from typing import Annotated, Literal

import typer

from exchange.cli.exits import guarded
from exchange.domain.calls import Via
from exchange.domain.work import Kind
from exchange.jobs.exporting.form import Form
from exchange.jobs.orders import Choice, Shown, Sort

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


def _amount(given: float | None) -> float | None:
    if given is not None and not isfinite(given):
        raise typer.BadParameter("a cap is a number of dollars; leave it out for none")
    return given


MaxCost = Annotated[
    float | None,
    typer.Option("--max-cost", metavar="DOLLARS", min=0, callback=_amount, help="The most that this run may cost."),
]
Output = Annotated[Path | None, typer.Option(metavar="PATH", help="Write to this file instead of stdout.")]
Stylesheet = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Link the stylesheet there, instead of writing it into the HTML."),
]
Dry = Annotated[bool, typer.Option("--dry-run", help="Make no call: print how many there would be, and their cost.")]


@app.command("import")
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


@app.command("list")
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


@app.command()
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


@app.command()
@guarded
def debate(
    context: typer.Context,
    hypothesis: Name,
    format: Annotated[
        str | None, typer.Option(metavar="NAME", help="quick, panel, extended, or a .toml file of yours.")
    ] = None,
    rubric: Annotated[
        str | None, typer.Option(metavar="NAME", help="therapeutic, mechanism, or a .toml file of yours.")
    ] = None,
    proposer: Model = None,
    critic: Model = None,
    judge: Annotated[list[str] | None, typer.Option(metavar="SPEC", help="One for each judge.")] = None,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Ask the judges without a debate too, as often, and compare.")
    ] = False,
    paid: Paid = None,
    max_cost: MaxCost = None,
    dry_run: Dry = False,
    db: Db = None,
    json: Json = False,
) -> None:
    """Debate a hypothesis, or go on with its unfinished debate."""
    from exchange.cli.debate import run
    from exchange.jobs.setup import Wishes

    wishes = Wishes(
        format=format,
        rubric=rubric,
        proposer=proposer,
        critic=critic,
        judges=tuple(judge or ()),
        baseline=baseline,
    )
    run(hypothesis, wishes, paid, max_cost, dry_run, db, json, context.obj)


@app.command()
@guarded
def resume(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="A hypothesis or a debate; without one, all unfinished debates."),
    ] = None,
    paid: Paid = None,
    max_cost: MaxCost = None,
    dry_run: Dry = False,
    db: Db = None,
    json: Json = False,
) -> None:
    """Go on with unfinished debates: what was answered is not asked again."""
    from exchange.cli.resume import run

    run(name, paid, max_cost, dry_run, db, json)


@app.command()
@guarded
def verify(
    name: Annotated[str | None, typer.Argument(metavar="[ID]", help="A hypothesis or a debate.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Everything that is stored.")] = False,
    db: Db = None,
    json: Json = False,
) -> None:
    """Compute scores and digests again from what is stored, and name what is broken."""
    from exchange.cli.verify import run

    run(name, every, db, json)


@app.command()
@guarded
def rescore(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[POLICY]", help="With --policy: which, as in 'fitted 2' or cold; the latest by default."
        ),
    ] = None,
    policy: Annotated[
        bool, typer.Option("--policy", help="Read all stored verdicts again under the policy: no model is asked.")
    ] = False,
    out_of_date: Annotated[
        bool, typer.Option("--out-of-date", help="What rests on anything that has changed; the default.")
    ] = False,
    band_straddlers: Annotated[
        bool, typer.Option("--band-straddlers", help="Scores whose interval lies over a band's edge.")
    ] = False,
    older_than: Annotated[
        str | None,
        typer.Option("--older-than", metavar="DAYS", help="Only what was not scored for so long, as in 30d."),
    ] = None,
    undebated: Annotated[bool, typer.Option("--undebated", help="Hypotheses that were never debated here.")] = False,
    target: Annotated[str | None, typer.Option(metavar="NAME", help="Only those that target NAME.")] = None,
    ids: Annotated[
        str | None, typer.Option(metavar="FILE", help="Only those of a file, one id a line; - reads them from stdin.")
    ] = None,
    limit: Annotated[int | None, typer.Option(metavar="N", min=1, help="At most so many, the worthiest first.")] = None,
    kind: Annotated[
        Kind | None, typer.Option(help="What to do for each, whatever changed.", show_default=False)
    ] = None,
    views: Annotated[
        Path | None,
        typer.Option(metavar="FILE.csv", help="How often pages are read (page,views): the most read first."),
    ] = None,
    format: Annotated[str | None, typer.Option(metavar="NAME", help="Another format than each was held in.")] = None,
    rubric: Annotated[str | None, typer.Option(metavar="NAME", help="Another rubric.")] = None,
    proposer: Model = None,
    critic: Model = None,
    judge: Annotated[list[str] | None, typer.Option(metavar="SPEC", help="One for each judge.")] = None,
    via: Annotated[
        Via, typer.Option(help="How judges of OpenAI are asked: call by call, or in batches, for half, within a day.")
    ] = Via.CALL,
    paid: Paid = None,
    max_cost: MaxCost = None,
    dry_run: Dry = False,
    yes: Annotated[bool, typer.Option("--yes", help="Begin without asking.")] = False,
    workers: Annotated[bool, typer.Option("--workers", help="Leave it to the workers of the database.")] = False,
    every: Annotated[
        str | None,
        typer.Option(
            metavar="24h", help="Have workers begin it again and again: 30m, 24h, or a cron expression in UTC."
        ),
    ] = None,
    db: Db = None,
    json: Json = False,
) -> None:
    """Score again what is out of date, at the least cost; or everything under another policy."""
    from exchange.cli.rescore import Flags, run, run_batch
    from exchange.cli.schedules import run_every
    from exchange.domain.work import Asked, Chosen

    if policy:
        run(name, db, json)
        return
    if name is not None:
        raise typer.BadParameter("a policy is named with --policy")
    narrowed = target is not None or ids is not None or older_than is not None
    chosen = Chosen(
        out_of_date=out_of_date or not (band_straddlers or undebated or narrowed),
        straddlers=band_straddlers,
        undebated=undebated,
        older_than=_days(older_than),
        target=target,
        limit=limit,
        kind=kind,
    )
    asked = Asked(
        chosen=chosen,
        format=format,
        rubric=rubric,
        proposer=proposer,
        critic=critic,
        judges=tuple(judge or ()),
        via=via,
    )
    flags = Flags(
        ids=ids, views=views, max_cost=max_cost, paid=paid, yes=yes, dry_run=dry_run, json=json, workers=workers
    )
    if workers and asked.via is Via.BATCH:
        raise typer.BadParameter("workers ask judges one by one: leave out --via batch, or --workers")
    if every is not None:
        run_every(every, asked, flags, db)
        return
    run_batch(asked, flags, db)


def _days(given: str | None) -> float | None:
    if given is None:
        return None
    number = given.removesuffix("d")
    if not number.isascii() or not number.isdigit():
        raise typer.BadParameter(f"an age is a number of days, as in 30d, and not {given!r}")
    return float(number)


batch = typer.Typer(name="batch", help="Batches that `exchange rescore` began.", no_args_is_help=True)
app.add_typer(batch)
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
            "--max-cost", metavar="DOLLARS", min=0, callback=_amount, help="A new cap, for all that the batch costs."
        ),
    ] = None,
    workers: Annotated[bool, typer.Option("--workers", help="Leave it to the workers of the database.")] = False,
    db: Db = None,
    json: Json = False,
) -> None:
    """Go on with a batch that was stopped, whatever stopped it: nothing is bought twice."""
    from exchange.cli.batches import run_resume

    run_resume(name, paid, max_cost, db, json, workers)


@batch.command("cancel")
@guarded
def batch_cancel(name: Batched, db: Db = None) -> None:
    """Let no further hypothesis of a batch be begun."""
    from exchange.cli.batches import run_cancel

    run_cancel(name, db)


@batch.command("retry")
@guarded
def batch_retry(
    name: Batched,
    errors: Annotated[
        bool, typer.Option("--errors", help="What failed or is quarantined; there is nothing else to retry.")
    ],
    paid: Paid = None,
    max_cost: MaxCost = None,
    workers: Annotated[bool, typer.Option("--workers", help="Leave it to the workers of the database.")] = False,
    db: Db = None,
    json: Json = False,
) -> None:
    """Try again what failed or is quarantined."""
    from exchange.cli.batches import run_retry

    if not errors:
        raise typer.BadParameter("say --errors: what is done is not done again")
    run_retry(name, paid, max_cost, db, json, workers)


worker = typer.Typer(name="worker", help="Work on batches that are left to workers.", invoke_without_command=True)
app.add_typer(worker)


@worker.callback()
@guarded
def work(
    context: typer.Context,
    paid: Paid = None,
    db: Db = None,
    json: Json = False,
) -> None:
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


@app.command()
@guarded
def show(
    hypothesis: Name,
    debate: Annotated[
        str | None, typer.Option("--debate", metavar="ID", help="Another debate than that of the current score.")
    ] = None,
    db: Db = None,
    json: Json = False,
) -> None:
    """Show a hypothesis: its score, and every turn and verdict behind it."""
    from exchange.cli.show import run

    run(hypothesis, debate, db, json)


@app.command()
@guarded
def history(
    hypothesis: Name,
    svg: Annotated[Path | None, typer.Option(metavar="PATH", help="Write the plot to this file as SVG too.")] = None,
    db: Db = None,
    json: Json = False,
) -> None:
    """Show how a hypothesis's score came about: every score event, why it changed, and a plot."""
    from exchange.cli.history import run

    run(hypothesis, svg, db, json)


@app.command()
@guarded
def resolve(
    hypothesis: Name,
    resolution: Annotated[
        Literal["supported", "refuted", "retracted"],
        typer.Argument(metavar="supported|refuted|retracted", help="What became of the hypothesis in the world."),
    ],
    source: Annotated[
        str, typer.Option("--source", metavar="TEXT", help="Who says so: a PMID, a DOI, a link, or words.")
    ],
    db: Db = None,
    json: Json = False,
) -> None:
    """Note what became of a hypothesis in the world: what calibration learns from."""
    from exchange.cli.resolve import run

    run(hypothesis, resolution, source, db, json)


@app.command()
@guarded
def calibrate(
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="FILE.csv", help="Learn from verdicts of a file: columns item, rater, p, truth."
        ),
    ] = None,
    test: Annotated[
        Path | None, typer.Option("--test", metavar="OTHER.csv", help="Measure the fit on another file.")
    ] = None,
    where: Annotated[
        list[str] | None, typer.Option("--where", metavar="COLUMN=VALUE", help="Only the files' rows that have it.")
    ] = None,
    folds: Annotated[
        int | None, typer.Option(metavar="N", min=2, help="Cross-validation by item in so many folds.  [default: 5]")
    ] = None,
    repeats: Annotated[
        int | None, typer.Option(metavar="N", min=1, help="So many times, folded anew.  [default: 5]")
    ] = None,
    demonstrations: Annotated[
        bool, typer.Option("--demonstrations", help="Learn from demonstrations too: the policy is a trial.")
    ] = False,
    svg: Annotated[Path | None, typer.Option(metavar="PATH", help="Draw how reliable the probabilities are.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Measure, and store nothing.")] = False,
    db: Db = None,
    json: Json = False,
) -> None:
    """Learn judges' weights and a calibration from outcomes, measure them, and store them as a policy."""
    from exchange.cli.calibrate import run

    run(source, test, where or [], folds, repeats, demonstrations, svg, dry_run, db, json)


@app.command()
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


@app.command()
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


@app.command()
@guarded
def stylesheet(output: Output = None) -> None:
    """Print the stylesheet of pages in HTML."""
    from exchange.cli.page import run_stylesheet

    run_stylesheet(output)


Named = Annotated[
    str, typer.Argument(metavar="ID|SLUG", help="A hypothesis's id, or a page's slug, artifact id or wiki_page_id.")
]


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
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


@app.command()
@guarded
def doctor(db: Db = None, json: Json = False) -> None:
    """Look whether this machine is ready, and say what to do."""
    from exchange.cli.doctor import run

    run(db, json)


db_app = typer.Typer(name="db", help="Upgrade, back up, check and copy the database.", no_args_is_help=True)
app.add_typer(db_app)


@db_app.command("migrate")
@guarded
def db_migrate(db: Db = None, json: Json = False) -> None:
    """Upgrade a database of an older Exchange; make the tables of an empty one."""
    from exchange.cli.db import run_migrate

    run_migrate(db, json)


@db_app.command("backup")
@guarded
def db_backup(
    to: Annotated[Path, typer.Argument(metavar="TO", help="A file that does not exist yet.")], db: Db = None
) -> None:
    """Write the database into one file, while others go on writing: of PostgreSQL with pg_dump."""
    from exchange.cli.db import run_backup

    run_backup(to, db)


@db_app.command("check")
@guarded
def db_check(db: Db = None, json: Json = False) -> None:
    """Look whether the database is whole: schema, references, triggers, and the digest of every record."""
    from exchange.cli.db import run_check

    run_check(db, json)


Place = typer.Argument(metavar="PATH|ADDRESS", help="An SQLite file, or postgresql+psycopg://user@host/name.")


@db_app.command("copy")
@guarded
def db_copy(source: Annotated[str, Place], target: Annotated[str, Place], json: Json = False) -> None:
    """Copy a whole database into an empty one, from SQLite to PostgreSQL or back."""
    from exchange.cli.db import run_copy

    run_copy(source, target, json)
