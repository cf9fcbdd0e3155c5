from math import log

import pytest
from scipy.stats import t

from exchange.config import bands
from exchange.domain.bands import Certainty
from exchange.scoring.bands import certainty
from exchange.scoring.policy import COLD
from exchange.scoring.pool import Pooled


def around(probability: float, scale: float) -> Pooled:
    return Pooled(centre=log(probability / (1 - probability)), scale=scale, freedom=4)


def test_a_narrow_distribution_within_its_band_is_firm() -> None:
    assert certainty(around(0.5, 0.1), bands().edges, COLD, demonstration=False) == (Certainty.FIRM, None)


def test_a_distribution_mostly_within_its_band_leans() -> None:
    assert certainty(around(0.5, 0.4), bands().edges, COLD, demonstration=False) == (Certainty.LEANING, None)


def test_an_open_score_names_the_band_that_it_may_belong_to() -> None:
    assert certainty(around(0.58, 1.08), bands().edges, COLD, demonstration=False) == (Certainty.OPEN, "green")


def test_the_likeliest_other_band_is_named() -> None:
    assert certainty(around(0.42, 1.08), bands().edges, COLD, demonstration=False) == (Certainty.OPEN, "red")


def test_a_demonstration_leans_at_most() -> None:
    assert certainty(around(0.5, 0.1), bands().edges, COLD, demonstration=True) == (Certainty.LEANING, None)


def test_a_bands_share_is_that_of_the_t_distribution() -> None:
    edge = log(0.6 / 0.4) / 0.4

    assert around(0.5, 0.4).within(0.4, 0.6) == pytest.approx(t.cdf(edge, 4) - t.cdf(-edge, 4), abs=1e-9)


@pytest.mark.parametrize(
    ("share", "said"), [(0.91, Certainty.FIRM), (0.89, Certainty.LEANING), (0.61, Certainty.LEANING), (0.59, "open")]
)
def test_the_policys_shares_part_firm_from_leaning_and_leaning_from_open(share: float, said: str) -> None:
    scale = log(0.6 / 0.4) / float(t.ppf((1 + share) / 2, 4))

    assert certainty(around(0.5, scale), bands().edges, COLD, demonstration=False)[0] == said


def test_the_topmost_band_reaches_to_certainty() -> None:
    assert certainty(around(0.9, 0.4), bands().edges, COLD, demonstration=False) == (Certainty.FIRM, None)
