"""Which event stands: the database and the domain say the same, whatever was said in whatever order."""

import orjson
from hypothesis import given
from hypothesis import strategies as some

from exchange.domain.current import Current
from exchange.domain.event import SAID_OF_THE_WORLD, Cause, Outcome, Resolution, ScoreEvent, current
from exchange.domain.score import Score, State
from exchange.scoring.outcome import resolved
from exchange.store import rescoring, scores, standing
from exchange.store.engine import Store
from tests import images
from tests.store.rows import HYPOTHESIS

NUMBER = Score(state=State.SCORED, value=0.6, low=0.4, high=0.8, policy="cold 2", policy_digest="")
NONE = Score(state=State.INSUFFICIENT, reason="too few", policy="cold 2", policy_digest="")
FAILED = Score(state=State.FAILED, reason="no turn", policy="cold 2", policy_digest="")
OUTCOMES = [Outcome(resolution=each, source="a trial") for each in Resolution]


def event(score: Score, demonstration: bool, within_noise: bool) -> ScoreEvent:
    return ScoreEvent(
        hypothesis=HYPOTHESIS,
        cause=Cause.REROLL,
        score=score,
        at="2026-11-24T00:00:00+00:00",
        full_format=not demonstration,
        demonstration=demonstration,
        within_noise=within_noise,
    )


def glance(event: ScoreEvent) -> Current:
    return Current.from_json(event.to_json())


DEBATES = some.builds(event, some.sampled_from([NUMBER, NONE, FAILED]), some.booleans(), some.booleans())


def appended(store: Store, said: list[ScoreEvent | Outcome]) -> list[ScoreEvent]:
    """Appends the events, and those of the outcomes, in their order."""
    for each in said:
        scores.append_after(
            store,
            HYPOTHESIS,
            lambda earlier, each=each: (  # type: ignore[misc] # a default binds the loop's value
                each
                if isinstance(each, ScoreEvent)
                else resolved(HYPOTHESIS, each, earlier, "2026-11-24T00:00:00+00:00")
            ),
        )
    return scores.events(store, HYPOTHESIS)


@given(some.lists(DEBATES | some.sampled_from(OUTCOMES), min_size=1, max_size=8))
def test_the_database_and_the_domain_name_the_same_event(said: list[ScoreEvent | Outcome]) -> None:
    store = images.in_memory(images.with_examples())
    try:
        events = appended(store, said)
        found = scores.current(store, (HYPOTHESIS,))[HYPOTHESIS]
        with store.reading() as transaction:
            told = standing.standing(transaction, (HYPOTHESIS,))[0][HYPOTHESIS]
    finally:
        store.close()
    outcome = next((each for each in reversed(events) if each.cause in SAID_OF_THE_WORLD), None)

    assert found == current(events)
    assert (told.current, told.said) == (glance(found), outcome and glance(outcome))


def test_an_event_that_is_no_longer_current_is_not_scored_again(example_store: Store) -> None:
    (_, withdrawn) = appended(example_store, [event(NUMBER, False, False), OUTCOMES[-1]])
    later = event(NUMBER, False, False)

    assert (
        withdrawn.cause,
        rescoring.append(example_store, [(1, rescoring.row(orjson.loads(later.to_json())))]),
        rescoring.append(example_store, [(2, rescoring.row(orjson.loads(later.to_json())))]),
    ) == (
        Cause.WITHDRAWN,
        0,
        1,
    )
