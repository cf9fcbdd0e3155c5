"""Lines of a list agree with what is told of each hypothesis, whatever has become of it."""

import pytest

from exchange.domain.event import Cause, Outcome, Resolution, ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.store import standing
from exchange.store.engine import Store
from exchange.store.lines import lines
from tests import events
from tests.store.rows import execute

NAME = "h-00000001"
FULL = events.scored(0.5, composite=0.6, shift=-0.1, spread=1.2)
COURSES: dict[str, tuple[ScoreEvent, ...]] = {
    "nothing": (),
    "imported": (events.imported(0.6),),
    "debated": (events.imported(0.6), FULL, events.scored(0.7)),
    "a demonstration behind a debate": (FULL, events.scored(0.9, demonstration=True)),
    "a demonstration alone": (events.scored(0.9, demonstration=True),),
    "without a number": (events.scored(None),),
    "resolved": (
        FULL,
        events.scored(0.9, cause=Cause.OUTCOME, outcome=Outcome(resolution=Resolution.SUPPORTED, source="x")),
    ),
    "withdrawn": (
        FULL,
        events.scored(None, cause=Cause.WITHDRAWN, outcome=Outcome(resolution=Resolution.RETRACTED, source="x")),
    ),
    "debated after it was withdrawn": (FULL, events.scored(None, cause=Cause.WITHDRAWN), events.scored(0.3)),
}


@pytest.mark.parametrize("course", COURSES)
def test_a_line_is_that_of_the_current_score(store: Store, course: str) -> None:
    events.save(store, Hypothesis(id=NAME, title="A"))
    events.append(store, *COURSES[course])
    with store.reading() as transaction:
        (line,) = lines(transaction, parts=True)
        current = standing.standing(transaction, (NAME,))[0][NAME].current
    found = current.score.model_dump(include={"value", "low", "composite", "shift", "spread"}) if current else {}
    withdrawn = current is not None and current.cause is Cause.WITHDRAWN

    assert {name: getattr(line, name) for name in found} == found
    assert (line.state, line.at) == ((current.score.state, current.at) if current else (None, None))
    assert (line.demonstration, line.withdrawn) == (current is not None and current.demonstration, withdrawn)


def test_lines_of_a_target_are_those_that_have_it_whatever_its_case(store: Store) -> None:
    events.save(store, Hypothesis(id=NAME, title="A", targets=("PLIN2",)), Hypothesis(id="h-00000002", title="B"))
    with store.reading() as transaction:
        assert [line.id for line in lines(transaction, "plin2")] == [NAME]


@pytest.mark.sqlite
def test_a_record_that_is_no_json_any_more_does_not_hide_the_others(store: Store) -> None:
    events.append(store, FULL, events.scored(0.7, "h-00000002", shift=0.2))
    with store.reading() as transaction:
        triggers = transaction.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    for trigger in triggers:
        execute(store, f'DROP TRIGGER "{trigger}"')
    execute(store, f"UPDATE score_event SET record = '{{' WHERE hypothesis_id = '{NAME}'")
    with store.reading() as transaction:
        assert [(line.id, line.shift) for line in lines(transaction, parts=True)] == [(NAME, None), ("h-00000002", 0.2)]
