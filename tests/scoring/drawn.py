"""Cases as tests of scoring draw them: any panel that a debate could leave behind, from the number of a seed."""

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

from hypothesis import strategies as st

from exchange.config import format_named, rubric_named
from exchange.domain.debate import Role
from exchange.domain.format import Format
from exchange.domain.identity import digest
from exchange.domain.policy import Policy
from exchange.domain.rubric import Rubric
from exchange.domain.score import Conduct, Score
from exchange.domain.verdict import Order, When
from exchange.scoring.ballots import Ballot, Case
from exchange.scoring.policy import COLD
from exchange.scoring.score import scores

EDGES = {"red": 0.0, "amber": 0.4, "green": 0.6}
# What outcomes may teach: judges of whom one is worth much and one little, and a calibration that moves every score.
TAUGHT = COLD.model_copy(
    update=dict(
        name="taught",
        version="1",
        weights={"m:a": 3.7, "m:b": 0.05},
        intercept=-0.3,
        slope=1.4,
        outcomes=40,
        disagreement={"plausibility": 0.21},
        agreement={"plausibility": 0.34},
    )
)
POLICIES = st.sampled_from([COLD, TAUGHT])
SEEDS = st.integers(min_value=0, max_value=2**32)
FINALS = (Order.CRITIC_FIRST.value, Order.PROPOSER_FIRST.value)


@cache
def formats() -> tuple[Format, ...]:
    return format_named("panel"), format_named("quick")


@cache
def rubrics() -> tuple[Rubric, ...]:
    return rubric_named("mechanism"), rubric_named("therapeutic")


def case(seed: int) -> Case:
    """A case of one to six judges of up to four models, of which some may have lost a sitting or a rating."""
    drawn = Random(seed)
    rubric = drawn.choice(rubrics())
    ballots = [each for seat in range(1, drawn.randint(1, 6) + 1) for each in _judge(seat, rubric, drawn)]
    drawn.shuffle(ballots)
    return Case(
        ballots=tuple(ballots),
        conduct=(quoting(drawn.choice((0, 1, 3, 3, 3))),),
        format=drawn.choice(formats()),
        rubric=rubric,
        demonstration=drawn.random() < 0.3,
    )


def quoting(verified: int) -> Conduct:
    """A proposer so many of whose quotes were found."""
    return Conduct(role=Role.PROPOSER, arguments=3, verified=verified, misquoted=0, unquoted=0, unknown=0)


def panel(*seated: tuple[str, int], rating: str = "moderate", prior: int = 50) -> tuple[Ballot, ...]:
    """For each model and its credence a judge who says so in both orders, and the prior before."""
    return tuple(
        ballot(f"judge-{number}", model, when, order, prior if when is When.PRIOR else credence, rating)
        for number, (model, credence) in enumerate(seated, start=1)
        for when, order in ((When.PRIOR, "blind"), *((When.FINAL, order) for order in FINALS))
    )


def ballot(
    seat: str = "judge-1",
    model: str = "m:a",
    when: When = When.FINAL,
    order: str = FINALS[0],
    credence: int | None = 50,
    rating: str = "moderate",
    rubric: Rubric | None = None,
) -> Ballot:
    criteria = (rubric or rubrics()[0]).criteria
    words = {} if credence is None else {each.name: rating for each in criteria}
    return Ballot(seat=seat, model=model, when=when.value, order=order, credence=credence, ratings=words)


def held(ballots: tuple[Ballot, ...], verified: int = 1, demonstration: bool = False) -> Case:
    """Those ballots in the panel's format, which has a quorum of two."""
    return Case(
        ballots=ballots,
        conduct=(quoting(verified),),
        format=formats()[0],
        rubric=rubrics()[0],
        demonstration=demonstration,
    )


def alone(of: Case, policy: Policy = COLD) -> Score:
    """The case's score, computed by itself."""
    return scores([of], policy, EDGES)[0]


def changed(of: Case, at: int, **what: Any) -> Case:
    """The case with another ballot in that place."""
    ballots = list(of.ballots)
    ballots[at] = ballots[at]._replace(**what)
    return of._replace(ballots=tuple(ballots))


def finals(of: Case) -> list[int]:
    """The places of the final ballots that could be read."""
    return [at for at, each in enumerate(of.ballots) if each.when == When.FINAL and each.credence is not None]


def digits(cases: int) -> str:
    """A digest of every digit of the scores of so many cases."""
    drawn = [case(seed) for seed in range(cases)]
    return digest([each.to_json() for policy in (COLD, TAUGHT) for each in scores(drawn, policy, EDGES)])


def _judge(seat: int, rubric: Rubric, drawn: Random) -> Iterator[Ballot]:
    model, leaning = f"m:{drawn.choice('abcd')}", drawn.random()
    sat = [(When.PRIOR, "blind"), *((When.FINAL, order) for order in FINALS), (When.INTERIM, FINALS[0])]
    sat += [(When.BASELINE, "blind")] * drawn.choice((0, 0, 2))
    for when, order in sat:
        credence = None if drawn.random() < 0.05 else round(100 * min(max(drawn.gauss(leaning, 0.2), 0), 1))
        rated = [] if credence is None else [each.name for each in rubric.criteria if drawn.random() < 0.9]
        yield Ballot(
            seat=f"judge-{seat}",
            model=model,
            when=when.value,
            order=order,
            credence=credence,
            ratings={name: drawn.choice(list(rubric.scale)) for name in rated},
        )
