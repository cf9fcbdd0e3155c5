from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t

from exchange.domain.bands import Certainty
from exchange.scoring.bands import certainty, shares
from exchange.scoring.policy import COLD
from exchange.scoring.pool import Pooled
from tests.scoring.drawn import EDGES

INSIDE = st.floats(min_value=0.05, max_value=0.95)
SCALES = st.floats(min_value=0.05, max_value=3)


def around(*placed: tuple[float, float]) -> Pooled:
    """Panels whose t has four degrees of freedom, each with that middle (a probability) and that scale."""
    middles, scales = np.array(placed).T
    ones = np.ones(len(placed))
    return Pooled(centre=np.log(middles / (1 - middles)), scale=scales, freedom=4 * ones, spread=ones, effective=ones)


def found(middle: float, scale: float, demonstration: bool = False) -> tuple[Certainty, str | None]:
    return certainty(middle, shares(around((middle, scale)), EDGES)[0], EDGES, COLD, demonstration)


def test_a_narrow_distribution_within_its_band_is_firm() -> None:
    assert found(0.5, 0.1) == (Certainty.FIRM, None)


def test_a_distribution_mostly_within_its_band_leans() -> None:
    assert found(0.5, 0.4) == (Certainty.LEANING, None)


def test_an_open_score_names_the_band_that_it_may_belong_to() -> None:
    assert found(0.58, 1.08) == (Certainty.OPEN, "green")


def test_the_likeliest_other_band_is_named() -> None:
    assert found(0.42, 1.08) == (Certainty.OPEN, "red")


def test_a_demonstration_leans_at_most() -> None:
    assert found(0.5, 0.1, demonstration=True) == (Certainty.LEANING, None)


def test_the_topmost_band_reaches_to_certainty() -> None:
    assert found(0.9, 0.4) == (Certainty.FIRM, None)


def test_a_value_at_an_edge_is_in_the_band_above() -> None:
    assert found(0.6, 0.4) == (Certainty.OPEN, "amber")


@pytest.mark.parametrize(
    ("share", "said"), [(0.91, Certainty.FIRM), (0.89, Certainty.LEANING), (0.61, Certainty.LEANING), (0.59, "open")]
)
def test_the_policys_shares_part_firm_from_leaning_and_leaning_from_open(share: float, said: str) -> None:
    scale = log(0.6 / 0.4) / float(t.ppf((1 + share) / 2, 4))

    assert found(0.5, scale)[0] == said


def test_a_bands_share_is_that_of_the_t_distribution() -> None:
    edge = log(0.6 / 0.4) / 0.4

    assert shares(around((0.5, 0.4)), EDGES)[0]["amber"] == pytest.approx(t.cdf(edge, 4) - t.cdf(-edge, 4), abs=1e-9)


@settings(max_examples=30)
@given(st.lists(st.tuples(INSIDE, SCALES), min_size=1, max_size=8))
def test_the_shares_of_all_bands_add_up_to_one_for_each_panel(placed: list[tuple[float, float]]) -> None:
    assert [sum(each.values()) for each in shares(around(*placed), EDGES)] == pytest.approx([1.0] * len(placed))


@settings(max_examples=30)
@given(INSIDE, SCALES)
def test_only_an_open_score_has_a_neighbour_and_it_is_another_band_than_its_own(middle: float, scale: float) -> None:
    sure, neighbour = found(middle, scale)
    own = [name for name, low in EDGES.items() if middle >= low][-1]

    assert (neighbour in EDGES.keys() - {own}) if sure is Certainty.OPEN else neighbour is None
