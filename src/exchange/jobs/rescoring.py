"""Stored verdicts under another policy: new score events, and no model is asked."""

from collections.abc import Callable
from dataclasses import dataclass

from exchange.domain.policy import Policy
from exchange.errors import NotFound
from exchange.jobs import policies
from exchange.jobs.spans import Span, reread
from exchange.store import rescoring
from exchange.store.engine import MEMORY, Store
from exchange.store.policies import put_in_force

# From so many hypotheses on, other processes compute while this one writes.
_MANY = 10_000


@dataclass(kw_only=True)
class Rescored:
    """How many current scores were computed again, how many stood under the policy already, and what changed."""

    policy: Policy
    rescored: int = 0
    already: int = 0
    moved: int = 0
    other_band: int = 0
    furthest: float = 0.0

    def add(self, span: Span, appended: int) -> None:
        """Counts a span, of which so many events were appended."""
        self.rescored += appended
        self.already += span.already
        self.moved += span.moved
        self.other_band += span.other_band
        self.furthest = max(self.furthest, span.furthest)


def rescore(
    store: Store, policy: Policy, on_span: Callable[[Rescored], None] = lambda _: None, many: int = _MANY
) -> Rescored:
    """Appends a score event under the policy for every hypothesis whose current score comes from a debate.

    The policy is in force from the first event on. What was done when this is stopped stays done, and is skipped the next
    time. From `many` hypotheses on, it starts processes: a script that calls it needs the usual guard of its `__main__`.

    Raises NotFound for a policy that is not stored, BrokenDigest for a row that is not as it was stored.
    """
    if policy.digest not in policies.known(store):
        raise NotFound(f"The policy {policy.title} is not stored. `exchange calibrate` stores what it fits.")
    put_in_force(store, policy.digest)
    done = Rescored(policy=policy)
    apart = store.address != MEMORY and rescoring.count(store) >= many
    for span in reread(store, policy, apart):
        done.add(span, rescoring.append(store, span.rows))
        on_span(done)
    return done
