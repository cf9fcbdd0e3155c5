"""Files become pages and hypotheses, or are refused before anything is stored."""

import json
from pathlib import Path

import pytest

from exchange.domain.event import Cause
from exchange.domain.score import State
from exchange.errors import InputError
from exchange.jobs.importing import import_files, read_files
from exchange.store import hypotheses, pages, scores
from exchange.store.engine import Store
from tests.conftest import ROOT
from tests.jobs.holding import rows, take_in

ONE = {"id": "h-11111111", "title": "A protects", "statement": "A protects B.", "targets": ["A", "B"]}
SCORED = ONE | {"score": 0.7, "origin": "the list of 2025"}
CSV = "id,title,statement,targets,score,origin\nh-11111111,A protects,A protects B.,A; B,0.7,the list of 2025\n"


def test_json_lines_and_csv_mean_the_same(store: Store, tmp_path: Path) -> None:
    take_in(store, tmp_path / "a.csv", CSV)
    take_in(store, tmp_path / "a.jsonl", json.dumps(SCORED))

    assert rows(store, "count(*) FROM hypothesis UNION ALL SELECT count(*) FROM score_event") == [(1,), (1,)]


@pytest.mark.parametrize(("name", "text"), [("a.jsonl", json.dumps(SCORED)), ("a.csv", CSV), ("a.CSV", CSV)])
def test_a_row_becomes_a_hypothesis(store: Store, tmp_path: Path, name: str, text: str) -> None:
    take_in(store, tmp_path / name, text)
    stored = hypotheses.hypothesis(store, "h-11111111")

    assert stored.model_dump(mode="json") == ONE


def test_a_file_without_a_column_leaves_what_is_known_of_it(store: Store, tmp_path: Path) -> None:
    take_in(store, tmp_path / "a.jsonl", json.dumps(ONE))
    take_in(store, tmp_path / "b.csv", "id,title,score,origin\nh-11111111,A protects,0.7,a list\n")

    assert hypotheses.hypothesis(store, "h-11111111").model_dump(mode="json") == ONE


def test_empty_lines_are_passed_over(store: Store, tmp_path: Path) -> None:
    take_in(store, tmp_path / "a.jsonl", f"\n{json.dumps(ONE)}\n\n")

    assert len(hypotheses.every(store)) == 1


def test_an_id_is_stored_in_small_letters(store: Store, tmp_path: Path) -> None:
    take_in(store, tmp_path / "a.jsonl", json.dumps(ONE | {"id": "H-ABCDEF12"}))

    assert [each.id for each in hypotheses.every(store)] == ["h-abcdef12"]


def test_a_row_without_an_id_keeps_its_id_on_the_next_import(store: Store, tmp_path: Path) -> None:
    for _ in range(2):
        take_in(store, tmp_path / "a.jsonl", json.dumps({"title": "A protects"}))

    assert len(hypotheses.every(store)) == 1


@pytest.mark.parametrize(
    ("name", "bad", "said"),
    [
        ("a.jsonl", '{"title": ', "not JSON"),
        ("a.jsonl", "[]", "the row"),
        ("a.jsonl", '{"id": "h-22222222"}', "title"),
        ("a.jsonl", '{"id": "h-2", "title": "x"}', "'h-2' is not a hypothesis id"),
        ("a.jsonl", '{"title": "x", "scores": 1}', "scores"),
        ("a.jsonl", '{"title": "x", "score": 1.5, "origin": "y"}', "score"),
        ("a.jsonl", '{"title": "x", "score": -0.1, "origin": "y"}', "score"),
        ("a.jsonl", '{"title": "x", "score": NaN, "origin": "y"}', "score"),
        ("a.jsonl", '{"title": "x", "score": "0.5", "origin": "y"}', "score"),
        ("a.jsonl", '{"title": "x", "score": true, "origin": "y"}', "score"),
        ("a.jsonl", '{"title": "x", "score": 0.5}', "a score needs an origin"),
        ("a.jsonl", '{"title": "  "}', "title"),
        ("a.jsonl", '{"id": "H-11111111", "title": "x"}', "h-11111111 stands on line 2 too"),
        ("a.csv", "h-22222222,x,,,1.5,y", "score"),
        ("a.csv", "h-22222222,x,,,inf,y", "score"),
        ("a.csv", "h-22222222,x,,,high,y", "'high' is no number"),
        ("a.csv", "h-22222222,x,,,0.5,y,more", "more cells than columns"),
        ("a.csv", 'h-22222222,"x"y,,,,', "not CSV"),
        ("a.csv", "H-11111111,x,,,,", "h-11111111 stands on line 2 too"),
    ],
)
def test_a_row_that_does_not_fit_is_named_by_its_line(tmp_path: Path, name: str, bad: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(f"\n{json.dumps(ONE)}\n{bad}\n" if name == "a.jsonl" else f"{CSV}{bad}\n")

    with pytest.raises(InputError, match=rf"{path}, line 3: .*{said}.* Nothing was imported\."):
        read_files([path])


def test_a_key_that_is_repeated_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"title": "x", "score": 0.1, "origin": "y", "score": 0.9}')

    with pytest.raises(InputError, match="line 1"):
        read_files([path])


def test_nothing_is_stored_where_any_file_is_refused(store: Store, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps(ONE))
    (tmp_path / "b.md").write_bytes(b"# B\n\n\x00")
    with pytest.raises(InputError, match=r"b\.md"):
        import_files(store, read_files([tmp_path]))

    assert hypotheses.every(store) == []


@pytest.mark.parametrize("content", [b"", b"  \n", b"# Title alone\n", b"\x89PNG\r\n\x1a\n\x00", b"caf\xe9 au lait"])
def test_a_page_that_is_no_text_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "page.md"
    path.write_bytes(content)

    with pytest.raises(InputError, match="page"):
        read_files([path])


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nix\.md cannot be read: No such file"):
        read_files([tmp_path / "nix.md"])


def test_a_folder_with_nothing_to_import_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.docx").touch()

    with pytest.raises(InputError, match="nothing to import"):
        read_files([tmp_path])


def test_a_folder_is_imported_with_the_folders_in_it(store: Store) -> None:
    import_files(store, read_files([ROOT / "examples"]))

    assert (pages.slugs_and_titles(store), len(hypotheses.every(store))) == (
        [("genes-plin2", "PLIN2 (perilipin 2)")],
        2,
    )


def test_the_examples_imported_again_change_nothing(example_store: Store) -> None:
    again = import_files(example_store, read_files([ROOT / "examples"]))

    assert [outcome.changed for outcome in again] == [False, False]


def test_a_target_is_linked_to_the_entity_that_bears_its_name(example_store: Store) -> None:
    linked = rows(
        example_store, "DISTINCT target.name, path, slug FROM target JOIN entity ON entity.id = target.entity_id"
    )

    assert linked == [("PLIN2", "genes", "plin2")]


def test_a_target_that_two_entities_bear_is_reported(example_store: Store, tmp_path: Path) -> None:
    reported = _second_bearer(example_store, tmp_path)

    assert reported == ["the target PLIN2 is ambiguous: genes/plin2, proteins/plin2; not linked"]


def test_a_target_that_two_entities_bear_is_not_linked(example_store: Store, tmp_path: Path) -> None:
    _second_bearer(example_store, tmp_path)

    assert rows(example_store, "DISTINCT entity_id FROM target") == [(None,)]


def test_an_imported_score_is_one_event_that_names_its_origin(store: Store, tmp_path: Path) -> None:
    take_in(store, tmp_path / "a.jsonl", json.dumps(SCORED))
    events = scores.events(store, "h-11111111")
    said = [(event.cause, event.origin, event.score.state, event.score.value, event.score.low) for event in events]

    assert said == [(Cause.IMPORTED, "the list of 2025", State.SCORED, 0.7, None)]


def test_a_score_imported_again_is_no_second_event(store: Store, tmp_path: Path) -> None:
    for _ in range(2):
        take_in(store, tmp_path / "a.jsonl", json.dumps(SCORED))

    assert len(scores.events(store, "h-11111111")) == 1


def test_another_imported_score_is_another_event(store: Store, tmp_path: Path) -> None:
    for score in (0.7, 0.2):
        take_in(store, tmp_path / "a.jsonl", json.dumps(SCORED | {"score": score}))

    assert [event.score.value for event in scores.events(store, "h-11111111")] == [0.7, 0.2]


def test_a_hypothesis_that_changed_is_replaced(store: Store, tmp_path: Path) -> None:
    for targets in (["A", "B"], ["C"]):
        take_in(store, tmp_path / "a.jsonl", json.dumps(ONE | {"targets": targets}))

    assert rows(store, "name FROM target") == [("C",)]


def test_a_page_that_a_row_names_lists_the_hypothesis(example_store: Store, tmp_path: Path) -> None:
    take_in(example_store, tmp_path / "a.jsonl", json.dumps(ONE | {"pages": ["genes-plin2"]}))
    concerns = hypotheses.concerns(example_store, hypothesis="h-11111111")

    assert [(concern.page, concern.why) for concern in concerns] == [("genes-plin2", "listed")]


def test_more_rows_than_a_transaction_takes_are_all_stored(store: Store, tmp_path: Path) -> None:
    lines = [json.dumps({"id": f"h-{number:08x}", "title": f"Claim {number}"}) for number in range(501)]
    take_in(store, tmp_path / "a.jsonl", "\n".join(lines))

    assert len(hypotheses.every(store)) == 501


def _second_bearer(store: Store, folder: Path) -> list[str]:
    """Imports a page of another kind that is called PLIN2; returns what is said of targets."""
    page = folder / "proteins-plin2.md"
    metadata = "## Metadata\n\n| key | value |\n|---|---|\n| slug | proteins-plin2 |\n| entity_type | protein |\n"
    page.write_text(f"# PLIN2\n\nA protein that coats the droplets of lipids in cells.\n\n{metadata}")
    return [each.said for each in import_files(store, read_files([page])) if "target" in each.said]


def test_two_pages_that_list_one_hypothesis_change_nothing_when_they_come_again(store: Store, tmp_path: Path) -> None:
    listing = "Text.\n\n## Related Hypotheses\n\n- [B](/hypothesis/h-00000001) — 0.5\n"
    (tmp_path / "a.md").write_text(f"# A\n\n{listing}")
    (tmp_path / "c.md").write_text(f"# C\n\n{listing}")
    import_files(store, read_files([tmp_path]))
    again = import_files(store, read_files([tmp_path]))

    assert ([each.changed for each in again], rows(store, "count(*) FROM score_event")) == ([False, False], [(2,)])


def test_two_files_of_one_page_are_refused(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "notes.md").write_text("# Notes\n\nText.\n")

    with pytest.raises(InputError, match="are both the page notes"):
        read_files([tmp_path])


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]")

    with pytest.raises(InputError, match="neither a page"):
        read_files([tmp_path / "a.json"])


def test_a_title_stands_on_one_line_and_holds_nothing_unseen(store: Store, tmp_path: Path) -> None:
    take_in(store, tmp_path / "a.jsonl", json.dumps({"title": "Nice\nh-deadbeef\t0.99\u009b\u202e"}))

    assert [each.title for each in hypotheses.every(store)] == ["Nice h-deadbeef 0.99"]


def test_a_title_without_words_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"title": "\u200b \u200b"}))

    with pytest.raises(InputError, match="there are no words in it"):
        read_files([tmp_path / "a.jsonl"])
