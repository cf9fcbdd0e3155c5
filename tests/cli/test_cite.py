"""`exchange cite` cites what is stored."""

import json
from pathlib import Path

import pytest

from exchange.config import settings
from exchange.store import scores
from exchange.store.engine import open_store
from tests.builders import score_event
from tests.cli.running import HYPOTHESIS, run


def cited(*arguments: str) -> dict[str, object]:
    found: list[dict[str, object]] = json.loads(run("cite", *arguments, "--format", "csl-json").stdout)
    return found[0]


def scored() -> None:
    store = open_store(settings().database)
    with store.writing() as transaction:
        scores.append(transaction, score_event(0.5, day=2))
    store.close()


def test_a_hypothesis_is_cited_with_its_score_event(database: Path) -> None:
    scored()

    assert str(cited(HYPOTHESIS)["version"]).startswith("score event 1, sha256 ")


def test_the_date_is_that_of_the_score_event(database: Path) -> None:
    scored()

    assert cited(HYPOTHESIS)["issued"] == {"date-parts": [[2026, 11, 2]]}


def test_how_the_hypothesis_stands_is_told(database: Path) -> None:
    scored()

    assert cited(HYPOTHESIS)["note"] == "0.50 (0.40–0.60) ◇ mixed (leaning) uncalibrated"


def test_the_same_version_is_cited_in_the_same_bytes(database: Path) -> None:
    assert run("cite", HYPOTHESIS).stdout == run("cite", HYPOTHESIS.upper()).stdout


def test_a_page_is_cited_by_its_slug(database: Path) -> None:
    assert run("cite", "genes-plin2").stdout.startswith("@misc{exchange-genes-plin2-")


def test_the_address_is_built_from_the_site(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_SITE", "https://wiki.example/bio/")

    assert cited(HYPOTHESIS)["URL"] == f"https://wiki.example/bio/hypothesis/{HYPOTHESIS}"


def test_without_a_site_there_is_no_address(database: Path) -> None:
    assert "URL" not in cited(HYPOTHESIS)


def test_an_unknown_format_is_refused(database: Path) -> None:
    assert run("cite", HYPOTHESIS, "--format", "apa").exit_code == 4


@pytest.mark.parametrize("name", ["h-00000000", "no-such-page"])
def test_what_is_not_stored_is_not_found(database: Path, name: str) -> None:
    assert run("cite", name).exit_code == 5


def test_a_citation_is_written_into_a_file(database: Path, tmp_path: Path) -> None:
    said = run("cite", HYPOTHESIS, "--output", tmp_path / "cited.bib").stdout

    assert (said, (tmp_path / "cited.bib").read_text()) == (f"{tmp_path}/cited.bib\n", run("cite", HYPOTHESIS).stdout)
