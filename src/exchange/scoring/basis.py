"""What a score rests on, and why the next one differs."""

from exchange.domain.event import Basis, Cause
from exchange.domain.identity import digest
from exchange.domain.policy import Policy
from exchange.domain.setup import Setup


def basis(setup: Setup, policy: Policy) -> Basis:
    """Digests of all that the score of this debate rests on."""
    brief = setup.brief
    return Basis(
        claim=digest(brief.claim),
        entities=digest(sorted(brief.targets)),
        evidence=digest([passage.model_dump(mode="json") for passage in brief.passages]),
        prompts=digest([prompt.digest for prompt in setup.prompts]),
        rubric=setup.rubric.digest,
        models=digest([setup.format.digest, *(seat.model_dump(mode="json") for seat in setup.seats)]),
        policy=policy.digest,
    )


def cause(before: Basis | None, now: Basis) -> Cause:
    """Why the score is a new one: the first part of the basis that differs, the claim and its evidence first."""
    if before is None:
        return Cause.FIRST_DEBATE
    if (before.claim, before.entities, before.evidence) != (now.claim, now.entities, now.evidence):
        return Cause.NEW_EVIDENCE
    if before.models != now.models:
        return Cause.NEW_JUDGE
    if (before.prompts, before.rubric) != (now.prompts, now.rubric):
        return Cause.NEW_RULES
    return Cause.NEW_POLICY if before.policy != now.policy else Cause.REROLL
