"""What `exchange rescore` prints, and when it refuses."""

import json
from pathlib import Path

import pytest

from tests import builders
from tests.cli.running import HYPOTHESIS, play, rows, run

QUOTE = "that coats lipid droplets in most cell types"


@pytest.fixture
def debated(database: Path, tmp_path: Path) -> Path:
    assert play(builders.agreeable_script(tmp_path / "script.json", quote=QUOTE)).exit_code == 0
    return database


def test_a_policy_is_put_in_force_and_what_changed_is_counted(debated: Path) -> None:
    ran = run("rescore", "--policy", "cold 1")

    assert (ran.exit_code, ran.stdout.splitlines()[0]) == (
        0,
        "1 score under the policy cold 1 (uncalibrated), which is in force for new debates too.",
    )


def test_without_a_name_the_latest_policy_is_meant(debated: Path) -> None:
    assert json.loads(run("rescore", "--policy", "--json").stdout)["policy"]["title"] == "cold 2"


def test_the_new_score_says_which_policy_it_is_of(debated: Path) -> None:
    run("rescore", "--policy", "cold 1")

    assert rows(debated, "cause, policy FROM score_event ORDER BY id") == [
        ("first debate", "cold 2"),
        ("new policy", "cold 1"),
    ]


def test_the_history_names_the_new_policy_as_the_cause(debated: Path) -> None:
    run("rescore", "--policy", "cold 1")

    assert "new policy" in run("history", HYPOTHESIS).stdout


def test_an_unknown_policy_is_refused_with_those_that_there_are(debated: Path) -> None:
    ran = run("rescore", "--policy", "nobody")

    assert (ran.exit_code, "There are: cold 1, cold 2." in ran.stderr) == (5, True)


def test_a_policy_is_not_named_without_policy(debated: Path) -> None:
    ran = run("rescore", "cold 1")

    assert (ran.exit_code, "--policy" in ran.stderr) == (2, True)
