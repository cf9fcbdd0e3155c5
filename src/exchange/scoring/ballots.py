"""What the pool takes from a verdict: who, when, in which order, how probable, which ratings."""

from collections.abc import Iterable
from typing import NamedTuple

from exchange.domain.debate import Check, Role, Turn
from exchange.domain.format import Format
from exchange.domain.rubric import Rubric
from exchange.domain.score import Conduct
from exchange.domain.verdict import Unscored, Verdict

_COUNTED = {
    Check.VERIFIED: "verified",
    Check.MISQUOTED: "misquoted",
    Check.UNQUOTED: "unquoted",
    Check.UNKNOWN: "unknown",
    Check.UNCHECKED: "unchecked",
}


class Ballot(NamedTuple):
    """One sitting. `credence` is in percent, None where nothing could be read; `ratings` are words by criterion."""

    seat: str
    model: str
    when: str
    order: str
    credence: int | None
    ratings: dict[str, str]


class Case(NamedTuple):
    """A debate, as far as its score depends on it."""

    ballots: tuple[Ballot, ...]
    conduct: tuple[Conduct, ...]
    format: Format
    rubric: Rubric
    demonstration: bool


def ballots(verdicts: Iterable[Verdict | Unscored]) -> tuple[Ballot, ...]:
    """A ballot for each verdict, and for each sitting that gave none."""
    return tuple(_ballot(each) for each in verdicts)


def _ballot(verdict: Verdict | Unscored) -> Ballot:
    at, credence, ratings = verdict.sitting, None, {}
    if isinstance(verdict, Verdict):
        credence, ratings = verdict.credence, {each.criterion: each.rating for each in verdict.ratings}
    return Ballot(
        seat=at.seat, model=at.model, when=at.when.value, order=at.order.value, credence=credence, ratings=ratings
    )


def conduct(turns: Iterable[Turn]) -> tuple[Conduct, ...]:
    """What can be checked of each side's turns, the proposer's first; a side that said nothing has no line."""
    counts: dict[Role, dict[str, int]] = {}
    for turn in turns:
        side = counts.setdefault(turn.role, dict.fromkeys(("arguments", *_COUNTED.values()), 0))
        side["arguments"] += len(turn.arguments)
        for argument in turn.arguments:
            for citation in argument.citations:
                side[_COUNTED[citation.check]] += 1
    return tuple(Conduct(role=role, **counts[role]) for role in (Role.PROPOSER, Role.CRITIC) if role in counts)
