from collections.abc import Mapping, Sequence
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.config import rubric_named
from exchange.domain.policy import Policy
from exchange.domain.rubric import Rubric
from exchange.domain.verdict import When
from exchange.scoring.ballots import Ballot
from exchange.scoring.policy import COLD
from exchange.scoring.rubric import Rated, rated
from tests.scoring.drawn import FINALS, SEEDS, TAUGHT, ballot, case, rubrics

WORDS = ("very low", "low", "moderate", "high", "very high")
NAMES = ("plausibility", "evidence", "testability")
RATINGS = st.lists(st.sampled_from(WORDS), min_size=3, max_size=3)
# Ten ratings in hundredths, chosen so that their plain and their weighted mean are those of two published score cards;
# the cards' own ratings are not at hand. Those cards print the weights and show the plain mean.
CARDS = {
    0.604: (0.6067, (36, 76, 87, 48, 42, 87, 59, 76, 44, 49)),
    0.577: (0.5682, (63, 39, 43, 49, 78, 74, 56, 49, 41, 85)),
}


def rating(
    *words: str, seat: str = "judge-1", model: str = "m:a", order: str = FINALS[0], when: When = When.FINAL
) -> Ballot:
    """A ballot with these words on the criteria of the mechanism rubric, as far as they go."""
    named = dict(zip(NAMES, words, strict=False))
    return Ballot(seat=seat, model=model, when=when.value, order=order, credence=50, ratings=named)


def alone(
    finals: Sequence[Ballot], priors: Sequence[Ballot] = (), rubric: Rubric | None = None, policy: Policy = COLD
) -> Rated:
    return rated([finals], [priors], rubric or rubrics()[0], policy)[0]


def values(found: Rated) -> dict[str, float]:
    return {each["name"]: each["value"] for each in found.criteria}


def of_criterion(found: Rated, part: str, name: str = NAMES[0]) -> object:
    return next(each[part] for each in found.criteria if each["name"] == name)


def in_hundredths() -> Rubric:
    """The therapeutic rubric, on a scale from 0 to 100."""
    return rubric_named("therapeutic").model_copy(update={"scale": {str(each): each / 100 for each in range(101)}})


def card(ratings: Sequence[int]) -> Rated:
    rubric = in_hundredths()
    words = {each.name: str(value) for each, value in zip(rubric.criteria, ratings, strict=True)}
    return alone([ballot()._replace(ratings=words)], rubric=rubric)


def by_hand(panel: Sequence[Ballot], rubric: Rubric) -> Mapping[str, float]:
    """Mean over models of the mean over seats of the mean over sittings, in plain Python."""
    found = {}
    for criterion in rubric.criteria:
        models: dict[str, dict[str, list[float]]] = {}
        for each in panel:
            if criterion.name in each.ratings:
                seats = models.setdefault(each.model, {})
                seats.setdefault(each.seat, []).append(rubric.scale[each.ratings[criterion.name]])
        means = [sum(sum(said) / len(said) for said in seats.values()) / len(seats) for seats in models.values()]
        if means:
            found[criterion.name] = sum(means) / len(means)
    return found


@pytest.mark.parametrize("plain", CARDS)
def test_the_composite_is_a_published_cards_weighted_mean_where_the_plain_one_is_its_plain_mean(plain: float) -> None:
    weighted, ratings = CARDS[plain]

    assert (sum(ratings) / 1_000, card(ratings).composite) == (plain, weighted)


def test_the_therapeutic_composite_is_the_sum_that_was_added_by_hand() -> None:
    by_hand = 0.1125 + 0.075 + 0.12 + 0.09 + 0.06 + 0.025 + 0.0 + 0.03 + 0.0125 + 0.05

    assert by_hand == pytest.approx(card((75, 50, 100, 75, 50, 25, 0, 50, 25, 100)).composite, abs=1e-9)


def test_a_missing_criterion_leaves_its_weight_to_the_others() -> None:
    assert alone([rating("high", "very low")]).composite == pytest.approx(0.4 * 0.75 / 0.8, abs=1e-9)


def test_a_missing_criterion_is_named() -> None:
    found = alone([rating("high", "very low")])

    assert (found.missing, list(values(found))) == (("testability",), ["plausibility", "evidence"])


def test_ratings_of_no_criterion_have_no_composite() -> None:
    assert alone([rating()]) == Rated(criteria=[], missing=NAMES, composite=None)


def test_a_panel_of_nobody_has_no_composite() -> None:
    assert alone([]) == Rated(criteria=[], missing=NAMES, composite=None)


def test_a_word_is_worth_what_the_scale_says() -> None:
    assert values(alone([rating("very low", "low", "very high")])) == {
        "plausibility": 0.0,
        "evidence": 0.25,
        "testability": 1.0,
    }


def test_a_judge_who_sat_twice_counts_once() -> None:
    panel = [
        *(rating("very high", order=order) for order in FINALS),
        rating("very low", seat="judge-2", model="m:b"),
    ]

    assert values(alone(panel)) == {"plausibility": 0.5}


def test_two_seats_of_one_model_count_as_one_judge() -> None:
    panel = [
        rating("very high", seat="judge-1"),
        rating("very high", seat="judge-2"),
        rating("very low", seat="judge-3", model="m:b"),
    ]

    assert values(alone(panel)) == {"plausibility": 0.5}


def test_the_report_keeps_the_rubrics_order_labels_and_weights() -> None:
    found = alone([rating("high", "high", "high")])

    assert [(each["name"], each["label"], each["weight"]) for each in found.criteria] == [
        (each.name, each.label, each.weight) for each in rubrics()[0].criteria
    ]


def test_the_spread_is_the_standard_deviation_between_models() -> None:
    panel = [
        rating(word, seat=f"judge-{number}", model=f"m:{number}") for number, word in enumerate(("low", "high", "high"))
    ]

    assert of_criterion(alone(panel), "spread") == pytest.approx(sqrt(1 / 12), abs=1e-9)


def test_one_model_has_no_spread_however_often_it_sat() -> None:
    panel = [rating("low", seat="judge-1"), rating("high", seat="judge-2")]

    assert of_criterion(alone(panel), "spread") is None


def blind(*words: str) -> list[Ballot]:
    """One rating before the debate by each of so many models."""
    return [
        rating(word, seat=f"judge-{number}", model=f"m:{number}", order="blind", when=When.PRIOR)
        for number, word in enumerate(words)
    ]


@pytest.mark.parametrize(
    ("words", "agreement"),
    [(("high", "high"), 1.0), (("very low", "very high"), -3.0), (("low", "moderate"), 0.75), (("high",), None)],
)
def test_agreement_is_one_minus_the_difference_of_blind_ratings_over_that_by_lot(
    words: tuple[str, ...], agreement: float | None
) -> None:
    assert of_criterion(alone([rating("high")], blind(*words)), "agreement") == agreement


def test_agreement_is_measured_against_the_disagreement_that_a_policy_has_learned() -> None:
    found = alone([rating("high")], blind("low", "moderate"), policy=TAUGHT)

    assert of_criterion(found, "agreement") == pytest.approx(1 - 0.25**2 / 0.21, abs=1e-9)


def test_where_a_policy_has_learned_that_nothing_differs_there_is_no_agreement() -> None:
    policy = COLD.model_copy(update={"disagreement": {"plausibility": 0.0}})

    assert of_criterion(alone([rating("high")], blind("low", "low"), policy=policy), "agreement") is None


@pytest.mark.parametrize(("name", "alpha"), [("plausibility", 0.34), ("evidence", None)])
def test_a_criterion_has_the_alpha_that_the_policy_has_learned_for_it(name: str, alpha: float | None) -> None:
    assert of_criterion(alone([rating("high", "high")], policy=TAUGHT), "alpha", name) == alpha


def test_final_ratings_say_nothing_of_agreement() -> None:
    panel = [rating("low", seat="judge-1"), rating("high", seat="judge-2", model="m:b")]

    assert of_criterion(alone(panel), "agreement") is None


@settings(max_examples=40)
@given(SEEDS)
def test_a_criterions_value_is_the_mean_over_models_of_seats_of_sittings(seed: int) -> None:
    of = case(seed)

    assert values(alone(of.ballots, rubric=of.rubric)) == pytest.approx(by_hand(of.ballots, of.rubric), abs=1e-9)


@settings(max_examples=40)
@given(SEEDS, st.lists(SEEDS, max_size=6))
def test_neither_the_order_of_ballots_nor_the_other_panels_change_a_digit(seed: int, others: list[int]) -> None:
    of = case(seed)
    batch = [case(other).ballots for other in others] + [of.ballots[::-1]]

    assert rated(batch, batch, of.rubric, COLD)[-1] == alone(of.ballots, of.ballots, of.rubric)


@settings(max_examples=40)
@given(RATINGS, st.integers(min_value=0, max_value=2))
def test_a_better_rating_raises_the_composite(words: list[str], changed: int) -> None:
    composites = [alone([rating(*words[:changed], word, *words[changed + 1 :])]).composite or 0.0 for word in WORDS]

    assert composites == sorted(set(composites))
