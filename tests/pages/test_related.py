import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

import exchange
from exchange.config import bands, settings
from exchange.domain.address import Where
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.policy import COLD
from exchange.domain.score import Score, State
from exchange.jobs.importing import import_files, read_files
from exchange.jobs.relating import relate
from exchange.pages.related import best_first, related_in, shown
from exchange.scoring.basis import basis
from exchange.store import hypotheses, scores
from exchange.store.engine import Store, engine_of, open_store
from exchange.store.policies import put_in_force
from exchange.store.reader import forget
from tests import builders, events, images, places, postgres
from tests.store.rows import execute

PROBLEM = "The hypotheses of this page cannot be shown at the moment."
SLUG = "genes-plin2"


@pytest.fixture
def database(on_postgres: bool, monkeypatch: pytest.MonkeyPatch) -> Iterator[Where]:
    """The database of the settings, with what `examples/` holds."""
    if on_postgres:
        address = images.on_server(images.examples_template())
        monkeypatch.setenv("EXCHANGE_DB", address.url)
        yield address
        forget(address)
        postgres.drop(address)
        return
    path = places.file()
    path.write_bytes(images.with_examples())
    yield path


def break_row(database: Where, *statements: str) -> None:
    """By a hand that knows nothing of Exchange, and minds no reference."""
    if isinstance(database, Path):
        with closing(sqlite3.connect(database)) as connection, connection:
            for statement in statements:
                connection.execute(statement)
        return
    store = Store(database, engine_of(database))
    for statement in statements:
        execute(store, statement)
    store.close()


def imported(value: float, hypothesis: str) -> ScoreEvent:
    score = Score(state=State.SCORED, value=value, policy="imported", policy_digest="")
    return ScoreEvent(hypothesis=hypothesis, cause=Cause.IMPORTED, score=score, at="2026-11-23", origin="a wiki")


def reasons(store: Store, slug: str) -> list[tuple[str, ...]]:
    return [each.reasons for each in related_in(store, slug, settings()).hypotheses]


def test_a_missing_database_is_a_problem_and_no_error() -> None:
    assert exchange.related(SLUG).problem == PROBLEM


def test_a_missing_database_is_not_made_by_looking() -> None:
    exchange.related(SLUG)

    assert not places.file().exists()


@pytest.mark.parametrize("content", [b"", b"this is no database, but long enough to be read as one" * 40])
def test_a_file_that_is_no_database_is_a_problem_and_no_error(content: bytes) -> None:
    places.file().write_bytes(content)

    assert exchange.related(SLUG).problem == PROBLEM


def test_a_folder_in_the_databases_place_is_a_problem_and_no_error() -> None:
    places.file().mkdir()

    assert exchange.related(SLUG).problem == PROBLEM


def test_a_database_of_another_program_is_a_problem_and_no_error(tmp_path: Path) -> None:
    break_row(tmp_path / "exchange.db", "CREATE TABLE hypothesis (id TEXT)")

    assert exchange.related(SLUG).problem == PROBLEM


def test_a_database_of_a_newer_exchange_is_a_problem_and_no_error(database: Path) -> None:
    break_row(database, "UPDATE alembic_version SET version_num = '9999'")

    assert exchange.related(SLUG).problem == PROBLEM


def test_a_missing_table_is_a_problem_and_no_error(database: Path) -> None:
    break_row(database, "ALTER TABLE score_event RENAME TO was_here")

    assert exchange.related(SLUG).problem == PROBLEM


@pytest.mark.sqlite
def test_a_cut_off_database_is_a_problem_and_no_error(database: Path) -> None:
    database.write_bytes(database.read_bytes()[: database.stat().st_size // 2])

    assert exchange.related(SLUG).problem == PROBLEM


def test_a_wrong_setting_is_a_problem_and_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_NONESUCH", "1")

    assert exchange.related(SLUG).problem == PROBLEM


@pytest.mark.parametrize("record", ["{", "null", '{"id": "h-0e9a3b1c"}', '{"id": "h-0e9a3b1c", "title": 7}'])
def test_a_broken_hypothesis_is_left_out_and_named(database: Path, record: str) -> None:
    break_row(database, f"UPDATE hypothesis SET record = '{record}' WHERE id = 'h-0e9a3b1c'")
    found = exchange.related(SLUG)

    assert ([each.id for each in found.hypotheses], found.damaged) == (["h-5d20c7f4"], ("h-0e9a3b1c",))


def test_a_hypothesis_with_a_broken_score_event_is_left_out_and_named(database: Path) -> None:
    store = open_store(database)
    with store.writing() as transaction:
        scores.append(transaction, imported(0.5, "h-0e9a3b1c"))
    store.close()
    break_row(database, "DROP TRIGGER score_event_unchanged", "UPDATE score_event SET record = '{'")
    found = exchange.related(SLUG)

    assert ([each.id for each in found.hypotheses], found.damaged) == (["h-5d20c7f4"], ("h-0e9a3b1c",))


def test_a_broken_page_does_not_hide_its_hypotheses(database: Path) -> None:
    break_row(database, "UPDATE page SET record = '{'")

    assert len(exchange.related(SLUG).hypotheses) == 2


def test_the_front_door_finds_the_hypotheses_of_a_page(database: Path) -> None:
    found = exchange.related(SLUG)

    assert ({each.id for each in found.hypotheses}, found.problem) == ({"h-0e9a3b1c", "h-5d20c7f4"}, None)


@pytest.mark.sqlite
def test_a_database_may_be_named(database: Path, tmp_path: Path) -> None:
    database.rename(tmp_path / "elsewhere.db")

    assert len(exchange.related(SLUG, db=str(tmp_path / "elsewhere.db")).hypotheses) == 2


def test_a_page_that_is_not_stored_is_not_known(database: Path) -> None:
    assert exchange.related("genes-nonesuch") == exchange.Related(slug="genes-nonesuch", known=False)


def test_a_name_that_is_none_is_not_known(database: Path) -> None:
    assert not exchange.related(None).known  # type: ignore[arg-type] # as a template may have it


def test_a_target_that_the_page_is_about_is_the_reason(example_store: Store) -> None:
    assert set(reasons(example_store, SLUG)) == {("its target PLIN2 (perilipin 2) is what the page is about",)}


def test_a_target_that_the_page_links_is_the_reason(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nIt binds [PLIN2](/genes/plin2).\n")
    (tmp_path / "b.jsonl").write_text('{"title": "B", "targets": ["PLIN2"]}\n')
    import_files(store, read_files([tmp_path / "a.md", tmp_path / "b.jsonl"]))

    assert reasons(store, "a") == [("its target PLIN2 is linked on the page",)]


def test_a_list_on_the_page_is_the_reason(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nIt has a text.\n")
    (tmp_path / "b.jsonl").write_text('{"title": "B", "pages": ["a"]}\n')
    import_files(store, read_files([tmp_path / "a.md", tmp_path / "b.jsonl"]))

    assert reasons(store, "a") == [("curated: the page lists it",)]


def test_every_reason_of_a_hypothesis_is_given_once(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nIt binds [PLIN2](/genes/plin2).\n")
    (tmp_path / "b.jsonl").write_text('{"title": "B", "targets": ["PLIN2", "plin2"], "pages": ["a"]}\n')
    import_files(store, read_files([tmp_path / "a.md", tmp_path / "b.jsonl"]))

    assert [sorted(each) for each in reasons(store, "a")] == [
        ["curated: the page lists it", "its target PLIN2 is linked on the page"]
    ]


def test_the_best_stand_first_and_those_without_a_number_last(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\nIt has a text.\n")
    import_files(store, read_files([tmp_path / "a.md"]))
    with store.writing() as transaction:
        for name, value in (("h-00000001", 0.2), ("h-00000002", None), ("h-00000003", 0.9)):
            hypotheses.save(transaction, Hypothesis(id=name, title=name))
            hypotheses.list_on(transaction, "a", name)
            if value is not None:
                scores.append(transaction, imported(value, name))
    relate(store)

    assert [each.value for each in related_in(store, "a", settings()).hypotheses] == [0.9, 0.2, None]


def test_demonstrations_stand_behind_other_numbers_and_before_none() -> None:
    high, low = imported(0.9, "h-00000001"), imported(0.2, "h-00000001")
    named = {"low": low, "none": None, "demonstration": high.model_copy(update={"demonstration": True})}
    items = [
        shown(Hypothesis(id="h-00000001", title=title), scored, (), None, "", bands())
        for title, scored in named.items()
    ]

    assert [item.title for item in sorted(items, key=best_first)] == ["low", "demonstration", "none"]


def test_related_reads_back_from_json_as_it_was(example_store: Store) -> None:
    found = related_in(example_store, SLUG, settings())

    assert exchange.Related.from_json(found.to_json()) == found


def test_a_page_says_that_another_policy_is_in_force(example_store: Store) -> None:
    about = builders.brief(claim=hypotheses.hypothesis(example_store, "h-0e9a3b1c").claim)
    events.append(example_store, events.scored(0.5, "h-0e9a3b1c", basis=basis(builders.setup(about=about), COLD)))
    before = parts(example_store)
    put_in_force(example_store, "1" * 64)

    assert (before, parts(example_store)) == ([(), ()], [("policy",), ()])


def parts(store: Store) -> list[tuple[str, ...]]:
    """What is out of date of each hypothesis of the page."""
    return [each.out_of_date for each in related_in(store, SLUG, settings()).hypotheses]
