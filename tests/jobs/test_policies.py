"""Which policies there are, by which names, and which one is in force."""

import pytest

from exchange.domain.policy import Policy
from exchange.errors import NotFound, StoreError
from exchange.jobs.policies import LATEST, TRIAL, in_force, known, named
from exchange.scoring.policy import COLD, SHIPPED
from exchange.store import policies
from exchange.store.engine import Store


def fitted(version: str) -> Policy:
    return COLD.model_copy(update=dict(name="fitted", version=version, slope=1.0 + int(version) / 10, outcomes=40))


@pytest.fixture
def fitted_twice(store: Store) -> Store:
    """A store with the policies fitted 1 and fitted 2."""
    with store.writing() as transaction:
        for version in "12":
            policies.add(transaction, fitted(version))
    return store


def test_where_nothing_was_fitted_the_shipped_policies_are_known(store: Store) -> None:
    assert known(store) == SHIPPED


def test_what_was_fitted_is_known_by_its_digest_too(fitted_twice: Store) -> None:
    assert known(fitted_twice) == SHIPPED | {fitted(version).digest: fitted(version) for version in "12"}


def test_at_first_the_cold_policy_is_in_force(store: Store) -> None:
    assert in_force(store) == COLD


def test_what_was_put_in_force_is(fitted_twice: Store) -> None:
    policies.put_in_force(fitted_twice, fitted("1").digest)

    assert in_force(fitted_twice) == fitted("1")


def test_a_policy_in_force_that_is_not_stored_is_an_error_that_says_what_to_do(store: Store) -> None:
    policies.put_in_force(store, "1" * 64)

    with pytest.raises(StoreError, match=r"111111111111\) is not stored. `exchange rescore --policy cold`"):
        in_force(store)


@pytest.mark.parametrize("name", ["fitted", "fitted 2", "fitted-2", "latest", fitted("2").digest[:10]])
def test_a_policy_is_found_by_its_name_its_version_or_its_digest(fitted_twice: Store, name: str) -> None:
    assert named(fitted_twice, name) == fitted("2")


def test_an_earlier_version_is_found_by_its_title(fitted_twice: Store) -> None:
    assert named(fitted_twice, "fitted 1") == fitted("1")


@pytest.mark.parametrize("name", ["cold", "cold 2", "latest"])
def test_where_nothing_was_fitted_the_latest_is_the_cold_one(store: Store, name: str) -> None:
    assert named(store, name) == COLD


def test_an_unknown_policy_is_not_found_and_the_known_ones_are_named(store: Store) -> None:
    with pytest.raises(NotFound, match=r"There is no policy 'warm'\. There are: cold 1, cold 2"):
        named(store, "warm")


@pytest.mark.parametrize("digits", [1, 5])
def test_too_short_a_start_of_a_digest_names_no_policy(fitted_twice: Store, digits: int) -> None:
    with pytest.raises(NotFound, match="There is no policy"):
        named(fitted_twice, fitted("2").digest[:digits])


def test_the_latest_is_no_trial(fitted_twice: Store) -> None:
    with fitted_twice.writing() as transaction:
        policies.add(transaction, fitted("3").model_copy(update={"name": TRIAL, "version": "1"}))

    assert [named(fitted_twice, LATEST).title, named(fitted_twice, TRIAL).title] == ["fitted 2", "trial 1"]
