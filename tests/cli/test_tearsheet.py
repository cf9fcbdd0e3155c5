"""`exchange tearsheet`, and the formats and the stylesheet of pages."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.builders import agreeable_script
from tests.cli.running import HYPOTHESIS, play, run

QUOTE = "A cell that makes more PLIN2 holds more and larger droplets"


def test_a_tear_sheet_tells_of_the_debate_behind_the_score(database: Path, tmp_path: Path) -> None:
    play(agreeable_script(tmp_path / "script.json", quote=QUOTE, passage=2))
    printed = run("tearsheet", HYPOTHESIS).stdout

    assert all(
        words in printed for words in (QUOTE, "<strong>verified</strong>", "Before the debate 0.50", "All judges say")
    )


def test_a_tear_sheet_of_what_nobody_debated_says_so(database: Path) -> None:
    assert "not debated" in run("tearsheet", HYPOTHESIS).stdout


def test_a_drawn_tear_sheet_is_xml(database: Path) -> None:
    drawn = run("tearsheet", HYPOTHESIS, "--format", "svg").stdout

    assert ElementTree.fromstring(drawn).tag == "{http://www.w3.org/2000/svg}svg"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["tearsheet", HYPOTHESIS, "--format", "pdf"], 4),
        (["tearsheet", "h-ffffffff"], 5),
        (["page", "genes-plin2", "--format", "html", "--stylesheet", "javascript:alert(1)"], 4),
        (["page", "genes-plin2", "--format", "json", "--stylesheet", "/x.css"], 4),
    ],
)
def test_what_cannot_be_had_is_refused(database: Path, arguments: list[str], code: int) -> None:
    ran = run(*arguments)

    assert (ran.exit_code, ran.stdout) == (code, "")


def test_a_page_links_its_stylesheet_where_it_is_told_to(database: Path) -> None:
    printed = run("page", "genes-plin2", "--format", "html", "--stylesheet", "/exchange.css").stdout

    assert ('<link rel="stylesheet" href="/exchange.css">' in printed, "<style" in printed) == (True, False)


def test_linked_data_reviews_what_has_a_number(database: Path, tmp_path: Path) -> None:
    play(agreeable_script(tmp_path / "script.json", quote=QUOTE, passage=2))
    graph = json.loads(run("page", "genes-plin2", "--format", "json-ld").stdout)["@graph"]
    (review,) = (each for each in graph if each["@type"] == "ClaimReview")

    assert (review["reviewRating"]["ratingValue"], review["reviewRating"]["bestRating"]) == (0.6, 1)
