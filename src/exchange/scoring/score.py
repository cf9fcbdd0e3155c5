"""Verdicts -> a score: the value with its interval, the composite, the state, the shift, the certainty of the band."""

from collections.abc import Mapping, Sequence
from typing import Any

from exchange.domain.debate import Check, Turn
from exchange.domain.format import Format
from exchange.domain.policy import Policy
from exchange.domain.rubric import Rubric
from exchange.domain.score import JudgeScore, Score, State
from exchange.domain.verdict import Unscored, Verdict, When
from exchange.scoring import rubric as ratings
from exchange.scoring.bands import certainty
from exchange.scoring.judges import judges
from exchange.scoring.pool import by_model, pool
from exchange.scoring.rubric import rounded


def score(
    verdicts: Sequence[Verdict | Unscored],
    turns: Sequence[Turn],
    format: Format,
    rubric: Rubric,
    policy: Policy,
    edges: Mapping[str, float],
    demonstration: bool,
) -> Score:
    """What the verdicts add up to under the policy; `edges` are the bands' names and where each begins, lowest first.

    Insufficient, and then without a number, where fewer judges than the format's quorum gave a final verdict in
    every order, or where no turn cites a passage that was verified.
    """
    panel = judges(verdicts, format.judging.orders)
    seated = {judge.seat for judge in panel if judge.final is not None}
    finals = [
        each
        for each in verdicts
        if isinstance(each, Verdict) and each.sitting.when is When.FINAL and each.sitting.seat in seated
    ]
    pooled = ratings.criteria(finals, rubric)
    shared: dict[str, Any] = dict(
        judges=panel,
        criteria=ratings.report(pooled, rubric),
        missing_criteria=tuple(each.name for each in rubric.criteria if each.name not in pooled),
        unscored=sum(isinstance(each, Unscored) for each in verdicts),
        policy=f"{policy.name} {policy.version}",
        policy_digest=policy.digest,
    )
    if lacking := _lacking(len(seated), format.quorum, turns):
        return Score(state=State.INSUFFICIENT, reason=lacking, **shared)
    return Score(**shared, **_numbers(panel, ratings.composite(pooled, rubric), policy, edges, demonstration))


def failed(reason: str, policy: Policy) -> Score:
    """The score of a debate that could not be held."""
    return Score(
        state=State.FAILED, reason=reason, policy=f"{policy.name} {policy.version}", policy_digest=policy.digest
    )


def _lacking(judges: int, quorum: int, turns: Sequence[Turn]) -> str | None:
    if judges < quorum:
        return f"{judges} of the {quorum} judges that a score needs gave a readable final verdict in every order"
    checks = [each.check for turn in turns for argument in turn.arguments for each in argument.citations]
    if Check.VERIFIED not in checks:
        return "no argument quotes a passage that says what is quoted"
    return None


def _numbers(
    panel: Sequence[JudgeScore],
    composite: float | None,
    policy: Policy,
    edges: Mapping[str, float],
    demonstration: bool,
) -> dict[str, Any]:
    seated = [judge for judge in panel if judge.final is not None]
    finals = [judge.final for judge in seated if judge.final is not None]
    after = pool(finals, [judge.model for judge in seated], policy)
    asked = [judge for judge in panel if judge.prior is not None]
    priors = [judge.prior for judge in asked if judge.prior is not None]
    before = pool(priors, [judge.model for judge in asked], policy).value if priors else None
    low, high = after.interval(policy.level)
    sure, neighbour = certainty(after, edges, policy, demonstration)
    sides = by_model(finals, [judge.model for judge in seated])
    split = min(sides) <= policy.split[0] and max(sides) >= policy.split[1]
    return dict(
        state=State.CONTESTED if split else State.SCORED,
        value=rounded(after.value),
        low=rounded(low),
        high=rounded(high),
        composite=None if composite is None else rounded(composite),
        prior=None if before is None else rounded(before),
        shift=_shift(seated, policy),
        certainty=sure,
        neighbour=neighbour,
        edges=dict(edges),
    )


def _shift(seated: Sequence[JudgeScore], policy: Policy) -> float | None:
    """Final minus prior, each pooled over the judges that gave both; None where none did."""
    both = [(judge.prior, judge.final, judge.model) for judge in seated if judge.prior is not None]
    if not both:
        return None
    models = [model for _, _, model in both]
    before = pool([prior for prior, _, _ in both], models, policy)
    after = pool([final for _, final, _ in both if final is not None], models, policy)
    return rounded(after.value - before.value)
