"""Policies that were fitted here, and which one is in force."""

import pytest

from exchange.errors import BrokenDigest, Conflict
from exchange.scoring.policy import COLD
from exchange.store import policies
from exchange.store.engine import Store
from tests.store.rows import count, execute

FITTED = COLD.model_copy(
    update=dict(
        name="fitted", version="1", weights={"openai:x": 1.25}, slope=1.1, outcomes=40, agreement={"evidence": None}
    )
)
SECOND = FITTED.model_copy(update={"version": "2"})


def kept(store: Store) -> None:
    for policy in (FITTED, SECOND):
        with store.writing() as transaction:
            policies.add(transaction, policy)


def test_policies_come_back_as_they_were_oldest_first(store: Store) -> None:
    kept(store)

    assert policies.stored(store) == [FITTED, SECOND]


def test_a_name_and_version_are_taken_once(store: Store) -> None:
    kept(store)

    with pytest.raises(Conflict), store.writing() as transaction:
        policies.add(transaction, FITTED.model_copy(update={"slope": 1.2}))


def test_at_first_none_is_in_force(store: Store) -> None:
    assert policies.digest_in_force(store) is None


def test_the_one_that_was_put_in_force_last_is(store: Store) -> None:
    for policy in (FITTED, SECOND, FITTED):
        policies.put_in_force(store, policy.digest)

    assert policies.digest_in_force(store) == FITTED.digest


def test_putting_in_force_what_is_already_writes_nothing(store: Store) -> None:
    for _ in range(2):
        policies.put_in_force(store, FITTED.digest)

    assert count(store, "policy_in_force") == 1


@pytest.mark.parametrize("change", ["DELETE FROM policy", "UPDATE policy SET record = '{}'"])
def test_a_policy_that_set_scores_can_be_neither_changed_nor_removed(store: Store, change: str) -> None:
    kept(store)

    with pytest.raises(Conflict):
        execute(store, change)


def test_a_policy_that_can_no_longer_be_read_is_refused(store: Store) -> None:
    kept(store)
    execute(store, "DROP TRIGGER policy_unchanged")
    execute(store, "UPDATE policy SET record = replace(record, 'slope', 'slpoe')")

    with pytest.raises(BrokenDigest, match="A policy can no longer be read"):
        policies.stored(store)
