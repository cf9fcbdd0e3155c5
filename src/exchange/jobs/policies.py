"""Which policies there are: those that come with Exchange, and those that were fitted here."""

from exchange.domain.policy import Policy
from exchange.errors import NotFound, StoreError
from exchange.scoring.policy import COLD, SHIPPED
from exchange.store import policies
from exchange.store.engine import Store

LATEST = "latest"
# The name of a policy that demonstrations had a part in: it is put in force by its name alone.
TRIAL = "trial"
# Of a digest that is named by its start: fewer may be a slip, and the policy would be in force.
_LEAST_DIGITS = 6


def known(store: Store) -> dict[str, Policy]:
    """Every policy by its digest. Raises BrokenDigest."""
    return SHIPPED | {policy.digest: policy for policy in policies.stored(store)}


def in_force(store: Store) -> Policy:
    """The policy that new debates are scored under. Raises StoreError where the one that is named is not there."""
    digest = policies.digest_in_force(store)
    if digest is None:
        return COLD
    policy = known(store).get(digest)
    if policy is None:
        raise StoreError(
            f"The policy in force ({digest[:12]}) is not stored. `exchange rescore --policy cold` names one."
        )
    return policy


def named(store: Store, name: str) -> Policy:
    """The policy of that name, `latest` for the one that was fitted last and is no trial, `name version` or the start of a digest.

    A name alone means its latest version; a digest's start is of six digits at least, and of one policy. Raises NotFound.
    """
    everything = list(known(store).values())
    if name == LATEST:
        return next((each for each in reversed(everything) if each.digest not in SHIPPED and each.name != TRIAL), COLD)
    titled = [each for each in everything if name in (each.name, each.title, f"{each.name}-{each.version}")]
    if titled:
        return titled[-1]
    start = name.lower()
    begun = [each for each in everything if len(start) >= _LEAST_DIGITS and each.digest.startswith(start)]
    if len(begun) == 1:
        return begun[0]
    titles = ", ".join(each.title for each in everything)
    raise NotFound(f"There is no policy {name!r}. There are: {titles}. `exchange calibrate` fits one.")
