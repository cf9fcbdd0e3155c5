"""`exchange resume` goes on with what stopped, and asks nothing twice."""

import json
import shlex
from pathlib import Path

import pytest

from exchange.testing import FaultServer
from exchange.testing.faults import status
from tests.cli.running import HYPOTHESIS, play, rows, run

OTHER = "h-5d20c7f4"


@pytest.fixture(autouse=True)
def paid(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server is on loopback; one attempt a call, so that a fault stops the debate."""
    monkeypatch.setenv("EXCHANGE_PAID_CALLS", "true")
    monkeypatch.setenv("EXCHANGE_LIMITS__ATTEMPTS", "1")


def stopped(server: FaultServer) -> None:
    """A debate that its server stopped at the third call."""
    assert play(f"openai:tiny@{server.url}").exit_code == 7


def faulty(code: int = 503, retry_after: str | None = None) -> FaultServer:
    return FaultServer(faults=[None, None, status(code, retry_after=retry_after)])


def test_a_stopped_debate_is_finished_by_its_hypothesis(database: Path) -> None:
    with faulty() as server:
        stopped(server)
        ran = run("resume", HYPOTHESIS)

    assert (ran.exit_code, "Score:" in ran.stdout, rows(database, "state FROM debate")) == (0, True, [("finished",)])


def test_a_stopped_debate_is_finished_by_its_own_id(database: Path) -> None:
    with faulty() as server:
        stopped(server)
        (name,) = rows(database, "id FROM debate")[0]
        ran = run("resume", str(name))

    assert (ran.exit_code, rows(database, "state FROM debate")) == (0, [("finished",)])


def test_what_was_answered_is_not_asked_again(database: Path) -> None:
    with faulty() as server:
        stopped(server)
        run("resume")
        questions = [entry.question for entry in server.log if entry.charged]

    assert (len(questions), len(set(questions))) == (6, 6)


def test_every_unfinished_debate_is_gone_on_with(database: Path) -> None:
    with FaultServer(faults=[None, None, status(503), None, None, status(503)]) as server:
        stopped(server)
        model = f"openai:tiny@{server.url}"
        run("debate", OTHER, "--format", "quick", "--proposer", model, "--critic", model, "--judge", model)
        ran = run("resume")

    assert (ran.exit_code, rows(database, "state FROM debate")) == (0, [("finished",), ("finished",)])


def test_one_that_cannot_be_finished_leaves_the_others_alone(database: Path) -> None:
    with FaultServer(faults=[None, None, status(503), None, None, status(503), status(413)]) as server:
        stopped(server)
        model = f"openai:tiny@{server.url}"
        run("debate", OTHER, "--format", "quick", "--proposer", model, "--critic", model, "--judge", model)
        ran = run("resume")
        states = rows(database, "state FROM debate ORDER BY started_at")

    assert (ran.exit_code, states, f"{HYPOTHESIS}: not finished:" in ran.stdout) == (
        3,
        [("open",), ("finished",)],
        True,
    )


def test_where_nothing_is_unfinished_that_is_said(database: Path) -> None:
    ran = run("resume")

    assert (ran.exit_code, ran.stdout) == (0, "No debate is unfinished.\n")


def test_what_became_of_each_is_told_in_json(database: Path) -> None:
    with faulty() as server:
        stopped(server)
        (told,) = json.loads(run("resume", "--json").stdout)

    assert (told["hypothesis"], told["event"]["score"]["state"], told["error"]) == (HYPOTHESIS, "scored", None)


@pytest.mark.parametrize("name", ["h-00000000", "d-000000000000", HYPOTHESIS])
def test_what_cannot_be_gone_on_with_is_not_found(database: Path, name: str) -> None:
    assert run("resume", name).exit_code == 5


def test_a_finished_debate_is_not_gone_on_with(database: Path) -> None:
    with FaultServer() as server:
        play(f"openai:tiny@{server.url}")
        ran = run("resume", HYPOTHESIS)

    assert (ran.exit_code, "has ended (rounds spent)" in ran.stderr) == (5, True)


def test_a_server_that_asks_for_an_hour_parks_the_debate(database: Path) -> None:
    with faulty(429, retry_after="3600") as server:
        ran = play(f"openai:tiny@{server.url}")
        left = run("resume")
        asked = len(server.log)

    assert (ran.exit_code, "asks to wait 3,600 s" in ran.stderr, asked) == (7, True, 3)
    assert (left.exit_code, f"{HYPOTHESIS}: left: its server asked to be left alone until" in left.stdout) == (3, True)


def test_a_parked_debate_that_is_named_is_gone_on_with_at_once(database: Path) -> None:
    with faulty(429, retry_after="3600") as server:
        play(f"openai:tiny@{server.url}")
        ran = run("resume", HYPOTHESIS)

    assert ran.exit_code == 0


def test_a_debate_whose_prompts_have_changed_is_not_gone_on_with(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with faulty() as server:
        stopped(server)
        monkeypatch.setattr("exchange.jobs.setup.used", lambda _: ())
        ran = run("resume", HYPOTHESIS)

    assert (ran.exit_code, "The prompts have changed" in ran.stderr + ran.stdout) == (10, True)


def test_the_command_that_goes_on_names_the_database(database: Path, tmp_path: Path) -> None:
    with faulty() as server:
        model = f"openai:tiny@{server.url}"
        models = ("--proposer", model, "--critic", model, "--judge", model)
        ran = run("debate", HYPOTHESIS, "--format", "quick", *models, "--db", database)

    assert f"To go on: exchange resume {HYPOTHESIS} --db {shlex.quote(str(database))}" in ran.stderr
