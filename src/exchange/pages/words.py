"""What a reader is told about a score, in plain sentences."""

from exchange.domain.event import Cause, Outcome, ScoreEvent
from exchange.domain.score import State

_EMBEDDED = "local:smollm2"
STATES = {
    State.CONTESTED: "The judges stand on opposite sides; the number is their middle and nobody's view.",
    State.INSUFFICIENT: "There is not enough to give a number.",
    State.FAILED: "The debate could not be held.",
}
IMPORTED = "Imported, not checked here"
WITHDRAWN = "No number is shown: the claim was retracted."
PROBLEM = "The hypotheses of this page cannot be shown at the moment."
NONE = "No hypothesis is known to concern this page."


def caution(event: ScoreEvent | None) -> str:
    """What a reader must not miss; empty where there is nothing."""
    if event is None:
        return ""
    if event.cause is Cause.WITHDRAWN:
        return WITHDRAWN
    if event.imported:
        return f"{IMPORTED}: given by {event.origin}."
    said = [_demonstration(event)] if event.demonstration else []
    if event.score.value is None:
        said.append(f"{STATES[event.score.state]} Reason: {event.score.reason}.")
    elif event.score.state is State.CONTESTED:
        said.append(STATES[State.CONTESTED])
    return " ".join(said)


def outcome(said: Outcome | None) -> str:
    """What became of the hypothesis in the world, and who says so; empty where nothing is known."""
    return f"Outcome: {said.resolution.value}, according to {said.source}." if said else ""


def _demonstration(event: ScoreEvent) -> str:
    if event.scripted:
        return "Demonstration: some or all of the answers were scripted."
    if any(judge.model == _EMBEDDED for judge in event.score.judges):
        return "Demonstration: judged by a model of 135 million parameters, which cannot judge biology."
    return f"Demonstration: the format {event.format} shows the machine at work and judges nothing."


def damaged(count: int) -> str:
    """That so many hypotheses are missing from the list."""
    return f"{count} more cannot be shown: what is stored of them is damaged."


def reason(why: str, entity: str | None) -> str:
    """Why a hypothesis concerns a page."""
    if why == "listed":
        return "the page lists it"
    if why == "subject":
        return f"its target {entity} is what the page is about"
    return f"its target {entity} is linked on the page"
