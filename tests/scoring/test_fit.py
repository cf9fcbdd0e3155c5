from math import exp, log

import pytest

from exchange.scoring.believability import believability
from exchange.scoring.fit import fit, pooled
from exchange.scoring.platt import platt
from exchange.scoring.policy import COLD
from exchange.scoring.pool import pool
from exchange.scoring.track import Track, track
from tests.scoring.drawn import TAUGHT

TRUTH = {f"item-{number}": float(number % 2) for number in range(8)}


def said(good: float = 0.8, bad: float = 0.55, truth: dict[str, float] = TRUTH) -> Track:
    """One judge who gives the truth that probability, and one who gives it the other."""
    return track(
        [
            (item, judge, p if true else 1 - p)
            for item, true in truth.items()
            for judge, p in (("m:a", good), ("m:b", bad))
        ],
        truth,
    )


def without_finals(item: str) -> Track:
    """The same items, of which one has no verdict."""
    whole = said()
    rows = [
        (name, judge, p)
        for name, panel in zip(whole.items, whole.panels(), strict=True)
        for judge, p in panel.items()
        if name != item
    ]
    return track(rows, TRUTH)


def test_nothing_known_leaves_the_policy_as_it_is_but_for_its_name() -> None:
    nothing = track([], {})

    assert fit(nothing, nothing, COLD) == COLD.model_copy(update={"name": "fitted", "version": ""})


def test_a_fit_has_the_name_fitted_and_no_version() -> None:
    assert fit(said(), said(), COLD).title == "fitted "


def test_a_fit_says_how_many_outcomes_it_rests_on() -> None:
    assert fit(said(), said(), COLD).outcomes == 8


def test_weights_come_from_the_blind_verdicts() -> None:
    blind, final = said(0.8, 0.55), said(0.55, 0.8)

    assert fit(blind, final, COLD).weights == pytest.approx(believability(blind), abs=1e-9)


def test_the_calibration_comes_from_the_final_verdicts_under_those_weights() -> None:
    blind, final = said(), said(0.9, 0.7)
    found = fit(blind, final, COLD)
    weighted = COLD.model_copy(update={"weights": found.weights})

    assert (found.intercept, found.slope) == pytest.approx(
        platt(pool(final.panels(), weighted).centre, final.truth), abs=1e-8
    )


def test_what_an_earlier_fit_taught_is_learned_anew() -> None:
    again, first = (fit(said(), said(), base) for base in (TAUGHT, COLD))

    assert (again.weights, again.intercept, again.slope) == (first.weights, first.intercept, first.slope)


def test_constants_that_no_outcome_speaks_of_stay_those_of_the_base() -> None:
    base = COLD.model_copy(update={"clip": 0.07, "disagreement": {"plausibility": 0.2}})
    found = fit(said(), said(), base)

    assert (found.clip, found.disagreement) == (0.07, {"plausibility": 0.2})


def test_a_fit_is_rounded_as_it_is_stored() -> None:
    found = fit(said(), said(), COLD)
    numbers = (found.intercept, found.slope, *found.weights.values())

    assert [round(each, 9) for each in numbers] == list(numbers)


def test_an_item_without_a_final_verdict_is_left_out_of_the_calibration() -> None:
    rest = {item: true for item, true in TRUTH.items() if item != "item-3"}
    found, expected = fit(said(), without_finals("item-3"), COLD), fit(said(), said(truth=rest), COLD)

    assert (found.intercept, found.slope, found.outcomes) == (expected.intercept, expected.slope, 7)


def test_pooled_is_the_value_of_each_item_under_the_policy() -> None:
    odds = (log(0.8 / 0.2) + log(0.55 / 0.45)) / 2

    assert pooled(said(), COLD)[:2] == pytest.approx([1 / (1 + exp(odds)), 1 / (1 + exp(-odds))])
