"""What the pool is worth on panels whose answers are known, and whether its intervals say what they claim."""

from collections import Counter

import numpy as np

from exchange.config import bands
from exchange.scoring.bands import certainty, shares
from exchange.scoring.crossvalidation import cross_validated, learning_curve
from exchange.scoring.fit import pooled
from exchange.scoring.measures import intervals, measured
from exchange.scoring.policy import COLD
from exchange.scoring.pool import pool
from exchange.scoring.track import Numbers, Track
from tests.bench.limits import Limits, figure, row
from tests.bench.panels import PANELS, Panel

_FOLDS, _REPEATS = 5, 5
_SIZES = (5, 10, 20, 40)
_CURVE_REPEATS = 100
_DRAWS = 50
_WIDTHS = (24, 24, 24, 24, 24)
_INTERVALS_OF = ("pooledmaRket", "LLMBar Natural")
_COVERED, _WIDEST = (0.88, 0.98), 0.60


def run(limits: Limits) -> None:
    """Prints, for each panel, how good mean, cold and fitted pool are, how fast a fit learns, and what intervals cover."""
    for panel in PANELS:
        if not panel.path.exists():
            print(f"{panel.name}: skipped, for {panel.path} is not there")
            continue
        track = panel.track()
        print(
            f"{panel.name}: {len(track.items)} items, {len(track.raters)} raters, {len(track.p)} verdicts", flush=True
        )
        _pools(panel, track, limits)
        _curve(track)
        if panel.name in _INTERVALS_OF:
            _intervals(track, 3, limits)
            _intervals(track, 1, None)


def _pools(panel: Panel, track: Track, limits: Limits) -> None:
    said = {
        "plain mean": track.means(),
        "cold pool": pooled(track, COLD),
        f"fitted, {_REPEATS}x{_FOLDS} folds": cross_validated(track, track, COLD, _FOLDS, _REPEATS),
    }
    print("  " + row(["", "Brier", "log loss", "AUC", "ECE"], _WIDTHS))
    found = {name: measured(p, track.truth) for name, p in said.items()}
    for name, p in said.items():
        around = intervals(p, track.truth)
        cells = [figure(value, around[measure]) for measure, value in found[name].items()]
        print("  " + row([name, *cells], _WIDTHS), flush=True)
    for name, limit in zip(said, panel.brier, strict=True):
        limits.at_most(f"Brier, {name}", found[name]["brier"] or 0.0, limit)


def _curve(track: Track) -> None:
    found = learning_curve(track, track, COLD, _SIZES, _CURVE_REPEATS)
    points = ", ".join(f"{size}: {losses.mean():.4f} ± {losses.std():.4f}" for size, losses in found.items())
    print(f"  Brier after so many outcomes, on the other items, {_CURVE_REPEATS} draws: {points}", flush=True)


def _intervals(track: Track, judges: int, limits: Limits | None) -> None:
    """Panels of so many judges, drawn by lot: is the score of all judges in their interval?"""
    whole = pool(track.panels(), COLD).value
    random, covered, widths, certainties = np.random.default_rng(0), [], [], Counter[str]()
    edges = bands().edges
    for _ in range(_DRAWS):
        drawn = [_few(panel, judges, random) for panel in track.panels()]
        found = pool(drawn, COLD)
        low, high = found.interval(COLD.level)
        covered.append((low <= whole) & (whole <= high))
        widths.append(high - low)
        for value, part in zip(found.value.tolist(), shares(found, edges), strict=True):
            certainties[certainty(value, part, edges, COLD, demonstration=False)[0].value] += 1
    _told(judges, np.concatenate(covered), np.concatenate(widths), certainties, limits)


def _few(panel: dict[str, float], judges: int, random: np.random.Generator) -> dict[str, float]:
    names = sorted(panel)
    chosen = random.choice(len(names), size=min(judges, len(names)), replace=False)
    return {names[at]: panel[names[at]] for at in chosen}


def _told(judges: int, covered: Numbers, widths: Numbers, certainties: Counter[str], limits: Limits | None) -> None:
    total = certainties.total()
    known = ", ".join(f"{name} {certainties[name] / total:.2f}" for name in ("firm", "leaning", "open"))
    width = float(np.median(widths))
    if limits:
        limits.between(f"{judges}-judge 90% intervals that hold all judges' score", float(covered.mean()), *_COVERED)
        limits.at_most(f"{judges}-judge median width", width, _WIDEST)
    else:
        print(
            f"  {judges} judge: 90% intervals hold all judges' score in {covered.mean():.4f}, median width {width:.4f}"
        )
    print(f"  bands with {judges} judge{'s' if judges > 1 else ''}: {known}", flush=True)
