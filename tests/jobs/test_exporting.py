"""Everything that is stored as a folder, and back."""

import base64
import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import SQLModel

from exchange.domain.hypothesis import Hypothesis
from exchange.errors import BrokenDigest, InputError
from exchange.jobs.exporting.export import export
from exchange.jobs.exporting.form import Form
from exchange.jobs.importing import import_files, read_files
from exchange.store import exporting, hypotheses
from exchange.store.engine import Store
from exchange.store.secret import secret
from tests import events, hostile, images
from tests.jobs.holding import all_played_by, held, playing, rows, take_in
from tests.store.rows import execute

STORED = (
    "slug, title, record, digest, artifact, wiki_page_id FROM page ORDER BY slug",
    "id, title, record FROM hypothesis ORDER BY id",
    "hypothesis_id, name FROM target ORDER BY hypothesis_id, name",
    "page_slug, hypothesis_id FROM listing ORDER BY page_slug, hypothesis_id",
    """hypothesis_id, value, record LIKE '%"origin":"a list"%' FROM score_event ORDER BY hypothesis_id""",
)
ENDINGS = {Form.CSV: "csv", Form.JSON_LINES: "jsonl", Form.CRATE: "jsonl"}
PAGES = {
    "named.md": "# A title\n\nAstrocytes hold lipids in droplets of their own.\n",
    "Title of its file.md": "Astrocytes hold lipids in droplets of their own.\n",
    "wiki-wiki-odd.md": "# Odd\n\nAstrocytes hold lipids in droplets of their own.\n",
    "crlf.md": "# Ends\r\n\r\nAstrocytes hold lipids\r\nin droplets.\r\n",
    "rtl.md": "# עברית 😀 العربية\n\nAstrocytes hold lipids; الخلايا النجمية تخزن الدهون في قطيرات.\n",
    "listing.md": "# Lists\n\nSome words.\n\n## Related Hypotheses\n\n- [A *title*](/hypothesis/h-00000009) — 0.40 · Target: A, B\n",
}


def written(store: Store, folder: Path, form: Form = Form.JSON_LINES) -> Path:
    export(store, folder, form, "0")
    return folder


def read_again(folder: Path, form: Form = Form.JSON_LINES) -> Store:
    again = images.in_memory(images.blank())
    import_files(again, read_files([folder / "pages", folder / f"hypotheses.{ENDINGS[form]}"]))
    return again


def lines(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().split("\n") if line]


def cells(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def named_out(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if "out" in path.name]


@pytest.fixture
def filled(example_store: Store, tmp_path: Path) -> Store:
    """The examples, pages of every kind, and hypotheses that were given scores elsewhere."""
    for name, text in PAGES.items():
        take_in(example_store, tmp_path / name, text)
    take_in(
        example_store, tmp_path / "more.jsonl", '{"title": "X", "score": 0.25, "origin": "a list", "pages": ["named"]}'
    )
    return example_store


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("wanted", STORED)
def test_what_is_exported_is_imported_to_the_same_rows(filled: Store, tmp_path: Path, form: Form, wanted: str) -> None:
    again = read_again(written(filled, tmp_path / "out", form), form)

    assert rows(again, wanted) == rows(filled, wanted) != []


def test_an_export_that_is_imported_is_exported_in_the_same_bytes(filled: Store, tmp_path: Path) -> None:
    first = written(filled, tmp_path / "first")
    second = written(read_again(first), tmp_path / "second")
    names = [path.relative_to(first) for path in [first / "hypotheses.jsonl", *sorted(first.glob("pages/*"))]]

    assert [(first / name).read_bytes() for name in names] == [(second / name).read_bytes() for name in names]


def test_a_real_page_comes_back(store: Store, tmp_path: Path, shared: Path) -> None:
    import_files(store, read_files([shared / "pages"]))
    again = read_again(written(store, tmp_path / "out"))

    assert rows(again, STORED[0]) == rows(store, STORED[0]) != []


@pytest.mark.sqlite  # a database for each of many drawn texts takes too long elsewhere
@pytest.mark.parametrize("form", [Form.CSV, Form.JSON_LINES])
def test_hostile_words_come_back(store: Store, tmp_path: Path, form: Form) -> None:
    wanted = [word for word in hostile.words() if ";" not in word]
    content = "\n".join(
        json.dumps({"id": f"h-{n:08x}", "title": f"{n} {w}", "targets": [f"t {w}"]}) for n, w in enumerate(wanted)
    )
    take_in(store, tmp_path / "hostile.jsonl", content)
    again = read_again(written(store, tmp_path / "out", form), form)

    assert rows(again, STORED[1]) == rows(store, STORED[1])


def test_a_title_that_nobody_sees_becomes_the_id(store: Store, tmp_path: Path) -> None:
    events.save(store, Hypothesis(id="h-00000001", title="\u200b", targets=("\u200b", "PLIN2")))

    assert lines(written(store, tmp_path / "out") / "hypotheses.jsonl") == [
        {"id": "h-00000001", "title": "h-00000001", "statement": None, "targets": ["PLIN2"]}
        | {"pages": [], "score": None, "origin": None}
    ]


def test_a_number_of_ours_is_not_exported_as_one_that_was_given(store: Store, tmp_path: Path) -> None:
    events.append(store, events.scored(0.5))

    assert lines(written(store, tmp_path / "out") / "hypotheses.jsonl")[0]["score"] is None


def test_every_table_is_exported_or_never_is() -> None:
    decided = {each.row for each in exporting.TABLES} | {*exporting.NEVER}

    assert {mapper.class_ for mapper in SQLModel._sa_registry.mappers} == decided


@pytest.fixture
async def debated(example_store: Store, tmp_path: Path) -> Store:
    await held(example_store, all_played_by(playing(example_store, tmp_path / "script.json")))
    return example_store


@pytest.mark.parametrize("form", Form)
async def test_neither_the_secret_nor_a_prompt_leaves_the_store(debated: Store, tmp_path: Path, form: Form) -> None:
    key = secret(debated)
    ((question,),) = rows(debated, "question FROM call WHERE id = 1")
    prompt = json.loads(str(question))["messages"][0]["content"][:80].encode()
    content = b"\n".join(
        path.read_bytes() for path in written(debated, tmp_path / "out", form).rglob("*") if path.is_file()
    )

    assert [each for each in (key, key.hex().encode(), base64.b64encode(key), prompt) if each in content] == []


async def test_every_row_of_a_debate_is_exported(debated: Store, tmp_path: Path) -> None:
    folder = written(debated, tmp_path / "out") / "records"
    counts = {
        name: len(lines(folder / f"{name}.jsonl")) for name in ("debates", "calls", "turns", "verdicts", "score_events")
    }

    assert counts == {
        name: rows(debated, f"count(*) FROM {table}")[0][0]
        for name, table in zip(counts, ("debate", "call", "turn", "verdict", "score_event"), strict=True)
    }


async def test_who_held_a_debate_is_nobodys_business(debated: Store, tmp_path: Path) -> None:
    (debate,) = lines(written(debated, tmp_path / "out") / "records" / "debates.jsonl")

    assert {"owner", "epoch", "leased_until", "parked_until"} & set(debate) == set()


async def test_a_record_is_an_object(debated: Store, tmp_path: Path) -> None:
    turn = lines(written(debated, tmp_path / "out") / "records" / "turns.jsonl")[0]

    assert turn["record"]["role"] == turn["role"]


@pytest.mark.parametrize("form", Form)
async def test_where_a_row_was_changed_nothing_is_written(debated: Store, tmp_path: Path, form: Form) -> None:
    execute(debated, "DROP TRIGGER verdict_unchanged")
    execute(debated, "UPDATE verdict SET record = replace(record, 'as quoted', 'as I say')")

    with pytest.raises(BrokenDigest):
        export(debated, tmp_path / "out", form, "0")

    assert named_out(tmp_path) == []


def test_a_folder_that_holds_something_is_refused(example_store: Store, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").write_text("mine")

    with pytest.raises(InputError, match="is not an empty folder"):
        written(example_store, tmp_path / "out")

    assert [path.name for path in (tmp_path / "out").iterdir()] == ["mine"]


def test_an_empty_folder_is_filled(example_store: Store, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()

    assert (written(example_store, tmp_path / "out") / "hypotheses.jsonl").is_file()


def test_a_file_is_no_folder_to_export_to(example_store: Store, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")

    with pytest.raises(InputError, match="is not an empty folder"):
        written(example_store, tmp_path / "out")


def test_a_folder_that_cannot_be_made_is_refused(example_store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(InputError, match="cannot be written"):
        written(example_store, tmp_path / "file" / "out")


def formulas(store: Store) -> list[Any]:
    titles = ['=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "plain"]
    events.save(store, *(Hypothesis(id=f"h-{n:08x}", title=title) for n, title in enumerate(titles)))
    return titles


def test_csv_holds_values_as_they_are(store: Store, tmp_path: Path) -> None:
    titles = formulas(store)

    assert [row["title"] for row in cells(written(store, tmp_path / "out", Form.CSV) / "hypotheses.csv")] == titles


def test_csv_for_spreadsheets_holds_no_formula(store: Store, tmp_path: Path) -> None:
    titles = formulas(store)
    export(store, tmp_path / "out", Form.CSV, "0", spreadsheet=True)

    assert [row["title"] for row in cells(tmp_path / "out" / "hypotheses.csv")] == [
        *(f"'{title}" for title in titles[:4]),
        "plain",
    ]


@pytest.fixture
def crate(filled: Store, tmp_path: Path) -> Path:
    return written(filled, tmp_path / "out", Form.CRATE)


@pytest.fixture
def described(crate: Path) -> dict[str, Any]:
    content = json.loads((crate / "ro-crate-metadata.json").read_text())
    return {each["@id"]: each for each in content["@graph"]}


def test_a_crate_describes_itself_as_one(described: dict[str, Any]) -> None:
    assert described["ro-crate-metadata.json"] == {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }


def test_a_crates_context_is_that_of_its_version(crate: Path) -> None:
    context = json.loads((crate / "ro-crate-metadata.json").read_text())["@context"]

    assert context == ["https://w3id.org/ro/crate/1.1/context", {"sha256": "https://schema.org/sha256"}]


@pytest.mark.parametrize("name", ["name", "description", "datePublished", "license"])
def test_a_crates_root_has_what_it_must_have(described: dict[str, Any], name: str) -> None:
    assert (described["./"]["@type"], bool(described["./"][name])) == ("Dataset", True)


def test_a_crate_describes_every_file_in_it(crate: Path, described: dict[str, Any]) -> None:
    there = {path.relative_to(crate).as_posix().replace(" ", "%20") for path in crate.rglob("*") if path.is_file()}

    assert {part["@id"] for part in described["./"]["hasPart"]} == there - {"ro-crate-metadata.json"}


def test_a_crates_sizes_and_digests_are_those_of_its_files(crate: Path, described: dict[str, Any]) -> None:
    for part in described["./"]["hasPart"]:
        content = (crate / part["@id"].replace("%20", " ")).read_bytes()
        told = described[part["@id"]]
        assert (told["contentSize"], told["sha256"]) == (str(len(content)), hashlib.sha256(content).hexdigest())


def test_everything_that_a_crate_refers_to_is_described_or_elsewhere(described: dict[str, Any]) -> None:
    named = [value["@id"] for each in described.values() for value in each.values() if isinstance(value, dict)]

    assert [name for name in named if name not in described and not name.startswith("https://")] == []


def test_pages_that_list_a_hypothesis_are_named_with_it(filled: Store, tmp_path: Path) -> None:
    with filled.writing() as transaction:
        hypotheses.list_on(transaction, "listing", "h-0e9a3b1c")
    found = {each["id"]: each["pages"] for each in lines(written(filled, tmp_path / "out") / "hypotheses.jsonl")}

    assert found["h-0e9a3b1c"] == ["listing"]
