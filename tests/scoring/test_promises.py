"""What is promised of every score, whatever the panel."""

import os
import subprocess
import sys
from math import isclose
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.domain.policy import Policy
from exchange.domain.score import Score
from exchange.scoring.ballots import Case
from exchange.scoring.policy import COLD
from exchange.scoring.rubric import rated
from exchange.scoring.score import scores
from tests.scoring.drawn import EDGES, POLICIES, SEEDS, TAUGHT, alone, case, changed, digits, finals, held, panel

CREDENCES = st.integers(min_value=0, max_value=100)
PANELS = st.lists(st.tuples(st.sampled_from("abcd").map(lambda name: f"m:{name}"), CREDENCES), min_size=2, max_size=5)
STRANGERS = st.lists(CREDENCES, min_size=2, max_size=5).map(
    lambda said: [(f"m:{number}", credence) for number, credence in enumerate(said)]
)
AS_ITS_JUDGES_DO = {"judges", "flips"}


def numbers(score: Score) -> list[float]:
    """Every number of the score that is a probability or a rating."""
    found = [score.value, score.low, score.high, score.composite, score.prior]
    found += [score.baseline.value, score.baseline.low, score.baseline.high] if score.baseline else []
    found += [number for judge in score.judges for number in (judge.prior, judge.final, *judge.by_order.values())]
    return [each for each in (*found, *(each.value for each in score.criteria)) if each is not None]


def width(score: Score) -> float:
    assert score.high is not None
    assert score.low is not None
    return score.high - score.low


def composite(of: Case) -> float:
    found = rated([of.ballots], [()], of.rubric, COLD)[0].composite
    assert found is not None
    return found


@given(SEEDS, POLICIES, st.randoms())
def test_the_order_of_judges_and_verdicts_changes_no_digit(seed: int, policy: Policy, chance: Random) -> None:
    of = case(seed)
    shuffled = list(of.ballots)
    chance.shuffle(shuffled)

    assert alone(of, policy).to_json() == alone(of._replace(ballots=tuple(shuffled)), policy).to_json()


@settings(max_examples=25)
@given(st.lists(SEEDS, min_size=1, max_size=36), POLICIES)
def test_a_case_has_the_same_digits_alone_and_in_any_batch(seeds: list[int], policy: Policy) -> None:
    cases = [case(seed) for seed in seeds]

    assert scores(cases, policy, EDGES) == [alone(each, policy) for each in cases]


@pytest.mark.parametrize("policy", [COLD, TAUGHT], ids=["cold", "taught"])
def test_a_thousand_cases_at_once_have_the_same_digits_as_one_by_one(policy: Policy) -> None:
    cases = [case(seed) for seed in range(1_000)]
    together = [score.to_json() for score in scores(cases, policy, EDGES)]

    assert together == [alone(each, policy).to_json() for each in cases]


@settings(max_examples=20)
@given(st.lists(SEEDS, min_size=2, max_size=12, unique=True), st.data())
def test_the_order_of_a_batch_changes_no_digit(seeds: list[int], data: st.DataObject) -> None:
    other = data.draw(st.permutations(seeds))
    first = dict(zip(seeds, scores([case(seed) for seed in seeds], COLD, EDGES), strict=True))

    assert first == dict(zip(other, scores([case(seed) for seed in other], COLD, EDGES), strict=True))


def test_no_cases_have_no_scores() -> None:
    assert scores([], COLD, EDGES) == []


def test_another_process_computes_the_same_digits() -> None:
    code = "from tests.scoring.drawn import digits; print(digits(200))"
    again = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert again.stdout.strip() == digits(200)


@given(SEEDS, POLICIES)
def test_a_stored_score_reads_back_as_it_was(seed: int, policy: Policy) -> None:
    score = alone(case(seed), policy)

    assert Score.from_json(score.to_json()) == score


@given(SEEDS, POLICIES)
def test_every_number_lies_within_0_and_1_and_has_at_most_nine_decimals(seed: int, policy: Policy) -> None:
    found = numbers(alone(case(seed), policy))

    assert [each for each in found if not 0 <= each <= 1 or each != round(each, 9) or str(each) == "-0.0"] == []


@given(SEEDS, POLICIES)
def test_a_value_lies_in_its_interval(seed: int, policy: Policy) -> None:
    score = alone(case(seed), policy)

    assert score.value is None or (score.low or 0) <= score.value <= (score.high or 0)


@given(PANELS, POLICIES, st.data())
def test_a_higher_credence_never_lowers_the_score(
    seated: list[tuple[str, int]], policy: Policy, data: st.DataObject
) -> None:
    of = held(panel(*seated))
    at = data.draw(st.sampled_from(finals(of)))
    higher = data.draw(st.integers(min_value=of.ballots[at].credence or 0, max_value=100))

    assert (alone(changed(of, at, credence=higher), policy).value or 0) >= (alone(of, policy).value or 0)


@given(SEEDS, st.data())
def test_a_better_rating_never_lowers_the_composite(seed: int, data: st.DataObject) -> None:
    of = case(seed)
    at = data.draw(st.sampled_from([place for place, each in enumerate(of.ballots) if each.ratings]))
    name = data.draw(st.sampled_from(sorted(of.ballots[at].ratings)))
    words = list(of.rubric.scale)
    better = data.draw(st.sampled_from(words[words.index(of.ballots[at].ratings[name]) :]))

    assert composite(changed(of, at, ratings=of.ballots[at].ratings | {name: better})) >= composite(of)


@given(STRANGERS, POLICIES, st.integers(min_value=1, max_value=3), st.data())
def test_a_judge_cloned_under_the_same_model_changes_nothing_but_the_list_of_judges(
    seated: list[tuple[str, int]], policy: Policy, clones: int, data: st.DataObject
) -> None:
    cloned = data.draw(st.sampled_from(seated))
    before, after = (alone(held(panel(*judges)), policy) for judges in (seated, seated + [cloned] * clones))

    assert after.model_dump(exclude=AS_ITS_JUDGES_DO) == before.model_dump(exclude=AS_ITS_JUDGES_DO)


def test_a_judge_of_another_model_who_says_the_same_is_a_second_opinion_and_narrows_the_interval() -> None:
    before = alone(held(panel(("m:a", 70), ("m:b", 70))))
    after = alone(held(panel(("m:a", 70), ("m:b", 70), ("m:c", 70))))

    assert width(after) < width(before)


def test_one_more_sample_of_a_model_moves_that_models_mean_and_can_bring_it_nearer_to_the_others() -> None:
    before = alone(held(panel(("m:a", 90), ("m:a", 10), ("m:b", 90))))
    after = alone(held(panel(("m:a", 90), ("m:a", 90), ("m:a", 10), ("m:b", 90))))

    assert (width(after) < width(before), isclose(after.effective or 0, before.effective or 0)) == (True, True)
