"""What every word says that a page may show."""

import re

import pytest

from exchange.config import bands
from exchange.domain.bands import Certainty
from exchange.domain.event import Basis, Resolution, ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.policy import ENOUGH_OUTCOMES
from exchange.domain.score import State
from exchange.pages import words
from exchange.pages.related import RelatedHypothesis, shown
from tests import events

HYPOTHESIS = Hypothesis(id="h-00000001", title="PLIN2 protects")


def seen(event: ScoreEvent | None, *changed: str) -> RelatedHypothesis:
    return shown(HYPOTHESIS, event, (), None, "", bands(), changed)


@pytest.mark.parametrize(
    "word",
    [*State, "not debated", *Certainty, "demonstration", "imported", "uncalibrated", "out of date", *Resolution],
)
def test_every_word_means_one_plain_sentence(word: str) -> None:
    assert re.fullmatch(r"[A-Z][^.]*\.", words.MEANINGS[word])


def test_no_two_words_mean_the_same() -> None:
    assert len(set(words.MEANINGS.values())) == len(words.MEANINGS)


def test_a_legend_holds_the_words_that_are_said_and_no_other() -> None:
    assert list(words.legend(["open", "scored", "open"])) == ["scored", "open"]


def test_a_word_that_is_not_ours_is_not_explained() -> None:
    assert words.legend(["bad"]) == {}


def test_every_part_of_a_basis_has_a_name_for_readers() -> None:
    assert list(words.PARTS) == list(Basis.model_fields)


def test_the_parts_that_have_changed_are_named() -> None:
    assert "the claim, the policy." in words.changed(("claim", "policy"))


def test_nothing_is_said_where_nothing_has_changed() -> None:
    assert words.changed(()) == ""


def test_what_has_changed_stands_behind_the_rest_of_the_caution() -> None:
    contested = events.scored(state=State.CONTESTED)

    assert seen(contested, "claim").caution == f"{words.caution(contested)} {words.changed(('claim',))}"


@pytest.mark.parametrize(
    ("event", "marks"),
    [
        (None, ()),
        (events.scored(), ("uncalibrated",)),
        (events.scored(None), ()),
        (events.scored(outcomes=ENOUGH_OUTCOMES - 1), ("uncalibrated",)),
        (events.scored(outcomes=ENOUGH_OUTCOMES), ()),
        (events.scored(demonstration=True), ("demonstration",)),
        (events.imported(0.5), ("imported",)),
    ],
    ids=["none", "number", "no number", "19 outcomes", "20 outcomes", "demonstration", "imported"],
)
def test_a_score_has_the_marks_that_apply_to_it(event: ScoreEvent | None, marks: tuple[str, ...]) -> None:
    assert seen(event).marks == marks


def test_a_score_of_which_a_part_has_changed_is_marked_as_out_of_date() -> None:
    assert seen(events.scored(demonstration=True), "claim").marks == ("demonstration", "out of date")


@pytest.mark.parametrize(
    ("event", "said"),
    [
        (None, ["not debated"]),
        (events.scored(None), ["insufficient"]),
        (events.scored(state=State.CONTESTED, certainty=Certainty.LEANING), ["contested", "leaning", "uncalibrated"]),
    ],
    ids=["none", "no number", "contested"],
)
def test_a_hypothesis_explains_its_state_its_certainty_and_its_marks(event: ScoreEvent | None, said: list[str]) -> None:
    assert list(seen(event).legend) == said


def test_a_target_that_the_text_names_is_told_from_one_that_is_linked() -> None:
    assert words.reason("named", "PLIN2") == "its target PLIN2 is named in the page's text"
