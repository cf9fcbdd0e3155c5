from collections.abc import Sequence
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.scoring.measures import MEASURES, auc, bins, brier, ece, intervals, log_loss, measured, reliability

JUDGED = st.lists(
    st.tuples(st.integers(min_value=0, max_value=20).map(lambda twentieth: twentieth / 20), st.booleans()),
    min_size=1,
    max_size=30,
)
few = settings(max_examples=40)
P = np.array([0.9, 0.8, 0.3, 0.6, 0.1])
TRUTH = np.array([1.0, 1.0, 0.0, 0.0, 0.0])


def columns(judged: Sequence[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    p, truth = np.array(judged, dtype=np.float64).T
    return p, truth


def naive_auc(judged: Sequence[tuple[float, bool]]) -> float | None:
    """The share of pairs of a true and a false item in which the true one has the higher probability, ties half."""
    pairs = [(p, q) for p, true in judged if true for q, other in judged if not other]
    return sum((p > q) + (p == q) / 2 for p, q in pairs) / len(pairs) if pairs else None


def naive_ece(judged: Sequence[tuple[float, bool]], wanted: int) -> float:
    """The gap of each bin of the ranked items, the larger bins first, weighted with their counts."""
    ranked = sorted(judged, key=lambda each: each[0])
    count = min(wanted, len(ranked))
    sizes = [len(ranked) // count + (place < len(ranked) % count) for place in range(count)]
    total, start = 0.0, 0
    for size in sizes:
        bin_ = ranked[start : start + size]
        total += abs(sum(p for p, _ in bin_) - sum(true for _, true in bin_))
        start += size
    return total / len(ranked)


@few
@given(JUDGED)
def test_brier_is_the_mean_squared_error(judged: list[tuple[float, bool]]) -> None:
    assert float(brier(*columns(judged))) == pytest.approx(sum((p - true) ** 2 for p, true in judged) / len(judged))


@few
@given(JUDGED)
def test_log_loss_is_the_mean_surprise_with_what_is_certain_held_a_millionth_away(
    judged: list[tuple[float, bool]],
) -> None:
    kept = [(min(max(p, 1e-6), 1 - 1e-6), true) for p, true in judged]
    naive = sum(-log(p if true else 1 - p) for p, true in kept) / len(kept)

    assert float(log_loss(*columns(judged))) == pytest.approx(naive)


@few
@given(JUDGED)
def test_auc_is_the_share_of_pairs_that_are_ranked_rightly(judged: list[tuple[float, bool]]) -> None:
    assert measured(*columns(judged))["auc"] == pytest.approx(naive_auc(judged))


@few
@given(JUDGED)
def test_ece_is_the_mean_gap_of_bins_of_equal_count(judged: list[tuple[float, bool]]) -> None:
    judged = sorted(judged, key=lambda each: each[0])

    assert float(ece(*columns(judged))) == pytest.approx(naive_ece(judged, 5))


@pytest.mark.parametrize(("items", "count"), [(1, 1), (4, 4), (5, 5), (199, 5), (200, 10), (1_000, 10)])
def test_there_are_five_bins_below_200_items_and_ten_from_there_on(items: int, count: int) -> None:
    assert len(bins(items)) == count


@pytest.mark.parametrize("items", [7, 199, 203])
def test_bins_hold_every_place_once_and_as_many_as_each_other_but_for_one(items: int) -> None:
    sizes = {len(places) for places in bins(items)}

    assert (np.concatenate(bins(items)).tolist(), max(sizes) - min(sizes) <= 1) == (list(range(items)), True)


def test_what_is_always_right_has_no_loss_and_ranks_wholly() -> None:
    assert measured(TRUTH, TRUTH) == {"brier": 0, "log_loss": pytest.approx(0, abs=2e-6), "auc": 1, "ece": 0}


def test_even_odds_on_everything_have_a_brier_of_a_quarter() -> None:
    assert float(brier(np.full(5, 0.5), TRUTH)) == 0.25


@pytest.mark.parametrize("truth", [0.0, 1.0])
def test_where_all_items_came_out_alike_there_is_no_auc(truth: float) -> None:
    assert (measured(P, np.full(5, truth))["auc"], intervals(P, np.full(5, truth))["auc"]) == (None, None)


def test_repeats_are_measured_one_by_one_and_averaged() -> None:
    repeats = np.array([P, 1 - P])

    assert measured(repeats, TRUTH) == {
        name: pytest.approx(float((measure(P, TRUTH) + measure(1 - P, TRUTH)) / 2))
        for name, measure in MEASURES.items()
    }


def test_many_samples_are_measured_as_each_would_be_alone() -> None:
    chosen = np.random.default_rng(0).integers(0, 5, (3, 5))

    for measure in (brier, log_loss, ece):
        assert measure(P[chosen], TRUTH[chosen]).tolist() == [float(measure(P[row], TRUTH[row])) for row in chosen]


def test_auc_of_a_sample_without_both_outcomes_is_not_a_number() -> None:
    assert np.isnan(auc(P, np.ones(5)))


def test_an_interval_holds_what_was_measured() -> None:
    chance = np.random.default_rng(3)
    p = chance.random(60)
    truth = (chance.random(60) < p).astype(np.float64)
    found, spans = measured(p, truth), intervals(p, truth)

    for name in ("brier", "log_loss", "auc"):
        low, high = spans[name] or (1, 0)
        assert low < (found[name] or 0) < high


def test_the_interval_of_a_mean_reaches_two_standard_errors_to_both_sides() -> None:
    chance = np.random.default_rng(3)
    p, truth = chance.random(400), (chance.random(400) < 0.5).astype(np.float64)
    losses = (p - truth) ** 2
    reach = 1.96 * losses.std(ddof=1) / 20

    found = np.mean([intervals(p, truth, seed)["brier"] or (0, 0) for seed in range(8)], axis=0)

    assert found == pytest.approx([losses.mean() - reach, losses.mean() + reach], abs=0.08 * reach)


def test_an_interval_is_the_same_every_time() -> None:
    assert intervals(P, TRUTH) == intervals(P, TRUTH)


def test_an_interval_narrows_with_more_items() -> None:
    few, many = intervals(P, TRUTH)["brier"], intervals(np.tile(P, 40), np.tile(TRUTH, 40))["brier"]

    assert few
    assert many
    assert many[1] - many[0] < few[1] - few[0]


def test_the_interval_of_what_never_varies_is_a_point() -> None:
    assert intervals(np.full(5, 0.5), TRUTH)["brier"] == (0.25, 0.25)


def test_a_reliability_diagram_has_mean_probability_share_and_count_of_each_bin() -> None:
    assert reliability(np.array([0.9, 0.1]), np.array([1.0, 0.0])) == [(0.1, 0.0, 1), (0.9, 1.0, 1)]


def test_a_reliability_diagram_averages_repeats_by_item() -> None:
    repeats = np.array([[0.8, 0.1], [1.0, 0.3]])

    assert [said for said, _, _ in reliability(repeats, np.array([1.0, 0.0]))] == pytest.approx([0.2, 0.9])


def test_the_gaps_of_the_diagram_add_up_to_the_ece() -> None:
    chance = np.random.default_rng(5)
    p, truth = chance.random(211), (chance.random(211) < 0.4).astype(np.float64)
    gaps = sum(count * abs(said - share) for said, share, count in reliability(p, truth)) / 211

    assert gaps == pytest.approx(float(ece(p, truth)))
