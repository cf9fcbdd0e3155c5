"""A change of a hypothesis's score, and why it changed."""

from collections.abc import Sequence
from enum import StrEnum

from pydantic import Field

from exchange.domain.hypothesis import Hypothesis
from exchange.domain.identity import digest
from exchange.domain.neutral import line
from exchange.domain.noun import Noun
from exchange.domain.score import Score, State

# The standing of a number that a full debate gave here, and of a withdrawal.
HIGHEST_STANDING = 6


class Cause(StrEnum):
    """Why a score event was appended."""

    FIRST_DEBATE = "first debate"
    NEW_EVIDENCE = "new evidence"
    NEW_JUDGE = "new judge or model"
    NEW_RULES = "new prompts or rubric"
    NEW_POLICY = "new policy"
    REROLL = "re-roll"
    IMPORTED = "imported"
    OUTCOME = "outcome"
    WITHDRAWN = "withdrawn"


class Basis(Noun):
    """Digests of all that a score rests on."""

    claim: str
    entities: str
    evidence: str
    prompts: str
    rubric: str
    models: str
    policy: str

    def differing(self, other: "Basis") -> tuple[str, ...]:
        """The names of the parts in which the two differ, in the order above."""
        return tuple(name for name in Basis.model_fields if getattr(self, name) != getattr(other, name))

    @staticmethod
    def of_claim(claim: str) -> str:
        """The digest of a claim, as models are shown it."""
        return digest(claim)

    @staticmethod
    def of_entities(targets: Sequence[str]) -> str:
        """The digest of the targets, as models are shown them, whatever their order."""
        return digest(sorted(targets))

    @staticmethod
    def of_hypothesis(hypothesis: Hypothesis) -> tuple[str, str]:
        """The digests of its claim and of its targets."""
        return (
            Basis.of_claim(line(hypothesis.claim)),
            Basis.of_entities([line(target) for target in hypothesis.targets]),
        )


class Share(Noun):
    """The part of a change that these causes account for together: they cannot be told apart from what is stored.

    One part may exceed the whole, where another goes the other way: judges who leave and judges who come are one.
    """

    causes: tuple[Cause, ...] = Field(min_length=1)
    change: float = Field(ge=-2, le=2)


class Resolution(StrEnum):
    """What became of a hypothesis in the world."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    RETRACTED = "retracted"

    @property
    def truth(self) -> int | None:
        """1 or 0; None for a claim that was retracted, which says nothing of its truth."""
        return {Resolution.SUPPORTED: 1, Resolution.REFUTED: 0}.get(self)


class Outcome(Noun):
    """A resolution, and who says so: a PMID, a DOI, a link, or words."""

    resolution: Resolution
    source: str = Field(min_length=1)


class ScoreEvent(Noun):
    """An appended change of a hypothesis's score. `at` is UTC, ISO 8601; `origin` names where an imported score is from.

    `demonstration` is set where the format is one (then `full_format` is not), where any role was scripted, or where
    the embedded model judged. `change` is the value's difference to the score that stood before, where both are
    numbers; `shares` are its parts, which add up to it but for rounding. `within_noise` marks a re-roll that says no more than the score
    that stands: it is kept, and does not displace it.
    """

    hypothesis: str
    cause: Cause
    score: Score
    at: str
    debate: str | None = None
    format: str | None = None
    full_format: bool = True
    demonstration: bool = False
    scripted: bool = False
    origin: str | None = None
    basis: Basis | None = None
    change: float | None = Field(default=None, ge=-1, le=1)
    shares: tuple[Share, ...] = ()
    within_noise: bool = False
    outcome: Outcome | None = None

    @property
    def imported(self) -> bool:
        return self.origin is not None

    @property
    def standing(self) -> int:
        """Which event is the current one: the highest standing, then the latest."""
        if self.within_noise:
            return 0
        state, numbered = self.score.state, self.score.value is not None
        return standing(
            self.cause, state, numbered, self.debate is not None, self.imported, self.demonstration, self.full_format
        )


def standing(
    cause: Cause, state: State, numbered: bool, debated: bool, imported: bool, demonstration: bool, full_format: bool
) -> int:
    """How far up an event stands, 0 to 6, if it is no re-roll within noise: that displaces nothing.

    A number from a full debate stands above all, and so does a withdrawal; a demonstration never displaces it, nor does a
    debate that gave no number; an imported score gives way to the first own debate that has something to say, and an
    outcome without any score gives way to everything.
    """
    if state is State.FAILED:
        return 0
    if cause is Cause.OUTCOME and not debated and not numbered:
        return 0
    if cause is Cause.WITHDRAWN:
        return HIGHEST_STANDING
    if imported:
        return 2
    if demonstration:
        if not numbered:
            return 1
        return 4 if full_format else 3
    return HIGHEST_STANDING if numbered else 5


# What says what became of a hypothesis in the world. Such an event has the score that stands from then on.
SAID_OF_THE_WORLD = (Cause.OUTCOME, Cause.WITHDRAWN)


def current(events: Sequence[ScoreEvent]) -> ScoreEvent | None:
    """The one of a hypothesis's events, oldest first, that is its score: none that is older than the latest outcome."""
    said = [place for place, event in enumerate(events) if event.cause in SAID_OF_THE_WORLD]
    counting = events[said[-1] :] if said else events
    return max(enumerate(counting), key=lambda each: (each[1].standing, each[0]), default=(0, None))[1]
