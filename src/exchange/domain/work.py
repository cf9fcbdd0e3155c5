"""A batch of work on many hypotheses, and what became of each of its items."""

from enum import StrEnum

from pydantic import Field

from exchange.domain.calls import Via
from exchange.domain.identity import digest
from exchange.domain.noun import Noun


class Kind(StrEnum):
    """What is done for a hypothesis, from the cheapest to the dearest."""

    POLICY = "policy"
    """The stored verdicts are read under the policy in force; no call is made."""
    JUDGES = "judges"
    """The stored turns are heard by judges anew."""
    DEBATE = "debate"
    """A whole debate."""


class BatchState(StrEnum):
    """`filling` while its items are still being chosen: nobody takes one; `done` when none is left to do."""

    FILLING = "filling"
    OPEN = "open"
    DONE = "done"
    CANCELLED = "cancelled"


class ItemState(StrEnum):
    """`failed` is what no further try would mend, `quarantined` what was tried three times."""

    WAITING = "waiting"
    TAKEN = "taken"
    DONE = "done"
    FAILED = "failed"
    QUARANTINED = "quarantined"


class Chosen(Noun):
    """Which hypotheses: those of which one condition holds, among `target`'s and `ids` where these are named.

    `older_than` is in days since a score was last given, and narrows the others; `ids` is the digest of the list that was given; `kind` is None where each item's follows
    from what changed.
    """

    out_of_date: bool = False
    straddlers: bool = False
    undebated: bool = False
    older_than: float | None = Field(default=None, ge=0)
    target: str | None = None
    ids: str | None = None
    limit: int | None = Field(default=None, ge=1)
    kind: Kind | None = None


class Asked(Noun):
    """What a batch was asked for, as the command line named it: enough to go on with it anywhere.

    `via` is how judges are asked.
    """

    chosen: Chosen
    format: str | None = None
    rubric: str | None = None
    proposer: str | None = None
    critic: str | None = None
    judges: tuple[str, ...] = ()
    via: Via = Via.CALL

    @property
    def digest(self) -> str:
        """The same for two commands that ask for the same."""
        return digest(self.model_dump(mode="json"))


class Item(Noun):
    """One hypothesis to be worked on. `ordinal` counts from 1 by worth; `why` names the reasons, as in `rubric, policy`.

    `debate` is the one whose turns are heard again, None for other kinds. `tries` counts those that were begun.
    """

    batch: str
    ordinal: int = Field(ge=1)
    hypothesis: str
    kind: Kind
    why: str = ""
    debate: str | None = None
    tries: int = Field(default=0, ge=0)
    epoch: int = Field(default=0, ge=0)
    alone: bool = False


class Became(Noun):
    """What one try came to: `debate` and `cost` (US dollars; None where no price is known) as far as there are any.

    `error` is the class of what went wrong, `reason` its sentence; `again` says that another try may mend it.
    """

    debate: str | None = None
    cost: float | None = None
    error: str | None = None
    reason: str | None = None
    again: bool = False
