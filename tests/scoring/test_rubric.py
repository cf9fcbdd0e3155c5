from math import copysign

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.config import rubric_named
from exchange.domain.rubric import Rubric
from exchange.domain.verdict import Order, Verdict
from exchange.scoring.rubric import composite, criteria, report, rounded
from tests.builders import sitting, verdict

WORDS = ("very low", "low", "moderate", "high", "very high")
RATINGS = st.lists(st.sampled_from(WORDS), min_size=3, max_size=3)
THERAPEUTIC = {
    "mechanistic_plausibility": 0.75,
    "evidence_strength": 0.5,
    "novelty": 1.0,
    "feasibility": 0.75,
    "therapeutic_potential": 0.5,
    "druggability": 0.25,
    "safety": 0.0,
    "competitive_landscape": 0.5,
    "data_availability": 0.25,
    "reproducibility": 1.0,
}


def rated(seat: str, words: list[str], rubric: Rubric, order: Order = Order.PROPOSER_FIRST) -> Verdict:
    plain = verdict(sitting(seat, order=order), rubric=rubric)
    ratings = tuple(
        rating.model_copy(update={"rating": word}) for rating, word in zip(plain.ratings, words, strict=True)
    )
    return plain.model_copy(update={"ratings": ratings})


def test_the_therapeutic_composite_is_the_weighted_sum_and_not_the_plain_mean() -> None:
    by_hand = 0.1125 + 0.075 + 0.12 + 0.09 + 0.06 + 0.025 + 0.0 + 0.03 + 0.0125 + 0.05

    assert by_hand == pytest.approx(composite(THERAPEUTIC, rubric_named("therapeutic")), abs=1e-12)


def test_a_missing_criterion_leaves_its_weight_to_the_others() -> None:
    without_safety = {name: value for name, value in THERAPEUTIC.items() if name != "safety"}

    assert composite(without_safety, rubric_named("therapeutic")) == pytest.approx(0.575 / 0.92, abs=1e-12)


def test_ratings_of_no_criterion_have_no_composite() -> None:
    assert composite({}, rubric_named("mechanism")) is None


def test_a_word_is_worth_what_the_scale_says() -> None:
    rubric = rubric_named("mechanism")
    pooled = criteria([rated("judge-1", ["very low", "low", "very high"], rubric)], rubric)

    assert pooled == {"plausibility": 0.0, "evidence": 0.25, "testability": 1.0}


def test_a_judge_who_sat_twice_counts_once() -> None:
    rubric = rubric_named("mechanism")
    verdicts = [
        rated("judge-1", ["very high"] * 3, rubric),
        rated("judge-1", ["very high"] * 3, rubric, Order.CRITIC_FIRST),
        rated("judge-2", ["very low"] * 3, rubric),
    ]

    assert criteria(verdicts, rubric) == {"plausibility": 0.5, "evidence": 0.5, "testability": 0.5}


def test_a_criterion_that_nobody_rated_is_left_out() -> None:
    rubric = rubric_named("mechanism")
    whole = rated("judge-1", ["high"] * 3, rubric)
    partial = whole.model_copy(update={"ratings": whole.ratings[:1]})

    assert criteria([partial], rubric) == {"plausibility": 0.75}


def test_the_report_keeps_the_rubrics_order_and_weights() -> None:
    reported = report({"testability": 1.0, "plausibility": 0.25}, rubric_named("mechanism"))

    assert [(each.name, each.weight, each.value) for each in reported] == [
        ("plausibility", 0.4, 0.25),
        ("testability", 0.2, 1.0),
    ]


def test_numbers_are_stored_with_nine_decimals() -> None:
    assert rounded(2 / 3) == 0.666666667


def test_no_negative_zero_is_stored() -> None:
    assert copysign(1, rounded(-1e-12)) == 1


@settings(max_examples=60, deadline=None)
@given(RATINGS, st.integers(min_value=0, max_value=2))
def test_a_better_rating_raises_the_composite(words: list[str], changed: int) -> None:
    rubric = rubric_named("mechanism")
    worse = [WORDS[0] if number == changed else word for number, word in enumerate(words)]
    values = []
    for word in WORDS:
        better = [word if number == changed else each for number, each in enumerate(worse)]
        values.append(composite(criteria([rated("judge-1", better, rubric)], rubric), rubric) or 0.0)

    assert values == sorted(set(values))


@settings(max_examples=60, deadline=None)
@given(st.lists(RATINGS, min_size=1, max_size=5))
def test_the_composite_does_not_depend_on_the_order_of_the_verdicts(panel: list[list[str]]) -> None:
    rubric = rubric_named("mechanism")
    verdicts = [rated(f"judge-{number}", words, rubric) for number, words in enumerate(panel)]

    assert composite(criteria(verdicts, rubric), rubric) == composite(criteria(verdicts[::-1], rubric), rubric)


def test_two_seats_of_one_model_count_as_one_judge() -> None:
    rubric = rubric_named("mechanism")
    given = [
        verdict(sitting("judge-1", model="m:a"), rating="very high"),
        verdict(sitting("judge-2", model="m:a"), rating="very high"),
        verdict(sitting("judge-3", model="m:b"), rating="very low"),
    ]

    assert composite(criteria(given, rubric), rubric) == pytest.approx(0.5)
