"""The front door for renderers: two queries, any thread, and a sentence where there is nothing to show."""

import json
import logging
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from pydantic import ValidationError

import exchange
from exchange.domain.current import Current
from exchange.jobs.importing import import_files, read_files
from exchange.pages import words
from exchange.store.engine import open_store
from exchange.store.reader import reader
from exchange.store.revisions import revisions
from tests import events, images, places
from tests.jobs.test_naming import CLAIM, GENES, PAGE
from tests.pages.test_related import break_row

SLUG, FIRST, SECOND = "genes-plin2", "h-0e9a3b1c", "h-5d20c7f4"
NOBODY = 65534


@pytest.fixture
def database() -> Path:
    """A database on disk with what `examples/` holds."""
    path = places.file()
    path.write_bytes(images.with_examples())
    open_store(path).close()
    return path


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that others may look into, where their settings lie too."""
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        monkeypatch.setenv("XDG_CONFIG_HOME", name)
        yield Path(name)


@contextmanager
def as_nobody(folder: Path) -> Iterator[None]:
    """As a user who may read what lies in the folder, and write nothing."""
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)
        folder.chmod(0o755)


@contextmanager
def queries(database: Path) -> Iterator[list[str]]:
    """What is sent to the database."""
    sent: list[str] = []
    with reader(database).engine.connect() as held:
        connection = held.connection.driver_connection
        assert connection
    connection.set_trace_callback(sent.append)
    yield sent
    connection.set_trace_callback(None)


def shown(database: Path) -> int:
    return len(exchange.related(SLUG, str(database)).hypotheses)


def test_a_page_takes_one_query(database: Path) -> None:
    with queries(database) as sent:
        exchange.related(SLUG)

    assert len(sent) == 1


def test_many_pages_take_one_query_too(database: Path) -> None:
    with queries(database) as sent:
        found = exchange.related_many([SLUG, *(f"genes-{number}" for number in range(20_000))])

    assert (len(sent), len(found), len(found[0].hypotheses)) == (1, 20_001, 2)


def test_a_page_without_hypotheses_takes_one_query(database: Path) -> None:
    with queries(database) as sent:
        exchange.related("genes-nonesuch")

    assert len(sent) == 1


def test_a_hypothesis_takes_one_query(database: Path) -> None:
    with queries(database) as sent:
        exchange.hypothesis(FIRST)

    assert len(sent) == 1


def test_many_pages_are_told_as_each_is_told_alone_in_the_order_asked(database: Path) -> None:
    asked = ["genes-nonesuch", SLUG, "genes-nonesuch", SLUG]

    assert exchange.related_many(asked) == tuple(map(exchange.related, asked))


def test_no_pages_are_told_of_none(database: Path) -> None:
    assert exchange.related_many([]) == ()


def test_a_page_is_found_by_slug_before_it_is_by_another_s_artifact_id(database: Path) -> None:
    break_row(
        database,
        "INSERT INTO page (slug, title, artifact, record, digest, imported_at) "
        f"VALUES ('another', 'A', '{SLUG}', '', '', '')",
    )

    assert exchange.related(SLUG).slug == SLUG


@pytest.mark.parametrize("column", ["artifact", "wiki_page_id"])
def test_a_page_is_found_by_its_other_names(database: Path, column: str) -> None:
    break_row(database, f"UPDATE page SET {column} = 'another name' WHERE slug = '{SLUG}'")

    assert exchange.related("another name") == exchange.related(SLUG)


def test_eight_threads_are_told_the_same(database: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        told = set(pool.map(lambda _: exchange.related(SLUG).to_json(), range(400)))

    assert told == {exchange.related(SLUG).to_json()}


def test_threads_that_read_see_whole_writes_alone(database: Path) -> None:
    store = open_store(database)
    with ThreadPoolExecutor(8) as pool:
        told = [pool.submit(exchange.related, SLUG) for _ in range(100)]
        for number in range(20):
            events.append(store, events.scored(number / 20, FIRST), events.scored(number / 20, SECOND))
        told += [pool.submit(exchange.related, SLUG) for _ in range(100)]
        found = [each.result() for each in told]
    store.close()

    assert {(each.problem, each.damaged, len(each.hypotheses)) for each in found} == {(None, (), 2)}


def test_what_is_written_is_told_at_once(database: Path) -> None:
    before = exchange.hypothesis(FIRST).hypothesis
    store = open_store(database)
    events.append(store, events.scored(0.7, FIRST))
    store.close()
    after = exchange.hypothesis(FIRST).hypothesis

    assert (before and before.value, after and after.value) == (None, 0.7)


def test_a_database_that_is_replaced_is_opened_afresh(database: Path, tmp_path: Path) -> None:
    before = shown(database)
    open_store(tmp_path / "empty.db", create=True).close()
    os.replace(tmp_path / "empty.db", database)

    assert (before, exchange.related(SLUG).known) == (2, False)


def test_a_setting_that_is_changed_counts_at_once(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange.related(SLUG)
    monkeypatch.setenv("EXCHANGE_SITE", "https://example.org")

    assert exchange.related(SLUG).hypotheses[0].url.startswith("https://example.org/hypothesis/h-")


def test_a_forked_process_opens_its_own(database: Path) -> None:
    code = f"""
import os, sys, exchange
from exchange.store.reader import _opened
exchange.related({SLUG!r})
child = os.fork()
if child == 0:
    os._exit(0 if not _opened and len(exchange.related({SLUG!r}).hypotheses) == 2 else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_reading_leaves_nothing_beside_a_database_that_may_not_be_written(database: Path, folder: Path) -> None:
    path = folder / "exchange.db"
    path.write_bytes(database.read_bytes())
    with as_nobody(folder):
        found = shown(path)

    assert (found, [each.name for each in folder.iterdir()]) == (2, ["exchange.db"])


def test_a_database_that_may_not_be_written_is_told_anew_when_it_changes(database: Path, folder: Path) -> None:
    path = folder / "exchange.db"
    path.write_bytes(database.read_bytes())
    with as_nobody(folder):
        shown(path)
    path.chmod(0o644)
    break_row(
        path, f"DELETE FROM target WHERE hypothesis_id = '{FIRST}'", f"DELETE FROM hypothesis WHERE id = '{FIRST}'"
    )
    with as_nobody(folder):
        found = shown(path)

    assert found == 1


def test_a_writer_s_changes_are_seen_by_who_may_not_write(database: Path, folder: Path) -> None:
    path = folder / "exchange.db"
    path.write_bytes(database.read_bytes())
    store = open_store(path)
    events.append(store, events.scored(0.7, FIRST))
    with as_nobody(folder):
        item = exchange.hypothesis(FIRST, str(path)).hypothesis
    store.close()

    assert item is not None
    assert item.value == 0.7


def test_a_journal_that_cannot_be_read_is_a_problem_rather_than_an_older_number(database: Path, folder: Path) -> None:
    path = folder / "exchange.db"
    path.write_bytes(database.read_bytes())
    (folder / "exchange.db-wal").write_bytes(b"what a writer left" * 100)
    with as_nobody(folder):
        found = exchange.related(SLUG, str(path))

    assert found.problem == words.PROBLEM


def test_a_database_that_may_not_be_read_is_a_problem_and_no_error(database: Path, folder: Path) -> None:
    path = folder / "exchange.db"
    path.write_bytes(database.read_bytes())
    with as_nobody(folder):
        os.seteuid(os.getuid())
        path.chmod(0)
        if os.getuid() == 0:
            os.seteuid(NOBODY)
        found = exchange.related(SLUG, str(path))

    assert found.problem == words.PROBLEM


def test_a_locked_database_is_a_problem_within_a_second(database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode = EXCLUSIVE")
        holder.execute("BEGIN EXCLUSIVE")
        found = exchange.related(SLUG)

    assert (found.problem, exchange.related(SLUG).problem) == (words.PROBLEM, None)


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (["DROP TABLE alembic_version"], "no such table"),
        (["DELETE FROM alembic_version"], "newer Exchange"),
        (["UPDATE alembic_version SET version_num = '0001'"], "older Exchange"),
        (["UPDATE alembic_version SET version_num = '9999'"], "newer Exchange"),
        (["DROP TABLE policy_in_force"], "no such table"),
        (["DROP TABLE page"], "no such table"),
    ],
)
def test_a_database_of_another_shape_is_a_sentence_and_a_logged_reason(
    database: Path, damage: list[str], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    break_row(database, *damage)
    found = exchange.related(SLUG)

    assert (found.problem, reason in caplog.text) == (words.PROBLEM, True)


@pytest.mark.parametrize(
    "damage",
    [
        f"UPDATE hypothesis SET record = '{{' WHERE id = '{FIRST}'",
        f"UPDATE hypothesis SET record = CAST(x'ff00' AS TEXT) WHERE id = '{FIRST}'",
        f"UPDATE hypothesis SET record = (SELECT record FROM hypothesis WHERE id = '{SECOND}') WHERE id = '{FIRST}'",
        "UPDATE score_event SET record = replace(record, '0.7', '0.9')",
        "UPDATE score_event SET record = CAST(x'ff' AS TEXT)",
        "UPDATE score_event SET digest = ''",
        f"UPDATE score_event SET hypothesis_id = '{FIRST}', record = 'null', digest = '{'0' * 64}'",
    ],
)
def test_a_broken_row_is_named_and_logged_and_hides_no_other(
    database: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store(database)
    events.append(store, events.scored(0.7, FIRST))
    store.close()
    break_row(database, "DROP TRIGGER score_event_unchanged", damage)
    found = exchange.related(SLUG)

    assert ([each.id for each in found.hypotheses], found.damaged, FIRST in caplog.text) == ([SECOND], (FIRST,), True)


@pytest.mark.parametrize("slug", [None, 7, 2.5, b"genes-plin2", ["genes-plin2"], {}, object()])
def test_a_slug_that_is_no_text_is_a_sentence_and_a_logged_reason(
    database: Path, slug: object, caplog: pytest.LogCaptureFixture
) -> None:
    found = exchange.related(slug)  # type: ignore[arg-type] # as a template may have it

    assert (found.problem, found.known, "a slug is text" in caplog.text) == (words.NO_SLUG, False, True)


@pytest.mark.parametrize("slug", ["", "\0", "\ud800", "x" * 1_000_000, "' OR 1=1 --", "genes\nplin2", "🧬", "[", '"'])
def test_a_slug_of_odd_words_is_not_known(database: Path, slug: str) -> None:
    found = exchange.related(slug)

    assert (found.known, found.problem, exchange.Related.from_json(found.to_json())) == (False, None, found)


@pytest.mark.parametrize("slugs", [None, 7])
def test_slugs_that_are_no_list_are_a_sentence(database: Path, slugs: object) -> None:
    assert [each.problem for each in exchange.related_many(slugs)] == [words.NO_SLUG]  # type: ignore[arg-type] # as a template may have it


def test_a_single_slug_is_a_list_of_one(database: Path) -> None:
    assert exchange.related_many(SLUG) == (exchange.related(SLUG),)


def test_what_nobody_foresaw_is_a_sentence_and_logged_whole(
    database: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("exchange.pages.door.pages_in", lambda *_: 1 / 0)
    found = exchange.related(SLUG)

    assert (found.problem, "ZeroDivisionError" in caplog.text) == (words.PROBLEM, True)


def test_nothing_is_printed(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("exchange").addHandler(logging.NullHandler())
    exchange.related("genes-nonesuch")
    exchange.related(SLUG, "nonesuch.db")

    assert capsys.readouterr().out == ""


def test_a_hypothesis_is_told_as_its_page_tells_it(database: Path) -> None:
    on_page = next(each for each in exchange.related(SLUG).hypotheses if each.id == FIRST)

    assert exchange.hypothesis("H-0E9A3B1C").hypothesis == on_page.model_copy(
        update={"reasons": (), "relevance": None, "opposes": None}
    )


@pytest.mark.parametrize("id", ["h-00000000", "nix", "", None, 7, "\ud800"])
def test_an_id_of_nothing_is_a_sentence(database: Path, id: object) -> None:
    found = exchange.hypothesis(id)  # type: ignore[arg-type] # as a template may have it

    assert (found.known, found.hypothesis, found.sentence) == (False, None, words.NO_SUCH)


def test_a_broken_hypothesis_is_a_sentence(database: Path) -> None:
    break_row(database, "UPDATE hypothesis SET record = '{'")

    assert exchange.hypothesis(FIRST).sentence == words.ONE_DAMAGED


def test_a_hypothesis_in_no_database_is_a_sentence() -> None:
    assert exchange.hypothesis(FIRST).sentence == words.ONE_PROBLEM


def test_what_is_told_names_its_schema(database: Path) -> None:
    told = json.loads(exchange.related(SLUG).to_json()), json.loads(exchange.hypothesis(FIRST).to_json())

    assert [each["schema"] for each in told] == ["exchange.related/1", "exchange.hypothesis/1"]


def test_what_is_told_cannot_be_changed(database: Path) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        exchange.related(SLUG).slug = "another"  # type: ignore[misc] # what is refused


def test_a_hypothesis_reads_back_from_json_as_it_was(database: Path) -> None:
    found = exchange.hypothesis(FIRST)

    assert exchange.FoundHypothesis.from_json(found.to_json()) == found


def test_an_event_is_told_as_far_as_it_is_shown() -> None:
    event = events.scored(0.7, FIRST, scripted=True, composite=0.6, shift=-0.1, spread=1.2)
    told = Current.from_json(event.to_json()).model_dump()

    assert told.items() <= {**event.model_dump(), "score": told["score"]}.items()
    assert told["score"].items() <= {**event.score.model_dump(), "judges": told["score"]["judges"]}.items()


def test_the_files_of_the_migrations_name_every_schema(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(revisions()[-1],)]


def test_a_page_that_names_a_target_in_its_text_shows_the_hypothesis_and_says_why(tmp_path: Path) -> None:
    texts = {"genes.tsv": GENES, "notes.md": PAGE, "a.jsonl": CLAIM}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    with closing(open_store(places.file(), create=True)) as store:
        import_files(store, read_files([tmp_path / name for name in texts]))

    assert [each.reasons for each in exchange.related("notes").hypotheses] == [
        ("its target PLIN2 is named in the page's text",)
    ]


@pytest.mark.parametrize("reasons", ["oops", '[["chosen"]]', '[["nonesuch", "A"]]', "{}", "[1]"])
def test_a_broken_relation_takes_its_hypothesis_from_its_page_alone(database: Path, reasons: str) -> None:
    break_row(database, f"UPDATE relation SET reasons = '{reasons}' WHERE hypothesis_id = '{FIRST}'")
    found = exchange.related(SLUG)

    assert (found.problem, found.damaged, len(found.hypotheses)) == (None, (FIRST,), 1)


@pytest.mark.parametrize("column", ["direction", "stance"])
def test_a_broken_reading_of_a_claim_is_no_error_in_a_page(database: Path, column: str) -> None:
    break_row(database, f"UPDATE hypothesis SET {column} = 'oops' WHERE id = '{FIRST}'")

    assert exchange.related(SLUG).damaged == (FIRST,)
