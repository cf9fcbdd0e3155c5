"""Where scores stand among each other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.pages.ranks import places

VALUES = st.dictionaries(st.text(max_size=3), st.sampled_from([0.0, 0.1, 0.5, 0.9, 1.0]), min_size=2, max_size=12)


def ranks(*values: float) -> list[int]:
    return [place.rank for place in places({str(at): value for at, value in enumerate(values)}).values()]


def percentiles(*values: float) -> list[float | None]:
    return [place.percentile for place in places({str(at): value for at, value in enumerate(values)}).values()]


def test_the_highest_value_has_rank_one() -> None:
    assert ranks(0.2, 0.9, 0.5) == [3, 1, 2]


def test_equal_values_share_the_best_rank_and_leave_the_next_empty() -> None:
    assert ranks(0.9, 0.5, 0.5, 0.1) == [1, 2, 2, 4]


def test_the_percentile_is_the_share_of_the_others_that_are_lower() -> None:
    assert percentiles(0.9, 0.5, 0.1) == [100, 50, 0]


def test_half_of_the_equal_ones_count_as_lower() -> None:
    assert percentiles(0.9, 0.5, 0.5, 0.1) == pytest.approx([100, 50, 50, 0])


def test_all_are_in_the_middle_where_all_are_equal() -> None:
    assert percentiles(0.5, 0.5, 0.5) == [50, 50, 50]


def test_one_that_has_no_other_has_a_rank_and_no_percentile() -> None:
    (place,) = places({"a": 0.9}).values()

    assert (place.rank, place.of, place.percentile) == (1, 1, None)


def test_of_nothing_there_are_no_places() -> None:
    assert places({}) == {}


@given(VALUES)
def test_the_higher_value_has_the_better_rank_and_the_higher_percentile(values: dict[str, float]) -> None:
    found = places(values)
    pairs = [(one, other) for one in values for other in values if values[one] > values[other]]

    assert all(found[one].rank < found[other].rank for one, other in pairs)
    assert all((found[one].percentile or 0) > (found[other].percentile or 0) for one, other in pairs)


@given(VALUES)
def test_percentiles_have_fifty_as_their_mean(values: dict[str, float]) -> None:
    found = [place.percentile or 0 for place in places(values).values()]

    assert sum(found) / len(found) == pytest.approx(50)
