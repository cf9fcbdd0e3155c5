"""One debate, computed again from its rows: every digest, every column beside a record, every turn, verdict and score."""

from collections.abc import Callable
from typing import Any

from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.score import State
from exchange.domain.setup import Setup
from exchange.jobs.verifying import calls, course, rehearing, scores
from exchange.jobs.verifying.findings import Findings
from exchange.jobs.verifying.history import History
from exchange.jobs.verifying.speeches import Speeches
from exchange.store.audit import Rows
from exchange.store.debates import SET_ASIDE

_LATER = (Cause.NEW_POLICY, Cause.OUTCOME)
_OPEN, _FAILED, _FINISHED = "open", "failed", "finished"


def check(rows: Rows, heard: Callable[[str], Rows], history: History, found: Findings) -> None:
    """Says what is broken, in the order of the debate. `heard` has the rows of a debate whose turns were heard again."""
    where = f"debate {rows.debate.id}"
    setup = found.record(Setup, rows.debate, where)
    calls.check(rows, found)
    events = [event for row in rows.events if (event := scores.event(row, found))]
    if len(events) == len(rows.events):
        _ended(where, rows.debate, events, found)
    if setup is None:
        return
    found.columns(where, rows.debate, hypothesis_id=setup.brief.hypothesis)
    before = len(found.broken)
    speeches = Speeches(rows, setup, found)
    turns = rehearing.turns(rows, setup.turns_of, heard, found) if setup.turns_of else speeches.turns()
    verdicts = speeches.verdicts()
    if setup.turns_of and rows.debate.state == _FINISHED:
        rehearing.check(rows, setup, found)
    elif rows.debate.state == _FINISHED:
        course.check(rows, setup, turns, verdicts, found)
    if len(found.broken) > before or len(events) < len(rows.events):
        # What is broken adds up to nothing.
        return
    held = scores.Held(setup=setup, turns=turns, verdicts=verdicts)
    for row, event in zip(rows.events, events, strict=True):
        scores.follows(row, event, held, history.before(row.id, setup.brief.hypothesis), history.policies, found)


def _ended(where: str, row: Any, events: list[ScoreEvent], found: Findings) -> None:
    """A debate has one score event if it is finished or could not be held, and none if it is open or was set aside.

    Later ones say what became of its score: under another policy, or in the world.
    """
    events = [event for place, event in enumerate(events) if not (place and event.cause in _LATER)]
    said = [_FAILED if event.score.state is State.FAILED else _FINISHED for event in events]
    set_aside = row.state == _FAILED and (row.stop_reason or "").startswith(SET_ASIDE)
    if said != [row.state] and (said or not (set_aside or row.state == _OPEN)):
        found.say(where, f"its state is {row.state!r}, and its score events say: {', '.join(said) or 'nothing'}.")
    if said == [_FAILED] and events[0].score.reason != row.stop_reason:
        found.say(where, "its score event names another reason why it failed.")
