"""Debates that were held elsewhere, with what their judges said on the way: files in, scored debates in the store."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import Self

from pydantic import Field, ValidationError, model_validator

from exchange.config import bands, format_named, rubric_named
from exchange.debate import rules
from exchange.domain.debate import Argument, Brief, Check, Citation, Role, Seat, Turn
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.format import Format, Judging, Quotes, Seating, Stop
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.identity import derived_hypothesis_id, hypothesis_id
from exchange.domain.noun import Noun, complaint
from exchange.domain.setup import Setup
from exchange.domain.verdict import Order, Sitting, Verdict, When
from exchange.errors import InputError
from exchange.jobs import policies
from exchange.scoring.basis import basis
from exchange.scoring.score import score
from exchange.store import debates, hypotheses
from exchange.store.clock import now
from exchange.store.engine import Store

SUFFIX = ".debates.jsonl"
_NOWHERE = 0


# As JSON spells it, and not the same letters after a backslash of their own.
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class Speech(Noun):
    """One turn: who spoke for which side in which round (0 is the opening), what, and which words it quoted."""

    role: Role
    speaker: str = Field(min_length=1)
    round: int = Field(default=0, ge=0)
    text: str
    quotes: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_a_side(self) -> Self:
        if self.role is Role.JUDGE:
            raise ValueError("a turn is the proposer's or the critic's")
        return self


class Opinion(Noun):
    """How probable a judge held the claim, in [0, 1], with so many turns heard; `final` is the judge's last word."""

    judge: str = Field(min_length=1)
    heard: int = Field(ge=0, le=1_000)
    p: float = Field(ge=0, le=1)
    final: bool = False
    reason: str = ""


class Transcript(Noun):
    """A debate as a file has it, one a line. `hypothesis` is an id; without one it is made of origin and name."""

    name: str = Field(min_length=1)
    origin: str = Field(min_length=1)
    title: str = Field(min_length=1)
    statement: str | None = None
    hypothesis: str | None = None
    targets: tuple[str, ...] = ()
    turns: tuple[Speech, ...] = ()
    opinions: tuple[Opinion, ...] = ()

    @model_validator(mode="after")
    def _opinions_fit(self) -> Self:
        places = sorted((each.judge, each.final, each.heard) for each in self.opinions)
        finals = [judge for judge, final, _ in places if final]
        if any(one == other for one, other in pairwise(places)) or len(set(finals)) < len(finals):
            raise ValueError("a judge has two opinions at one place, or two that are final")
        if any(each.heard > len(self.turns) for each in self.opinions):
            raise ValueError(f"a judge heard more turns than the {len(self.turns)} that there are")
        return self

    @property
    def id(self) -> str:
        """The hypothesis's. Raises InputError for one that is none."""
        return hypothesis_id(self.hypothesis) if self.hypothesis else derived_hypothesis_id(self.origin, self.name)


def read_transcripts(text: str, path: str) -> list[Transcript]:
    """All debates of the file. Raises InputError naming the first line that does not fit."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(Transcript.from_json(line))
            hypothesis_id(found[-1].id)
            if _NUL.search(line):
                raise InputError("a text holds NUL (\\u0000), which no text means.")
        except ValidationError as error:
            where, said = complaint(error)
            raise InputError(
                f"{path}, line {number}: {where or 'the row'}: {said}. Nothing was imported. "
                f"A debate has {', '.join(Transcript.model_fields)}; see docs/transcripts.md."
            ) from error
        except InputError as error:
            raise InputError(f"{path}, line {number}: {error} Nothing was imported.") from error
    return found


def import_transcripts(store: Store, transcripts: Sequence[Transcript]) -> int:
    """Stores each debate with its score under the policy in force; returns how many were not there already.

    The judges' probabilities become verdicts: the prior with nothing heard, the final one, and interim ones between.
    They are kept in percent, as all credences are, and have no ratings, so that the score has no composite. What is
    quoted is not looked up: its source is not here.
    """
    return sum(_import(store, each) for each in transcripts)


def _import(store: Store, transcript: Transcript) -> bool:
    setup = _setup(transcript)
    turns, verdicts = tuple(_turns(transcript)), tuple(_verdicts(transcript))
    policy, at = policies.in_force(store), now()
    result = score(verdicts, turns, setup.format, setup.rubric, policy, bands().edges, demonstration=False)
    hypothesis = Hypothesis(
        id=transcript.id, title=transcript.title, statement=transcript.statement, targets=transcript.targets
    )

    def event(debate: str) -> ScoreEvent:
        return ScoreEvent(
            hypothesis=hypothesis.id,
            cause=Cause.IMPORTED,
            score=result,
            at=at,
            debate=debate,
            format=setup.format.name,
            origin=transcript.origin,
            basis=basis(setup, policy),
        )

    with store.writing() as transaction:
        if debates.held(transaction, hypothesis.id, setup, turns, verdicts):
            return False
        hypotheses.save(transaction, hypothesis)
        debates.add_finished(transaction, setup, turns, verdicts, rules.IMPORTED, event)
    return True


def _setup(transcript: Transcript) -> Setup:
    speakers = {(speech.role, speech.speaker): None for speech in transcript.turns}
    judges = _judges(transcript)
    claim = transcript.statement or transcript.title
    return Setup(
        format=_format(),
        rubric=rubric_named(_format().rubric),
        brief=Brief(
            hypothesis=transcript.id,
            claim=claim,
            by_title=transcript.statement is None,
            targets=transcript.targets,
            passages=(),
        ),
        seats=(
            *(Seat(name=role.value, role=role, model=_model(speaker)) for role, speaker in speakers),
            *(Seat(name=seat, role=Role.JUDGE, model=_model(judge)) for judge, seat in judges.items()),
        ),
        prompts=(),
        origin=transcript.origin,
    )


@cache
def _format() -> Format:
    """One judge is a panel, nothing must be verified, and the judges heard the turns as they were spoken."""
    panel = format_named("panel")
    return Format(
        name="transcript",
        version="1",
        about="A debate that was held elsewhere.",
        demonstration=False,
        quorum=1,
        rounds=0,
        rubric="mechanism",
        quotes=Quotes.FREE,
        brief=panel.brief,
        speech=panel.speech,
        judging=Judging(
            orders=(Order.PROPOSER_FIRST,), length=panel.judging.length, max_tokens=panel.judging.max_tokens
        ),
        models=Seating(proposer="transcript", critic="transcript", judges=("transcript",)),
        stop=Stop(),
        verified=0,
    )


def _turns(transcript: Transcript) -> Iterator[Turn]:
    for ordinal, speech in enumerate(transcript.turns, start=1):
        citations = tuple(Citation(passage=_NOWHERE, quote=quote, check=Check.UNCHECKED) for quote in speech.quotes)
        yield Turn(
            ordinal=ordinal,
            role=speech.role,
            round=speech.round,
            answers=None,
            model=_model(speech.speaker),
            arguments=(Argument(text=speech.text, citations=citations),),
            prompts=(),
            call=None,
        )


def _verdicts(transcript: Transcript) -> Iterator[Verdict]:
    seats = _judges(transcript)
    for opinion in transcript.opinions:
        when = When.FINAL if opinion.final else When.INTERIM if opinion.heard else When.PRIOR
        yield Verdict(
            sitting=Sitting(
                seat=seats[opinion.judge],
                model=_model(opinion.judge),
                when=when,
                order=Order.BLIND if when is When.PRIOR else Order.PROPOSER_FIRST,
                number=opinion.heard if when is When.INTERIM else 0,
            ),
            ratings=(),
            reason=opinion.reason,
            credence=round(100 * opinion.p),
            prompts=(),
            call=None,
        )


def _judges(transcript: Transcript) -> dict[str, str]:
    """Each judge's seat, in the order of their names."""
    names = sorted({opinion.judge for opinion in transcript.opinions})
    return {name: f"judge-{number}" for number, name in enumerate(names, start=1)}


def _model(name: str) -> str:
    return f"transcript:{name}"
