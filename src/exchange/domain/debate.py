"""The debate's nouns: the brief, the turns, and what they cite."""

from enum import StrEnum

from pydantic import Field

from exchange.domain.noun import Noun


class Role(StrEnum):
    """Who speaks."""

    PROPOSER = "proposer"
    CRITIC = "critic"
    JUDGE = "judge"


class Check(StrEnum):
    """What the evidence check found of one citation."""

    VERIFIED = "verified"
    """The passage exists and contains the quoted words."""
    MISQUOTED = "misquoted"
    """The passage exists and does not contain the quoted words."""
    UNQUOTED = "unquoted"
    """The passage exists; too few words are quoted to be looked for."""
    UNKNOWN = "unknown"
    """The brief has no such passage."""
    UNCHECKED = "unchecked"
    """An imported debate: what is quoted from is not here."""


class NumberedPassage(Noun):
    """A passage as the brief numbers it, from 1; `page` is the slug of the page that it stands on.

    `text` is what models are shown and quotes are looked up in.
    """

    number: int = Field(ge=1)
    page: str
    section: str
    text: str
    sentences: tuple[str, ...]
    keys: tuple[str, ...] = ()


class Brief(Noun):
    """What every role is given: the claim and the numbered passages."""

    hypothesis: str
    claim: str
    by_title: bool
    """The hypothesis has no statement, so that its title is debated."""
    targets: tuple[str, ...]
    passages: tuple[NumberedPassage, ...]


class Citation(Noun):
    """A passage's number, and the words that are quoted from it."""

    passage: int
    quote: str
    check: Check


class Argument(Noun):
    """One point, and what it rests on."""

    text: str
    citations: tuple[Citation, ...]


class PromptUsed(Noun):
    """A prompt file that went into a question."""

    name: str
    version: str
    digest: str


class Turn(Noun):
    """One speech. `ordinal` counts from 1, `round` from 0 (0 is the opening), `answers` is the turn that it answers.

    `call` is the ledger's, None in an imported debate.
    """

    ordinal: int = Field(ge=1)
    role: Role
    round: int = Field(ge=0)
    answers: int | None
    model: str
    arguments: tuple[Argument, ...]
    prompts: tuple[PromptUsed, ...]
    call: int | None


class Seat(Noun):
    """Who sits where: a name (`proposer`, `critic`, `judge-1` …), its role and its model's full name."""

    name: str
    role: Role
    model: str
