from itertools import permutations
from math import exp, log, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from exchange.scoring.policy import COLD
from exchange.scoring.pool import Pooled, effective, pool

CREDENCES = st.integers(min_value=0, max_value=100).map(lambda percent: percent / 100)
PANELS = st.lists(CREDENCES, min_size=1, max_size=5)
SEATED = st.lists(st.tuples(CREDENCES, st.sampled_from("abc")), min_size=1, max_size=5)
modest = settings(max_examples=60, deadline=None)


def of_strangers(*credences: float) -> Pooled:
    """The pool of judges of which no two are the same model."""
    return pool(credences, [f"model-{number}" for number in range(len(credences))], COLD)


def width(pooled: Pooled) -> float:
    low, high = pooled.interval(COLD.level)
    return high - low


def test_the_value_is_the_mean_of_the_log_odds() -> None:
    odds = sqrt(1.5 * 4)

    assert of_strangers(0.6, 0.8).value == pytest.approx(odds / (1 + odds), abs=1e-12)


def test_judges_at_equal_distance_from_even_odds_cancel_out() -> None:
    assert of_strangers(0.3, 0.7).value == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize(("credence", "value"), [(0.0, 0.1), (0.05, 0.1), (0.95, 0.9), (1.0, 0.9)])
def test_a_credence_beyond_the_clip_counts_as_the_clip(credence: float, value: float) -> None:
    assert of_strangers(credence).value == pytest.approx(value, abs=1e-12)


def test_one_judges_interval_is_t_with_the_policys_spread() -> None:
    reach = t.ppf(0.95, 4) * 1.08

    low, high = of_strangers(0.5).interval(0.90)

    assert (1 / (1 + exp(reach)), 1 / (1 + exp(-reach))) == pytest.approx((low, high), abs=1e-9)


def test_three_judges_interval_is_t_with_the_shrunk_spread_and_the_effective_judges() -> None:
    logits = [log(0.5 / 0.5), log(0.6 / 0.4), log(0.8 / 0.2)]
    centre = sum(logits) / 3
    spread = sqrt((sum((each - centre) ** 2 for each in logits) + 4 * 1.08**2) / 6)
    reach = t.ppf(0.95, 6) * spread / sqrt(3 / 1.8)

    low, high = of_strangers(0.5, 0.6, 0.8).interval(0.90)

    assert (1 / (1 + exp(reach - centre)), 1 / (1 + exp(-reach - centre))) == pytest.approx((low, high), abs=1e-9)


@pytest.mark.parametrize(("judges", "independent"), [(1, 1.0), (3, 3 / 1.8), (6, 2.0)])
def test_correlated_judges_are_worth_fewer_independent_ones(judges: int, independent: float) -> None:
    assert independent == pytest.approx(effective(judges, 0.4))


def test_samples_of_one_model_count_as_one_judge_with_their_mean() -> None:
    assert pool([0.5], ["a"], COLD) == pool([0.25, 0.75], ["a", "a"], COLD)


def test_the_interval_of_a_single_judge_is_wide() -> None:
    assert width(of_strangers(0.7)) > 0.5


def test_a_second_opinion_that_agrees_narrows_the_interval() -> None:
    assert width(of_strangers(0.7, 0.7)) < width(of_strangers(0.7))


def test_judges_that_differ_widen_the_interval() -> None:
    assert width(of_strangers(0.3, 0.7)) > width(of_strangers(0.5, 0.5))


def test_the_shares_of_neighbouring_ranges_add_up_to_all() -> None:
    pooled = of_strangers(0.2, 0.7)

    assert pooled.within(0, 0.4) + pooled.within(0.4, 0.6) + pooled.within(0.6, 1) == pytest.approx(1)


@modest
@given(SEATED)
def test_the_order_of_the_judges_changes_no_digit(seated: list[tuple[float, str]]) -> None:
    pools = {
        pool([credence for credence, _ in order], [model for _, model in order], COLD) for order in permutations(seated)
    }

    assert len(pools) == 1


@modest
@given(PANELS)
def test_the_value_lies_in_its_interval_and_both_within_0_and_1(credences: list[float]) -> None:
    pooled = of_strangers(*credences)
    low, high = pooled.interval(COLD.level)

    assert 0 < low < pooled.value < high < 1


@modest
@given(PANELS, st.data())
def test_no_judges_rise_lowers_the_value(credences: list[float], data: st.DataObject) -> None:
    judge = data.draw(st.integers(min_value=0, max_value=len(credences) - 1))
    higher = data.draw(CREDENCES.filter(lambda credence: credence >= credences[judge]))
    risen = [higher if number == judge else credence for number, credence in enumerate(credences)]

    assert of_strangers(*risen).value >= of_strangers(*credences).value


@modest
@given(PANELS, st.integers(min_value=1, max_value=3), st.data())
def test_a_cloned_judge_never_narrows_the_interval(credences: list[float], clones: int, data: st.DataObject) -> None:
    judge = data.draw(st.integers(min_value=0, max_value=len(credences) - 1))
    models = [f"model-{number}" for number in range(len(credences))]
    cloned = pool([*credences, *[credences[judge]] * clones], [*models, *[models[judge]] * clones], COLD)

    assert width(cloned) >= width(of_strangers(*credences)) - 1e-12
