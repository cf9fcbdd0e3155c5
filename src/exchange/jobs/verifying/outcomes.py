"""Outcomes: what they say, and that they leave the score as the events before them had it."""

from collections.abc import Sequence

from exchange.domain.event import SAID_OF_THE_WORLD, ScoreEvent
from exchange.jobs.verifying.findings import Findings
from exchange.scoring.outcome import resolved


def check(where: str, event: ScoreEvent, earlier: Sequence[ScoreEvent] | None, found: Findings) -> None:
    """Says what is broken; `earlier` are the hypothesis's events before it, None where they cannot all be read."""
    if event.cause not in SAID_OF_THE_WORLD:
        if event.outcome:
            found.say(where, f"its cause is {event.cause.value!r}, and yet it says what became of the hypothesis.")
        return
    if event.outcome is None:
        found.say(where, f"its cause is {event.cause.value!r}, and it does not say what became of the hypothesis.")
    elif earlier is not None:
        again = resolved(event.hypothesis, event.outcome, earlier, event.at)
        for name in ScoreEvent.model_fields:
            if getattr(again, name) != getattr(event, name):
                found.say(where, f"its {name} does not follow from the events before it.")
