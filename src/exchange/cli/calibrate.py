"""`exchange calibrate`."""

import json as codec
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path

import typer

from exchange.cli.words import named_database, tame
from exchange.cli.writing import write
from exchange.config import settings
from exchange.domain.address import Address, Where
from exchange.domain.counted import counted
from exchange.jobs.calibration import Calibration, Measured, Way, calibrate, from_file, kept
from exchange.jobs.outcomes import in_words, known
from exchange.jobs.tracks import Read, read_track
from exchange.pages.render.reliability import reliability
from exchange.scoring.measures import MEASURES
from exchange.store.engine import MEMORY, Store, open_store

_WORDS = {"brier": "Brier", "log_loss": "log loss", "auc": "AUC", "ece": "ECE"}
_WIDTH = 21


def run(
    source: Path | None,
    test: Path | None,
    where: Sequence[str],
    folds: int | None,
    repeats: int | None,
    demonstrations: bool,
    svg: Path | None,
    dry: bool,
    db: str | None,
    json: bool,
) -> None:
    """Prints how good the mean, the cold pool and the fit are, and stores the fit; files are read before anything is."""
    if test and (folds or repeats):
        raise typer.BadParameter("--test measures on the second file, and --folds and --repeats on the first: take one")
    if source and demonstrations:
        raise typer.BadParameter("--demonstrations are those of the store: leave it out with --from")
    if where and not (source or test):
        raise typer.BadParameter("--where picks rows of a file: name one with --from or --test")
    wanted = [_pair(each) for each in where]
    read = read_track(source, wanted) if source else None
    way = Way(folds=folds or Way.folds, repeats=repeats or Way.repeats, test=read_track(test, wanted) if test else None)
    store = _open(settings(db=db).database, read, dry)
    try:
        policy, found = calibrate(store, from_file(read) if read else known(store, demonstrations), way)
        if svg:
            _draw(found, svg)
        if not dry:
            found = kept(store, policy, found)
    finally:
        store.close()
    print(_json(found) if json else "\n".join(tame(line) for line in _lines(found, dry, db)))


def _pair(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not (equals and column):
        raise typer.BadParameter(f"--where takes COLUMN=VALUE, and {text!r} is not of that form")
    return column.strip(), value.strip()


def _open(path: Where, read: Read | None, dry: bool) -> Store:
    """The store; verdicts of a file need none to begin with, and a dry run on them leaves none behind."""
    if isinstance(path, Address):
        return open_store(path, create=read is not None and not dry)
    if read is None or path.exists():
        return open_store(path)
    return open_store(MEMORY if dry else path, create=True)


def _draw(found: Calibration, path: Path) -> None:
    title = f"Reliability on {found.items} items"
    curves = {name: getattr(found, name).reliability for name in ("mean", "cold", "fitted")}
    write(path, reliability(curves, title))


def _json(found: Calibration) -> str:
    return codec.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=2, allow_nan=False)


def _lines(found: Calibration, dry: bool, db: str | None) -> Iterator[str]:
    yield f"{counted(found.outcomes, 'outcome')}, {counted(found.raters, 'judge or rater', 'judges or raters')}"
    if found.left_out:
        yield f"  {counted(sum(found.left_out.values()), 'outcome is', 'outcomes are')} left out: {in_words(found.left_out)}"
    yield f"Measured on {_measured_on(found)}"
    yield ""
    yield "".join(["        ", *(_WORDS[name].ljust(_WIDTH) for name in MEASURES)]).rstrip()
    for name in ("mean", "cold", "fitted"):
        yield f"{name:<8}{_row(getattr(found, name))}".rstrip()
    yield "(95% intervals from 1,000 bootstrap samples of items; lower is better, but for AUC)"
    yield ""
    yield from (f"! {warning}" for warning in found.warnings)
    yield from _fit(found)
    yield from _next(found, dry, db)


def _measured_on(found: Calibration) -> str:
    items = f"{found.items} items, {found.true_items} of them true"
    if found.tested_on:
        return f"{items}, of {found.tested_on}"
    if found.folds is None:
        return items
    return f"{items}: {found.folds}-fold cross-validation by item, {found.repeats} times, for what is fitted"


def _row(row: Measured) -> str:
    return "".join(_cell(getattr(row, name), row.intervals[name]).ljust(_WIDTH) for name in MEASURES)


def _cell(value: float | None, ends: tuple[float, float] | None) -> str:
    if value is None:
        return "–"
    return f"{value:.3f} ({ends[0]:.3f}–{ends[1]:.3f})" if ends else f"{value:.3f}"


def _fit(found: Calibration) -> Iterator[str]:
    fit = found.fit
    spread = "no weights: every judge counts alike"
    if fit.lowest is not None and fit.highest is not None:
        spread = f"{fit.weights} weights from {fit.lowest:.2f} to {fit.highest:.2f}"
    yield f"Fit: intercept {fit.intercept:+.3f}, slope {fit.slope:.3f}, {spread}"
    if found.calibrated:
        yield f"Calibrated: it rests on {found.outcomes} outcomes."
    else:
        yield f"Uncalibrated: it rests on {found.outcomes} outcomes; scores are uncalibrated until {found.lacking} more are known."


def _next(found: Calibration, dry: bool, db: str | None) -> Iterator[str]:
    policy = found.policy
    if policy.version is None or policy.digest is None:
        yield "Nothing was stored. Without --dry-run, the fit is kept as a new version of the policy."
        return
    said = "Nothing was stored: this is" if dry else "Stored as" if found.new else "Nothing changed: this is"
    yield f"{said} the policy {policy.name} {policy.version} ({policy.digest[:12]}), not in force by that."
    named = ["exchange", "rescore", "--policy", f"{policy.name}-{policy.version}", *named_database(db)]
    yield f"To put it in force and score again, with no model: {shlex.join(named)}"
