"""The database is opened the one way that loses nothing, or refused with a sentence."""

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from exchange.errors import NotFound, SchemaTooNew, StoreError
from exchange.store.engine import MEMORY, Store, open_store
from exchange.store.tables import metadata
from tests.store.rows import execute

COUNTER = "INSERT INTO entity (path, slug, name) VALUES ('genes', 'counter', '0')"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "exchange.db"


@pytest.fixture
def on_disk(path: Path) -> Iterator[Store]:
    store = open_store(path, create=True)
    yield store
    store.close()


@pytest.mark.parametrize(
    ("pragma", "expected"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("busy_timeout", 30000), ("synchronous", 2), ("trusted_schema", 0)],
)
def test_a_connection_has_the_settings_that_lose_nothing(on_disk: Store, pragma: str, expected: object) -> None:
    with on_disk.reading() as transaction:
        actual = transaction.exec_driver_sql(f"PRAGMA {pragma}").scalar_one()

    assert expected == actual


def test_a_missing_database_is_not_found(path: Path) -> None:
    with pytest.raises(NotFound, match="There is no database"):
        open_store(path)


def test_looking_for_a_missing_database_makes_no_file(path: Path) -> None:
    with pytest.raises(NotFound):
        open_store(path)

    assert not path.exists()


def test_folders_of_a_new_database_are_made(tmp_path: Path) -> None:
    path = tmp_path / "some" / "where" / "exchange.db"
    open_store(path, create=True).close()

    assert path.is_file()


@pytest.mark.parametrize("name", ["a b.db", "a#b.db", "a%20b.db", "a?b.db"])
def test_any_character_may_stand_in_the_name_of_a_database(tmp_path: Path, name: str) -> None:
    open_store(tmp_path / name, create=True).close()

    assert name in {file.name for file in tmp_path.iterdir()}


@pytest.mark.parametrize("create", [True, False])
def test_a_file_that_is_no_database_is_refused(path: Path, create: bool) -> None:
    path.write_text("These are words. " * 100)

    with pytest.raises(StoreError, match="is no database of Exchange"):
        open_store(path, create)


def test_a_strangers_database_is_left_as_it_is_to_the_byte(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE theirs (a)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="is no database of Exchange"):
        open_store(path)

    assert path.read_bytes() == before


def test_an_empty_file_is_no_database_to_read_from(path: Path) -> None:
    path.touch()

    with pytest.raises(StoreError, match="is no database of Exchange"):
        open_store(path)


@pytest.mark.parametrize("create", [True, False])
def test_a_newer_schema_is_refused(on_disk: Store, create: bool) -> None:
    execute(on_disk, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(SchemaTooNew, match="schema 9999"):
        open_store(on_disk.address, create)


@pytest.mark.sqlite
@pytest.mark.parametrize("kind", ["table", "index", "trigger", "view"])
def test_migrations_make_what_the_tables_describe(store: Store, kind: str) -> None:
    described = create_engine("sqlite://")
    metadata.create_all(described)
    with described.connect() as connection, store.reading() as transaction:
        wanted = f"SELECT name, sql FROM sqlite_master WHERE type = '{kind}' AND sql IS NOT NULL"
        expected = {row.name: _form(row.sql, kind) for row in connection.exec_driver_sql(wanted)}
        actual = {row.name: _form(row.sql, kind) for row in transaction.exec_driver_sql(wanted)}
    described.dispose()
    actual.pop("alembic_version", None)

    assert expected == actual


def test_clauses_are_split_at_outer_commas_alone() -> None:
    assert _form("CREATE TABLE t (b INTEGER, a CHECK (a IN (1, 2)))", "table") == ["a CHECK (a IN (1, 2))", "b INTEGER"]


def test_threads_that_write_at_once_lose_nothing(on_disk: Store) -> None:
    execute(on_disk, COUNTER)
    running = [threading.Thread(target=_increment, args=(on_disk, 25)) for _ in range(4)]
    for each in running:
        each.start()
    for each in running:
        each.join()

    assert _counted(on_disk) == 100


@pytest.mark.parametrize("place", ["{file}/exchange.db", "/proc/exchange.db", "/proc/nowhere/exchange.db", "{folder}"])
def test_an_unusable_path_is_refused_in_one_line(tmp_path: Path, place: str) -> None:
    file = tmp_path / "file"
    file.touch()
    path = Path(place.format(file=file, folder=tmp_path))

    with pytest.raises(StoreError) as refusal:
        open_store(path, create=True)

    assert re.fullmatch(
        rf"The [^\n]*{re.escape(str(path))}[^\n]* --db\b[^\n]*\.|The [^\n]* with --db\.", str(refusal.value)
    )


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    with suppress(RuntimeError), store.writing() as transaction:
        transaction.exec_driver_sql(COUNTER)
        raise RuntimeError
    with store.reading() as transaction:
        rows = transaction.exec_driver_sql("SELECT count(*) FROM entity").scalar_one()

    assert rows == 0


def test_a_store_in_memory_is_as_empty_as_a_new_one() -> None:
    store = open_store(MEMORY, create=True)
    with store.reading() as transaction:
        rows = transaction.exec_driver_sql("SELECT count(*) FROM hypothesis").scalar_one()
    store.close()

    assert rows == 0


def _increment(store: Store, times: int) -> None:
    for _ in range(times):
        with store.writing() as transaction:
            value = transaction.exec_driver_sql("SELECT name FROM entity").scalar_one()
            transaction.exec_driver_sql("UPDATE entity SET name = ?", (str(int(value) + 1),))


def _counted(store: Store) -> int:
    with store.reading() as transaction:
        return int(transaction.exec_driver_sql("SELECT name FROM entity").scalar_one())


def _form(sql: str, kind: str) -> list[str]:
    """A table's clauses, sorted, since alembic orders them otherwise; other statements as they stand."""
    plain = re.sub(r"\s+", " ", sql).replace("( ", "(").replace(" )", ")").strip()
    if kind != "table":
        return [plain]
    clauses, depth = [""], 0
    for character in plain[plain.index("(") + 1 : plain.rindex(")")]:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            clauses.append("")
        else:
            clauses[-1] += character
    return sorted(clause.strip() for clause in clauses)
