from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.config import bands, format_named, rubric_named
from exchange.domain.bands import Certainty
from exchange.domain.debate import Check, Role, Turn
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.score import Score, State
from exchange.domain.verdict import Order, Unscored, Verdict, When
from exchange.scoring.policy import COLD
from exchange.scoring.score import failed, score
from tests.builders import sitting, turn, verdict, verdicts_of

AGREED = [70, 70, 70]
CREDENCES = st.lists(st.integers(min_value=0, max_value=100), min_size=2, max_size=4)
modest = settings(max_examples=60, deadline=None)


def scored(
    verdicts: Sequence[Verdict | Unscored], turns: Sequence[Turn] | None = None, demonstration: bool = False
) -> Score:
    """The score under the panel's format, which has a quorum of two."""
    return score(
        verdicts,
        [turn()] if turns is None else turns,
        format_named("panel"),
        rubric_named("mechanism"),
        COLD,
        bands().edges,
        demonstration,
    )


def without(verdicts: Sequence[Verdict | Unscored], seat: str, when: When, order: Order) -> list[Verdict | Unscored]:
    return [each for each in verdicts if each.sitting != sitting(seat, when, order)]


def unread(verdicts: Sequence[Verdict | Unscored], seat: str, when: When, order: Order) -> list[Verdict | Unscored]:
    """The same verdicts, one of which could not be read."""
    lost = sitting(seat, when, order)
    return [Unscored(sitting=lost, reason="not JSON") if each.sitting == lost else each for each in verdicts]


def event(
    value: float | None,
    cause: Cause = Cause.FIRST_DEBATE,
    state: State | None = None,
    demonstration: bool = False,
    full_format: bool = True,
) -> ScoreEvent:
    known = state or (State.INSUFFICIENT if value is None else State.SCORED)
    return ScoreEvent(
        hypothesis="h-0e9a3b1c",
        cause=cause,
        score=Score(state=known, value=value, policy="cold 1", policy_digest=""),
        at="2026-11-23T00:00:00Z",
        demonstration=demonstration,
        full_format=full_format,
    )


def test_judges_who_agree_are_scored() -> None:
    result = scored(verdicts_of(AGREED))

    assert (result.state, result.value) == (State.SCORED, 0.7)


def test_fewer_judges_than_the_quorum_give_no_number() -> None:
    result = scored(verdicts_of([70]))

    assert (result.state, result.value, result.low, result.high) == (State.INSUFFICIENT, None, None, None)


def test_too_few_judges_are_counted_in_the_reason() -> None:
    reason = scored(verdicts_of([70])).reason

    assert reason == "1 of the 2 judges that a score needs gave a readable final verdict in every order"


@pytest.mark.parametrize("check", [Check.MISQUOTED, Check.UNQUOTED, Check.UNKNOWN])
def test_without_a_verified_quote_there_is_no_number(check: Check) -> None:
    result = scored(verdicts_of(AGREED), [turn(check=check)])

    assert (result.state, result.value) == (State.INSUFFICIENT, None)


def test_a_debate_without_turns_gives_no_number() -> None:
    assert scored(verdicts_of(AGREED), []).state is State.INSUFFICIENT


def test_a_verified_quote_of_the_critic_is_enough() -> None:
    turns = [turn(check=Check.MISQUOTED), turn(2, Role.CRITIC)]

    assert scored(verdicts_of(AGREED), turns).state is State.SCORED


def test_judges_on_both_sides_are_contested() -> None:
    result = scored(verdicts_of([40, 60]))

    assert (result.state, result.value) == (State.CONTESTED, 0.5)


def test_judges_on_one_side_are_not_contested_however_far_apart() -> None:
    assert scored(verdicts_of([41, 100])).state is State.SCORED


def test_verdicts_that_could_not_be_read_are_counted() -> None:
    verdicts = unread(verdicts_of(AGREED), "judge-1", When.FINAL, Order.CRITIC_FIRST)
    verdicts = unread(verdicts, "judge-2", When.PRIOR, Order.BLIND)

    assert scored(verdicts).unscored == 2


def test_a_judge_who_read_only_one_order_is_not_counted() -> None:
    verdicts = without(verdicts_of([70, 70, 10]), "judge-3", When.FINAL, Order.CRITIC_FIRST)

    assert scored(verdicts).value == scored(verdicts_of([70, 70])).value


def test_an_order_that_could_not_be_read_leaves_the_judge_out() -> None:
    verdicts = unread(verdicts_of([70, 70, 10]), "judge-3", When.FINAL, Order.PROPOSER_FIRST)

    assert [judge.final for judge in scored(verdicts).judges] == [0.7, 0.7, None]


def test_the_ratings_of_a_judge_who_is_not_counted_are_not_pooled() -> None:
    rubric = rubric_named("mechanism")
    half = verdict(sitting("judge-3"), 70, "very low", rubric)

    assert scored([*verdicts_of([70, 70], "high"), half]).composite == 0.75


def test_a_judges_two_orders_are_averaged() -> None:
    verdicts = without(verdicts_of([70, 70]), "judge-1", When.FINAL, Order.CRITIC_FIRST)
    verdicts.append(verdict(sitting("judge-1", order=Order.CRITIC_FIRST), 50))

    assert scored(verdicts).judges[0].final == 0.6


def test_a_judges_orders_are_kept_apart_beside_their_mean() -> None:
    verdicts = without(verdicts_of([70, 70]), "judge-1", When.FINAL, Order.CRITIC_FIRST)
    verdicts.append(verdict(sitting("judge-1", order=Order.CRITIC_FIRST), 50))

    assert scored(verdicts).judges[0].by_order == {"critic-first": 0.5, "proposer-first": 0.7}


def test_the_shift_is_what_the_debate_changed() -> None:
    assert scored(verdicts_of([70, 70], prior=50)).shift == 0.2


def test_the_shift_of_a_panel_that_kept_its_mind_is_zero_when_a_judge_drops_out() -> None:
    steady: list[Verdict | Unscored] = [*verdicts_of([50, 50], prior=50), verdict(sitting("judge-3", When.PRIOR), 10)]

    assert scored(steady).shift == 0


def test_without_priors_there_is_no_shift() -> None:
    finals = [each for each in verdicts_of(AGREED) if each.sitting.when is When.FINAL]

    assert scored(finals).shift is None


def test_criteria_that_nobody_rated_are_named() -> None:
    rubric = rubric_named("mechanism")
    finals = [each for each in verdicts_of(AGREED, rubric=rubric) if isinstance(each, Verdict)]
    partial = [each.model_copy(update={"ratings": each.ratings[:2]}) for each in finals]

    assert scored(partial).missing_criteria == ("testability",)


def test_a_demonstration_is_never_firm() -> None:
    certainties = {scored(verdicts_of([credence] * 9), demonstration=True).certainty for credence in range(0, 101, 10)}

    assert Certainty.FIRM not in certainties


def test_the_same_panel_can_be_firm_where_it_is_no_demonstration() -> None:
    assert scored(verdicts_of([100] * 9)).certainty is Certainty.FIRM


def test_a_score_names_its_policy() -> None:
    result = scored(verdicts_of(AGREED))

    assert (result.policy, result.policy_digest) == ("cold 1", COLD.digest)


def test_a_failed_debate_has_a_reason_and_no_number() -> None:
    result = failed("the proposer declined", COLD)

    assert (result.state, result.reason, result.value) == (State.FAILED, "the proposer declined", None)


@modest
@given(CREDENCES, st.data())
def test_the_order_of_the_verdicts_changes_no_digit(credences: list[int], data: st.DataObject) -> None:
    verdicts = verdicts_of(credences)
    shuffled = data.draw(st.permutations(verdicts))

    assert scored(shuffled).to_json() == scored(verdicts).to_json()


@modest
@given(CREDENCES)
def test_the_stored_value_lies_in_its_stored_interval(credences: list[int]) -> None:
    result = scored(verdicts_of(credences))

    assert 0 <= (result.low or 0) <= (result.value or 0) <= (result.high or 0) <= 1


@modest
@given(CREDENCES, st.data())
def test_a_higher_credence_never_lowers_the_score(credences: list[int], data: st.DataObject) -> None:
    judge = data.draw(st.integers(min_value=0, max_value=len(credences) - 1))
    risen = list(credences)
    risen[judge] = data.draw(st.integers(min_value=credences[judge], max_value=100))

    assert (scored(verdicts_of(risen)).value or 0) >= (scored(verdicts_of(credences)).value or 0)


@modest
@given(CREDENCES)
def test_a_stored_score_reads_back_as_it_was(credences: list[int]) -> None:
    result = scored(verdicts_of(credences))

    assert Score.from_json(result.to_json()) == result


def test_an_own_number_stands_above_an_imported_one() -> None:
    assert event(0.5).standing > event(0.9, Cause.IMPORTED).standing


def test_an_own_debate_without_a_number_still_stands_above_an_imported_score() -> None:
    assert event(None).standing > event(0.9, Cause.IMPORTED).standing


def test_a_debate_without_a_number_does_not_displace_an_own_number() -> None:
    assert event(None).standing < event(0.5).standing


@pytest.mark.parametrize("full_format", [True, False])
@pytest.mark.parametrize("own", [0.5, None])
def test_a_demonstration_never_displaces_an_own_debate(own: float | None, full_format: bool) -> None:
    assert event(0.9, demonstration=True, full_format=full_format).standing < event(own).standing


def test_a_scripted_panel_stands_above_a_demonstration_format() -> None:
    panel = event(0.5, demonstration=True)

    assert panel.standing > event(0.9, demonstration=True, full_format=False).standing


def test_a_demonstration_without_a_number_does_not_displace_an_imported_score() -> None:
    assert event(None, demonstration=True).standing < event(0.9, Cause.IMPORTED).standing


@pytest.mark.parametrize(
    "before",
    [event(0.5), event(None), event(0.9, Cause.IMPORTED), event(0.5, demonstration=True)],
    ids=["own", "insufficient", "imported", "demonstration"],
)
def test_a_failed_debate_displaces_nothing(before: ScoreEvent) -> None:
    assert event(None, state=State.FAILED).standing < before.standing


def test_a_later_own_score_takes_the_place_of_an_earlier_one() -> None:
    assert event(0.3, Cause.NEW_JUDGE).standing == event(0.5).standing
