"""What came before a score event: the hypothesis's earlier events, and the policies that may have set a score."""

from collections.abc import Mapping
from functools import lru_cache

from exchange.domain.event import ScoreEvent
from exchange.domain.policy import Policy
from exchange.errors import BrokenDigest
from exchange.store import scores
from exchange.store.engine import Store


class History:
    """Looks up what came before, and keeps the last hypothesis's events in mind."""

    def __init__(self, store: Store, policies: Mapping[str, Policy]) -> None:
        self.policies = policies
        self._events = lru_cache(maxsize=1)(lambda hypothesis: scores.numbered(store, hypothesis))

    def before(self, number: int, hypothesis: str) -> list[ScoreEvent] | None:
        """The hypothesis's events with a lower number, oldest first; None where one of them cannot be read."""
        try:
            events = self._events(hypothesis)
        except BrokenDigest:
            return None
        return [event for at, event in events if at < number]
