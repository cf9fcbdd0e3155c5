from collections.abc import Sequence

import pytest

from exchange.domain.bands import Certainty
from exchange.domain.debate import Check, Role, Turn
from exchange.domain.policy import Policy
from exchange.domain.score import Score, State
from exchange.domain.verdict import Unscored, Verdict, When
from exchange.scoring.ballots import Ballot, Case
from exchange.scoring.policy import COLD
from exchange.scoring.score import failed, score, scores
from tests.builders import turn, verdicts_of
from tests.scoring.drawn import EDGES, FINALS, TAUGHT, alone, ballot, formats, held, panel, rubrics

AGREED = (("m:a", 70), ("m:b", 70), ("m:c", 70))
CRITIC_FIRST, PROPOSER_FIRST = FINALS


def scored(
    verdicts: Sequence[Verdict | Unscored], turns: Sequence[Turn] = (turn(),), demonstration: bool = False
) -> Score:
    """The score of a whole debate under the panel's format, which has a quorum of two."""
    return score(verdicts, turns, formats()[0], rubrics()[0], COLD, EDGES, demonstration)


def of(*seated: tuple[str, int], prior: int = 50, demonstration: bool = False, policy: Policy = COLD) -> Score:
    return alone(held(panel(*seated, prior=prior), demonstration=demonstration), policy)


def credences(*said: int, demonstration: bool = False) -> Score:
    """The score of judges of which no two are the same model."""
    return of(*[(f"m:{number}", credence) for number, credence in enumerate(said)], demonstration=demonstration)


def saying(seat: str, when: When, order: str, credence: int | None, others: Sequence[Ballot]) -> Case:
    """The others' ballots, but for the one of that sitting, which says so."""
    there = [each for each in others if (each.seat, each.when, each.order) == (seat, when.value, order)]
    ratings = there[0].ratings if credence is not None else {}
    return held(tuple(each._replace(credence=credence, ratings=ratings) if each in there else each for each in others))


def with_baseline(*said: int | None) -> Case:
    """Two judges, of whom the first also sat so often without a debate."""
    more = [ballot("judge-1", "m:a", When.BASELINE, "blind", credence) for credence in said]
    return held((*panel(("m:a", 70), ("m:b", 70), prior=40), *more))


def test_a_debates_verdicts_and_turns_are_scored() -> None:
    result = scored(verdicts_of([70, 70, 70]))

    assert (result.state, result.value) == (State.SCORED, 0.7)


def test_a_debate_is_scored_as_its_ballots_are_in_a_batch() -> None:
    assert (
        scored(verdicts_of([70, 20])).judges
        == alone(held(panel(("openai:judge-1", 70), ("openai:judge-2", 20)))).judges
    )


def test_fewer_judges_than_the_quorum_give_no_number() -> None:
    result = credences(70)

    assert (result.state, result.value, result.low, result.high, result.composite, result.certainty) == (
        State.INSUFFICIENT,
        None,
        None,
        None,
        None,
        None,
    )


def test_too_few_judges_are_counted_in_the_reason() -> None:
    assert credences(70).reason == "1 of the 2 judges that a score needs gave a readable final verdict in every order"


def test_a_panel_of_nobody_gives_no_number() -> None:
    assert alone(held(())).reason == (
        "0 of the 2 judges that a score needs gave a readable final verdict in every order"
    )


def test_two_seats_make_a_quorum_and_are_worth_one_judge_where_they_are_one_model() -> None:
    result = of(("m:a", 70), ("m:a", 70))

    assert (result.state, result.effective) == (State.SCORED, 1.0)


@pytest.mark.parametrize("check", [Check.MISQUOTED, Check.UNQUOTED, Check.UNKNOWN, Check.UNCHECKED])
def test_without_a_verified_quote_there_is_no_number(check: Check) -> None:
    result = scored(verdicts_of([70, 70]), [turn(check=check)])

    assert (result.state, result.value, result.reason) == (
        State.INSUFFICIENT,
        None,
        "no argument quotes a passage that says what is quoted",
    )


def test_a_debate_without_turns_gives_no_number() -> None:
    assert scored(verdicts_of([70, 70]), []).state is State.INSUFFICIENT


def test_a_verified_quote_of_the_critic_is_enough() -> None:
    turns = [turn(check=Check.MISQUOTED), turn(2, Role.CRITIC)]

    assert scored(verdicts_of([70, 70]), turns).state is State.SCORED


def test_a_format_that_asks_for_no_quote_is_scored_without() -> None:
    of = held(panel(*AGREED), verified=0)._replace(format=formats()[0].model_copy(update={"verified": 0}))

    assert alone(of).state is State.SCORED


def test_without_a_number_the_judges_and_what_they_rated_are_still_reported() -> None:
    result = alone(held(panel(*AGREED), verified=0))

    assert (len(result.judges), len(result.criteria), result.conduct[0].verified) == (3, 3, 0)


@pytest.mark.parametrize(
    ("said", "state"), [((40, 60), State.CONTESTED), ((41, 100), State.SCORED), ((0, 59), State.SCORED)]
)
def test_a_panel_is_contested_where_judges_stand_on_both_sides_of_the_gap(said: tuple[int, int], state: State) -> None:
    assert credences(*said).state is state


def test_a_contested_panel_has_a_number_however_many_judges_it_has() -> None:
    result = credences(40, 40, 60, 60, 60, 40)

    assert (result.state, result.value) == (State.CONTESTED, 0.5)


def test_a_model_that_contradicts_itself_does_not_contest() -> None:
    assert of(("m:a", 10), ("m:a", 90), ("m:b", 50)).state is State.SCORED


def test_judges_who_seldom_miss_pull_the_score_to_their_side() -> None:
    heavy, plain = (
        of(("m:a", 80), ("m:b", 30), policy=policy).value or 0
        for policy in (TAUGHT.model_copy(update=dict(intercept=0.0, slope=1.0)), COLD)
    )

    assert heavy > plain


def test_a_judge_who_read_only_one_order_is_not_counted() -> None:
    of = saying("judge-3", When.FINAL, CRITIC_FIRST, None, panel(("m:a", 70), ("m:b", 70), ("m:c", 10)))

    assert (alone(of).value, [judge.final for judge in alone(of).judges]) == (0.7, [0.7, 0.7, None])


def test_the_ratings_of_a_judge_who_is_not_counted_are_not_pooled() -> None:
    half = ballot("judge-3", "m:c", credence=70, rating="very low")

    assert alone(held((*panel(("m:a", 70), ("m:b", 70), rating="high"), half))).composite == 0.75


def test_a_judges_two_orders_are_averaged() -> None:
    of = saying("judge-1", When.FINAL, CRITIC_FIRST, 50, panel(("m:a", 70), ("m:b", 70)))

    assert alone(of).judges[0].final == 0.6


def test_judges_whose_verdict_changes_sides_with_the_order_are_counted() -> None:
    of = saying("judge-1", When.FINAL, CRITIC_FIRST, 30, panel(*AGREED))

    assert alone(of).flips == 1


@pytest.mark.parametrize(
    ("when", "order"), [(When.PRIOR, "blind"), (When.FINAL, CRITIC_FIRST), (When.FINAL, PROPOSER_FIRST)]
)
def test_a_sitting_before_or_after_the_debate_that_gave_no_verdict_is_counted(when: When, order: str) -> None:
    assert alone(saying("judge-1", when, order, None, panel(*AGREED))).unscored == 1


@pytest.mark.parametrize("when", [When.INTERIM, When.BASELINE])
def test_a_lost_sitting_that_the_score_is_not_made_of_is_not_counted(when: When) -> None:
    lost = ballot("judge-1", "m:a", when, credence=None)

    assert alone(held((*panel(*AGREED), lost))).unscored == 0


def test_polls_between_turns_change_nothing() -> None:
    polled = [ballot("judge-1", "m:a", When.INTERIM, order, 10, "very low") for order in FINALS]

    assert alone(held((*panel(*AGREED), *polled))) == of(*AGREED)


def test_the_prior_is_pooled_as_the_value_is() -> None:
    assert of(*AGREED, prior=30).prior == 0.3


def test_the_shift_is_what_the_debate_changed() -> None:
    assert of(*AGREED, prior=50).shift == 0.2


def test_the_shift_of_a_panel_that_kept_its_mind_is_zero_when_a_judge_drops_out() -> None:
    steady = (*panel(("m:a", 50), ("m:b", 50)), ballot("judge-3", "m:c", When.PRIOR, "blind", 10))

    assert (alone(held(steady)).shift, alone(held(steady)).prior != 0.5) == (0, True)


def test_without_priors_there_is_neither_prior_nor_shift() -> None:
    finals = tuple(each for each in panel(*AGREED) if each.when == When.FINAL)

    assert (alone(held(finals)).prior, alone(held(finals)).shift) == (None, None)


def test_criteria_that_nobody_rated_are_named() -> None:
    partial = tuple(
        each._replace(ratings={name: each.ratings[name] for name in ("plausibility", "evidence")})
        for each in panel(*AGREED)
    )

    assert alone(held(partial)).missing_criteria == ("testability",)


def test_a_score_says_how_many_independent_judges_its_panel_is_worth() -> None:
    assert credences(70, 70, 70).effective == pytest.approx(3 / 1.4, abs=1e-9)


def test_judges_who_differ_have_a_greater_spread_than_judges_who_agree() -> None:
    assert (credences(30, 70).spread or 0) > (credences(50, 50).spread or 0)


def test_agreement_comes_from_the_ratings_before_the_debate() -> None:
    apart = [
        each._replace(ratings=dict.fromkeys(each.ratings, "very low" if each.seat == "judge-1" else "very high"))
        if each.when == When.PRIOR
        else each
        for each in panel(("m:a", 70), ("m:b", 70))
    ]

    assert [each.agreement for each in alone(held(tuple(apart))).criteria] == [-3.0, -3.0, -3.0]


def test_a_criterion_carries_the_alpha_that_its_policy_learned() -> None:
    assert [each.alpha for each in of(*AGREED, policy=TAUGHT).criteria] == [0.34, None, None]


def test_a_panel_that_sat_only_for_its_priors_has_no_baseline() -> None:
    assert of(*AGREED).baseline is None


def test_the_baseline_pools_all_verdicts_without_a_debate() -> None:
    baseline = alone(with_baseline(40, 40)).baseline

    assert baseline
    assert (baseline.value, baseline.sittings) == (0.4, 4)


def test_the_baseline_has_the_interval_of_the_same_panel() -> None:
    baseline, same = alone(with_baseline(40)).baseline, credences(40, 40)

    assert baseline
    assert (baseline.low, baseline.high) == (same.low, same.high)


def test_a_baseline_sitting_that_was_lost_is_not_among_those_it_rests_on() -> None:
    baseline = alone(with_baseline(40, None)).baseline

    assert baseline
    assert baseline.sittings == 3


def test_a_baseline_changes_nothing_of_the_score() -> None:
    plain = of(("m:a", 70), ("m:b", 70), prior=40)

    assert alone(with_baseline(90, 90)).model_copy(update={"baseline": None}) == plain


def test_a_demonstration_is_never_firm() -> None:
    certainties = {credences(*[credence] * 9, demonstration=True).certainty for credence in range(0, 101, 10)}

    assert Certainty.FIRM not in certainties


def test_the_same_panel_can_be_firm_where_it_is_no_demonstration() -> None:
    assert credences(*[100] * 9).certainty is Certainty.FIRM


def test_a_panel_whose_interval_spans_its_band_only_leans() -> None:
    assert (credences(70, 75, 80).certainty, credences(70, 75, 80).neighbour) == (Certainty.LEANING, None)


def test_an_open_score_names_its_neighbour() -> None:
    assert (credences(58, 58).certainty, credences(58, 58).neighbour) == (Certainty.OPEN, "green")


@pytest.mark.parametrize("credence", range(11, 90))
def test_a_score_at_the_edge_of_a_band_is_in_the_band_that_holds_what_is_stored(credence: int) -> None:
    edges = {"lower": 0.0, "upper": credence / 100}
    result = scores([held(panel(("m:a", credence), ("m:b", credence)))], COLD, edges)[0]

    assert (result.value, result.neighbour) == (edges["upper"], "lower")


def test_a_score_keeps_the_edges_that_its_certainty_was_found_for() -> None:
    assert of(*AGREED).edges == EDGES


@pytest.mark.parametrize("policy", [COLD, TAUGHT], ids=["cold", "taught"])
def test_a_score_names_its_policy_and_the_outcomes_behind_it(policy: Policy) -> None:
    result = of(*AGREED, policy=policy)

    assert (result.policy, result.policy_digest, result.outcomes) == (policy.title, policy.digest, policy.outcomes)


def test_a_failed_debate_has_a_reason_and_no_number() -> None:
    result = failed("the proposer declined", COLD)

    assert (result.state, result.reason, result.value, result.policy) == (
        State.FAILED,
        "the proposer declined",
        None,
        "cold 2",
    )
