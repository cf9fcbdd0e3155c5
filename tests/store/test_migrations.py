"""Databases of earlier releases, upgraded: nothing is lost, and everything can be verified."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.domain.address import Address, Where
from exchange.errors import SchemaTooNew, StoreError
from exchange.jobs.databases import migrate
from exchange.jobs.verify import verify
from exchange.store import soundness
from exchange.store.engine import Store, engine_of, open_store
from exchange.store.relations import related
from exchange.store.revisions import revisions
from tests import postgres
from tests.jobs.holding import rows
from tests.store import described, first_release
from tests.store.rows import execute

# What each row is known by, whatever columns later schemas add.
KEPT = (
    "id, hypothesis_id, state, stop_reason, record, digest, started_at, ended_at FROM debate ORDER BY id",
    "debate_id, ordinal, role, model, call_id, record, digest FROM turn ORDER BY debate_id, ordinal",
    'debate_id, seat, "when", "order", model, credence, unscored, call_id, record, digest FROM verdict ORDER BY record',
    "id, hypothesis_id, cause, state, value, low, high, composite, standing, record, digest, at FROM score_event",
    "id, debate_id, place, model, sample, question, question_digest, reply, reply_digest, finish, input_tokens,"
    " output_tokens, cost, opened_at FROM call ORDER BY id",
    "slug, record, digest FROM page",
    "id, record FROM hypothesis ORDER BY id",
    "key FROM secret",
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Where]:
    """A database as the first release left it: a finished debate, an unfinished one, and an imported score."""
    if request.param == "sqlite":
        yield first_release.on_sqlite(tmp_path / "exchange.db")
        return
    postgres.started()
    address = postgres.create()
    yield first_release.on_postgres(address)
    postgres.drop(address)


@pytest.fixture
def upgraded(old: Where) -> Iterator[Store]:
    store = open_store(old, create=True)
    yield store
    store.close()


def test_an_upgraded_database_is_whole(upgraded: Store) -> None:
    found = verify(upgraded)

    assert (found.debates, found.calls, found.scores, found.broken) == (2, 15, 2, ())


def test_an_upgraded_database_has_its_relations_made(old: Path) -> None:
    migrate(old)
    store = open_store(old)
    found = related(store)
    store.close()

    assert [page for page, _ in found] == ["genes-plin2"] * len(found) != []


def test_an_upgraded_score_is_what_it_was(upgraded: Store) -> None:
    assert rows(upgraded, "value, low, high FROM score_event ORDER BY id") == [
        (0.58, 0.121359231, 0.932463884),
        (0.4, None, None),
    ]


def test_every_row_outlives_the_upgrade(old: Where) -> None:
    before = Store(old, engine_of(old))
    expected = {wanted: rows(before, wanted) for wanted in KEPT}
    before.close()
    store = open_store(old, create=True)
    actual = {wanted: rows(store, wanted) for wanted in KEPT}
    store.close()

    assert expected == actual
    assert all(expected.values())


def test_a_call_that_was_open_becomes_one_whose_outcome_nobody_knows(upgraded: Store) -> None:
    assert rows(upgraded, "id, state, cost FROM call WHERE state != 'answered' ORDER BY id") == [
        (14, "unknown", None),
        (15, "unknown", None),
    ]


def test_an_upgraded_database_is_sound(upgraded: Store) -> None:
    assert (soundness.faults(upgraded), soundness.lacking(upgraded), soundness.records(upgraded)[1]) == ([], [], [])


@pytest.mark.postgres
def test_an_upgraded_database_on_postgres_is_made_as_a_new_one() -> None:
    postgres.started()
    old, new = postgres.create(), postgres.create()
    open_store(first_release.on_postgres(old), create=True).close()
    open_store(new, create=True).close()
    made = [described.database(address) for address in (old, new)]
    for address in (old, new):
        postgres.drop(address)

    assert made[0] == made[1]


@pytest.mark.parametrize("how", ["61", "revision", "commit"])
def test_a_kill_in_an_upgrade_leaves_the_old_schema_or_the_new_one(old: Where, how: str) -> None:
    address = old.url if isinstance(old, Address) else str(old)
    ran = subprocess.run(
        [sys.executable, "-m", "tests.store.killing", address, how], capture_output=True, text=True, check=True
    )
    found, later = json.loads(ran.stdout), len(revisions()) - 1

    assert found.pop("kills", later) >= (later if how == "revision" else 3)
    assert found == {"kept" if how == "commit" else "whole": True, "revision": revisions()[-1]}


def test_a_newer_database_is_refused(upgraded: Store) -> None:
    execute(upgraded, "UPDATE alembic_version SET version_num = '9999'")

    for create in (False, True):
        with pytest.raises(SchemaTooNew, match="schema 9999"):
            open_store(upgraded.address, create)


def test_an_upgraded_database_is_opened_as_any_other(upgraded: Store) -> None:
    again = open_store(upgraded.address)
    debates = rows(again, "count(*) FROM debate")
    again.close()

    assert debates == [(2,)]


def test_an_older_database_is_not_upgraded_by_who_only_reads_it(old: Where) -> None:
    with pytest.raises(StoreError, match=r"was made by an older Exchange\. `exchange import` upgrades it"):
        open_store(old)

    store = Store(old, engine_of(old))
    assert rows(store, "version_num FROM alembic_version") == [("0001",)]
    store.close()
