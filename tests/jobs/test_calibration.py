"""What a fit is, how it is measured, and which version it is kept as."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from exchange.domain.event import Cause, Resolution
from exchange.domain.policy import Policy
from exchange.jobs import policies
from exchange.jobs.calibration import Calibration, Way, calibrate, from_file, kept
from exchange.jobs.outcomes import Known, known
from exchange.jobs.rescoring import rescore
from exchange.jobs.resolving import resolve
from exchange.jobs.tracks import Read, read_track
from exchange.jobs.verify import verify
from exchange.scoring import crossvalidation
from exchange.scoring.crossvalidation import cross_validated
from exchange.scoring.fit import fit, pooled
from exchange.scoring.measures import brier
from exchange.scoring.policy import COLD
from exchange.scoring.track import Numbers, Track, track
from exchange.store import scores
from exchange.store.engine import Store
from exchange.store.policies import put_in_force, stored
from tests.bench.stores import write
from tests.jobs.holding import HYPOTHESIS, all_played_by, held, playing

ONCE = Way(repeats=1)


def panel(items: int = 40, judges: int = 5, seed: int = 0, noise: float = 0.7) -> Track:
    """Equally good judges, whose doubts are as large as they should be."""
    drawn = np.random.default_rng(seed)
    sure = drawn.normal(0, 1.2, items)
    truth = (drawn.random(items) < 1 / (1 + np.exp(-sure))).astype(float)
    p = 1 / (1 + np.exp(-(sure[:, None] + drawn.normal(0, noise, (items, judges)))))
    names = [f"i{number:03}" for number in range(items)]
    rows = ((names[at], f"j{judge}", float(p[at, judge])) for at in range(items) for judge in range(judges))
    return track(rows, dict(zip(names, truth.tolist(), strict=True)))


def read(made: Track, path: str = "verdicts.csv") -> Read:
    return Read(path=path, track=made, blank=0, unnamed=0)


def on_file(made: Track) -> Known:
    return from_file(read(made))


def learned(store: Store, about: Known, way: Way = ONCE) -> Calibration:
    policy, found = calibrate(store, about, way)
    return kept(store, policy, found)


@pytest.fixture
def resolved(store: Store) -> Store:
    """A store with 30 debates, 24 of them of hypotheses whose outcome is known."""
    write(store, 30)
    for number in range(24):
        resolution = Resolution.SUPPORTED if number % 3 else Resolution.REFUTED
        resolve(store, f"h-{number:012x}", resolution, "a trial")
    return store


def test_a_panel_of_equally_good_judges_loses_almost_nothing() -> None:
    lost = []
    for seed in range(20):
        made = panel(100, 5, seed)
        fitted, cold = cross_validated(made, made, COLD, 5, 1)[0], pooled(made, COLD)
        lost.append(float(brier(fitted, made.truth) - brier(cold, made.truth)))

    assert (max(lost) < 0.015, float(np.mean(lost)) < 0.002) == (True, True)


def test_a_judge_who_knows_more_gains_weight() -> None:
    made = panel(100, 4)
    rows = [(made.items[at], made.raters[who], p) for at, who, p in zip(made.item, made.rater, made.p, strict=True)]
    knowing = [(name, "sage", 0.95 if true else 0.05) for name, true in zip(made.items, made.truth, strict=True)]
    better = track([*rows, *knowing], dict(zip(made.items, made.truth.tolist(), strict=True)))
    weights = fit(better, better, COLD).weights

    assert max(weights, key=lambda name: weights[name]) == "sage"


def test_cross_validation_never_sees_what_it_is_measured_on(monkeypatch: pytest.MonkeyPatch) -> None:
    fitted_on: list[frozenset[str]] = []
    met: list[bool] = []

    def fitting(blind: Track, final: Track, base: Policy) -> Policy:
        fitted_on.append(frozenset(blind.items) | frozenset(final.items))
        return fit(blind, final, base)

    def pooling(on: Track, policy: Policy) -> Numbers:
        met.append(bool(set(on.items) & fitted_on[-1]))
        return pooled(on, policy)

    monkeypatch.setattr(crossvalidation, "fit", fitting)
    monkeypatch.setattr(crossvalidation, "pooled", pooling)
    made = panel()
    cross_validated(made, made, COLD, 5, 2)

    assert (met, {len(each) for each in fitted_on}) == ([False] * 10, {32})


def test_the_fit_is_kept_as_the_first_version_and_not_in_force(store: Store) -> None:
    found = learned(store, on_file(panel()))
    (policy,) = stored(store)

    assert (found.policy.model_dump(), found.new, policies.in_force(store)) == (
        {"name": "fitted", "version": "1", "digest": policy.digest},
        True,
        COLD,
    )


def test_versions_are_counted_for_each_name(store: Store) -> None:
    for seed in range(2):
        learned(store, on_file(panel(seed=seed)))
    trial = replace(on_file(panel(seed=2)), name="trial")
    named = [learned(store, each).policy for each in (trial, on_file(panel(seed=3)))]

    assert [(each.name, each.version) for each in named] == [("trial", "1"), ("fitted", "3")]


def test_the_same_fit_is_kept_once(store: Store) -> None:
    first, second = (learned(store, on_file(panel())) for _ in range(2))

    assert (second.policy, second.new, len(stored(store))) == (first.policy, False, 1)


def test_measuring_alone_stores_nothing(store: Store) -> None:
    _, found = calibrate(store, on_file(panel()), ONCE)

    assert (found.policy.version, found.policy.digest, found.new, stored(store)) == (None, None, False, [])


def test_measuring_alone_names_the_version_that_is_stored_already(store: Store) -> None:
    before = learned(store, on_file(panel()))
    _, found = calibrate(store, on_file(panel()), ONCE)

    assert (found.policy, found.new) == (before.policy, False)


def test_a_fit_begins_from_the_cold_pool_whatever_is_in_force(store: Store) -> None:
    first = learned(store, on_file(panel()))
    put_in_force(store, first.policy.digest or "")

    assert learned(store, on_file(panel())).policy == first.policy


def test_a_file_leaves_what_was_learned_of_criteria(resolved: Store) -> None:
    taught = learned(resolved, known(resolved))
    put_in_force(resolved, taught.policy.digest or "")
    learned(resolved, on_file(panel()))
    before, after = stored(resolved)

    assert (after.disagreement, after.agreement) == (before.disagreement, before.agreement)
    assert len(after.agreement) == 10


@pytest.mark.parametrize(("items", "calibrated", "lacking"), [(19, False, 1), (20, True, 0)])
def test_twenty_outcomes_make_it_calibrated(store: Store, items: int, calibrated: bool, lacking: int) -> None:
    found = learned(store, on_file(panel(items)))

    assert (found.outcomes, found.calibrated, found.lacking) == (items, calibrated, lacking)


def test_one_outcome_is_fitted_and_not_measured(store: Store) -> None:
    found = learned(store, on_file(panel(1)))

    assert (found.fitted.brier, found.fitted.intervals["brier"], found.folds, found.policy.version) == (
        None,
        None,
        None,
        "1",
    )
    assert (found.mean.brier is not None, "nothing to hold out" in found.warnings[0]) == (True, True)


def test_outcomes_of_one_kind_have_no_auc(store: Store) -> None:
    made = panel(6)
    alike = replace(made, truth=np.ones(6))
    found = learned(store, on_file(alike))

    assert [(row.auc, row.intervals["auc"]) for row in (found.mean, found.cold, found.fitted)] == [(None, None)] * 3
    assert (found.true_items, found.warnings) == (6, ("All items have the same truth: no AUC can be said.",))


def test_more_folds_than_items_are_made_fewer_and_it_is_said(store: Store) -> None:
    found = learned(store, on_file(panel(6)), Way(folds=10, repeats=1))

    assert (found.folds, found.warnings) == (6, ("There are 6 items, and so 6 folds.",))


def test_a_second_file_is_measured_and_not_fitted_on(store: Store) -> None:
    first, other = panel(40), panel(30, seed=1)
    renamed = replace(other, items=tuple(f"other {name}" for name in other.items))
    policy, found = calibrate(store, on_file(first), Way(test=read(renamed, "other.csv")))

    assert (found.outcomes, found.items, found.tested_on, found.folds, found.warnings) == (
        40,
        30,
        "other.csv",
        None,
        (),
    )
    assert (policy.outcomes, found.fitted.brier) == (40, float(brier(pooled(renamed, policy), renamed.truth)))


def test_items_that_stand_in_both_files_are_counted(store: Store) -> None:
    _, found = calibrate(store, on_file(panel(40)), Way(test=read(panel(30))))

    assert found.warnings == ("30 of the 30 items that it is measured on were fitted on too.",)


def test_resolved_hypotheses_make_a_policy_that_scores_are_computed_under(resolved: Store) -> None:
    found = learned(resolved, known(resolved))
    policy = policies.named(resolved, "fitted-1")
    done = rescore(resolved, policy)
    events = scores.current(resolved).values()

    assert (found.outcomes, found.calibrated, done.rescored, policies.in_force(resolved)) == (24, True, 30, policy)
    assert {(each.cause, each.score.policy, each.score.outcomes) for each in events} == {
        (Cause.NEW_POLICY, "fitted 1", 24)
    }


def test_what_is_learned_is_the_same_after_scores_were_computed_under_it(resolved: Store) -> None:
    first = learned(resolved, known(resolved))
    rescore(resolved, policies.named(resolved, "fitted"))

    assert learned(resolved, known(resolved)).policy == first.policy


def test_the_alpha_that_was_learned_goes_with_each_criterion(resolved: Store) -> None:
    learned(resolved, known(resolved))
    policy = policies.named(resolved, "latest")
    rescore(resolved, policy)
    criteria = [each for event in scores.current(resolved).values() for each in event.score.criteria]

    assert {each.name: each.alpha for each in criteria} == policy.agreement


async def test_a_store_that_was_scored_under_a_fit_is_whole(example_store: Store, tmp_path: Path) -> None:
    await held(example_store, all_played_by(playing(example_store, tmp_path / "script.json")))
    resolve(example_store, HYPOTHESIS, Resolution.SUPPORTED, "a trial")
    learned(example_store, known(example_store, demonstrations=True))
    rescore(example_store, policies.named(example_store, "trial"))

    assert verify(example_store).broken == ()


# Brier, AUC and ECE of the plain mean, the cold pool and the fit, 5 x 5 folds.
PANELS: Mapping[str, tuple[tuple[tuple[str, str], ...], Mapping[str, tuple[float, float, float]]]] = {
    "pooledmarket_verdicts": (
        (),
        {"mean": (0.205, 0.821, 0.181), "cold": (0.205, 0.822, 0.184), "fitted": (0.173, 0.824, 0.055)},
    ),
    "aggrecat_verdicts": (
        (("round", "round_1"),),
        {"mean": (0.174, 0.885, 0.301), "cold": (0.167, 0.885, 0.287), "fitted": (0.141, 0.879, 0.185)},
    ),
    "nyu_verdicts_dev": (
        (("final", "1"),),
        {"mean": (0.161, 0.842, 0.094), "cold": (0.154, 0.835, 0.068), "fitted": (0.156, 0.819, 0.063)},
    ),
    "llmbar_natural_verdicts": (
        (),
        {"mean": (0.063, 0.981, 0.107), "cold": (0.070, 0.981, 0.143), "fitted": (0.037, 0.993, 0.016)},
    ),
}


@pytest.mark.parametrize("name", PANELS)
def test_public_panels_are_measured_as_they_were_before(store: Store, shared: Path, name: str) -> None:
    where, expected = PANELS[name]
    _, found = calibrate(store, from_file(read_track(shared / "data" / f"{name}.csv", where)), Way())
    rows: dict[str, Any] = {row: getattr(found, row) for row in expected}

    assert {row: (each.brier, each.auc, each.ece) for row, each in rows.items()} == {
        row: pytest.approx(numbers, abs=0.001) for row, numbers in expected.items()
    }
