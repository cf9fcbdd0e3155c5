"""`exchange history` tells how a score came about: in a table, in a plot, in JSON, and in a file."""

import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.cells import cell_len

from exchange.cli import history as command
from exchange.config import settings
from exchange.domain.event import Cause, Outcome, Resolution, ScoreEvent, Share
from exchange.domain.hypothesis import Hypothesis
from exchange.store import hypotheses, scores
from exchange.store.engine import open_store
from tests.builders import imported_score, score_event
from tests.cli.running import HYPOTHESIS, run

STYLES = re.compile("\x1b\\[[0-9;]*m")
PARTS = (Share(causes=(Cause.NEW_JUDGE,), change=0.1), Share(causes=(Cause.NEW_POLICY,), change=0.02))
EVENTS = (
    imported_score(0.66, day=1),
    score_event(0.15, 0.3, day=2, cause=Cause.FIRST_DEBATE, demonstration=True),
    score_event(None, day=3, cause=Cause.NEW_JUDGE),
    score_event(0.45, 0.5, day=4, cause=Cause.NEW_JUDGE),
    score_event(0.47, 0.5, day=5, within_noise=True, change=0.02, shares=(Share(causes=(Cause.REROLL,), change=0.02),)),
    score_event(0.57, 0.3, day=6, cause=Cause.NEW_JUDGE, change=0.12, shares=PARTS),
)


@pytest.fixture
def told(database: Path) -> None:
    append(EVENTS)


def append(events: Sequence[ScoreEvent]) -> None:
    store = open_store(settings().database)
    with store.writing() as transaction:
        for event in events:
            scores.append(transaction, event)
    store.close()


def row(day: int) -> str:
    return next(line for line in run("history", HYPOTHESIS).stdout.splitlines() if line.startswith(f"2026-11-0{day}"))


def test_it_prints_a_row_for_each_event(told: None) -> None:
    printed = run("history", HYPOTHESIS).stdout.splitlines()

    assert [line[:16] for line in printed if line.startswith("2026")] == [
        f"2026-11-0{day} 09:00" for day in range(1, 7)
    ]


def test_a_row_tells_score_band_cause_and_marks(told: None) -> None:
    cells = re.split(" {2,}", row(2))

    assert cells[1:] == ["0.15 (0.00–0.30)", "▽ weak (leaning)", "first debate", "demonstration"]


def test_a_row_tells_the_parts_of_a_change(told: None) -> None:
    assert "  +0.12: new judge or model +0.10, new policy +0.02  current" in row(6)


def test_a_change_of_one_cause_is_told_once(told: None) -> None:
    assert re.split(" {2,}", row(5))[3:] == ["re-roll", "+0.02", "within noise"]


def test_causes_that_cannot_be_told_apart_are_told_together(database: Path) -> None:
    together = (Share(causes=(Cause.NEW_EVIDENCE, Cause.NEW_RULES), change=-0.1),)
    append([score_event(0.5), score_event(0.4, cause=Cause.NEW_EVIDENCE, change=-0.1, shares=together, day=2)])

    assert "-0.10: new evidence and new prompts or rubric -0.10" in row(2)


def test_a_change_that_rounds_to_nothing_has_no_sign(database: Path) -> None:
    append([score_event(0.5), score_event(0.499, cause=Cause.NEW_POLICY, change=-0.001, day=2)])

    assert re.split(" {2,}", row(2))[3:] == ["new policy", "±0.00", "current"]


@pytest.mark.parametrize(
    ("day", "mark"),
    [
        (1, "imported from a wiki"),
        (2, "demonstration"),
        (3, "no quote was found in its passage"),
        (5, "within noise"),
        (6, "current"),
    ],
)
def test_what_must_not_be_missed_ends_the_row(told: None, day: int, mark: str) -> None:
    assert row(day).endswith(f"  {mark}")


def test_an_outcome_is_told_with_its_source(database: Path) -> None:
    outcome = Outcome(resolution=Resolution.SUPPORTED, source="PMID 1")
    append([score_event(cause=Cause.OUTCOME, outcome=outcome)])

    assert row(1).endswith("  current · supported: PMID 1")


def test_nothing_that_is_piped_is_cut_or_wrapped(database: Path) -> None:
    append([imported_score(0.5, origin="a wiki " * 100)])

    assert f"current · imported from {'a wiki ' * 100}".rstrip() in row(1)


def test_what_is_piped_has_no_colours_and_no_blanks_at_line_ends(told: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR")
    printed = run("history", HYPOTHESIS).stdout

    assert ("\x1b" in printed, [line for line in printed.splitlines() if line != line.rstrip()]) == (False, [])


@pytest.mark.parametrize("columns", [40, 60, 80, 120])
def test_a_terminals_width_is_kept_to(
    told: None, columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    command.run(HYPOTHESIS, None, None, json=False)
    printed = STYLES.sub("", capsys.readouterr().out).splitlines()[1:]

    assert (max(map(cell_len, printed)) <= columns, "demonstration" in "".join(printed)) == (True, True)


def test_the_plot_stands_below_the_table(told: None) -> None:
    assert run("history", HYPOTHESIS).stdout.endswith("↑ the current event\n")


def test_it_says_that_there_is_no_event(database: Path) -> None:
    ran = run("history", HYPOTHESIS)

    assert (ran.exit_code, ran.stdout.splitlines()[1].split(":")[0]) == (0, "No score event")


def test_it_prints_json(told: None) -> None:
    printed = json.loads(run("history", HYPOTHESIS, "--json").stdout)

    assert [(event["value"], event["current"]) for event in printed["events"]][-2:] == [(0.47, False), (0.57, True)]


def test_it_prints_json_where_there_is_no_event(database: Path) -> None:
    assert json.loads(run("history", HYPOTHESIS, "--json").stdout)["events"] == []


@pytest.mark.parametrize("flags", [[], ["--json"]])
def test_it_writes_svg_and_says_where(told: None, tmp_path: Path, flags: list[str]) -> None:
    path = tmp_path / "plots" / "history.svg"
    ran = run("history", HYPOTHESIS, "--svg", path, *flags)

    assert (ran.stderr, ElementTree.parse(path).getroot().get("role")) == (f"The plot is written to {path}.\n", "img")


def test_svg_changes_nothing_of_what_is_printed(told: None, tmp_path: Path) -> None:
    assert run("history", HYPOTHESIS, "--svg", tmp_path / "a.svg").stdout == run("history", HYPOTHESIS).stdout


def test_svg_that_cannot_be_written_is_refused_and_leaves_nothing(told: None, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = run("history", HYPOTHESIS, "--svg", tmp_path / "file" / "a.svg")

    assert (ran.exit_code, ran.stdout, "a.svg cannot be written" in ran.stderr) == (6, "", True)


def test_a_title_cannot_steer_the_terminal(database: Path) -> None:
    store = open_store(settings().database)
    with store.writing() as transaction:
        hypotheses.save(transaction, Hypothesis(id=HYPOTHESIS, title="red \x1b[31m \x9b31m [bold]so[/bold]"))
    store.close()
    append([imported_score(0.5, origin="red \x1b[31m [bold]so[/bold]")])
    printed = run("history", HYPOTHESIS).stdout

    assert ("\x1b" in printed, "\x9b" in printed, printed.count("[bold]so[/bold]")) == (False, False, 2)
