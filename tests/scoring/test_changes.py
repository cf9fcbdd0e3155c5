from math import log, sqrt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange.domain.event import Basis, Cause, ScoreEvent, Share, current
from exchange.domain.policy import Policy
from exchange.domain.score import Score, State
from exchange.scoring.changes import causes, explained
from exchange.scoring.policy import COLD, SHIPPED
from exchange.scoring.score import failed
from tests.scoring.drawn import TAUGHT, alone, held, panel

FIRST = next(policy for policy in SHIPPED.values() if policy.title == "cold 1")
KNOWN = SHIPPED | {TAUGHT.digest: TAUGHT}
RESTING_ON = Basis(**dict.fromkeys(Basis.model_fields, "0"))
PARTS = {
    "claim": Cause.NEW_EVIDENCE,
    "entities": Cause.NEW_EVIDENCE,
    "evidence": Cause.NEW_EVIDENCE,
    "models": Cause.NEW_JUDGE,
    "prompts": Cause.NEW_RULES,
    "rubric": Cause.NEW_RULES,
    "policy": Cause.NEW_POLICY,
}
SEATED = st.dictionaries(st.sampled_from(["m:a", "m:b", "m:c", "m:d"]), st.integers(0, 100), min_size=2, max_size=4)
# Two finals of three judges differ by chance with .5 * sqrt(2 * 3 / 2) / 3 logits; 1.645 is the quantile of the level.
NOISE = 1.6448536269514722 * 0.5 * sqrt(3) / 3


def moved(*parts: str) -> Basis:
    """A basis that differs in these parts."""
    return RESTING_ON.model_copy(update=dict.fromkeys(parts, "1"))


def event(score: Score, basis: Basis | None = RESTING_ON, cause: Cause = Cause.FIRST_DEBATE, **what: Any) -> ScoreEvent:
    return ScoreEvent(hypothesis="h-0e9a3b1c", cause=cause, score=score, at="2026", basis=basis, **what)


def of(policy: Policy = COLD, **said: int) -> Score:
    """The score of judges by the letter of their model."""
    return alone(held(panel(*[(f"m:{name}", credence) for name, credence in said.items()])), policy)


def at(logit: float) -> Score:
    """The score of three judges who are moved so far from even odds together, to the precision of a stored score."""
    plain = of(a=50, b=50, c=50)
    return plain.model_copy(update={"value": round(1 / (1 + 2.718281828459045**-logit), 9)})


def imported(value: float) -> ScoreEvent:
    score = Score(state=State.SCORED, value=value, policy="imported", policy_digest="")
    return event(score, None, Cause.IMPORTED, origin="elsewhere")


def after(*earlier: ScoreEvent, score: Score, basis: Basis = RESTING_ON, **what: Any) -> ScoreEvent:
    """The event of that score, explained by those before it."""
    return explained(event(score, basis, **what), earlier, KNOWN)


def shares(found: ScoreEvent) -> dict[tuple[Cause, ...], float]:
    return {share.causes: share.change for share in found.shares}


def test_the_first_debate_is_its_own_cause() -> None:
    assert causes(None, RESTING_ON) == (Cause.FIRST_DEBATE,)


def test_the_same_debate_again_is_a_reroll() -> None:
    assert causes(RESTING_ON, RESTING_ON) == (Cause.REROLL,)


@pytest.mark.parametrize("part", Basis.model_fields)
def test_every_part_of_the_basis_is_a_cause(part: str) -> None:
    assert causes(RESTING_ON, moved(part)) == (PARTS[part],)


def test_all_that_differs_is_named_and_new_evidence_first() -> None:
    assert causes(RESTING_ON, moved(*Basis.model_fields)) == (
        Cause.NEW_EVIDENCE,
        Cause.NEW_JUDGE,
        Cause.NEW_RULES,
        Cause.NEW_POLICY,
    )


def test_a_first_score_changes_nothing() -> None:
    found = after(score=of(a=70, b=60))

    assert (found.cause, found.change, found.shares) == (Cause.FIRST_DEBATE, None, ())


def test_a_score_without_a_basis_is_not_explained() -> None:
    with pytest.raises(ValueError, match="only the score of a debate"):
        explained(imported(0.5), (), KNOWN)


def test_the_change_is_the_difference_to_the_score_that_stood() -> None:
    before = event(of(a=40, b=40))
    found = after(before, score=of(a=70, b=70), basis=moved("evidence"))

    assert (found.cause, found.change, shares(found)) == (Cause.NEW_EVIDENCE, 0.3, {(Cause.NEW_EVIDENCE,): 0.3})


def test_an_earlier_score_that_was_displaced_is_not_compared_with() -> None:
    found = after(event(of(a=20, b=20)), event(of(a=40, b=40)), score=of(a=70, b=70), basis=moved("evidence"))

    assert found.change == 0.3


def test_the_first_own_score_is_compared_with_the_imported_one_that_stood() -> None:
    found = after(imported(0.5), score=of(a=70, b=70))

    assert (found.cause, shares(found)) == (Cause.FIRST_DEBATE, {(Cause.FIRST_DEBATE,): 0.2})


def test_a_debate_without_a_number_has_a_cause_and_no_change() -> None:
    found = after(event(of(a=40, b=40)), score=of(a=40), basis=moved("evidence"))

    assert (found.cause, found.change, found.shares) == (Cause.NEW_EVIDENCE, None, ())


def test_a_number_after_a_debate_without_one_has_no_change() -> None:
    found = after(event(of(a=40)), score=of(a=40, b=40), basis=moved("evidence"))

    assert (found.cause, found.change) == (Cause.NEW_EVIDENCE, None)


def test_a_failed_debate_is_not_what_the_next_one_is_compared_with() -> None:
    failure = event(failed("declined", COLD), moved("evidence"))

    assert after(failure, score=of(a=70, b=70), basis=moved("evidence")).cause is Cause.FIRST_DEBATE


def test_a_demonstration_changes_nothing_of_the_score_that_stands() -> None:
    found = after(event(of(a=40, b=40)), score=of(a=70, b=70), basis=moved("models"), demonstration=True)

    assert (found.cause, found.change, found.shares) == (Cause.NEW_JUDGE, None, ())


def test_a_new_policy_over_the_same_verdicts_accounts_for_all() -> None:
    before, now = of(FIRST, a=70, b=60), of(TAUGHT, a=70, b=60)
    found = after(event(before), score=now, basis=moved("policy"))

    assert shares(found) == {(Cause.NEW_POLICY,): round((now.value or 0) - (before.value or 0), 9)}


def test_a_policy_that_moves_only_the_interval_has_no_share() -> None:
    found = after(event(of(FIRST, a=70, b=60)), score=of(COLD, a=70, b=60), basis=moved("policy"))

    assert (found.cause, found.change, found.shares) == (Cause.NEW_POLICY, 0.0, ())


def test_what_a_policy_does_to_the_old_verdicts_is_told_apart_from_what_new_evidence_does() -> None:
    before, reread, now = of(a=70, b=60), of(TAUGHT, a=70, b=60), of(TAUGHT, a=20, b=30)
    found = after(event(before), score=now, basis=moved("policy", "evidence"))

    assert shares(found) == {
        (Cause.NEW_POLICY,): pytest.approx((reread.value or 0) - (before.value or 0), abs=2e-9),
        (Cause.NEW_EVIDENCE,): pytest.approx((now.value or 0) - (reread.value or 0), abs=2e-9),
    }


def test_a_judge_who_comes_accounts_for_what_changes_while_the_others_stay() -> None:
    before, now = of(a=70, b=60), of(a=70, b=60, c=10)
    found = after(event(before), score=now, basis=moved("models"))

    assert shares(found) == {(Cause.NEW_JUDGE,): round((now.value or 0) - (before.value or 0), 9)}


def test_a_judge_who_leaves_accounts_for_what_changes_while_the_others_stay() -> None:
    before, now = of(a=70, b=60, c=10), of(a=70, b=60)
    found = after(event(before), score=now, basis=moved("models"))

    assert shares(found) == {(Cause.NEW_JUDGE,): round((now.value or 0) - (before.value or 0), 9)}


def test_what_the_judges_who_stayed_say_differently_is_the_share_of_the_other_causes() -> None:
    before, stayed, moved_on, now = of(a=70, b=60), of(a=70, b=60), of(a=30, b=60), of(a=30, b=60, c=10)
    found = after(event(before), score=now, basis=moved("models", "evidence"))

    assert shares(found) == {
        (Cause.NEW_JUDGE,): pytest.approx((now.value or 0) - (moved_on.value or 0), abs=2e-9),
        (Cause.NEW_EVIDENCE,): pytest.approx((moved_on.value or 0) - (stayed.value or 0), abs=2e-9),
    }


def test_a_new_judge_among_others_who_say_otherwise_leaves_a_share_to_chance() -> None:
    found = after(event(of(a=70, b=60)), score=of(a=30, b=60, c=10), basis=moved("models"))

    assert set(shares(found)) == {(Cause.NEW_JUDGE,), (Cause.REROLL,)}


def test_of_a_wholly_new_panel_judges_and_evidence_cannot_be_told_apart() -> None:
    before, now = of(a=70, b=60), of(c=20, d=30)
    found = after(event(before), score=now, basis=moved("models", "evidence"))

    assert list(shares(found)) == [(Cause.NEW_EVIDENCE, Cause.NEW_JUDGE)]


@settings(max_examples=60)
@given(
    SEATED,
    SEATED,
    st.sampled_from([COLD, TAUGHT]),
    st.sampled_from([COLD, TAUGHT]),
    st.sets(st.sampled_from(["claim", "models", "rubric"])),
)
def test_the_shares_add_up_to_the_change(
    before: dict[str, int], now: dict[str, int], first: Policy, last: Policy, parts: set[str]
) -> None:
    old, new = (alone(held(panel(*said.items())), policy) for said, policy in ((before, first), (now, last)))
    found = after(event(old), score=new, basis=moved(*parts, *(("policy",) if first != last else ())))

    assert sum(share.change for share in found.shares) == pytest.approx(found.change, abs=3e-9)


@settings(max_examples=40)
@given(SEATED, SEATED, st.sets(st.sampled_from(sorted(Basis.model_fields))))
def test_every_cause_of_a_share_is_one_of_the_changes_or_one_that_can_be_seen_in_the_verdicts(
    before: dict[str, int], now: dict[str, int], parts: set[str]
) -> None:
    old, new = (alone(held(panel(*said.items()))) for said in (before, now))
    found = after(event(old), score=new, basis=moved(*parts))
    named = {cause for share in found.shares for cause in share.causes}

    assert named <= {*causes(RESTING_ON, moved(*parts)), Cause.NEW_JUDGE, Cause.REROLL}


@pytest.mark.parametrize(("part", "within"), [(0.99, True), (-0.99, True), (1.01, False), (-1.01, False)])
def test_a_reroll_is_noise_as_far_as_chance_reaches(part: float, within: bool) -> None:
    assert after(event(at(0.0)), score=at(part * NOISE)).within_noise is within


def test_a_reroll_within_noise_is_kept_with_its_change_and_is_not_the_score() -> None:
    before = event(at(0.0))
    again = after(before, score=at(0.5 * NOISE))

    assert (again.cause, again.standing, again.change is not None, current([before, again])) == (
        Cause.REROLL,
        0,
        True,
        before,
    )


def test_a_reroll_outside_noise_displaces_the_score() -> None:
    before = event(at(0.0))
    again = after(before, score=at(1.5 * NOISE))

    assert current([before, again]) is again


def test_rerolls_within_noise_do_not_add_up_to_a_change_that_goes_unseen() -> None:
    before = event(at(0.0))
    again = after(before, score=at(0.8 * NOISE))

    assert after(before, again, score=at(1.6 * NOISE)).within_noise is False


def test_a_small_change_with_another_cause_is_no_noise() -> None:
    assert after(event(at(0.0)), score=at(0.1 * NOISE), basis=moved("evidence")).within_noise is False


def test_a_reroll_that_splits_the_judges_is_no_noise() -> None:
    before, again = of(a=45, b=55), of(a=40, b=60)

    assert (again.state, again.value, after(event(before), score=again).within_noise) == (State.CONTESTED, 0.5, False)


@pytest.mark.parametrize(
    ("taught", "within"),
    [(dict(wobble=0.6), False), (dict(wobble=0.9), True), (dict(slope=1.8), True), (dict(weights={"m:a": 50.0}), True)],
    ids=["some wobble", "more wobble", "a steep slope", "one judge for all"],
)
def test_how_far_chance_reaches_follows_from_wobble_slope_and_weights(taught: dict[str, Any], within: bool) -> None:
    policy = COLD.model_copy(update=taught)
    score = at(1.5 * NOISE).model_copy(update={"policy_digest": policy.digest})

    assert explained(event(score), [event(at(0.0))], KNOWN | {policy.digest: policy}).within_noise is within


def test_a_reroll_of_more_judges_has_less_noise() -> None:
    few, many = of(a=50, b=50), of(a=50, b=50, c=50, d=50, e=50, f=50)
    value = round(1 / (1 + 2.718281828459045**-0.5), 9)
    found = [after(event(score), score=score.model_copy(update={"value": value})).within_noise for score in (few, many)]

    assert found == [True, False]


def test_noise_is_measured_in_logits() -> None:
    low, high = (log(p / (1 - p)) for p in (0.88, 0.90))

    assert after(event(at(low)), score=at(high)).within_noise is True


def test_what_an_event_is_about_stays_as_it_was() -> None:
    plain = event(of(a=70, b=70), debate="d-1", format="panel")
    found = explained(plain, [event(of(a=40, b=40))], KNOWN)
    reset = dict(cause=plain.cause, change=None, shares=(), within_noise=False)

    assert found.model_copy(update=reset) == plain


def test_a_share_names_a_cause() -> None:
    with pytest.raises(ValueError, match="causes"):
        Share(causes=(), change=0.1)
