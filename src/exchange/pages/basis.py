"""Which parts of what a score rests on a page can tell to differ today, from the hypothesis alone."""

from exchange.domain.current import Told
from exchange.domain.event import Basis
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.neutral import line


def out_of_date(hypothesis: Hypothesis, event: Told | None, policy: str) -> tuple[str, ...]:
    """Those of claim, entities and policy that differ; `policy` is the digest of the one in force.

    A score without a basis, as an imported one, rests on nothing that is known here. The other parts need the pages and
    the debate's setup: `exchange show` compares them.
    """
    if event is None or event.basis is None:
        return ()
    today = dict(
        claim=Basis.of_claim(line(hypothesis.claim)),
        entities=Basis.of_entities([line(target) for target in hypothesis.targets]),
        policy=policy,
    )
    return tuple(part for part, digest in today.items() if getattr(event.basis, part) != digest)
