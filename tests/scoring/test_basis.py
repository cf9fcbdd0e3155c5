from typing import Any

import pytest

from exchange.config import rubric_named
from exchange.domain.event import Basis
from exchange.domain.policy import Policy
from exchange.domain.setup import Setup
from exchange.scoring.basis import basis
from exchange.scoring.policy import COLD
from tests.builders import PROMPT, brief, passage, setup


def resting_on(about: Setup | None = None, policy: Policy = COLD, **changed: Any) -> Basis:
    return basis((about or setup()).model_copy(update=changed), policy)


def differing(other: Basis) -> set[str]:
    """The parts in which the basis differs from the plain one."""
    plain, found = resting_on().model_dump(), other.model_dump()
    return {name for name in plain if plain[name] != found[name]}


def test_the_same_setup_and_policy_are_the_same_basis() -> None:
    assert differing(resting_on()) == set()


@pytest.mark.parametrize(
    ("about", "part"),
    [
        (brief(claim="Raising PLIN2 harms neurons."), "claim"),
        (brief(passage(text="Another passage altogether.")), "evidence"),
        (brief(passage(), passage(2)), "evidence"),
        (brief().model_copy(update={"targets": ("PLIN2", "PLIN3")}), "entities"),
    ],
    ids=["claim", "passage", "one more passage", "target"],
)
def test_another_claim_passage_or_target_is_another_part(about: Any, part: str) -> None:
    assert differing(resting_on(brief=about)) == {part}


def test_the_order_of_the_targets_is_no_difference() -> None:
    one, other = (brief().model_copy(update={"targets": targets}) for targets in (("A", "B"), ("B", "A")))

    assert resting_on(brief=one) == resting_on(brief=other)


@pytest.mark.parametrize("about", [setup(model="openai:other"), setup(judges=2)], ids=["model", "judge"])
def test_another_model_or_one_more_judge_is_another_panel(about: Setup) -> None:
    assert differing(resting_on(about)) == {"models"}


def test_an_edited_prompt_is_another_prompt() -> None:
    edited = PROMPT.model_copy(update={"digest": "1" * 64})

    assert differing(resting_on(prompts=(edited,))) == {"prompts"}


def test_another_rubric_is_another_rubric() -> None:
    assert differing(resting_on(rubric=rubric_named("therapeutic"))) == {"rubric"}


def test_another_policy_is_another_policy() -> None:
    assert differing(resting_on(policy=COLD.model_copy(update={"clip": 0.05}))) == {"policy"}
