"""What a score rests on."""

from exchange.domain.event import Basis
from exchange.domain.identity import digest
from exchange.domain.policy import Policy
from exchange.domain.setup import Setup


def basis(setup: Setup, policy: Policy) -> Basis:
    """Digests of all that the score of this debate rests on."""
    brief = setup.brief
    return Basis(
        claim=Basis.of_claim(brief.claim),
        entities=Basis.of_entities(brief.targets),
        evidence=digest([passage.model_dump(mode="json") for passage in brief.passages]),
        prompts=digest([prompt.digest for prompt in setup.prompts]),
        rubric=setup.rubric.digest,
        models=digest([setup.format.digest, *(seat.model_dump(mode="json") for seat in setup.seats)]),
        policy=policy.digest,
    )
