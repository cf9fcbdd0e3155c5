"""What a debate costs is known before, bounded while it is held, and told afterwards."""

import json
from pathlib import Path

import pytest

from exchange.testing import CATALOGUE, FaultServer
from tests import builders
from tests.cli.running import HYPOTHESIS, rows, run


@pytest.fixture(autouse=True)
def priced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every model of `openai:tiny@…` costs a dollar for a thousand tokens."""
    (tmp_path / "exchange.toml").write_text("")
    (tmp_path / "prices.toml").write_text('[models]\n"openai:tiny@*" = { input = 1000.0, output = 1000.0 }\n')
    monkeypatch.setenv("EXCHANGE_CONFIG", str(tmp_path / "exchange.toml"))
    monkeypatch.setenv("EXCHANGE_PAID_CALLS", "true")


def roles(server: FaultServer, name: str = "tiny") -> list[str]:
    model = f"openai:{name}@{server.url}"
    return [HYPOTHESIS, "--format", "quick", "--proposer", model, "--critic", model, "--judge", model]


def test_a_dry_run_says_how_many_calls_and_what_they_cost(database: Path) -> None:
    with FaultServer() as server:
        ran = run("debate", *roles(server), "--dry-run")

    assert (ran.exit_code, ran.stdout.startswith(f"{HYPOTHESIS}: 6 calls in the format quick\n  cost: low $")) == (
        0,
        True,
    )


def test_a_dry_run_makes_no_call_and_stores_nothing(database: Path) -> None:
    with FaultServer() as server:
        run("debate", *roles(server), "--dry-run")
        asked = len(server.log)

    assert (asked, rows(database, "count(*) FROM debate")) == (0, [(0,)])


def test_what_a_debate_costs_lies_within_what_the_dry_run_said(database: Path) -> None:
    with FaultServer() as server:
        (said,) = json.loads(run("debate", *roles(server), "--dry-run", "--json").stdout)
        spent = json.loads(run("debate", *roles(server), "--json").stdout)["spent"]

    assert said["low"] <= spent["cost"] <= said["worst"]
    assert said["low"] < said["expected"] < said["worst"]


def test_a_dry_run_expects_what_these_models_said_before(database: Path) -> None:
    with FaultServer(tokens=lambda *_: (10, 599)) as server:
        (first,) = json.loads(run("debate", *roles(server), "--dry-run", "--json").stdout)
        run("debate", *roles(server))
        (second,) = json.loads(run("debate", *roles(server), "--dry-run", "--json").stdout)

    assert second["expected"] > first["expected"]


def test_a_dry_run_of_the_rest_counts_the_rest(database: Path) -> None:
    with FaultServer() as server:
        run("debate", *roles(server), "--max-cost", "8")
        (said,) = json.loads(run("resume", "--dry-run", "--json").stdout)
        answered = rows(database, "count(*) FROM call WHERE state = 'answered'")[0][0]

    assert (said["calls"], said["answered"]) == (6 - int(str(answered)), answered)


def test_a_price_that_is_not_known_is_named_in_a_dry_run(database: Path) -> None:
    with FaultServer() as server:
        ran = run("debate", *roles(server, "other"), "--dry-run")

    assert f"cost unknown: there is no price for openai:other@{server.url}" in ran.stdout


def test_scripted_models_cost_nothing_by_name(database: Path, tmp_path: Path) -> None:
    model = builders.agreeable_script(tmp_path / "script.json")
    models = ("--proposer", model, "--critic", model, "--judge", model)
    (said,) = json.loads(run("debate", HYPOTHESIS, "--format", "quick", *models, "--dry-run", "--json").stdout)

    assert (said["low"], said["worst"]) == (0.0, 0.0)


@pytest.mark.parametrize("cap", ["--max-cost", "EXCHANGE_LIMITS__DAILY_COST"])
def test_a_cap_and_an_unknown_price_are_refused_before_the_first_call(
    database: Path, cap: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags = [cap, "5"] if cap.startswith("--") else []
    if not flags:
        monkeypatch.setenv(cap, "5")
    with FaultServer() as server:
        ran = run("debate", *roles(server, "other"), *flags)
        asked = len(server.log)

    assert (ran.exit_code, asked, rows(database, "count(*) FROM debate")) == (4, 0, [(0,)])


def test_a_cap_stops_a_debate_that_can_be_gone_on_with(database: Path) -> None:
    with FaultServer() as server:
        stopped = run("debate", *roles(server), "--max-cost", "8")
        resumed = run("resume", HYPOTHESIS)

    assert (stopped.exit_code, f"exchange resume {HYPOTHESIS}" in stopped.stderr, resumed.exit_code) == (9, True, 0)


def test_a_cap_is_never_passed(database: Path) -> None:
    with FaultServer() as server:
        run("debate", *roles(server), "--max-cost", "8")
        charged = sum(entry.input_tokens + entry.output_tokens for entry in server.log) / 1000

    assert 0 < charged <= 8


def test_the_cap_of_a_day_counts_what_earlier_runs_cost(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultServer() as server:
        run("debate", *roles(server))
        monkeypatch.setenv("EXCHANGE_LIMITS__DAILY_COST", "1")
        ran = run("debate", *roles(server))
        asked = len(server.log)

    assert (ran.exit_code, "this day in UTC (limits.daily_cost)" in ran.stderr, asked) == (9, True, 6)


def test_a_negative_cap_is_wrong_usage(database: Path) -> None:
    assert run("debate", HYPOTHESIS, "--max-cost", "-1").exit_code == 2


def test_an_answer_without_usage_is_told_as_at_most(database: Path) -> None:
    with FaultServer(faults=[CATALOGUE["usage-missing"]]) as server:
        ran = run("debate", *roles(server))

    assert "with calls whose cost nobody said" in ran.stdout


@pytest.mark.parametrize("cap", ["inf", "nan"])
def test_a_cap_that_is_no_amount_is_wrong_usage(database: Path, cap: str) -> None:
    assert run("debate", HYPOTHESIS, "--max-cost", cap).exit_code == 2
