from collections.abc import Mapping
from math import copysign, exp, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from exchange.domain.policy import Policy
from exchange.scoring.policy import COLD
from exchange.scoring.pool import by_model, effective, in_turn, mean, pool, rounded
from tests.scoring.drawn import POLICIES, TAUGHT

CREDENCES = st.integers(min_value=0, max_value=100).map(lambda percent: percent / 100)
PANELS = st.dictionaries(st.sampled_from([f"m:{name}" for name in "abcdef"]), CREDENCES, min_size=1)
few = settings(max_examples=30)


def value(policy: Policy = COLD, **said: float) -> float:
    return float(pool([said], policy).value[0])


def interval(policy: Policy = COLD, **said: float) -> tuple[float, float]:
    low, high = pool([said], policy).interval(policy.level)
    return float(low[0]), float(high[0])


def width(**said: float) -> float:
    low, high = interval(COLD, **said)
    return high - low


def taught(**what: object) -> Policy:
    return COLD.model_copy(update=what)


def by_hand(panel: Mapping[str, float], policy: Policy) -> tuple[float, float, float]:
    """Low, value and high in plain Python: the formulas of the t in log-odds, one by one."""
    clipped = [min(max(p, policy.clip), 1 - policy.clip) for p in panel.values()]
    x = [log(p / (1 - p)) for p in clipped]
    w = [policy.weights.get(model, 1.0) for model in panel]
    k = sum(w) ** 2 / sum(each**2 for each in w)
    centre = sum(a * b for a, b in zip(w, x, strict=True)) / sum(w)
    variance = sum(a * (b - centre) ** 2 for a, b in zip(w, x, strict=True)) / sum(w) * k / (k - 1) if k > 1 else 0.0
    freedom = k - 1 + policy.spread_weight
    spread = sqrt(((k - 1) * variance + policy.spread_weight * policy.spread**2) / freedom)
    n_eff = k / (1 + (k - 1) * policy.correlation)
    middle = policy.intercept + policy.slope * centre
    reach = t.ppf((1 + policy.level) / 2, freedom) * policy.slope * spread / sqrt(n_eff)
    return 1 / (1 + exp(reach - middle)), 1 / (1 + exp(-middle)), 1 / (1 + exp(-reach - middle))


def test_the_value_is_the_mean_of_the_log_odds() -> None:
    odds = sqrt(1.5 * 4)

    assert value(a=0.6, b=0.8) == pytest.approx(odds / (1 + odds), abs=1e-12)


def test_judges_at_equal_distance_from_even_odds_cancel_out() -> None:
    assert value(a=0.3, b=0.7) == pytest.approx(0.5, abs=1e-12)


@pytest.mark.parametrize(("credence", "pooled"), [(0.0, 0.1), (0.05, 0.1), (0.10, 0.1), (0.95, 0.9), (1.0, 0.9)])
def test_a_credence_beyond_the_clip_counts_as_the_clip(credence: float, pooled: float) -> None:
    assert value(a=credence) == pytest.approx(pooled, abs=1e-12)


def test_three_judges_have_the_interval_that_was_computed_by_hand() -> None:
    logits = [0.0, log(1.5), log(4)]
    centre = log(6) / 3
    spread = sqrt((sum((each - centre) ** 2 for each in logits) + 4 * 1.08**2) / 6)
    reach = 1.943180281 * spread / sqrt(3 / 1.4)

    assert interval(a=0.5, b=0.6, c=0.8) == pytest.approx(
        (1 / (1 + exp(reach - centre)), 1 / (1 + exp(-reach - centre))), abs=1e-9
    )


def test_one_judges_interval_is_t_with_the_policys_spread() -> None:
    reach = 2.131846786 * 1.08

    assert interval(a=0.5) == pytest.approx((1 / (1 + exp(reach)), 1 / (1 + exp(-reach))), abs=1e-9)


@few
@given(PANELS, POLICIES)
def test_interval_and_value_are_those_of_the_formulas_in_plain_python(panel: dict[str, float], policy: Policy) -> None:
    pooled = pool([panel], policy)
    low, high = pooled.interval(policy.level)

    assert by_hand(panel, policy) == pytest.approx((low[0], pooled.value[0], high[0]), abs=1e-12)


@few
@given(st.lists(PANELS, min_size=1, max_size=30), POLICIES)
def test_a_panel_has_the_same_digits_alone_and_in_any_batch(panels: list[dict[str, float]], policy: Policy) -> None:
    together, singles = pool(panels, policy), [pool([panel], policy) for panel in panels]
    columns = ("centre", "scale", "freedom", "spread", "effective")

    assert {name: getattr(together, name).tolist() for name in columns} == {
        name: [float(getattr(each, name)[0]) for each in singles] for name in columns
    }


@few
@given(PANELS, POLICIES, st.data())
def test_the_order_of_the_judges_changes_no_digit(panel: dict[str, float], policy: Policy, data: st.DataObject) -> None:
    other = dict(data.draw(st.permutations(list(panel.items()))))

    assert pool([panel], policy).interval(0.9) == pool([other], policy).interval(0.9)


@few
@given(PANELS, POLICIES, st.data())
def test_no_judges_rise_lowers_the_value(panel: dict[str, float], policy: Policy, data: st.DataObject) -> None:
    judge = data.draw(st.sampled_from(sorted(panel)))
    higher = data.draw(CREDENCES.filter(lambda credence: credence >= panel[judge]))

    assert value(policy, **panel | {judge: higher}) >= value(policy, **panel) - 1e-15


@few
@given(PANELS, st.floats(min_value=0.01, max_value=100))
def test_only_the_ratio_of_weights_counts(panel: dict[str, float], factor: float) -> None:
    weights = {name: 1 + place for place, name in enumerate("abcdef")}
    plain, scaled = (
        taught(weights={f"m:{name}": weight * by for name, weight in weights.items()}) for by in (1.0, factor)
    )

    assert interval(plain, **panel) == pytest.approx(interval(scaled, **panel), abs=1e-12)


def test_a_heavier_judge_pulls_the_value_to_its_side() -> None:
    assert value(taught(weights={"a": 3.0}), a=0.8, b=0.3) > value(a=0.8, b=0.3)


def test_a_judge_with_three_times_the_weight_counts_three_times_in_the_mean() -> None:
    assert value(taught(weights={"a": 3.0}), a=0.8, b=0.2) == pytest.approx(1 / (1 + exp(-log(4) / 2)), abs=1e-12)


def test_unequal_weights_are_worth_fewer_judges() -> None:
    pooled = pool([{"a": 0.6, "b": 0.6}], taught(weights={"a": 3.0}))

    assert pooled.effective[0] == pytest.approx(effective(16 / 10, 0.2))


def test_a_model_that_no_outcome_spoke_of_has_weight_one() -> None:
    assert value(taught(weights={"other": 9.0}), a=0.8, b=0.3) == value(a=0.8, b=0.3)


def test_the_calibration_of_no_outcomes_is_the_identity() -> None:
    assert value(taught(intercept=0.0, slope=1.0), a=0.8, b=0.3) == value(a=0.8, b=0.3)


def test_the_calibration_is_a_line_in_log_odds() -> None:
    assert value(taught(intercept=0.5, slope=2.0), a=0.6) == pytest.approx(
        1 / (1 + exp(-0.5 - 2 * log(1.5))), abs=1e-12
    )


def test_a_steeper_slope_takes_the_value_away_from_even_odds() -> None:
    values = [value(taught(slope=slope), a=0.7) for slope in (0.5, 1.0, 1.5, 2.0)]

    assert values == sorted(set(values))


def test_a_higher_intercept_raises_the_value() -> None:
    values = [value(taught(intercept=intercept), a=0.7) for intercept in (-1.0, -0.1, 0.0, 0.1, 1.0)]

    assert values == sorted(set(values))


@pytest.mark.parametrize(("judges", "independent"), [(1, 1.0), (3, 3 / 1.8), (6, 2.0)])
def test_correlated_judges_are_worth_fewer_independent_ones(judges: int, independent: float) -> None:
    assert independent == pytest.approx(effective(judges, 0.4))


def test_the_interval_of_a_single_judge_is_wide() -> None:
    assert width(a=0.7) > 0.5


def test_a_second_opinion_that_agrees_narrows_the_interval() -> None:
    assert width(a=0.7, b=0.7) < width(a=0.7)


def test_judges_that_differ_widen_the_interval() -> None:
    assert width(a=0.3, b=0.7) > width(a=0.5, b=0.5)


def test_judges_whose_errors_are_more_alike_have_a_wider_interval() -> None:
    apart, alike = (interval(taught(correlation=rho), a=0.6, b=0.7, c=0.8) for rho in (0.0, 0.9))

    assert apart[1] - apart[0] < alike[1] - alike[0]


def test_below_is_the_distribution_function_of_the_t() -> None:
    pooled = pool([{"a": 0.2, "b": 0.7}], COLD)
    place = (log(0.6 / 0.4) - pooled.centre[0]) / pooled.scale[0]

    assert t.cdf(place, pooled.freedom[0]) == pytest.approx(pooled.below(0.6)[0], abs=1e-12)


def test_nothing_lies_below_0_and_everything_below_1() -> None:
    pooled = pool([{"a": 0.2, "b": 0.7}], COLD)

    assert (pooled.below(0.0)[0], pooled.below(1.0)[0]) == (0, 1)


def test_numbers_are_stored_with_nine_decimals() -> None:
    assert rounded(np.array([2 / 3, 0.1234567894])).tolist() == [0.666666667, 0.123456789]


def test_no_negative_zero_is_stored() -> None:
    assert [copysign(1, each) for each in rounded(np.array([-1e-12, -0.0]))] == [1, 1]


def test_rows_are_added_one_after_the_other() -> None:
    rows = [np.array([each]) for each in (1e16, 1.0, -1e16, 1.0)]

    assert in_turn(rows).tolist() == [((1e16 + 1.0) - 1e16) + 1.0]


def test_samples_of_one_model_count_as_one_judge_with_their_mean() -> None:
    assert by_model([("a", 0.25), ("b", 0.9), ("a", 0.75)]) == {"a": 0.5, "b": 0.9}


@few
@given(st.lists(CREDENCES, min_size=1, max_size=9), st.data())
def test_a_mean_does_not_depend_on_the_order(values: list[float], data: st.DataObject) -> None:
    assert mean(values) == mean(data.draw(st.permutations(values)))


@pytest.mark.parametrize("policy", [COLD, TAUGHT], ids=["cold", "taught"])
def test_a_panel_of_one_has_the_policys_spread(policy: Policy) -> None:
    assert pool([{"m:z": 0.7}], policy).spread[0] == pytest.approx(policy.spread)
