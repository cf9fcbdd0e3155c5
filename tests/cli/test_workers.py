"""What is left to workers, and who they are, as an operator sees it."""

import json
import os
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer

from exchange.cli.schedules import cron
from exchange.store import workers
from exchange.store.engine import open_store
from exchange.store.owners import this_process
from tests import builders
from tests.cli.running import rows, run

AT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
pytestmark = pytest.mark.sqlite


@pytest.fixture
def engine() -> None:
    if find_spec("dbos") is None:
        if os.environ.get("CI"):
            pytest.fail("dbos is not installed")
        pytest.skip("dbos is not installed")


@pytest.fixture
def model(tmp_path: Path) -> str:
    return builders.agreeable_script(tmp_path / "script.json", quote="that coats lipid droplets in most cell types")


def rescore(model: str, *more: str) -> list[str]:
    played = ["--format", "quick", "--proposer", model, "--critic", model, "--judge", model]
    return ["rescore", "--undebated", "--yes", *played, *more]


def test_a_batch_that_is_left_to_workers_is_open_and_nothing_of_it_is_done(
    database: Path, model: str, engine: None
) -> None:
    ran = run(*rescore(model, "--workers"))

    assert "2 hypotheses are left to the workers, of which 0 are there." in ran.stdout
    assert rows(database, "state FROM batch") == [("open",)]
    assert rows(database, "count(*) FROM debate") == [(0,)]


def test_an_open_batch_is_left_to_workers(database: Path, model: str, engine: None) -> None:
    run(*rescore(model, "--workers"))

    assert json.loads(run("batch", "resume", "--workers", "--json").stdout)["handed_over"] == 2


def test_the_engines_tables_lie_beside_the_file(database: Path, model: str, engine: None) -> None:
    run(*rescore(model, "--workers"))

    assert database.with_suffix(".queue.db").exists()
    assert rows(database, "count(*) FROM sqlite_master WHERE name LIKE '%workflow%'") == [(0,)]


def test_the_list_names_workers(database: Path) -> None:
    store = open_store(database)
    workers.enter(store, "w-1", this_process())
    store.close()

    assert run("worker", "list").stdout.startswith(f"w-1  alive, process {os.getpid()} on ")
    assert [each["state"] for each in json.loads(run("worker", "list", "--json").stdout)] == ["alive"]


def test_a_list_without_workers_says_so(database: Path) -> None:
    assert run("worker", "list").stdout.startswith("There is no worker.")


def test_a_schedule_is_listed_until_it_is_removed(database: Path, model: str, engine: None) -> None:
    name = run(*rescore(model, "--every", "24h", "--max-cost", "2")).stdout.split(":")[0]
    listed = json.loads(run("worker", "schedules", "--json").stdout)

    assert [each["name"] for each in listed] == [name]
    assert run("worker", "schedules", "--remove", name).stdout.startswith("Nothing is scheduled.")


def test_a_schedule_that_would_ask_somebody_is_refused(database: Path, model: str) -> None:
    ran = run("rescore", "--every", "24h", "--undebated")

    assert ran.exit_code == 2
    assert "say --yes" in ran.stderr


def test_what_is_no_interval_and_no_cron_expression_is_refused(database: Path, model: str, engine: None) -> None:
    ran = run(*rescore(model, "--every", "nightly"))

    assert ran.exit_code == 6
    assert "no cron expression" in ran.stderr


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("24h", "4 3 * * *"),
        ("6h", "4 */6 * * *"),
        ("30m", "*/30 * * * *"),
        ("60m", "0 * * * *"),
        ("0 2 * * *", "0 2 * * *"),
    ],
)
def test_an_interval_is_a_cron_expression(every: str, expected: str) -> None:
    assert cron(every, AT) == expected


def test_an_interval_that_divides_no_day_is_refused() -> None:
    with pytest.raises(typer.BadParameter, match="does not divide a day"):
        cron("7h", AT)
