"""What a debate cost, in words."""

from exchange.domain.counted import counted
from exchange.store.spending import Spent


def cost_in_words(spent: Spent) -> str:
    """Dollars, as far as prices are known; unknown is said to be unknown, never zero."""
    if spent.unpriced and not spent.at_most:
        return "cost unknown"
    known = f"${spent.cost:.4f}"
    if spent.unpriced:
        return f"at least {known}, {counted(spent.unpriced, 'call')} of unknown price"
    if spent.at_most > spent.cost:
        return f"{known}, at most ${spent.at_most:.4f} with calls whose cost nobody said"
    return known
