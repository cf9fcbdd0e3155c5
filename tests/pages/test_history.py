"""What a history says of each score event."""

import pytest

from exchange.config import bands
from exchange.domain.event import Cause, Outcome, Resolution, ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.score import State
from exchange.pages.history import History, HistoryEvent, Kind, told
from tests.builders import imported_score, score_event

OUTCOME = Outcome(resolution=Resolution.REFUTED, source="PMID 1")


def history(*events: ScoreEvent) -> History:
    return told(Hypothesis(id="h-0e9a3b1c", title="PLIN2 in glia"), list(enumerate(events, 7)), bands())


def now(*events: ScoreEvent) -> HistoryEvent:
    """The current event."""
    found = history(*events).current
    assert found
    return found


def only(event: ScoreEvent) -> HistoryEvent:
    return history(event).events[0]


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (score_event(), Kind.SCORE),
        (score_event(state=State.CONTESTED), Kind.CONTESTED),
        (score_event(demonstration=True), Kind.DEMONSTRATION),
        (score_event(demonstration=True, state=State.CONTESTED), Kind.DEMONSTRATION),
        (imported_score(0.5), Kind.IMPORTED),
        (score_event(within_noise=True), Kind.NOISE),
        (score_event(within_noise=True, demonstration=True), Kind.DEMONSTRATION_NOISE),
        (score_event(None), Kind.NONE),
        (score_event(None, demonstration=True), Kind.NONE),
        (score_event(outcome=OUTCOME), Kind.OUTCOME),
        (score_event(None, outcome=OUTCOME), Kind.OUTCOME),
    ],
)
def test_each_event_is_of_one_kind(event: ScoreEvent, kind: Kind) -> None:
    assert only(event).kind is kind


@pytest.mark.parametrize(
    ("event", "score", "place"),
    [
        (score_event(0.7, 0.2), "0.70 (0.60–0.80)", "△ strong (leaning)"),
        (imported_score(0.4), "0.40", "◇ mixed"),
        (score_event(None), "insufficient", ""),
        (score_event(None, state=State.FAILED), "failed", ""),
    ],
)
def test_a_score_is_told_with_as_much_as_there_is(event: ScoreEvent, score: str, place: str) -> None:
    assert (only(event).score, only(event).place) == (score, place)


@pytest.mark.parametrize(
    ("event", "mark"),
    [
        (score_event(state=State.CONTESTED), "contested"),
        (score_event(demonstration=True), "demonstration"),
        (imported_score(0.5), "imported from a wiki"),
        (score_event(within_noise=True), "within noise"),
        (score_event(outcome=OUTCOME), "refuted: PMID 1"),
        (score_event(None), "no quote was found in its passage"),
    ],
)
def test_what_must_not_be_missed_is_marked(event: ScoreEvent, mark: str) -> None:
    assert only(event).marks == ("current", mark)


def test_an_open_scores_other_band_is_told_by_its_word() -> None:
    event = score_event(0.55)
    open_score = event.score.model_copy(update={"neighbour": "green"})

    assert only(event.model_copy(update={"score": open_score})).place == "◇ mixed (leaning, perhaps strong)"


def test_the_current_event_is_the_one_that_pages_show() -> None:
    found = now(score_event(0.7), score_event(0.3, demonstration=True), score_event(within_noise=True))

    assert found.number == 7


def test_events_that_stood_are_those_that_were_current_when_they_came() -> None:
    found = history(
        imported_score(0.6),
        score_event(0.2, demonstration=True),
        score_event(0.5),
        score_event(0.6, within_noise=True),
        score_event(None, state=State.FAILED),
        score_event(0.7),
    )

    assert [event.stood for event in found.events] == [True, True, True, False, False, True]


def test_a_withdrawn_score_stands_without_a_number() -> None:
    found = now(score_event(0.7), score_event(None, cause=Cause.WITHDRAWN))

    assert (found.cause, found.value, found.stood) == (Cause.WITHDRAWN, None, True)


def test_without_events_there_is_no_current_one() -> None:
    assert (history().events, history().current) == ((), None)


def test_a_history_is_read_back_from_its_json() -> None:
    found = history(imported_score(0.6), score_event(0.5), score_event(None, outcome=OUTCOME))

    assert History.from_json(found.to_json()) == found
