"""What `exchange resolve` prints, and what the others print after it."""

import json
from pathlib import Path

import pytest

from tests import builders
from tests.cli.running import HYPOTHESIS, play, rows, run

SOURCE = "PMID 12345678"
RESOLVE = ("resolve", HYPOTHESIS, "refuted", "--source", SOURCE)
QUOTE = "that coats lipid droplets in most cell types"


@pytest.fixture
def debated(database: Path, tmp_path: Path) -> Path:
    assert play(builders.agreeable_script(tmp_path / "script.json", quote=QUOTE)).exit_code == 0
    return database


def test_an_outcome_is_printed_with_its_source_and_the_score_that_stands(debated: Path) -> None:
    ran = run(*RESOLVE)

    assert (ran.exit_code, ran.stderr, ran.stdout.splitlines()[1:3]) == (
        0,
        "",
        [
            f"Outcome: refuted, according to {SOURCE}.",
            "Score: 0.60 (0.13–0.94) △ strong (open, perhaps mixed) · demonstration · refuted",
        ],
    )


def test_the_same_outcome_again_changes_nothing_and_says_so(debated: Path) -> None:
    run(*RESOLVE)
    ran = run(*RESOLVE)

    assert (ran.exit_code, "Nothing changed" in ran.stdout, rows(debated, "count(*) FROM score_event")) == (
        0,
        True,
        [(2,)],
    )


def test_an_outcome_is_printed_in_json(debated: Path) -> None:
    first, second = (json.loads(run(*RESOLVE, "--json").stdout) for _ in range(2))

    assert (first["changed"], first["event"]["cause"], second["changed"], second["event"]) == (
        True,
        "outcome",
        False,
        None,
    )
    assert first["standing"]["outcome"] == {"resolution": "refuted", "source": SOURCE}


def test_show_names_the_outcome_with_its_source(debated: Path) -> None:
    run(*RESOLVE)

    assert f"  Outcome: refuted, according to {SOURCE}." in run("show", HYPOTHESIS).stdout


def test_list_marks_what_was_retracted_and_shows_no_number(debated: Path) -> None:
    run("resolve", HYPOTHESIS, "retracted", "--source", SOURCE)

    assert [line.split("\t")[1] for line in run("list").stdout.splitlines()] == [
        "not debated",
        "insufficient · retracted",
    ]


@pytest.mark.parametrize("format", ["markdown", "html", "json", "legacy"])
def test_a_page_says_what_became_of_a_hypothesis(debated: Path, format: str) -> None:
    run(*RESOLVE)

    assert "refuted" in run("page", "genes-plin2", "--format", format).stdout


@pytest.mark.parametrize("format", ["markdown", "html"])
def test_a_page_names_the_source_and_takes_no_markup_from_it(debated: Path, format: str) -> None:
    run("resolve", HYPOTHESIS, "retracted", "--source", "<b>notice</b>")
    shown = run("page", "genes-plin2", "--format", format).stdout

    assert ("&lt;b&gt;notice&lt;/b&gt;" in shown, "<b>notice" in shown, "the claim was retracted" in shown) == (
        True,
        False,
        True,
    )


def test_a_source_cannot_steer_the_terminal(debated: Path) -> None:
    ran = run("resolve", HYPOTHESIS, "refuted", "--source", "red \x1b[31m so")

    assert ("red [31m so" in ran.stdout, "\x1b" in ran.stdout) == (True, False)


def test_a_store_with_outcomes_is_whole(debated: Path) -> None:
    for resolution in ("supported", "retracted", "refuted"):
        run("resolve", HYPOTHESIS, resolution, "--source", SOURCE)

    assert run("verify", "--all").stdout == "1 debate, 6 calls, 4 score events: 0 broken\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("resolve", "h-00000000", "refuted", "--source", SOURCE), 5),
        (("resolve", "PLIN2", "refuted", "--source", SOURCE), 6),
        (("resolve", HYPOTHESIS, "refuted", "--source", "  "), 6),
        (("resolve", HYPOTHESIS, "refuted"), 2),
        (("resolve", HYPOTHESIS, "proven", "--source", SOURCE), 2),
        (("resolve", HYPOTHESIS, "refuted", "--source", SOURCE, "--db", "nix.db"), 5),
    ],
)
def test_what_cannot_be_resolved_is_refused_and_nothing_is_stored(
    database: Path, arguments: tuple[str, ...], code: int
) -> None:
    ran = run(*arguments)

    assert (ran.exit_code, ran.stdout, rows(database, "count(*) FROM score_event")) == (code, "", [(0,)])
