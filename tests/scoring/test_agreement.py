import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.scoring.agreement import alpha, disagreement, expected_by_lot

# Twelve units as four observers rated them, with the alpha for interval data that Krippendorff publishes for them
# (Computing Krippendorff's Alpha-Reliability, 2011).
PUBLISHED = [
    [1, 1, 1],
    [2, 2, 3, 2],
    [3, 3, 3, 3],
    [3, 3, 3, 3],
    [2, 2, 2, 2],
    [1, 2, 3, 4],
    [4, 4, 4, 4],
    [1, 1, 2, 1],
    [2, 2, 2, 2],
    [5, 5, 5],
    [1, 1],
    [3],
]
UNITS = st.lists(st.lists(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0]), max_size=4), min_size=1, max_size=6)


def naive(units: list[list[float]]) -> float | None:
    """Alpha as it is defined: every pair within a unit, weighted by 1 / (m - 1), against every pair at all."""
    paired = [unit for unit in units if len(unit) > 1]
    values = [value for unit in paired for value in unit]
    within = sum((a - b) ** 2 / (len(unit) - 1) for unit in paired for a in unit for b in unit)
    at_all = sum((a - b) ** 2 for a in values for b in values)
    return 1 - (len(values) - 1) * within / at_all if at_all else None


def test_alpha_is_the_published_one_for_interval_data() -> None:
    assert alpha(PUBLISHED) == pytest.approx(0.849, abs=5e-4)


@settings(max_examples=40)
@given(UNITS)
def test_alpha_is_that_of_the_definition_pair_by_pair(units: list[list[float]]) -> None:
    assert naive(units) == pytest.approx(alpha(units), abs=1e-12)


@settings(max_examples=30)
@given(UNITS)
def test_the_order_of_units_and_ratings_changes_no_digit(units: list[list[float]]) -> None:
    backwards = [unit[::-1] for unit in reversed(units)]

    assert alpha(units) == alpha(backwards)


def test_judges_who_always_say_the_same_agree_wholly() -> None:
    assert alpha([[0.25, 0.25], [0.75, 0.75]]) == 1


def test_judges_who_differ_more_within_units_than_between_them_agree_less_than_by_lot() -> None:
    assert (alpha([[0, 1], [1, 0]]) or 0) < 0


@pytest.mark.parametrize("units", [[], [[0.5]], [[0.5, 0.5], [0.5, 0.5]], [[0.1], [0.9]]])
def test_where_nothing_can_differ_there_is_no_alpha(units: list[list[float]]) -> None:
    assert alpha(units) is None


def test_a_unit_with_one_rating_says_nothing() -> None:
    assert alpha([[0, 1], [1, 1], [0]]) == alpha([[0, 1], [1, 1]])


def test_a_lone_rating_is_no_part_of_the_disagreement() -> None:
    assert disagreement([[0, 1], [1, 1], [0]]) == disagreement([[0, 1], [1, 1]])


def test_disagreement_is_the_mean_squared_difference_of_two_ratings() -> None:
    assert disagreement([[0.0, 0.5], [1.0, 0.5]]) == pytest.approx((0.25 * 4 + 1.0 + 0.0) / 6)


def test_ratings_by_lot_differ_by_twice_the_variance_of_the_scale() -> None:
    assert expected_by_lot([0.0, 0.25, 0.5, 0.75, 1.0]) == pytest.approx(0.25)
