"""Databases are upgraded, backed up, checked and copied from the command line."""

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from exchange.domain.address import Address, Where
from exchange.errors import StoreError
from exchange.jobs import databases
from exchange.store.engine import open_store
from exchange.store.reader import reader
from tests import images, postgres
from tests.cli.running import rows, run
from tests.store import first_release
from tests.store.rows import execute

KILLED = 9
_COPY = """
import os, sys
from exchange.domain.address import where
from exchange.jobs import databases
databases.copy(where(sys.argv[1]), where(sys.argv[2]), lambda name, rows: os._exit(9) if name == sys.argv[3] else None)
"""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Where]:
    """Where nothing is yet: a file, or an empty PostgreSQL database."""
    if request.param == "sqlite":
        yield tmp_path / "other" / "copy.db"
        return
    postgres.started()
    address = postgres.create()
    yield address
    postgres.drop(address)


@pytest.fixture
def original(tmp_path: Path) -> Path:
    """A file with debates, calls and scores."""
    path = first_release.on_sqlite(tmp_path / "original.db")
    open_store(path, create=True).close()
    return path


def _spelt(where: Where) -> str:
    return where.url if isinstance(where, Address) else str(where)


def _killed_copy(original: Path, other: Where, table: str = "hypothesis") -> None:
    ran = subprocess.run([sys.executable, "-c", _COPY, str(original), _spelt(other), table], check=False)
    assert ran.returncode == KILLED


def test_an_older_database_is_upgraded(tmp_path: Path) -> None:
    path = first_release.on_sqlite(tmp_path / "old.db")
    ran = run("db", "migrate", "--db", path)

    assert (ran.exit_code, "it was 0001" in ran.stdout) == (0, True)


def test_migrating_what_is_not_there_makes_nothing(tmp_path: Path) -> None:
    ran = run("db", "migrate", "--db", tmp_path / "nix.db")

    assert (ran.exit_code, (tmp_path / "nix.db").exists()) == (5, False)


def test_todays_database_is_not_upgraded_again(database: Where) -> None:
    ran = run("db", "migrate")

    assert (ran.exit_code, "already" in ran.stdout) == (0, True)


def test_a_whole_database_is_checked(database: Where) -> None:
    ran = run("db", "check", "--json")
    found = json.loads(ran.stdout)

    assert (ran.exit_code, found["broken"], len(found["checked"])) == (0, [], 4)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("DROP TRIGGER turn_kept", "turn_kept is missing"),
        ("UPDATE page SET digest = 'x'", "table page"),
        ("UPDATE hypothesis SET record = '{}'", "table hypothesis"),
    ],
)
def test_what_is_wrong_is_named_and_ends_with_the_exit_code_of_the_database(
    database: Where, damage: str, said: str
) -> None:
    store = open_store(database)
    execute(store, damage)
    store.close()
    ran = run("db", "check")

    assert (ran.exit_code, said in ran.stderr) == (10, True)


@pytest.mark.postgres
def test_a_constraint_that_was_dropped_is_named() -> None:
    postgres.started()
    address = images.on_server(images.examples_template())
    store = open_store(address)
    execute(store, "ALTER TABLE score_event DROP CONSTRAINT value_in_interval")
    store.close()
    ran = run("db", "check", "--db", address.url)
    postgres.drop(address)

    assert (ran.exit_code, "value_in_interval is missing" in ran.stderr) == (10, True)


@pytest.mark.parametrize("command", [("doctor",), ("list",), ("db", "check"), ("page", "genes-plin2")])
@pytest.mark.parametrize("place", ["127.0.0.1:1", "127.0.0.1:port"])
def test_a_password_is_never_printed(command: tuple[str, ...], place: str) -> None:
    pytest.importorskip("psycopg")
    ran = run(*command, "--db", f"postgresql+psycopg://me:s3cr%40t@{place}/name")

    assert (ran.exit_code != 0, "s3cr" in ran.stdout + ran.stderr) == (True, False)


def test_without_the_driver_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    ran = run("list", "--db", "postgresql+psycopg://me@host/name")

    assert (ran.exit_code, "pip install 'exchange-debate[postgres]'" in ran.stderr) == (4, True)


@pytest.mark.sqlite
def test_a_backup_is_a_database(database: Path, tmp_path: Path) -> None:
    run("db", "backup", tmp_path / "backups" / "one.db")

    assert run("list", "--db", tmp_path / "backups" / "one.db").stdout == run("list").stdout != ""


def test_a_backup_replaces_no_file(database: Where, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("mine")
    ran = run("db", "backup", tmp_path / "there")

    assert (ran.exit_code, (tmp_path / "there").read_text()) == (6, "mine")


@pytest.mark.sqlite
def test_a_backup_that_fails_leaves_nothing(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "backups").mkdir()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ran = run("db", "backup", tmp_path / "backups" / "one.db")

    assert (ran.exit_code, list((tmp_path / "backups").iterdir())) == (10, [])


@pytest.mark.postgres
def test_a_backup_of_postgres_is_an_archive(tmp_path: Path) -> None:
    postgres.started()
    address = images.on_server(images.examples_template())
    ran = run("db", "backup", tmp_path / "one.dump", "--db", address.url)
    postgres.drop(address)

    assert (ran.exit_code, (tmp_path / "one.dump").read_bytes()[:5]) == (0, b"PGDMP")


@pytest.mark.postgres
def test_without_pg_dump_a_backup_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    postgres.started()
    address = images.on_server(images.examples_template())
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = run("db", "backup", tmp_path / "one.dump", "--db", address.url)
    postgres.drop(address)

    assert (ran.exit_code, "pg_dump" in ran.stderr, list(tmp_path.glob("one*"))) == (10, True, [])


def test_a_copy_has_the_same_rows(original: Path, other: Where) -> None:
    ran = run("db", "copy", original, _spelt(other))

    assert (ran.exit_code, databases.check(other).broken) == (0, ())
    assert rows(other, "id, record, value FROM score_event ORDER BY id") == rows(
        original, "id, record, value FROM score_event ORDER BY id"
    )


def test_there_and_back_is_the_same(original: Path, other: Where, tmp_path: Path) -> None:
    there = json.loads(run("db", "copy", original, _spelt(other), "--json").stdout)
    back = json.loads(run("db", "copy", _spelt(other), tmp_path / "back.db", "--json").stdout)

    assert there == back
    assert (there["call"], there["score_event"]) == (15, 2)


def test_what_is_written_after_a_copy_is_numbered_on(original: Path, other: Where) -> None:
    run("db", "copy", original, _spelt(other))
    store = open_store(other)
    execute(store, "INSERT INTO entity (path, slug, name) VALUES ('x', 'y', 'z')")
    store.close()

    assert rows(other, "max(id) - min(id) + 1 - count(*) FROM entity") == [(0,)]


def test_a_copy_that_was_killed_is_read_by_nobody(original: Path, other: Where) -> None:
    _killed_copy(original, other)

    for opened in (open_store, reader):
        with pytest.raises(StoreError, match="a copy that was not completed"):
            opened(other)
    assert run("db", "migrate", "--db", _spelt(other)).exit_code == 10


def test_a_copy_that_was_killed_is_begun_anew(original: Path, other: Where) -> None:
    _killed_copy(original, other, "call")
    ran = run("db", "copy", original, _spelt(other))

    assert (ran.exit_code, databases.check(other).broken) == (0, ())


def test_a_database_that_is_not_empty_is_not_copied_to(original: Path, database: Where) -> None:
    before = rows(database, "id FROM hypothesis ORDER BY id")
    ran = run("db", "copy", original, _spelt(database))

    assert (ran.exit_code, rows(database, "id FROM hypothesis ORDER BY id")) == (10, before)


def test_a_database_is_not_copied_to_itself(original: Path) -> None:
    assert run("db", "copy", original, original).exit_code == 6


@pytest.mark.sqlite
def test_a_file_that_is_no_database_is_not_copied_to(original: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "theirs.db")) as connection, connection:
        connection.execute("CREATE TABLE theirs (a)")
    before = (tmp_path / "theirs.db").read_bytes()

    assert run("db", "copy", original, tmp_path / "theirs.db").exit_code == 10
    assert (tmp_path / "theirs.db").read_bytes() == before


def test_a_copy_leaves_what_another_process_is_copying_to_alone(original: Path, other: Where) -> None:
    others = list[subprocess.CompletedProcess[str]]()

    def meanwhile(_name: str, _rows: int) -> None:
        if not others:
            command = [sys.executable, "-c", _COPY, str(original), _spelt(other), ""]
            others.append(subprocess.run(command, check=False, capture_output=True, text=True))

    databases.copy(original, other, meanwhile)

    assert (others[0].returncode, f"process {os.getpid()} on" in others[0].stderr) == (1, True)
    assert databases.check(other).broken == ()
