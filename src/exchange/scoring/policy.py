"""The constants of the pool, by name and version."""

from exchange.domain.policy import Policy

# The clip bounded the mean of log-odds best over ten public panels; the spread is that of 65 LLM judge configurations
# on LLMBar Natural with this clip; rho .4 gives six LLM judges the weight of about two.
COLD = Policy(
    name="cold",
    version="1",
    clip=0.10,
    spread=1.08,
    spread_weight=4,
    correlation=0.4,
    level=0.90,
    firm=0.90,
    leaning=0.60,
    split=(0.40, 0.60),
)
IMPORTED = "imported"
