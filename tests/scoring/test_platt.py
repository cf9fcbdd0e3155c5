from collections.abc import Callable
from math import exp, log1p

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import expit

from exchange.scoring.platt import platt

SEEN = st.lists(st.tuples(st.floats(min_value=-2.2, max_value=2.2), st.booleans()), min_size=1, max_size=25)


def fitted(*seen: tuple[float, bool]) -> tuple[float, float]:
    x, truth = np.array(seen, dtype=np.float64).reshape(-1, 2).T
    return platt(x, truth)


def posterior(line: tuple[float, float], seen: list[tuple[float, bool]]) -> float:
    """The negative logarithm of the posterior, but for a constant, in plain Python."""
    a, b = line
    signed = [(a + b * x) if true else -(a + b * x) for x, true in seen]
    return sum(log1p(exp(-each)) for each in signed) + a**2 / (2 * 0.5) + (b - 1) ** 2 / (2 * 0.5)


def test_without_outcomes_the_calibration_is_the_identity() -> None:
    assert fitted() == (0.0, 1.0)


def along(loss: Callable[[float], float], low: float, high: float) -> tuple[float, float]:
    """Where the convex loss is least between two ends, and how much it is there."""
    found = minimize_scalar(loss, bounds=(low, high), method="bounded", options={"xatol": 1e-6})
    return float(found.x), float(found.fun)


@settings(max_examples=15)
@given(SEEN)
def test_it_is_the_line_that_a_search_along_both_axes_finds(seen: list[tuple[float, bool]]) -> None:
    def best(slope: float) -> tuple[float, float]:
        return along(lambda intercept: posterior((intercept, slope), seen), -7, 7)

    slope, _ = along(lambda slope: best(slope)[1], 0.05, 15)

    assert (best(slope)[0], slope) == pytest.approx(fitted(*seen), abs=2e-3)


@settings(max_examples=20)
@given(SEEN)
def test_no_line_of_a_grid_fits_better(seen: list[tuple[float, bool]]) -> None:
    grid = [(a / 10, b / 10) for a in range(-20, 21, 2) for b in range(1, 31, 2)]

    assert posterior(fitted(*seen), seen) <= min(posterior(line, seen) for line in grid) + 1e-9


def test_outcomes_that_are_true_more_often_than_said_raise_the_intercept() -> None:
    assert fitted(*[(0.0, True)] * 10)[0] > 0 > fitted(*[(0.0, False)] * 10)[0]


def test_judges_who_were_too_cautious_get_a_steeper_slope() -> None:
    assert fitted(*[(0.4, True), (-0.4, False)] * 20)[1] > 1


def test_judges_who_were_too_bold_get_a_flatter_slope() -> None:
    assert fitted(*[(2.0, True), (2.0, False), (-2.0, True), (-2.0, False)] * 10)[1] < 1


def test_judges_who_are_always_wrong_are_not_turned_round() -> None:
    assert fitted(*[(2.0, False), (-2.0, True)] * 50)[1] == pytest.approx(0.05)


def test_a_few_outcomes_move_the_line_less_than_many() -> None:
    intercepts = [fitted(*[(0.0, True)] * count)[0] for count in (1, 5, 20, 100)]

    assert intercepts == sorted(set(intercepts))


def test_the_line_is_exact_to_the_decimals_that_are_stored() -> None:
    random = np.random.default_rng(1)
    x = random.normal(size=300)
    truth = (random.random(300) < expit(1.7 * x + 0.5)).astype(float)
    intercept, slope = platt(x, truth)
    miss = expit(intercept + slope * x) - truth
    steepness = np.array([miss.sum() + 2 * intercept, (miss * x).sum() + 2 * (slope - 1)])

    assert np.abs(steepness).max() < 1e-8
