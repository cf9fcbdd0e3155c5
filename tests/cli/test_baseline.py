"""`exchange debate --baseline`: the same panel without a debate, beside the debate."""

import json
from pathlib import Path

import pytest

from tests import builders
from tests.cli.running import HYPOTHESIS, run

QUOTE = "that coats lipid droplets in most cell types"


@pytest.fixture
def roles(database: Path, tmp_path: Path) -> list[str]:
    """Arguments of a quick debate whose judge says 50 percent without it and 60 percent after it."""
    model = builders.agreeable_script(tmp_path / "script.json", quote=QUOTE)
    return ["debate", HYPOTHESIS, "--format", "quick", "--proposer", model, "--critic", model, "--judge", model]


def test_a_baseline_is_told_beside_the_debate(roles: list[str]) -> None:
    ran = run(*roles, "--baseline")
    (line,) = [each for each in ran.stdout.splitlines() if "Without a debate" in each]

    assert (line.count(" 0.50 ("), line.count(" 0.60 ("), ", 2 calls, $" in line, ", 6 calls, $" in line) == (
        1,
        1,
        1,
        1,
    )


def test_the_calls_that_are_counted_in_both_are_named(roles: list[str]) -> None:
    assert "(what was asked before the debate is counted in both: 1 call)" in run(*roles, "--baseline").stdout


def test_a_baseline_has_a_form_in_json(roles: list[str]) -> None:
    found = json.loads(run(*roles, "--baseline", "--json").stdout)["baseline"]

    assert (found["without"]["value"], found["without"]["calls"], found["debated"]["calls"], found["shared"]) == (
        0.5,
        2,
        6,
        1,
    )


def test_a_debate_without_a_baseline_tells_of_none(roles: list[str]) -> None:
    ran = run(*roles, "--json")

    assert json.loads(ran.stdout)["baseline"] is None


def test_a_dry_run_counts_the_baseline(roles: list[str]) -> None:
    assert run(*roles, "--baseline", "--dry-run").stdout.startswith(f"{HYPOTHESIS}: 7 calls in the format quick\n")


def test_a_dry_run_counts_every_poll(database: Path, tmp_path: Path) -> None:
    model = f"scripted:{tmp_path / 'none.json'}"
    seats = ["--proposer", model, "--critic", model, "--judge", model, "--judge", model]
    ran = run("debate", HYPOTHESIS, "--format", "extended", *seats, "--dry-run")

    # Two priors, eight turns, a poll of two after six of them, four finals.
    assert (
        f"{HYPOTHESIS}: 26 calls in the format extended",
        "the stop rule may end the debate before" in ran.stdout,
    ) == (
        ran.stdout.splitlines()[0],
        True,
    )


def test_a_baseline_is_shown_for_what_it_is(roles: list[str]) -> None:
    run(*roles, "--baseline")

    assert "baseline 1, without a debate, blind: 50%" in run("show", HYPOTHESIS).stdout


def test_a_debate_that_was_begun_with_a_baseline_is_whole(roles: list[str]) -> None:
    run(*roles, "--baseline")

    assert run("verify", "--all").stdout == "1 debate, 7 calls, 1 score event: 0 broken\n"
