"""What `exchange verify` prints, and how it ends."""

import json
from pathlib import Path

import pytest

from exchange.store.engine import open_store
from tests import builders
from tests.cli.running import HYPOTHESIS, play, rows, run
from tests.store.rows import execute

QUOTE = "that coats lipid droplets in most cell types"


@pytest.fixture
def debated(database: Path, tmp_path: Path) -> Path:
    """The database with one finished debate."""
    assert play(builders.agreeable_script(tmp_path / "script.json", quote=QUOTE)).exit_code == 0
    return database


@pytest.fixture
def spoilt(debated: Path) -> Path:
    """The same, where somebody has changed the first turn."""
    store = open_store(debated)
    execute(store, "DROP TRIGGER turn_unchanged")
    execute(store, "UPDATE turn SET record = replace(record, 'says so', 'says no') WHERE ordinal = 1")
    store.close()
    return debated


def test_a_store_that_is_whole_is_said_to_be(debated: Path) -> None:
    ran = run("verify", "--all")

    assert (ran.exit_code, ran.stdout, ran.stderr) == (0, "1 debate, 6 calls, 1 score event: 0 broken\n", "")


@pytest.mark.parametrize("name", [HYPOTHESIS, HYPOTHESIS.upper()])
def test_a_hypothesis_is_verified_by_its_id(debated: Path, name: str) -> None:
    assert run("verify", name).exit_code == 0


def test_a_debate_is_verified_by_its_id(debated: Path) -> None:
    assert run("verify", _debate(debated)).stdout.startswith("1 debate, 6 calls, 1 score event: 0 broken")


def test_what_is_broken_is_named_in_a_line_of_its_own(spoilt: Path) -> None:
    lines = run("verify", "--all").stdout.splitlines()

    assert lines == [
        "1 debate, 6 calls, 1 score event: 1 broken",
        f"turn 1 of {_debate(spoilt)}: It was changed after it was stored: its digest does not fit.",
    ]


@pytest.mark.parametrize("arguments", [("--all",), (HYPOTHESIS,), ("--all", "--json")])
def test_what_is_broken_ends_with_the_exit_code_of_the_database(spoilt: Path, arguments: tuple[str, ...]) -> None:
    ran = run("verify", *arguments)

    assert (
        ran.exit_code,
        ran.stderr.startswith("exchange: 1 of the things that are stored"),
        ran.stderr.count("\n"),
    ) == (
        10,
        True,
        1,
    )


def test_what_is_broken_is_named_in_json(spoilt: Path) -> None:
    found = json.loads(run("verify", "--all", "--json").stdout)

    assert ([each["where"] for each in found.pop("broken")], found) == (
        [f"turn 1 of {_debate(spoilt)}"],
        {"debates": 1, "calls": 6, "scores": 1},
    )


@pytest.mark.parametrize("arguments", [(), (HYPOTHESIS, "--all")])
def test_either_a_name_or_everything_is_wanted(database: Path, arguments: tuple[str, ...]) -> None:
    assert run("verify", *arguments).exit_code == 2


@pytest.mark.parametrize("name", ["h-00000000", "d-000000000000"])
def test_what_is_not_stored_is_not_found(database: Path, name: str) -> None:
    ran = run("verify", name)

    assert (ran.exit_code, name in ran.stderr) == (5, True)


def test_a_missing_database_is_not_found() -> None:
    assert run("verify", "--all").exit_code == 5


def _debate(database: Path) -> str:
    return str(rows(database, "id FROM debate")[0][0])
