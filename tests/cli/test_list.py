"""`exchange list`: columns, order, choice."""

import json
import sqlite3
from pathlib import Path

import pytest

from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.format import BriefSize
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.neutral import neutral
from exchange.domain.policy import COLD
from exchange.domain.score import State
from exchange.evidence import brief
from exchange.scoring.basis import basis
from exchange.store import debates
from exchange.store.engine import open_store
from exchange.store.owners import this_process
from tests import builders, events, images
from tests.cli.running import run

HIGH = Hypothesis(id="h-00000001", title="High", targets=("PLIN2",))
LOW = Hypothesis(id="h-00000002", title="Low", targets=("ALOX15",))
OLD = Hypothesis(id="h-00000003", title="Old", statement="It was so.", targets=("PLIN2",))
GONE = Hypothesis(id="h-00000004", title="Gone")
NEW = Hypothesis(id="h-00000005", title="New \x1b[31m\tand red")


def rests_on(about: Hypothesis) -> ScoreEvent:
    shown = brief.make(about, (), BriefSize(passages=1, characters=40), neutral)
    return events.scored(0.4, about.id, basis=basis(builders.setup(about=shown), COLD), low=0.3, high=0.5)


@pytest.fixture(autouse=True)
def five(tmp_path: Path) -> str:
    """A store of five; returns the id of the unfinished debate about the one that was not debated yet."""
    (tmp_path / "exchange.db").write_bytes(images.blank())
    store = open_store(tmp_path / "exchange.db")
    events.save(store, HIGH, LOW, OLD, GONE, NEW)
    events.append(
        store,
        events.scored(0.8, HIGH.id, low=0.2, high=0.9),
        events.scored(0.7, LOW.id, low=0.6, high=0.9, state=State.CONTESTED),
        rests_on(OLD.model_copy(update={"statement": "It is so."})),
        events.scored(0.9, GONE.id, cause=Cause.WITHDRAWN),
    )
    lease = debates.begin(store, NEW.id, builders.setup(), this_process(), 60)
    store.close()
    return lease.debate


def titles(*arguments: str) -> list[str]:
    return [line.split("\t")[2].split()[0] for line in run("list", *arguments).stdout.splitlines()]


def columns(hypothesis: Hypothesis) -> list[str]:
    lines = [line.split("\t") for line in run("list").stdout.splitlines()]
    return next(line for line in lines if line[0] == hypothesis.id)


def test_the_best_stand_first_and_withdrawn_ones_last() -> None:
    assert titles() == ["High", "Low", "Old", "New", "Gone"]


def test_every_line_has_five_columns() -> None:
    assert {line.count("\t") for line in run("list").stdout.splitlines()} == {4}


def test_a_line_has_id_standing_title_and_rank() -> None:
    assert columns(LOW) == [LOW.id, "0.70 (0.60–0.90) △ strong contested", "Low", "2 of 3", ""]


def test_a_line_says_what_is_out_of_date() -> None:
    assert columns(OLD)[4] == "out of date: claim"


def test_a_line_says_which_debate_is_unfinished(five: str) -> None:
    assert columns(NEW)[3:] == ["", f"unfinished debate {five}"]


def test_a_line_says_what_was_withdrawn() -> None:
    assert columns(GONE)[3:] == ["", "withdrawn"]


def test_a_title_cannot_steer_the_terminal_or_make_a_column() -> None:
    assert columns(NEW)[2] == "New [31m and red"


def test_the_lower_bound_may_decide() -> None:
    assert titles("--sort", "low")[:3] == ["Low", "Old", "High"]


def test_the_order_may_be_reversed() -> None:
    assert titles("--sort", "low", "--reverse") == ["High", "Old", "Low", "New", "Gone"]


def test_those_with_a_target_may_be_listed_alone() -> None:
    assert titles("--target", "plin2") == ["High", "Old"]


def test_those_in_a_state_may_be_listed_alone() -> None:
    assert (titles("--state", "contested"), titles("--state", "not debated")) == (["Low"], ["New"])


def test_the_first_of_the_list_may_be_listed_alone() -> None:
    assert titles("--limit", "2") == ["High", "Low"]


def test_ranks_are_those_among_all_whatever_is_listed() -> None:
    ran = run("list", "--target", "PLIN2", "--sort", "name", "--limit", "1")

    assert ran.stdout.split("\t")[3] == "1 of 3"


def test_a_list_of_none_is_empty_and_says_so_elsewhere() -> None:
    ran = run("list", "--target", "TREM2")

    assert (ran.exit_code, ran.stdout, ran.stderr) == (0, "", "There is none to list.\n")


def test_a_list_of_none_is_an_empty_list_in_json() -> None:
    assert json.loads(run("list", "--target", "TREM2", "--json").stdout) == []


def test_json_has_the_same_rows_in_the_same_order() -> None:
    printed = json.loads(run("list", "--sort", "low", "--limit", "3", "--json").stdout)

    assert [each["title"] for each in printed] == ["Low", "Old", "High"]


def test_json_has_ranks_and_what_is_out_of_date_and_unfinished(five: str) -> None:
    printed = {each["id"]: each for each in json.loads(run("list", "--json").stdout)}

    assert printed[OLD.id]["ranks"]["by_target"]["PLIN2"] == {"rank": 2, "of": 2, "percentile": 0}
    assert (printed[OLD.id]["out_of_date"], printed[NEW.id]["unfinished"]) == (["claim"], five)


@pytest.mark.parametrize(
    "arguments",
    [("--sort", "best"), ("--state", "good"), ("--limit", "0"), ("--limit", "many"), ("--pages", "--reverse")],
)
def test_a_choice_that_is_none_is_wrong_usage(arguments: tuple[str, ...]) -> None:
    ran = run("list", *arguments)

    assert (ran.exit_code, ran.stdout, arguments[0] in ran.stderr) == (2, "", True)


def test_help_names_what_a_list_may_be_ordered_by() -> None:
    assert "low" in run("list", "--help").stdout


def test_a_damaged_score_ends_a_list_where_its_turn_comes(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "exchange.db")
    for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        database.execute(f'DROP TRIGGER "{trigger}"')
    database.execute("UPDATE score_event SET record = '{}' WHERE hypothesis_id = ?", (OLD.id,))
    database.commit()
    database.close()
    first, whole = run("list", "--limit", "1"), run("list")

    assert (first.exit_code, whole.exit_code, OLD.id in whole.stderr) == (0, 10, True)
