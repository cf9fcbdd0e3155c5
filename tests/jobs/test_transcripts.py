"""Debates that were held elsewhere, taken in from a file."""

import json
from pathlib import Path
from typing import Any

import pytest

from exchange.config import settings
from exchange.domain.debate import Check
from exchange.domain.event import ScoreEvent
from exchange.domain.score import State
from exchange.domain.verdict import Verdict, When
from exchange.errors import InputError
from exchange.jobs.importing import import_files, read_files
from exchange.jobs.rescoring import rescore
from exchange.jobs.showing import view
from exchange.jobs.transcripts import read_transcripts
from exchange.jobs.verify import verify
from exchange.scoring.policy import SHIPPED
from exchange.store import debates, scores
from exchange.store.engine import Store
from tests.store.rows import count

HELD: dict[str, Any] = {
    "name": "first",
    "origin": "a forum",
    "title": "Raising PLIN2 protects neurons.",
    "targets": ["PLIN2"],
    "turns": [
        {"role": "proposer", "speaker": "Ann", "text": "It holds.", "quotes": ["coats lipid droplets"]},
        {"role": "critic", "speaker": "Ben", "text": "It does not.", "round": 0},
    ],
    "opinions": [
        {"judge": "Cleo", "heard": 0, "p": 0.5},
        {"judge": "Cleo", "heard": 1, "p": 0.62},
        {"judge": "Cleo", "heard": 2, "p": 0.8, "final": True, "reason": "Well quoted."},
        {"judge": "Dan", "heard": 2, "p": 0.7, "final": True},
    ],
}


def take(store: Store, tmp_path: Path, *held: dict[str, Any]) -> str:
    """Imports the debates and returns what is said of the file."""
    path = tmp_path / "held.debates.jsonl"
    path.write_text("\n".join(json.dumps(each) for each in held or (HELD,)))
    return import_files(store, read_files([path]))[0].said


def event(store: Store) -> ScoreEvent:
    return next(iter(scores.current(store).values()))


def verdicts(store: Store) -> list[Verdict]:
    return [each for each in debates.verdicts(store, event(store).debate or "") if isinstance(each, Verdict)]


@pytest.mark.parametrize(("title", "refused"), [("A\0B", True), ("A\\u0000B", False)])
def test_a_text_with_nul_is_refused(title: str, refused: bool) -> None:
    line = json.dumps(HELD | {"title": title})
    if not refused:
        assert [each.title for each in read_transcripts(line, "held")] == [title]
        return

    with pytest.raises(InputError, match="held, line 1: a text holds NUL"):
        read_transcripts(line, "held")


def test_a_debate_that_was_held_elsewhere_is_scored(store: Store, tmp_path: Path) -> None:
    said = take(store, tmp_path)

    assert (said, event(store).score.state, event(store).imported) == ("1 debate, 1 of them new", State.SCORED, True)


def test_taken_in_again_it_changes_nothing(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path)

    assert (take(store, tmp_path), count(store, "debate")) == ("1 debate: nothing changed", 1)


def test_one_whose_judges_said_something_else_is_another_debate_of_the_same_hypothesis(
    store: Store, tmp_path: Path
) -> None:
    take(store, tmp_path)
    changed = HELD | {"opinions": HELD["opinions"][:3]}
    take(store, tmp_path, changed)

    assert (count(store, "debate"), count(store, "hypothesis")) == (2, 1)


def test_probabilities_become_prior_interim_and_final_verdicts(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path)

    assert [
        (each.sitting.model, each.sitting.when, each.sitting.number, each.credence) for each in verdicts(store)
    ] == [
        ("transcript:Cleo", When.PRIOR, 0, 50),
        ("transcript:Cleo", When.INTERIM, 1, 62),
        ("transcript:Cleo", When.FINAL, 0, 80),
        ("transcript:Dan", When.FINAL, 0, 70),
    ]


def test_the_shift_is_that_of_the_judges_who_said_something_before(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path)

    assert event(store).score.shift == pytest.approx(0.3)


def test_what_is_quoted_is_not_looked_up_and_says_so(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path)
    (spoken, _) = debates.turns(store, event(store).debate or "")

    assert [each.check for each in spoken.arguments[0].citations] == [Check.UNCHECKED]


def test_a_store_with_such_a_debate_is_whole_and_stays_so_under_another_policy(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path)
    rescore(store, next(iter(SHIPPED.values())))

    assert (verify(store).broken, count(store, "score_event")) == ((), 2)


def test_such_a_debate_can_be_shown(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path)
    seen = view(store, event(store).hypothesis, settings(), None)

    assert seen.debate is not None
    assert [turn.model for turn in seen.debate.turns] == ["transcript:Ann", "transcript:Ben"]


def test_a_debate_without_a_final_word_has_no_number(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, HELD | {"opinions": HELD["opinions"][:2]})

    assert (event(store).score.state, event(store).score.value) == (State.INSUFFICIENT, None)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("{", "line 1"),
        (json.dumps(HELD | {"origin": ""}), "origin"),
        (json.dumps(HELD | {"hypothesis": "PLIN2"}), "not a hypothesis id"),
        (json.dumps(HELD | {"opinions": [{"judge": "Cleo", "heard": 0, "p": 1.2}]}), "opinions.0.p"),
        (json.dumps(HELD | {"opinions": [{"judge": "Cleo", "heard": 0, "p": 0.2}] * 2}), "two opinions"),
        (json.dumps(HELD | {"turns": [{"role": "judge", "speaker": "Ann", "text": "I say so."}]}), "proposer's or"),
        (json.dumps(HELD | {"turns": []}), "heard more turns than the 0"),
        (json.dumps(HELD | {"winner": "Ann"}), "winner"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_with_its_line(line: str, complaint: str) -> None:
    with pytest.raises(InputError, match=r"held, line 1: .*Nothing was imported") as refused:
        read_transcripts(line, "held")

    assert complaint in str(refused.value)
