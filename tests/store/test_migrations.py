"""Databases of earlier releases, upgraded: nothing is lost, and everything can be verified."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from exchange.errors import StoreError
from exchange.jobs.verify import verify
from exchange.store.engine import Store, open_store
from tests.jobs.holding import rows

FIXTURES = Path(__file__).parent / "fixtures"
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


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A database as the first release left it: a finished debate, an unfinished one, and an imported score."""
    path = tmp_path / "exchange.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((FIXTURES / "0001.sql").read_text())
    return path


@pytest.fixture
def upgraded(old: Path) -> Iterator[Store]:
    store = open_store(old, create=True)
    yield store
    store.close()


def test_an_upgraded_database_is_whole(upgraded: Store) -> None:
    found = verify(upgraded)

    assert (found.debates, found.calls, found.scores, found.broken) == (2, 15, 2, ())


def test_an_upgraded_score_is_what_it_was(upgraded: Store) -> None:
    assert rows(upgraded, "value, low, high FROM score_event ORDER BY id") == [
        (0.58, 0.121359231, 0.932463884),
        (0.4, None, None),
    ]


@pytest.mark.parametrize("wanted", KEPT)
def test_every_row_outlives_the_upgrade(old: Path, wanted: str) -> None:
    with closing(sqlite3.connect(old)) as connection:
        expected = connection.execute(f"SELECT {wanted}").fetchall()
    store = open_store(old, create=True)
    actual = rows(store, wanted)
    store.close()

    assert expected == actual != []


def test_a_call_that_was_open_becomes_one_whose_outcome_nobody_knows(upgraded: Store) -> None:
    assert rows(upgraded, "id, state, cost FROM call WHERE state != 'answered' ORDER BY id") == [
        (14, "unknown", None),
        (15, "unknown", None),
    ]


@pytest.mark.parametrize(("check", "clean"), [("integrity_check", [("ok",)]), ("foreign_key_check", [])])
def test_an_upgraded_database_is_sound(upgraded: Store, check: str, clean: list[tuple[object, ...]]) -> None:
    assert rows(upgraded, f"* FROM pragma_{check}") == clean


def test_an_upgraded_database_is_opened_as_any_other(upgraded: Store) -> None:
    again = open_store(upgraded.path)
    debates = rows(again, "count(*) FROM debate")
    again.close()

    assert debates == [(2,)]


def test_an_older_database_is_not_upgraded_by_who_only_reads_it(old: Path) -> None:
    with pytest.raises(StoreError, match=r"was made by an older Exchange\. `exchange import` upgrades it"):
        open_store(old)

    with closing(sqlite3.connect(old)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
