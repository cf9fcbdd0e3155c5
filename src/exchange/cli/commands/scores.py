"""Commands that hold debates, score, and tell of scores."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from exchange.cli.exits import guarded
from exchange.cli.options import Db, Dry, Json, MaxCost, Model, Name, Paid, Workers
from exchange.domain.calls import Via
from exchange.domain.work import Kind


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
    workers: Workers = False,
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
