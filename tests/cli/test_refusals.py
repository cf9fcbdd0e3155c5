"""What cannot be done is refused with one sentence and its exit code, before anything is stored or asked."""

import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import Result

from tests import builders
from tests.cli.running import HYPOTHESIS, play, rows, run
from tests.conftest import ROOT

BEGUN = "count(*) FROM debate UNION ALL SELECT count(*) FROM call"
ANSWERED = "count(*), count(DISTINCT question_digest) FROM call WHERE state = 'answered'"
UNREACHABLE = "openai:x@http://127.0.0.1:9/v1"
DEBATE = ("debate", HYPOTHESIS)
LOCAL = (*DEBATE, "--format", "quick")


@dataclass(frozen=True)
class Case:
    """Arguments, the exit code and what the sentence names; `{here}` is the test's folder."""

    code: int
    arguments: tuple[str, ...]
    said: str
    environment: dict[str, str] = field(default_factory=dict)
    file: bytes = b""


CASES = {
    "an unknown hypothesis": Case(5, ("debate", "h-00000000"), "h-00000000"),
    "an unknown hypothesis to show": Case(5, ("show", "h-00000000"), "h-00000000"),
    "an unknown hypothesis's history": Case(5, ("history", "h-00000000"), "h-00000000"),
    "an unknown page": Case(5, ("page", "genes-nix"), "genes-nix"),
    "a missing database": Case(5, ("list", "--db", "{here}/nix.db"), "nix.db"),
    "a bad id": Case(6, ("debate", "PLIN2"), "'PLIN2'"),
    "a bad id to show": Case(6, ("show", "h-12"), "'h-12'"),
    "a bad id for its history": Case(6, ("history", "PLIN2"), "'PLIN2'"),
    "no key": Case(4, (*DEBATE, "--format", "panel", "--paid"), "OPENAI_API_KEY"),
    "no permission to pay": Case(4, (*DEBATE, "--format", "panel"), "paid_calls"),
    "an unknown model": Case(4, (*LOCAL, "--proposer", "gpt"), "'gpt'"),
    "an unknown provider": Case(4, (*LOCAL, "--critic", "cloud:gpt"), "'cloud:gpt'"),
    "a missing script": Case(4, (*LOCAL, "--critic", "scripted:{here}/nix.json"), "nix.json"),
    "missing weights": Case(4, (*LOCAL, "--critic", "local:{here}/nix.gguf"), "nix.gguf"),
    "an unknown format": Case(4, (*DEBATE, "--format", "duel"), "'duel'"),
    "an unknown rubric": Case(4, (*LOCAL, "--rubric", "taste"), "'taste'"),
    "an unknown kind of page": Case(4, ("page", "genes-plin2", "--format", "pdf"), "'pdf'"),
    "an unknown setting": Case(4, LOCAL, "'colour'", {"EXCHANGE_CONFIG": "{here}/file"}, b'colour = "red"'),
    "an unknown nested setting": Case(
        4, LOCAL, "limits.calls", {"EXCHANGE_CONFIG": "{here}/file"}, b"[limits]\ncalls = 1"
    ),
    "settings that are no TOML": Case(4, LOCAL, "{here}/file", {"EXCHANGE_CONFIG": "{here}/file"}, b"colour: red"),
    "settings that are no text": Case(4, LOCAL, "{here}/file", {"EXCHANGE_CONFIG": "{here}/file"}, b"db = '\xff'"),
    "settings that are not there": Case(4, LOCAL, "nix.toml", {"EXCHANGE_CONFIG": "{here}/nix.toml"}),
    "an unknown variable": Case(4, LOCAL, "EXCHANGE_FROMAT", {"EXCHANGE_FROMAT": "quick"}),
    "a variable that is no number": Case(4, LOCAL, "limits.attempts", {"EXCHANGE_LIMITS__ATTEMPTS": "many"}),
    "a variable that is no table": Case(4, LOCAL, "limits", {"EXCHANGE_LIMITS": "many"}),
    "a binary page": Case(6, ("import", "{here}/file"), "file", file=b"\x89PNG\r\n\x00"),
    "an empty page": Case(6, ("import", "{here}/file"), "file"),
    "a missing file": Case(6, ("import", "{here}/nix.md"), "nix.md"),
    "an output that cannot be written": Case(6, ("page", "genes-plin2", "--output", "{here}/file/p.md"), "p.md"),
    "a folder as the database": Case(10, (*LOCAL, "--db", "{here}"), "{here}"),
    "a file that is no database": Case(10, ("list", "--db", "{here}/file"), "{here}/file", file=b"words " * 500),
    "a database that cannot be made": Case(10, ("import", str(ROOT / "examples"), "--db", "/proc/x.db"), "/proc/x.db"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_cannot_be_done_is_refused_in_a_sentence(
    case: Case, database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(case.file)
    for name, value in case.environment.items():
        monkeypatch.setenv(name, value.format(here=tmp_path))
    ran = run(*(each.format(here=tmp_path) for each in case.arguments))
    lines = ran.stderr.splitlines()

    assert (
        ran.exit_code,
        [case.said.format(here=tmp_path) in line for line in lines],
        ran.stderr.startswith("exchange: "),
        ran.stdout,
        rows(database, BEGUN),
    ) == (case.code, [True], True, "", [(0,), (0,)])


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [("${claim}", "", "claim"), ("${claim}", "${claim} ${mood}", "mood"), ("+++", "", "+++")],
)
def test_a_prompt_with_other_variables_is_refused(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str, after: str, said: str
) -> None:
    shutil.copytree(ROOT / "prompts", tmp_path / "prompts")
    brief = tmp_path / "prompts" / "brief.md"
    brief.write_text(brief.read_text().replace(before, after))
    monkeypatch.setattr("exchange.prompts.shipped", lambda kind: tmp_path / kind)
    ran = play(builders.agreeable_script(tmp_path / "script.json"))

    assert (ran.exit_code, said in ran.stderr, ran.stderr.count("\n"), rows(database, BEGUN)) == (
        4,
        True,
        1,
        [(0,), (0,)],
    )


def test_a_broken_prompt_is_found_by_the_doctor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.prompts.shipped", lambda kind: tmp_path / kind)
    ran = run("doctor")

    assert (ran.exit_code, "✗ prompts and configs" in ran.stdout) == (4, True)


def test_wrong_usage_has_an_exit_code_of_its_own() -> None:
    assert run("debate").exit_code == 2


def test_an_unreachable_server_ends_with_the_command_that_goes_on(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = _unreachable(tmp_path, monkeypatch)

    assert _last(ran) == (7, True, True, "")


def test_an_unreachable_server_leaves_calls_and_no_score(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _unreachable(tmp_path, monkeypatch)
    stored = rows(database, "place, state FROM call ORDER BY id")

    assert (stored, rows(database, "count(*) FROM score_event")) == (
        [("judge-1/prior/blind", "answered"), ("proposer/1", "answered"), ("critic/2", "failed")],
        [(0,)],
    )


def test_a_debate_that_failed_says_so_with_its_own_exit_code(database: Path, tmp_path: Path) -> None:
    model = builders.script(
        tmp_path / "script.json", {"place": "judge-*", "reply": builders.judged()}, {"place": "*", "text": "Well"}
    )
    ran = play(model)

    assert (ran.exit_code, ran.stderr.splitlines()[-1].startswith("exchange: The debate d-"), ran.stdout) == (
        8,
        True,
        "",
    )


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_a_debate_that_the_same_command_finishes(
    database: Path, tmp_path: Path, sent: signal.Signals
) -> None:
    model = _slow_critic(tmp_path / "script.json")
    command = [*LOCAL, "--proposer", model, "--critic", model, "--judge", model]
    program = [sys.executable, "-c", "from exchange.cli import main; main()", *command]
    with subprocess.Popen(program, env=os.environ, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as stopped:
        deadline = time.monotonic() + 60
        while not rows(database, "1 FROM call WHERE place = 'critic/2'") and time.monotonic() < deadline:
            time.sleep(0.05)
        stopped.send_signal(sent)
        out, err = stopped.communicate(timeout=60)
    events = rows(database, "count(*) FROM score_event")
    again = run(*command)

    assert (stopped.returncode, out, f"exchange resume {HYPOTHESIS}" in err.decode(), events, again.exit_code) == (
        130,
        b"",
        True,
        [(0,)],
        0,
    )
    assert rows(database, ANSWERED) + rows(database, "count(*) FROM call") == [(6, 6), (6,)]


def _slow_critic(path: Path) -> str:
    return builders.script(
        path,
        {"place": "judge-*", "reply": builders.judged()},
        {"place": "critic/2", "reply": builders.spoken(), "delay": 1.5},
        {"place": "*", "reply": builders.spoken()},
    )


def _unreachable(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Result:
    monkeypatch.setenv("EXCHANGE_PAID_CALLS", "true")
    monkeypatch.setenv("EXCHANGE_LIMITS__ATTEMPTS", "1")
    return play(builders.agreeable_script(folder / "script.json"), UNREACHABLE)


def _last(ran: Result) -> tuple[int, bool, bool, str]:
    """The exit code; is the way on named; is the server named in the last line; stdout."""
    *before, last = ran.stderr.splitlines()
    goes_on = any(f"To go on: exchange resume {HYPOTHESIS}" in line for line in before)
    return ran.exit_code, goes_on, last.startswith("exchange: http://127.0.0.1:9/v1"), ran.stdout


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "a.jsonl",
            '{"title": "A claim", "score": 0.5}',
            "a.jsonl, line 1: the row: a score needs an origin: who gave it.",
        ),
        ("a.jsonl", '{"title": " "}', "a.jsonl, line 1: title: there are no words in it."),
    ],
)
def test_what_is_wrong_with_a_row_is_said_in_our_words_alone(
    database: Path, tmp_path: Path, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content)

    assert f"{said} Nothing was imported." in run("import", tmp_path / name).stderr


def test_what_is_wrong_with_a_setting_is_said_in_our_words_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXCHANGE_SITE", "wiki")

    assert "'site': 'wiki' is no base address: write" in run("list").stderr
