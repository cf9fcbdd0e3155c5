"""How a hypothesis's score came to be what it is."""

from exchange.config import bands
from exchange.pages.history import History, told
from exchange.store import hypotheses, scores
from exchange.store.engine import Store


def history(store: Store, hypothesis: str) -> History:
    """Its score events, oldest first; none where it was neither debated nor given a score. Raises NotFound, BrokenDigest."""
    return told(hypotheses.hypothesis(store, hypothesis), scores.numbered(store, hypothesis), bands())
