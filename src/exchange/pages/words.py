"""What a reader is told about a score, in plain sentences."""

from collections.abc import Iterable, Sequence

from exchange.domain.bands import Bands, Certainty
from exchange.domain.current import Told
from exchange.domain.event import Cause, Outcome, Resolution
from exchange.domain.policy import ENOUGH_OUTCOMES
from exchange.domain.relation import Why
from exchange.domain.score import State

_EMBEDDED = "local:smollm2"
STATES: dict[str, str] = {
    State.SCORED: "There is enough to give a number, and the judges do not stand on opposite sides.",
    State.CONTESTED: "The judges stand on opposite sides; the number is their middle and nobody's view.",
    State.INSUFFICIENT: "There is not enough to give a number.",
    State.FAILED: "The debate could not be held.",
}
CERTAINTIES: dict[str, str] = {
    Certainty.FIRM: "The score very probably lies in its band.",
    Certainty.LEANING: "The score probably lies in its band.",
    Certainty.OPEN: "The score may well lie in another band than its own.",
}
OUTCOMES: dict[str, str] = {
    Resolution.SUPPORTED: "The world has borne the claim out.",
    Resolution.REFUTED: "The world has shown the claim to be wrong.",
    Resolution.RETRACTED: "Whoever made the claim has taken it back, so that no number is shown.",
}
NOT_DEBATED = "not debated"
DEMONSTRATION, IMPORTED_MARK, UNCALIBRATED, OUT_OF_DATE = "demonstration", "imported", "uncalibrated", "out of date"
MARKS: dict[str, str] = {
    DEMONSTRATION: "The score shows the machine at work and says nothing of the hypothesis.",
    IMPORTED_MARK: "The score was given elsewhere, and was not checked here.",
    UNCALIBRATED: f"Fewer than {ENOUGH_OUTCOMES} outcomes are known, so that nobody can say how often such scores are right.",
    OUT_OF_DATE: "Something that the score rests on is not what it was when the score was given.",
}
MEANINGS = {**STATES, NOT_DEBATED: "There is no score yet.", **CERTAINTIES, **MARKS, **OUTCOMES}
"""What every word says that a page may show, by the word."""
PARTS = {
    "claim": "the claim",
    "entities": "the targets",
    "evidence": "the passages",
    "prompts": "the prompts",
    "rubric": "the rubric",
    "models": "the models or the format",
    "policy": "the policy",
}
"""The parts of a basis, in its order."""
IMPORTED = "Imported, not checked here"
NOT_CURATED = "AI debate, not curated"
STORED = "Stored on"
OPPOSED = "Opposing: the two expect the opposite of the same target."
OPPOSES = "Opposes the one above: it expects the opposite of the same target."
LEGEND = "What the words mean:"
WITHDRAWN = "No number is shown: the claim was retracted."
PROBLEM = "The hypotheses of this page cannot be shown at the moment."
ONE_PROBLEM = "This hypothesis cannot be shown at the moment."
ONE_DAMAGED = "This hypothesis cannot be shown: what is stored of it is damaged."
NONE = "No hypothesis is known to concern this page."
NO_SLUG = "No page was named, so that no hypothesis can be shown."
NO_SUCH = "No hypothesis is stored under this id."


def legend(said: Iterable[str]) -> dict[str, str]:
    """The words that are said, once and in the order of MEANINGS, with what each means."""
    words = set(said)
    return {str(word): meaning for word, meaning in MEANINGS.items() if word in words}


def changed(parts: Sequence[str]) -> str:
    """Which parts of what a score rests on differ today; empty where none does."""
    named = ", ".join(PARTS[part] for part in parts)
    return f"Out of date: since the score was given, this has changed: {named}." if parts else ""


def caution(event: Told | None) -> str:
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


def _demonstration(event: Told) -> str:
    if event.scripted:
        return "Demonstration: some or all of the answers were scripted."
    if any(judge.model == _EMBEDDED for judge in event.score.judges):
        return "Demonstration: judged by a model of 135 million parameters, which cannot judge biology."
    return f"Demonstration: the format {event.format} shows the machine at work and judges nothing."


def band(name: str | None, table: Bands) -> str | None:
    """The word of the band of that name; the name where the table has changed since."""
    return next((each.word for each in table.bands if each.name == name), name)


def damaged(count: int) -> str:
    """That so many hypotheses are missing from the list."""
    return f"{count} more cannot be shown: what is stored of {'it' if count == 1 else 'them'} is damaged."


_REASONS = {
    Why.LISTED: "curated: the page lists it",
    Why.CHOSEN: "curated: {}",
    Why.SUBJECT: "its target {} is what the page is about",
    Why.LINKED: "its target {} is linked on the page",
    Why.NAMED: "its target {} is named in the page's text",
    Why.CLAIMED: "its claim names {}, which the page is about",
    Why.CLAIM_LINKED: "its claim names {}, which is linked on the page",
    Why.GOES_WITH_SUBJECT: "its target {} is known to go with {}, which the page is about",
    Why.GOES_WITH_LINKED: "its target {} is known to go with {}, which is linked on the page",
    Why.GOES_WITH_NAMED: "its target {} is known to go with {}, which is named in the page's text",
    Why.TWO_STEPS: "its target {} is known to go with {}, as what the page is about does",
    Why.NEXT_PAGE: "its target {} is linked on the page about {}, which this page links to",
}


def reason(why: str, *names: str) -> str:
    """Why a hypothesis concerns a page."""
    if why == Why.WORDS:
        return f"page and claim share the words {', '.join(names)}"
    return _REASONS[Why(why)].format(*names)


def because(reasons: Sequence[str], relevance: float | None) -> str:
    """Why a page shows a hypothesis, and how much that is worth, apart from the score."""
    return f"Shown because {'; '.join(reasons)}{'' if relevance is None else f' (relevance {relevance:.2f})'}."


def like(count: int) -> str:
    """That so many hypotheses say nearly the same as the one that is shown."""
    return f"and {count} like it"
