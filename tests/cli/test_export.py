"""`exchange export` writes a folder."""

import json
from pathlib import Path

import pytest

from tests.cli.running import run


def test_it_says_what_it_wrote(database: Path, tmp_path: Path) -> None:
    printed = run("export", tmp_path / "out").stdout.splitlines()

    assert printed[:2] == [f"{tmp_path}/out/pages: 1 page", f"{tmp_path}/out/hypotheses.jsonl: 2 rows"]


@pytest.mark.parametrize(("form", "ending"), [("csv", "csv"), ("jsonl", "jsonl"), ("ro-crate", "jsonl")])
def test_it_writes_in_the_form_that_is_wanted(database: Path, tmp_path: Path, form: str, ending: str) -> None:
    run("export", tmp_path / "out", "--format", form)

    assert (tmp_path / "out" / "records" / f"turns.{ending}").is_file()


def test_it_says_the_same_in_json(database: Path, tmp_path: Path) -> None:
    written = json.loads(run("export", tmp_path / "out", "--json").stdout)

    assert written[0] == {
        "name": "pages/genes-plin2.md",
        "title": "PLIN2 (perilipin 2)",
        "about": "A page, as it was imported.",
        "rows": 1,
    }


def test_what_it_wrote_is_imported_with_nothing_changed(database: Path, tmp_path: Path) -> None:
    run("export", tmp_path / "out")
    said = run("import", tmp_path / "out" / "pages", tmp_path / "out" / "hypotheses.jsonl").stdout

    assert said.count("nothing changed") == 2


@pytest.mark.sqlite
def test_a_folder_that_holds_something_is_refused(database: Path, tmp_path: Path) -> None:
    assert run("export", tmp_path).exit_code == 6


def test_formulas_are_made_harmless_in_csv_alone(database: Path, tmp_path: Path) -> None:
    assert run("export", tmp_path / "out", "--spreadsheet").exit_code == 4
