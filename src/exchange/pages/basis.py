"""Which parts of what a score rests on a page can tell to differ today, from the hypothesis alone."""

from exchange.domain.current import Told
from exchange.domain.event import Basis
from exchange.domain.hypothesis import Hypothesis


def out_of_date(
    hypothesis: Hypothesis, event: Told | None, policy: str, digests: tuple[str | None, str | None] = (None, None)
) -> tuple[str, ...]:
    """Those of claim, entities and policy that differ; `policy` is the digest of the one in force.

    `digests` are those of claim and targets, where they are known already.

    A score without a basis, as an imported one, rests on nothing that is known here. The other parts need the pages and
    the debate's setup: `exchange show` compares them.
    """
    if event is None or event.basis is None:
        return ()
    claim, entities = digests
    if claim is None or entities is None:
        claim, entities = Basis.of_hypothesis(hypothesis)
    then, today = event.basis, (("claim", claim), ("entities", entities), ("policy", policy))
    return tuple(part for part, digest in today if getattr(then, part) != digest)
