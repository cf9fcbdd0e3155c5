"""Which of a hypothesis's score events is its score."""

from typing import Any

import pytest

from exchange.domain.event import Cause, Outcome, Resolution, ScoreEvent, current
from exchange.domain.score import Score, State

AT = "2026-11-23T00:00:00Z"


def event(value: float | None, state: State | None = None, **what: Any) -> ScoreEvent:
    known = state or (State.INSUFFICIENT if value is None else State.SCORED)
    score = Score(state=known, value=value, policy="cold 2", policy_digest="")
    fields: dict[str, Any] = dict(hypothesis="h-0e9a3b1c", cause=Cause.FIRST_DEBATE, score=score, at=AT)
    return ScoreEvent(**(fields | what))


def imported(value: float) -> ScoreEvent:
    return event(value, cause=Cause.IMPORTED, origin="elsewhere")


def withdrawn() -> ScoreEvent:
    outcome = Outcome(resolution=Resolution.RETRACTED, source="PMID 1")
    return event(None, cause=Cause.WITHDRAWN, outcome=outcome)


def test_an_own_number_stands_above_an_imported_one() -> None:
    assert event(0.5).standing > imported(0.9).standing


def test_an_own_debate_without_a_number_still_stands_above_an_imported_score() -> None:
    assert event(None).standing > imported(0.9).standing


def test_an_imported_debate_stands_as_an_imported_score_does() -> None:
    assert event(0.5, origin="elsewhere").standing == imported(0.9).standing


def test_what_has_an_origin_is_imported_and_what_has_none_is_not() -> None:
    assert (imported(0.9).imported, event(0.9).imported) == (True, False)


def test_a_debate_without_a_number_does_not_displace_an_own_number() -> None:
    assert event(None).standing < event(0.5).standing


@pytest.mark.parametrize("full_format", [True, False])
@pytest.mark.parametrize("own", [0.5, None])
def test_a_demonstration_never_displaces_an_own_debate(own: float | None, full_format: bool) -> None:
    assert event(0.9, demonstration=True, full_format=full_format).standing < event(own).standing


def test_a_scripted_panel_stands_above_a_demonstration_format() -> None:
    panel = event(0.5, demonstration=True)

    assert panel.standing > event(0.9, demonstration=True, full_format=False).standing


def test_a_demonstration_without_a_number_does_not_displace_an_imported_score() -> None:
    assert event(None, demonstration=True).standing < imported(0.9).standing


@pytest.mark.parametrize(
    "before",
    [event(0.5), event(None), imported(0.9), event(0.5, demonstration=True), withdrawn()],
    ids=["own", "insufficient", "imported", "demonstration", "withdrawn"],
)
@pytest.mark.parametrize(
    "later", [event(None, State.FAILED), event(0.9, within_noise=True)], ids=["failed", "within noise"]
)
def test_a_failed_debate_and_a_reroll_within_noise_displace_nothing(before: ScoreEvent, later: ScoreEvent) -> None:
    assert (later.standing, current([before, later])) == (0, before)


def test_a_withdrawal_displaces_an_own_number() -> None:
    gone = withdrawn()

    assert current([event(0.9), gone]) is gone


def test_a_debate_after_a_withdrawal_counts_again() -> None:
    again = event(0.5)

    assert current([event(0.9), withdrawn(), again]) is again


def test_of_events_that_stand_alike_the_latest_is_current() -> None:
    earlier, later = event(0.9), event(0.5)

    assert current([earlier, later]) is later


def test_a_hypothesis_without_events_has_no_score() -> None:
    assert current([]) is None


@pytest.mark.parametrize(
    ("resolution", "truth"),
    [(Resolution.SUPPORTED, 1), (Resolution.REFUTED, 0), (Resolution.RETRACTED, None)],
)
def test_what_was_supported_is_true_and_what_was_retracted_neither(resolution: Resolution, truth: int | None) -> None:
    assert resolution.truth == truth
