from typing import Any

import pytest

from exchange.config import rubric_named
from exchange.domain.event import Basis, Cause
from exchange.domain.policy import Policy
from exchange.domain.setup import Setup
from exchange.scoring.basis import basis, cause
from exchange.scoring.policy import COLD
from tests.builders import PROMPT, brief, passage, setup


def resting_on(about: Setup | None = None, policy: Policy = COLD, **changed: Any) -> Basis:
    return basis((about or setup()).model_copy(update=changed), policy)


def test_the_first_debate_is_its_own_cause() -> None:
    assert cause(None, resting_on()) is Cause.FIRST_DEBATE


def test_the_same_debate_again_is_a_reroll() -> None:
    assert cause(resting_on(), resting_on()) is Cause.REROLL


@pytest.mark.parametrize(
    "about",
    [
        brief(claim="Raising PLIN2 harms neurons."),
        brief(passage(text="Another passage altogether.")),
        brief().model_copy(update={"targets": ("PLIN2", "PLIN3")}),
    ],
    ids=["claim", "passage", "target"],
)
def test_another_claim_passage_or_target_is_new_evidence(about: Any) -> None:
    assert cause(resting_on(), resting_on(brief=about)) is Cause.NEW_EVIDENCE


def test_another_model_is_a_new_judge() -> None:
    assert cause(resting_on(), resting_on(setup(model="openai:other"))) is Cause.NEW_JUDGE


def test_one_more_judge_is_a_new_judge() -> None:
    assert cause(resting_on(), resting_on(setup(judges=2))) is Cause.NEW_JUDGE


def test_an_edited_prompt_is_new_rules() -> None:
    edited = PROMPT.model_copy(update={"digest": "1" * 64})

    assert cause(resting_on(), resting_on(prompts=(edited,))) is Cause.NEW_RULES


def test_another_rubric_is_new_rules() -> None:
    assert cause(resting_on(), resting_on(rubric=rubric_named("therapeutic"))) is Cause.NEW_RULES


def test_another_policy_is_a_new_policy() -> None:
    looser = COLD.model_copy(update={"clip": 0.05})

    assert cause(resting_on(), resting_on(policy=looser)) is Cause.NEW_POLICY


def test_new_evidence_goes_before_every_other_cause() -> None:
    everything = resting_on(
        setup(model="openai:other"),
        COLD.model_copy(update={"clip": 0.05}),
        brief=brief(claim="Raising PLIN2 harms neurons."),
        rubric=rubric_named("therapeutic"),
    )

    assert cause(resting_on(), everything) is Cause.NEW_EVIDENCE


def test_the_order_of_the_targets_is_no_difference() -> None:
    one, other = (brief().model_copy(update={"targets": targets}) for targets in (("A", "B"), ("B", "A")))

    assert resting_on(brief=one) == resting_on(brief=other)


def test_two_policies_that_differ_in_one_constant_have_different_digests() -> None:
    assert COLD.digest != COLD.model_copy(update={"correlation": 0.5}).digest
