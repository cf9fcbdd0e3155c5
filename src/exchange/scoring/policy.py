"""The policies that come with Exchange, and what stands in a policy's place where a score was imported."""

from exchange.domain.policy import COLD, SHIPPED

__all__ = ["COLD", "IMPORTED", "SHIPPED"]

IMPORTED = "imported"
# Where there are no verdicts that a policy could have made a score of.
NONE = "none"
