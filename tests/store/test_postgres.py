"""PostgreSQL keeps what SQLite keeps: one writer, snapshots, numbers without gaps, texts by their code points."""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from sqlalchemy import insert

from exchange.domain.address import Address
from exchange.domain.alias import Given
from exchange.domain.page import Entity
from exchange.errors import Conflict, NotFound, StoreError, Unreachable
from exchange.store import entities, pages
from exchange.store.engine import Store, open_store
from exchange.store.postgres import engine_of
from exchange.store.reader import forget, reader
from exchange.store.tables import EntityRow, metadata
from tests import images, postgres
from tests.jobs.holding import rows
from tests.store import described
from tests.store.rows import execute

COUNTER = "INSERT INTO entity (path, slug, name) VALUES ('genes', 'counter', '0')"


pytestmark = pytest.mark.postgres


@pytest.fixture(autouse=True)
def server() -> str:
    postgres.started()
    return os.environ[postgres.FOLDER]


@pytest.fixture
def store() -> Iterator[Store]:
    opened = open_store(images.on_server("template0"), create=True)
    yield opened
    opened.close()
    assert isinstance(opened.address, Address)
    postgres.drop(opened.address)


def test_migrations_make_what_the_tables_describe(store: Store) -> None:
    assert isinstance(store.address, Address)
    made = postgres.create()
    engine = engine_of(made)
    metadata.create_all(engine)
    engine.dispose()
    expected, actual = described.database(made), described.database(store.address)
    postgres.drop(made)

    assert expected == actual


def test_writers_at_once_lose_nothing(store: Store) -> None:
    execute(store, COUNTER)
    stores = [open_store(store.address) for _ in range(4)]
    running = [threading.Thread(target=_increment, args=(each, 25)) for each in stores]
    for each in running:
        each.start()
    for each in running:
        each.join()
    for other in stores:
        other.close()

    assert rows(store, "name FROM entity") == [("100",)]


def test_a_writer_waits_for_the_one_before_it(store: Store) -> None:
    execute(store, COUNTER)
    order: list[str] = []

    def second() -> None:
        with store.writing():
            order.append("second")

    with store.writing():
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.2)
        order.append("first")
    thread.join()

    assert order == ["first", "second"]


def test_a_reader_sees_one_moment(store: Store) -> None:
    with store.reading() as transaction:
        before = transaction.exec_driver_sql("SELECT count(*) FROM entity").scalar_one()
        execute(store, COUNTER)
        after = transaction.exec_driver_sql("SELECT count(*) FROM entity").scalar_one()

    assert (before, after) == (0, 0)


def test_a_reader_writes_nothing(store: Store) -> None:
    with pytest.raises(StoreError, match="read-only"), store.reading() as transaction:
        transaction.exec_driver_sql(COUNTER)


def test_numbers_have_no_gaps_where_an_insert_failed(store: Store) -> None:
    for _ in range(2):
        with suppress(Conflict):
            execute(store, COUNTER)
    execute(store, COUNTER.replace("counter", "other"))

    assert rows(store, "id FROM entity ORDER BY id") == [(1,), (2,)]


def test_rows_that_are_inserted_at_once_are_numbered_one_by_one(store: Store) -> None:
    with store.writing() as transaction:
        transaction.execute(insert(EntityRow), [dict(path="genes", slug=name, name=name) for name in "abc"])
        transaction.exec_driver_sql(
            "INSERT INTO entity (path, slug, name) SELECT 'x', v, v FROM (VALUES ('a'), ('b')) AS t (v) ORDER BY v DESC"
        )

    assert sorted(rows(store, "id FROM entity")) == [(1,), (2,), (3,), (4,), (5,)]


def test_texts_are_ordered_by_their_code_points(store: Store) -> None:
    names = ["Z", "a", "é", "ｚ", "_", "B", "z", "😀"]
    with store.writing() as transaction:
        transaction.execute(insert(EntityRow), [dict(path="genes", slug=name, name=name) for name in names])

    assert [name for (name,) in rows(store, "slug FROM entity ORDER BY slug")] == sorted(names)


def test_a_text_with_nul_is_refused(store: Store) -> None:
    with pytest.raises(Conflict, match="NUL"), store.writing() as transaction:
        transaction.execute(insert(EntityRow), dict(path="genes", slug="a\0", name="a"))


def test_a_row_that_is_refused_is_not_repeated(store: Store) -> None:
    execute(store, COUNTER)
    with pytest.raises(Conflict) as refusal:
        execute(store, COUNTER)

    assert ("counter" in str(refusal.value), str(refusal.value).count("\n")) == (False, 0)


def test_a_server_that_is_not_there_may_be_back() -> None:
    with pytest.raises(Unreachable):
        open_store(Address("postgresql+psycopg://postgres@/exchange?host=/nowhere"))


def test_a_connection_that_the_server_ends_may_be_had_again(store: Store) -> None:
    with pytest.raises(Unreachable), store.writing() as transaction:
        transaction.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")
    with store.writing() as transaction:
        assert transaction.exec_driver_sql("SELECT 1").scalar_one() == 1


def test_a_database_that_is_not_there_is_not_found() -> None:
    with pytest.raises(NotFound, match="createdb"):
        open_store(postgres.address("nonesuch"))


def test_a_database_without_tables_is_none_of_exchange() -> None:
    empty = postgres.create()
    with pytest.raises(StoreError, match="is no database of Exchange"):
        open_store(empty)
    postgres.drop(empty)


def test_a_strangers_database_is_left_as_it_is() -> None:
    strange = postgres.create()
    engine = engine_of(strange)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE theirs (a integer)")
    engine.dispose()
    before = described.database(strange)
    with pytest.raises(StoreError, match="is no database of Exchange"):
        open_store(strange, create=True)
    after = described.database(strange)
    postgres.drop(strange)

    assert before == after


def test_a_password_stays_out_of_errors_and_logs(server: str, caplog: pytest.LogCaptureFixture) -> None:
    with suppress(StoreError):
        _administer_guest()
    wrong = Address(f"postgresql+psycopg://guest:s3cr%40t@/postgres?host={server}")
    with caplog.at_level(logging.DEBUG), pytest.raises(StoreError) as refusal:
        open_store(wrong)
    told = f"{refusal.value} {refusal.value!r} {wrong} {wrong!r} {caplog.text}"

    assert ("guest" in told, "s3cr" in told) == (True, False)


def test_a_server_that_comes_back_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    own = postgres.Server()
    try:
        monkeypatch.setenv(postgres.FOLDER, str(own.folder))
        store = open_store(postgres.create(), create=True)
        own.stop()
        with pytest.raises(StoreError, match="cannot be used") as refusal, store.reading():
            pass
        own.start()
        execute(store, COUNTER)
        stored = rows(store, "count(*) FROM entity")
        store.close()
    finally:
        own.end()

    assert (stored, "\n" in str(refusal.value)) == ([(1,)], False)


def test_a_server_that_stops_in_a_transaction_leaves_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    own = postgres.Server()
    try:
        monkeypatch.setenv(postgres.FOLDER, str(own.folder))
        store = open_store(postgres.create(), create=True)
        with pytest.raises(StoreError):
            _stop_while_writing(store, own)
        own.start()
        stored = rows(store, "count(*) FROM entity")
        store.close()
    finally:
        own.end()

    assert stored == [(0,)]


def test_a_page_is_read_from_many_threads(store: Store) -> None:
    kept = reader(store.address)
    found: list[list[tuple[str, str]]] = []
    running = [threading.Thread(target=lambda: found.append(pages.slugs_and_titles(kept))) for _ in range(24)]
    for each in running:
        each.start()
    for each in running:
        each.join()
    forget(store.address)

    assert found == [[]] * 24


def test_a_reader_refuses_a_copy_that_was_not_completed(store: Store) -> None:
    execute(store, "UPDATE alembic_version SET version_num = 'incomplete copy'")

    with pytest.raises(StoreError, match="a copy that was not completed"):
        reader(store.address)


def test_names_are_entered_beside_numbers_that_were_given(store: Store) -> None:
    with store.writing() as transaction:
        transaction.execute(insert(EntityRow), dict(id=7, path="genes", slug="a", name="a"))
        made = entities.number(transaction, Entity(path="genes", slug="b", name="b"), Given.LINK)

    assert made == 8


def test_without_its_programs_the_tests_of_postgres_are_skipped_here_and_fail_in_ci(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgres, "programs", lambda: None)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="initdb"):
        postgres.needed()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="initdb"):
        postgres.needed()


def _increment(store: Store, times: int) -> None:
    for _ in range(times):
        with store.writing() as transaction:
            value = transaction.exec_driver_sql("SELECT name FROM entity").scalar_one()
            transaction.exec_driver_sql("UPDATE entity SET name = %s", (str(int(value) + 1),))


def _stop_while_writing(store: Store, server: postgres.Server) -> None:
    with store.writing() as transaction:
        transaction.exec_driver_sql(COUNTER)
        server.stop()


def _administer_guest() -> None:
    engine = engine_of(postgres.address("postgres"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE ROLE guest LOGIN PASSWORD 'another'")
    engine.dispose()
