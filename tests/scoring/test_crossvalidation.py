from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain.policy import Policy
from exchange.scoring import crossvalidation
from exchange.scoring.crossvalidation import cross_validated, learning_curve, stratified
from exchange.scoring.fit import fit, pooled
from exchange.scoring.policy import COLD
from exchange.scoring.track import Track, track

ITEMS = 24


def judged(items: int = ITEMS, seed: int = 0) -> Track:
    """Two judges, a good one and one who guesses, on items of which every other is true."""
    chance = np.random.default_rng(seed)
    truth = {f"item-{number:03}": float(number % 2) for number in range(items)}
    rows = []
    for item, true in truth.items():
        rows += [(item, "m:good", abs(1 - true - chance.uniform(0.1, 0.4))), (item, "m:guess", chance.random())]
    return track(rows, truth)


def otherwise(of: Track, place: int) -> Track:
    """The same verdicts, and one item came out the other way."""
    truth = of.truth.copy()
    truth[place] = 1 - truth[place]
    return replace(of, truth=truth)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[tuple[set[str], set[str]]]:
    """For each fit, as they are made, the items that it saw and those that it was then asked about."""
    pairs: list[tuple[set[str], set[str]]] = []
    known: list[set[str]] = []

    def watched_fit(blind: Track, final: Track, base: Policy) -> Policy:
        known.append({*blind.items, *final.items})
        return fit(blind, final, base)

    def watched_pooled(asked: Track, policy: Policy) -> Any:
        pairs.append((known.pop(), set(asked.items)))
        return pooled(asked, policy)

    monkeypatch.setattr(crossvalidation, "fit", watched_fit)
    monkeypatch.setattr(crossvalidation, "pooled", watched_pooled)
    return pairs


@given(st.lists(st.booleans(), min_size=2, max_size=40), st.integers(2, 6), st.integers(0, 4))
def test_every_fold_has_its_share_of_each_outcome_and_of_all_items_within_one(
    outcomes: list[bool], folds: int, seed: int
) -> None:
    truth = np.array(outcomes, dtype=np.float64)
    fold = stratified(truth, folds, seed)
    counts = [np.bincount(part, minlength=folds) for part in (fold, fold[truth == 0], fold[truth == 1])]

    assert [count.max() - count.min() <= 1 for count in counts] == [True, True, True]


def test_folds_are_drawn_anew_for_another_seed_and_are_the_same_for_the_same() -> None:
    truth = judged().truth
    first, second, again = (stratified(truth, 5, seed).tolist() for seed in (0, 1, 0))

    assert (first != second, first == again) == (True, True)


def test_there_is_a_probability_for_each_item_in_each_repeat() -> None:
    said = cross_validated(judged(), judged(), COLD, folds=5, repeats=2)

    assert (said.shape, bool(((said > 0) & (said < 1)).all())) == ((2, ITEMS), True)


def test_no_fit_sees_the_items_that_it_is_asked_about(seen: list[tuple[set[str], set[str]]]) -> None:
    cross_validated(judged(), judged(), COLD, folds=5, repeats=2)

    assert (len(seen), [known & asked for known, asked in seen]) == (10, [set()] * 10)


def test_every_fit_sees_all_other_items_and_every_item_is_asked_about_once_a_repeat(
    seen: list[tuple[set[str], set[str]]],
) -> None:
    cross_validated(judged(), judged(), COLD, folds=5, repeats=1)
    every = set(judged().items)

    assert ([known | asked for known, asked in seen], sorted(item for _, asked in seen for item in asked)) == (
        [every] * 5,
        sorted(every),
    )


@pytest.mark.parametrize("place", [0, 7, 11])
def test_the_outcome_of_a_held_out_item_changes_nothing_of_what_is_said_of_it(place: int) -> None:
    of = judged(12)
    one, other = (cross_validated(each, each, COLD, 12, 1)[0] for each in (of, otherwise(of, place)))

    assert (one[place] == other[place], bool((one != other).any())) == (True, True)


def test_what_is_said_of_a_fold_is_what_a_fit_on_the_others_says() -> None:
    of = judged()
    fold = stratified(of.truth, 3, 0)
    said = cross_validated(of, of, COLD, folds=3, repeats=1)[0]
    taught = fit(of.of(fold != 1), of.of(fold != 1), COLD)

    assert said[fold == 1].tolist() == pooled(of.of(fold == 1), taught).tolist()


def test_more_folds_than_items_hold_out_one_item_at_a_time() -> None:
    of = judged(4)

    assert cross_validated(of, of, COLD, 99, 1).tolist() == cross_validated(of, of, COLD, 4, 1).tolist()


@pytest.mark.parametrize(("items", "folds"), [(1, 5), (10, 1)])
def test_one_item_or_one_fold_is_refused(items: int, folds: int) -> None:
    with pytest.raises(ValueError, match="at least two items and two folds"):
        cross_validated(judged(items), judged(items), COLD, folds, 1)


def test_a_good_judge_and_a_guesser_are_told_apart_by_cross_validation() -> None:
    of = judged(60)
    losses = ((cross_validated(of, of, COLD, 5, 1)[0] - of.truth) ** 2).mean()

    assert losses < ((of.means() - of.truth) ** 2).mean()


def test_a_learning_curve_has_a_loss_for_each_size_and_repeat() -> None:
    curve = learning_curve(judged(), judged(), COLD, [5, 10], repeats=3)

    assert {size: losses.shape for size, losses in curve.items()} == {5: (3,), 10: (3,)}


def test_a_size_that_leaves_no_item_to_be_asked_about_is_left_out() -> None:
    assert list(learning_curve(judged(), judged(), COLD, [5, ITEMS, 40], repeats=1)) == [5]


def test_a_learning_curves_fits_see_so_many_items_and_are_asked_about_all_others(
    seen: list[tuple[set[str], set[str]]],
) -> None:
    learning_curve(judged(), judged(), COLD, [5, 10], repeats=2)

    assert [(len(known), len(asked), known & asked) for known, asked in seen] == [
        (size, ITEMS - size, set()) for size in (5, 5, 10, 10)
    ]


def test_a_learning_curves_fits_see_each_outcome_in_its_share(seen: list[tuple[set[str], set[str]]]) -> None:
    learning_curve(judged(), judged(), COLD, [10], repeats=3)
    true = {item for item, truth in zip(judged().items, judged().truth, strict=True) if truth}

    assert [len(known & true) for known, _ in seen] == [5, 5, 5]


def test_more_outcomes_teach_more() -> None:
    curve = learning_curve(judged(80), judged(80), COLD, [4, 40], repeats=4)

    assert curve[40].mean() < curve[4].mean()


def test_a_learning_curve_is_the_same_every_time() -> None:
    one, other = (learning_curve(judged(), judged(), COLD, [5], repeats=2)[5].tolist() for _ in range(2))

    assert one == other
