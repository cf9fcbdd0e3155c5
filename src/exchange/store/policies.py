"""Policies that were fitted here, and which of all is in force."""

from collections.abc import Sequence

from sqlalchemy import insert, select
from sqlmodel import col

from exchange.domain.policy import Policy
from exchange.errors import BrokenDigest
from exchange.store.clock import now
from exchange.store.engine import Store, Transaction
from exchange.store.records import read
from exchange.store.tables import PolicyInForceRow, PolicyRow

# Put together once, for every debate executes them.
_IN_FORCE = select(col(PolicyInForceRow.digest)).order_by(col(PolicyInForceRow.id).desc()).limit(1)
_POLICIES = select(col(PolicyRow.record), col(PolicyRow.digest)).order_by(col(PolicyRow.id))


def stored(store: Store) -> list[Policy]:
    """Every policy that was fitted here, oldest first. Raises BrokenDigest."""
    with store.reading() as transaction:
        return _stored(transaction)


def same(store: Store, policy: Policy) -> Policy | None:
    """The policy that was fitted here and differs from this one in its version alone."""
    return _same(stored(store), policy)


def keep(store: Store, policy: Policy) -> tuple[Policy, bool]:
    """Stores the policy as the next version of its name, from 1, and returns it with True; or its `same`, with False."""
    with store.writing() as transaction:
        before = _stored(transaction)
        if found := _same(before, policy):
            return found, False
        versions = [int(each.version) for each in before if each.name == policy.name and each.version.isdecimal()]
        kept = policy.model_copy(update={"version": str(1 + max(versions, default=0))})
        add(transaction, kept)
    return kept, True


def add(transaction: Transaction, policy: Policy) -> None:
    """Keeps the policy. Raises Conflict for a name and version that are taken."""
    values = dict(name=policy.name, version=policy.version, digest=policy.digest, record=policy.to_json(), at=now())
    transaction.execute(insert(PolicyRow).values(**values))


def digest_in_force(store: Store) -> str | None:
    """The digest of the policy that was put in force last; None where none ever was."""
    with store.reading() as transaction:
        return transaction.execute(_IN_FORCE).scalar_one_or_none()


def put_in_force(store: Store, digest: str) -> None:
    """From now on, new debates are scored under that policy; nothing is written where it is in force already."""
    if digest_in_force(store) == digest:
        return
    with store.writing() as transaction:
        transaction.execute(insert(PolicyInForceRow).values(digest=digest, at=now()))


def _same(before: Sequence[Policy], policy: Policy) -> Policy | None:
    return next((each for each in before if each == policy.model_copy(update={"version": each.version})), None)


def _stored(transaction: Transaction) -> list[Policy]:
    rows = transaction.execute(_POLICIES).all()
    return [_as_stored(read(Policy, record, "A policy"), digest) for record, digest in rows]


def _as_stored(policy: Policy, digest: str) -> Policy:
    if policy.digest != digest:
        raise BrokenDigest(f"The policy {policy.title} was changed after it was stored: its digest does not fit.")
    return policy
