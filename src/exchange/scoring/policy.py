"""The policies that come with Exchange, by name and version."""

from exchange.domain.policy import Policy

# The clip bounded the mean of log-odds best over ten public panels; the spread is that of 65 LLM judge configurations
# on LLMBar Natural with this clip; rho .4 gives six LLM judges the weight of about two.
_FIRST = Policy(
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
# With rho .2 three judges' intervals cover the whole panel's score in .97 of cases on pooledmaRket and on LLMBar
# Natural; with .4 in .99, wider than their level asks for. The wobble makes a judge of typical spread change sides in
# about 14% of cases on identical input.
COLD = _FIRST.model_copy(update={"version": "2", "correlation": 0.2})
SHIPPED = {policy.digest: policy for policy in (_FIRST, COLD)}
IMPORTED = "imported"
# Where there are no verdicts that a policy could have made a score of.
NONE = "none"
