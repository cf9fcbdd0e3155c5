"""The set whose truth is fixed: the same for everybody, balanced, and with nothing in it that was not meant."""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from exchange.domain.identity import digest
from tests.bench.kb import Knowledge, knowledge
from tests.bench.pages_and_hypotheses import COUNTS, HALVES, PAGES, SUBJECTS, Half, halves

# Changes where the pages, the claims or the truth do: figures on either side of a change can't be compared.
FIXED = "cdc7a7bb8edb648ded4e619e2cb3211de3251046b917857bbeee67e64ef2aa46"


@cache
def made(shared: Path) -> dict[str, Half]:
    return halves(shared)


@cache
def known(shared: Path) -> Knowledge:
    return knowledge(shared / "data" / "kb")


def test_the_set_is_the_one_that_was_fixed(shared: Path) -> None:
    parts = [(half.pages, half.hypotheses, sorted(half.truth)) for half in made(shared).values()]

    assert digest(parts) == FIXED


@pytest.mark.parametrize("name", HALVES)
def test_each_half_has_all_cases(shared: Path, name: str) -> None:
    half = made(shared)[name]

    assert Counter(case.way for case in half.cases) == COUNTS | {"subject": SUBJECTS}
    assert (len(half.pages), len(half.hypotheses)) == (PAGES, sum(COUNTS.values())) == (150, 100)


def test_no_claim_and_no_page_is_in_both_halves(shared: Path) -> None:
    tuning, kept = (made(shared)[name] for name in HALVES)

    assert tuning.pages.keys() & kept.pages.keys() == set()
    assert {row["id"] for row in tuning.hypotheses} & {row["id"] for row in kept.hypotheses} == set()


@pytest.mark.parametrize("name", HALVES)
def test_no_page_names_a_target_by_accident(shared: Path, name: str) -> None:
    half, bearers = made(shared)[name], known(shared).bearers
    meant = {(case.page, case.hypothesis) for case in half.cases}
    genes = {str(row["id"]): bearers[row["targets"][0].casefold()] for row in half.hypotheses}  # type: ignore[index] # a list
    for page, text in half.pages.items():
        words = {word.rstrip(".,").casefold() for word in re.split(r"[\s()]+", text)}
        named = frozenset[str]().union(
            *(bearers.get(word, frozenset()) for word in words if any(map(str.isdigit, word)))
        )

        assert {(page, claim) for claim, symbols in genes.items() if symbols & named} <= meant


@pytest.mark.parametrize("name", HALVES)
def test_a_page_about_a_disease_goes_with_no_target_but_its_own(shared: Path, name: str) -> None:
    half, diseases = made(shared)[name], known(shared).diseases_of
    titles = {page: text.split("\n")[0][2:].casefold() for page, text in half.pages.items() if "diseases-" in page}
    found = {
        (page, row["id"])
        for page, disease in titles.items()
        for row in half.hypotheses
        for symbol in known(shared).bearers[row["targets"][0].casefold()]  # type: ignore[index] # a list
        if disease in diseases.get(symbol, ())
    }

    assert found == {(case.page, case.hypothesis) for case in half.cases if case.way == "disease"}


def test_a_half_is_written_as_files_that_import_takes(shared: Path, tmp_path: Path) -> None:
    half = made(shared)["tuning"]
    half.write(tmp_path)

    assert len(list((tmp_path / "pages").glob("*.md"))) == PAGES
    assert [json.loads(line) for line in (tmp_path / "hypotheses.jsonl").read_text().splitlines()] == half.hypotheses
    assert (tmp_path / "truth.csv").read_text().count("\n") == len(half.cases) + 1
