"""Stored debates as the pool takes them, read no further than that needs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import orjson

from exchange.domain.debate import Turn
from exchange.domain.format import Format
from exchange.domain.rubric import Rubric
from exchange.domain.score import Conduct
from exchange.domain.setup import Setup
from exchange.scoring.ballots import Ballot, Case, conduct
from exchange.store.records import fields, read
from exchange.store.rescoring import Record, Stood


@dataclass(frozen=True, kw_only=True)
class Forms:
    """Formats and rubrics by their digests in a score's basis: each is read once, from a debate that was held with them."""

    read: Callable[[str], Setup]
    known: dict[tuple[str, str], tuple[Format, Rubric]] = field(default_factory=dict)

    def of(self, event: Record) -> tuple[Format, Rubric]:
        key = event["basis"]["models"], event["basis"]["rubric"]
        if key not in self.known:
            setup = self.read(event["debate"])
            self.known[key] = setup.format, setup.rubric
        return self.known[key]


def case(stood: Stood, forms: Forms) -> Case:
    """The debate behind a current score. Raises BrokenDigest for a row that is not as it was stored."""
    format, rubric = forms.of(stood.event)
    counted = stood.event["score"].get("conduct")
    return Case(
        ballots=tuple([_ballot(*row) for row in stood.verdicts]),
        conduct=_conduct(orjson.dumps(counted)) if counted else conduct(_turns(stood)),
        format=format,
        rubric=rubric,
        demonstration=stood.event["demonstration"],
    )


def _ballot(debate: str, seat: str, model: str, when: str, order: str, record: str, digest: str) -> Ballot:
    said = fields(record, f"A verdict of {debate}", digest)
    ratings = {each["criterion"]: each["rating"] for each in said.get("ratings", ())}
    return Ballot(seat, model, when, order, said.get("credence"), ratings)


def _turns(stood: Stood) -> Iterator[Turn]:
    for debate, record, digest in stood.turns:
        yield read(Turn, record, f"A turn of {debate}", digest)


@lru_cache(maxsize=1_000)
def _conduct(record: bytes) -> tuple[Conduct, ...]:
    return tuple(Conduct.from_json(orjson.dumps(side)) for side in orjson.loads(record))
