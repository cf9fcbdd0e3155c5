"""Notes what became of a hypothesis in the world."""

from collections.abc import Sequence

from exchange.domain.event import Outcome, Resolution, ScoreEvent, current
from exchange.errors import InputError
from exchange.jobs.files import one_line
from exchange.scoring.outcome import resolved
from exchange.store import hypotheses, scores
from exchange.store.clock import now
from exchange.store.engine import Store


def resolve(store: Store, name: str, resolution: Resolution, source: str) -> ScoreEvent | None:
    """Appends and returns the event; None, and nothing is appended, where this is said of it already.

    Raises NotFound for an unknown hypothesis, InputError for a source without words.
    """
    outcome = Outcome(resolution=resolution, source=_source(source))
    hypothesis = hypotheses.hypothesis(store, name).id

    def made(earlier: Sequence[ScoreEvent]) -> ScoreEvent | None:
        return None if _said_already(outcome, earlier) else resolved(hypothesis, outcome, earlier, now())

    return scores.append_after(store, hypothesis, made)


def _said_already(outcome: Outcome, earlier: Sequence[ScoreEvent]) -> bool:
    """Is it the latest outcome? A retraction must also stand: a later debate may have displaced it."""
    latest = [event for event in earlier if event.outcome][-1:]
    if outcome.resolution is Resolution.RETRACTED:
        return latest == [current(earlier)] and latest[0].outcome == outcome
    return [event.outcome for event in latest] == [outcome]


def _source(text: str) -> str:
    try:
        text.encode()
        return one_line(text)
    except ValueError as error:
        raise InputError(
            f"The source {text!r} has no words that can be stored: name a PMID, a DOI or a link, or say who found it out."
        ) from error
