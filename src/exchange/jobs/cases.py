"""Stored debates as the pool takes them, read no further than that needs."""

from dataclasses import dataclass, field
from typing import Any

import orjson

from exchange.domain.debate import Turn
from exchange.domain.format import Format
from exchange.domain.identity import digest
from exchange.domain.rubric import Rubric
from exchange.errors import BrokenDigest
from exchange.scoring.ballots import Ballot, Case, conduct
from exchange.store.records import read
from exchange.store.rescoring import Stood


@dataclass(frozen=True, kw_only=True)
class Forms:
    """Formats and rubrics of setups, each read once."""

    formats: dict[bytes, Format] = field(default_factory=dict)
    rubrics: dict[bytes, Rubric] = field(default_factory=dict)

    def read(self, setup: dict[str, Any]) -> tuple[Format, Rubric]:
        format, rubric = orjson.dumps(setup["format"]), orjson.dumps(setup["rubric"])
        if format not in self.formats:
            self.formats[format] = Format.from_json(format)
        if rubric not in self.rubrics:
            self.rubrics[rubric] = Rubric.from_json(rubric)
        return self.formats[format], self.rubrics[rubric]


def case(stood: Stood, forms: Forms) -> Case:
    """The debate behind a current score. Raises BrokenDigest for a row that is not as it was stored."""
    event = stood.event
    format, rubric = forms.read(_checked(stood.setup, f"The setup of {event.debate}"))
    counted = event.score.conduct or conduct(
        read(Turn, row.record, f"A turn of {event.debate}", row.digest) for row in stood.turns
    )
    return Case(
        ballots=tuple(_ballot(row, f"A verdict of {event.debate}") for row in stood.verdicts),
        conduct=counted,
        format=format,
        rubric=rubric,
        demonstration=event.demonstration,
    )


def _ballot(row: Any, what: str) -> Ballot:
    said = _checked(row, what)
    return Ballot(
        seat=row.seat,
        model=row.model,
        when=row.when,
        order=row.order,
        credence=said.get("credence"),
        ratings={each["criterion"]: each["rating"] for each in said.get("ratings", ())},
    )


def _checked(row: Any, what: str) -> dict[str, Any]:
    if digest(row.record) != row.digest:
        raise BrokenDigest(
            f"{what} was changed after it was stored: its digest does not fit. See `exchange verify --all`."
        )
    found: dict[str, Any] = orjson.loads(row.record)
    return found
