"""Stores of any size, written at once: debates that were held elsewhere, so that no ledger belongs to them."""

import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from exchange.config import bands, format_named, rubric_named
from exchange.debate.rules import IMPORTED
from exchange.domain.debate import Argument, Brief, Check, Citation, NumberedPassage, Role, Seat, Turn
from exchange.domain.event import Cause, ScoreEvent
from exchange.domain.hypothesis import Hypothesis
from exchange.domain.identity import digest
from exchange.domain.rubric import Rubric
from exchange.domain.score import Score
from exchange.domain.setup import Setup
from exchange.domain.verdict import Order, Rating, Sitting, Verdict, When
from exchange.scoring.ballots import Case, ballots, conduct
from exchange.scoring.basis import basis
from exchange.scoring.policy import COLD
from exchange.scoring.score import scores
from exchange.store.engine import Store, open_store
from exchange.store.scores import values
from exchange.store.tables import DebateRow, HypothesisRow, ScoreEventRow, TurnRow, VerdictRow

_AT_ONCE = 1_000
_AT = "2026-01-01T00:00:00.000000+00:00"
_JUDGES = ("transcript:first", "transcript:second")
_SITTINGS = ((When.PRIOR, Order.BLIND), (When.FINAL, Order.PROPOSER_FIRST), (When.FINAL, Order.CRITIC_FIRST))
_REASON = "The quoted passages support the step from the target to the benefit only in part."
_ORIGIN = "a benchmark"
_TURN = Turn(
    ordinal=1,
    role=Role.PROPOSER,
    round=0,
    answers=None,
    model="transcript:proposer",
    arguments=(Argument(text=_REASON, citations=(Citation(passage=1, quote=_REASON, check=Check.VERIFIED),)),),
    prompts=(),
    call=None,
)
_TURN_RECORD = _TURN.to_json()
_TURN_DIGEST = digest(_TURN_RECORD)


def fill(path: Path, hypotheses: int, seed: int = 0) -> None:
    """Makes a store with so many hypotheses, each with a debate of six verdicts on ten criteria and a score."""
    store = open_store(path, create=True)
    write(store, hypotheses, seed)
    store.close()


def write(store: Store, hypotheses: int, seed: int = 0) -> None:
    """Puts so many of them into an empty store."""
    drawn = _hypotheses(hypotheses, random.Random(seed))
    while part := list(islice(drawn, _AT_ONCE)):
        _write(store, part)


def scored(count: int, seed: int = 0) -> list[Score]:
    """So many scores of such debates."""
    cases = [_case(setup, verdicts) for setup, verdicts in _hypotheses(count, random.Random(seed))]
    return scores(cases, COLD, bands().edges)


def _write(store: Store, part: list[tuple[Setup, list[Verdict]]]) -> None:
    results = scores([_case(setup, verdicts) for setup, verdicts in part], COLD, bands().edges)
    events = [_event(setup, result) for (setup, _), result in zip(part, results, strict=True)]
    with store.writing() as transaction:
        transaction.execute(insert(HypothesisRow), [_hypothesis(setup) for setup, _ in part])
        transaction.execute(insert(DebateRow), [_debate(setup) for setup, _ in part])
        transaction.execute(insert(TurnRow), [_turn(setup) for setup, _ in part])
        transaction.execute(insert(VerdictRow), [_verdict(setup, each) for setup, said in part for each in said])
        transaction.execute(insert(ScoreEventRow), [values(event) for event in events])


def _hypotheses(count: int, drawn: random.Random) -> Iterator[tuple[Setup, list[Verdict]]]:
    format, rubric = format_named("panel"), rubric_named("therapeutic")
    judges = tuple(
        Seat(name=f"judge-{number}", role=Role.JUDGE, model=model) for number, model in enumerate(_JUDGES, start=1)
    )
    seats = (Seat(name="proposer", role=Role.PROPOSER, model=_TURN.model), *judges)
    for number in range(count):
        passage = NumberedPassage(number=1, page="genes-plin2", section="Function", text=_REASON, sentences=(_REASON,))
        brief = Brief(
            hypothesis=f"h-{number:012x}",
            claim=f"Claim {number}.",
            by_title=False,
            targets=("PLIN2",),
            passages=(passage,),
        )
        setup = Setup(format=format, rubric=rubric, brief=brief, seats=seats, prompts=(), origin=_ORIGIN)
        truth = drawn.random()
        yield setup, [_said(seat, when, order, rubric, truth, drawn) for seat in judges for when, order in _SITTINGS]


def _said(seat: Seat, when: When, order: Order, rubric: Rubric, truth: float, drawn: random.Random) -> Verdict:
    words = list(rubric.scale)
    return Verdict(
        sitting=Sitting(seat=seat.name, model=seat.model, when=when, order=order),
        ratings=tuple(
            Rating(criterion=each.name, reason=_REASON, rating=drawn.choice(words)) for each in rubric.criteria
        ),
        reason=_REASON,
        credence=round(100 * min(max(drawn.gauss(truth, 0.15), 0), 1)),
        prompts=(),
        call=None,
    )


def _case(setup: Setup, verdicts: list[Verdict]) -> Case:
    return Case(
        ballots=ballots(verdicts),
        conduct=conduct([_TURN]),
        format=setup.format,
        rubric=setup.rubric,
        demonstration=False,
    )


def _event(setup: Setup, result: Any) -> ScoreEvent:
    return ScoreEvent(
        hypothesis=setup.brief.hypothesis,
        cause=Cause.IMPORTED,
        score=result,
        at=_AT,
        debate=_debate_id(setup),
        format=setup.format.name,
        origin=_ORIGIN,
        basis=basis(setup, COLD),
    )


def _debate_id(setup: Setup) -> str:
    return "d" + setup.brief.hypothesis.removeprefix("h")


def _hypothesis(setup: Setup) -> dict[str, Any]:
    hypothesis = Hypothesis(id=setup.brief.hypothesis, title=setup.brief.claim, targets=setup.brief.targets)
    return dict(id=hypothesis.id, title=hypothesis.title, record=hypothesis.to_json(), imported_at=_AT)


def _debate(setup: Setup) -> dict[str, Any]:
    record = setup.to_json()
    return dict(
        id=_debate_id(setup),
        hypothesis_id=setup.brief.hypothesis,
        state="finished",
        stop_reason=IMPORTED,
        record=record,
        digest=digest(record),
        started_at=_AT,
        ended_at=_AT,
    )


def _turn(setup: Setup) -> dict[str, Any]:
    values = dict(debate_id=_debate_id(setup), ordinal=_TURN.ordinal, role=_TURN.role, model=_TURN.model)
    return dict(**values, record=_TURN_RECORD, digest=_TURN_DIGEST)


def _verdict(setup: Setup, verdict: Verdict) -> dict[str, Any]:
    record, at = verdict.to_json(), verdict.sitting
    return dict(
        debate_id=_debate_id(setup),
        seat=at.seat,
        when=at.when,
        order=at.order,
        number=at.number,
        model=at.model,
        credence=verdict.credence,
        record=record,
        digest=digest(record),
    )
