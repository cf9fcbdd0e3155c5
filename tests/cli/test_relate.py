"""What `exchange relate` prints, and what pages show after it."""

import json
from pathlib import Path

import pytest

import exchange
from tests.cli.running import HYPOTHESIS, run

PAGE = "genes-plin2"


def reasons() -> list[tuple[str, ...]]:
    return [each.reasons for each in exchange.related(PAGE).hypotheses if each.id == HYPOTHESIS]


def test_a_curator_puts_a_hypothesis_on_a_page_with_a_reason(database: Path) -> None:
    ran = run("relate", HYPOTHESIS, PAGE, "--because", "it is about\n lipid droplets")

    assert (ran.exit_code, ran.stdout) == (
        0,
        f"{PAGE} shows {HYPOTHESIS}: curated: it is about lipid droplets; its target PLIN2 (perilipin 2) is what the page is about.\n",
    )
    assert reasons()[0][0] == "curated: it is about lipid droplets"


def test_a_curator_keeps_a_hypothesis_off_a_page_and_an_import_does_not_bring_it_back(database: Path) -> None:
    ran = run("relate", HYPOTHESIS, PAGE, "--never")
    run("import", "examples")
    run("relate")

    assert (ran.exit_code, ran.stdout, reasons()) == (0, f"{PAGE} does not show {HYPOTHESIS}.\n", [])


def test_the_last_word_counts(database: Path) -> None:
    run("relate", HYPOTHESIS, PAGE, "--never")
    run("relate", HYPOTHESIS, PAGE)

    assert reasons()[0][0] == "curated: a curator put it here"


def test_everything_is_related_anew(database: Path) -> None:
    before = reasons()
    ran = run("relate", "--json")

    assert (ran.exit_code, json.loads(ran.stdout)["pages"], reasons()) == (0, 1, before)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((HYPOTHESIS,), 2),
        (("--never",), 2),
        ((HYPOTHESIS, PAGE, "--never", "--because", "x"), 2),
        ((HYPOTHESIS, PAGE, "--because", " "), 6),
        ((HYPOTHESIS, "genes-nonesuch"), 5),
        (("h-00000000", PAGE), 5),
    ],
)
def test_what_cannot_be_related_is_refused(database: Path, arguments: tuple[str, ...], code: int) -> None:
    ran = run("relate", *arguments)

    assert (ran.exit_code, ran.stdout) == (code, "")
    assert "Traceback" not in ran.stderr
