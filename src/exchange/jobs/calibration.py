"""Outcomes -> a policy with what they taught, and what it is worth on items that it has not seen."""

from dataclasses import dataclass
from typing import Any

from pydantic import Field

from exchange.domain.noun import Noun
from exchange.domain.policy import ENOUGH_OUTCOMES, Policy
from exchange.jobs import policies
from exchange.jobs.outcomes import Known
from exchange.jobs.tracks import Read
from exchange.scoring.crossvalidation import cross_validated
from exchange.scoring.fit import fit, pooled
from exchange.scoring.measures import MEASURES, intervals, measured, reliability
from exchange.scoring.policy import COLD
from exchange.scoring.track import Numbers, Track
from exchange.store.engine import Store
from exchange.store.policies import keep, same

Point = tuple[float, float, int]


class Measured(Noun):
    """How good one kind of pooled probability is; None is what cannot be said.

    `intervals` are 95% ones, by measure. `reliability` has for each bin of items the mean probability, the share of true
    items, and how many items.
    """

    brier: float | None
    log_loss: float | None
    auc: float | None
    ece: float | None
    intervals: dict[str, tuple[float, float] | None]
    reliability: tuple[Point, ...] = ()


class Named(Noun):
    """A policy's name; version and digest are None where it was not stored."""

    name: str
    version: str | None
    digest: str | None


class Fit(Noun):
    """What was learned: the line in log-odds, and how many weights there are, from which to which."""

    intercept: float
    slope: float
    weights: int
    lowest: float | None
    highest: float | None


class Calibration(Noun):
    """What outcomes taught, and the plain mean, the cold pool and the fitted pool on the same `items`.

    `outcomes` and `raters` are those of the fit. It is measured on `tested_on`, or by cross-validation with so many
    `folds` and `repeats`. `new` says that the policy was not stored before.
    """

    policy: Named
    new: bool
    outcomes: int
    raters: int
    calibrated: bool
    lacking: int
    left_out: dict[str, int] = Field(default_factory=dict)
    items: int
    true_items: int
    folds: int | None
    repeats: int | None
    tested_on: str | None
    mean: Measured
    cold: Measured
    fitted: Measured
    fit: Fit
    warnings: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Way:
    """How a fit is measured: on `test`, where there is one, else by cross-validation."""

    folds: int = 5
    repeats: int = 5
    test: Read | None = None


def from_file(read: Read) -> Known:
    """What a file knows: its verdicts are both those before a debate and those after it."""
    notes = []
    if read.blank:
        notes.append(f"{read.blank} rows of {read.path} have no p, and so no verdict.")
    if read.unnamed:
        notes.append(f"{read.unnamed} verdicts of {read.path} name no rater: they count as one rater's.")
    return Known(blind=read.track, final=read.track, notes=tuple(notes))


def calibrate(store: Store, known: Known, way: Way) -> tuple[Policy, Calibration]:
    """Fits a policy and measures it; nothing is stored. The policy has no version: `kept` gives it one."""
    base = _base(store, known)
    fitted = fit(known.blind, known.final, base).model_copy(update={"name": known.name})
    on = way.test.track if way.test else known.final
    unseen = _unseen(known, way, base, fitted)
    crossed = way.test is None and unseen is not None
    before = same(store, fitted)
    return fitted, Calibration(
        policy=_named(before) if before else Named(name=fitted.name, version=None, digest=None),
        new=False,
        outcomes=fitted.outcomes,
        raters=len(known.final.raters),
        calibrated=fitted.calibrated,
        lacking=max(0, ENOUGH_OUTCOMES - fitted.outcomes),
        left_out=known.left_out,
        items=len(on.items),
        true_items=int(on.truth.sum()),
        folds=min(way.folds, len(on.items)) if crossed else None,
        repeats=way.repeats if crossed else None,
        tested_on=way.test.path if way.test else None,
        mean=_measured(on.means(), on),
        cold=_measured(pooled(on, base), on),
        fitted=_measured(unseen, on),
        fit=_fit(fitted),
        warnings=(*known.notes, *_warnings(known, way)),
    )


def kept(store: Store, fitted: Policy, found: Calibration) -> Calibration:
    """Stores the policy as the next version of its name, unless it is stored already; it is not in force by that."""
    policy, new = keep(store, fitted)
    return found.model_copy(update=dict(policy=_named(policy), new=new))


def _named(policy: Policy) -> Named:
    return Named(name=policy.name, version=policy.version, digest=policy.digest)


def _base(store: Store, known: Known) -> Policy:
    """The cold pool, which every fit begins from, with what ratings taught of the criteria: these, or those before."""
    before = policies.in_force(store)
    criteria: dict[str, Any] = dict(disagreement=before.disagreement, agreement=before.agreement)
    if known.disagreement is not None:
        criteria = dict(disagreement=known.disagreement, agreement=known.agreement)
    return COLD.model_copy(update=criteria)


def _unseen(known: Known, way: Way, base: Policy, fitted: Policy) -> Numbers | None:
    """What fits say of items that they have not seen; None where there is nothing else to fit on."""
    if way.test:
        return pooled(way.test.track, fitted)
    if len(known.final.items) < 2:
        return None
    return cross_validated(known.blind, known.final, base, way.folds, way.repeats)


def _measured(p: Numbers | None, on: Track) -> Measured:
    if p is None:
        return Measured(brier=None, log_loss=None, auc=None, ece=None, intervals=dict.fromkeys(MEASURES))
    found = measured(p, on.truth)
    return Measured(
        brier=found["brier"],
        log_loss=found["log_loss"],
        auc=found["auc"],
        ece=found["ece"],
        intervals=intervals(p, on.truth),
        reliability=tuple(reliability(p, on.truth)),
    )


def _fit(policy: Policy) -> Fit:
    weights = policy.weights.values()
    return Fit(
        intercept=policy.intercept,
        slope=policy.slope,
        weights=len(weights),
        lowest=min(weights, default=None),
        highest=max(weights, default=None),
    )


def _warnings(known: Known, way: Way) -> list[str]:
    on = way.test.track if way.test else known.final
    count = len(on.items)
    said: list[str] = []
    if way.test:
        said += from_file(way.test).notes
        if both := len(set(on.items) & set(known.final.items)):
            said.append(f"{both} of the {count} items that it is measured on were fitted on too.")
    elif count < 2:
        said.append("With one item there is nothing to hold out: the fit is not measured.")
    elif count < way.folds:
        said.append(f"There are {count} items, and so {count} folds.")
    if len(set(on.truth.tolist())) < 2:
        said.append("All items have the same truth: no AUC can be said.")
    return said
