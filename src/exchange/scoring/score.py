"""Verdicts -> scores: the value with its interval, the composite, the state, the shift, the certainty of the band."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from exchange.domain.debate import Turn
from exchange.domain.format import Format
from exchange.domain.policy import Policy
from exchange.domain.rubric import Rubric
from exchange.domain.score import Score, State
from exchange.domain.verdict import Unscored, Verdict, When
from exchange.scoring import judges as sittings
from exchange.scoring.ballots import Ballot, Case, ballots, conduct
from exchange.scoring.bands import certainty, shares
from exchange.scoring.judges import Judge
from exchange.scoring.pool import Pooled, pool, rounded
from exchange.scoring.rubric import Rated, rated

_PRIOR, _FINAL = When.PRIOR.value, When.FINAL.value
_SCORED = (_PRIOR, _FINAL)


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
    every order, or where fewer quotes than it asks for were found in their passages.
    """
    case = Case(
        ballots=ballots(verdicts), conduct=conduct(turns), format=format, rubric=rubric, demonstration=demonstration
    )
    return scores([case], policy, edges)[0]


def scores(cases: Sequence[Case], policy: Policy, edges: Mapping[str, float]) -> list[Score]:
    """The score of each case: the same digits as if it were alone."""
    return [Score(**each) for each in fields(cases, policy, edges)]


def fields(cases: Sequence[Case], policy: Policy, edges: Mapping[str, float]) -> list[dict[str, Any]]:
    """The fields of each case's Score: what takes time for a hundred thousand is to make records, not to compute."""
    read = [_read(case) for case in cases]
    ratings = _ratings(read, policy)
    named = _named(policy)
    numbers = iter(_numbers([each for each in read if each.lacking is None], policy, edges))
    return [
        {
            **named,
            **_shared(each, ratings[at], policy),
            **(
                next(numbers) | {"composite": ratings[at].composite} if each.lacking is None else _without(each.lacking)
            ),
        }
        for at, each in enumerate(read)
    ]


def failed(reason: str, policy: Policy) -> Score:
    """The score of a debate that could not be held."""
    return Score(state=State.FAILED, reason=reason, **_named(policy))


class _Read(NamedTuple):
    """A case, its judges, their ballots before the debate and after it, and what it lacks for a number."""

    case: Case
    panel: tuple[Judge, ...]
    priors: list[Ballot]
    finals: list[Ballot]
    lacking: str | None


def _read(case: Case) -> _Read:
    panel = sittings.judges(case.ballots, [order.value for order in case.format.judging.orders])
    seated = {judge.seat for judge in panel if judge.final is not None}
    return _Read(
        case=case,
        panel=panel,
        priors=[each for each in case.ballots if each.when == _PRIOR],
        finals=[each for each in case.ballots if each.when == _FINAL and each.seat in seated],
        lacking=_lacking(len(seated), case),
    )


def _lacking(judges: int, case: Case) -> str | None:
    quorum, wanted = case.format.quorum, case.format.verified
    if judges < quorum:
        return f"{judges} of the {quorum} judges that a score needs gave a readable final verdict in every order"
    if sum(side.verified for side in case.conduct) < wanted:
        return "no argument quotes a passage that says what is quoted"
    return None


def _ratings(read: Sequence[_Read], policy: Policy) -> list[Rated]:
    """Each case's ratings; those of one rubric are read together."""
    places: dict[int, list[int]] = {}
    for at, each in enumerate(read):
        places.setdefault(id(each.case.rubric), []).append(at)
    found: dict[int, Rated] = {}
    for together in places.values():
        finals, priors = [read[at].finals for at in together], [read[at].priors for at in together]
        found |= zip(together, rated(finals, priors, read[together[0]].case.rubric, policy), strict=True)
    return [found[at] for at in range(len(read))]


def _named(policy: Policy) -> dict[str, Any]:
    return dict(policy=policy.title, policy_digest=policy.digest, outcomes=policy.outcomes)


def _without(lacking: str) -> dict[str, Any]:
    return dict(state=State.INSUFFICIENT, reason=lacking)


def _shared(read: _Read, ratings: Rated, policy: Policy) -> dict[str, Any]:
    """What a score says with or without a number."""
    panel = tuple(sittings.report(judge, policy) for judge in read.panel)
    return dict(
        judges=panel,
        criteria=tuple(ratings.criteria),
        missing_criteria=ratings.missing,
        unscored=sum(each.credence is None and each.when in _SCORED for each in read.case.ballots),
        flips=sum(judge["flipped"] for judge in panel),
        conduct=read.case.conduct,
    )


def _numbers(read: Sequence[_Read], policy: Policy, edges: Mapping[str, float]) -> list[dict[str, Any]]:
    if not read:
        return []
    sides = [sittings.finals(each.panel) for each in read]
    after = pool(sides, policy)
    low, high = after.interval(policy.level)
    columns = [rounded(column).tolist() for column in (after.value, low, high, after.spread, after.effective)]
    rows = zip(
        read,
        sides,
        *columns,
        shares(after, edges),
        _priors([each.panel for each in read], policy),
        _shifts([each.panel for each in read], policy),
        _baselines([each.panel for each in read], policy),
        strict=True,
    )
    found = []
    for each, panel, value, least, most, spread, worth, bands, prior, shift, baseline in rows:
        sure, neighbour = certainty(value, bands, edges, policy, each.case.demonstration)
        found.append(
            dict(
                state=State.CONTESTED if _split(panel, policy) else State.SCORED,
                value=value,
                low=least,
                high=most,
                prior=prior,
                shift=shift,
                certainty=sure,
                neighbour=neighbour,
                edges=edges,
                spread=spread,
                effective=worth,
                baseline=baseline,
            )
        )
    return found


def _split(sides: Mapping[str, float], policy: Policy) -> bool:
    return min(sides.values()) <= policy.split[0] and max(sides.values()) >= policy.split[1]


Panels = Iterable[tuple[Judge, ...]]


def _priors(panels: Panels, policy: Policy) -> list[float | None]:
    """The pooled value before the debate, None where nobody gave a verdict."""
    return _where(map(sittings.priors, panels), policy, lambda pooled: rounded(pooled.value).tolist())


def _shifts(panels: Panels, policy: Policy) -> list[float | None]:
    """Final minus prior, each pooled over the judges that gave both; None where none did."""
    both = [[judge for judge in panel if None not in (judge.prior, judge.final)] for panel in panels]
    after = _where(map(sittings.finals, both), policy, lambda pooled: pooled.value)
    before = _where(map(sittings.priors, both), policy, lambda pooled: pooled.value)
    return [
        None if earlier is None else float(rounded(later - earlier))
        for earlier, later in zip(before, after, strict=True)
    ]


def _baselines(panels: Panels, policy: Policy) -> list[dict[str, Any] | None]:
    """The panel without a debate, where it sat more often than for its priors."""
    asked = [panel if any(len(judge.blind) > 1 for judge in panel) else () for panel in panels]
    counts = [sum(len(judge.blind) for judge in panel) for panel in asked if panel]

    def made(pooled: Pooled) -> list[dict[str, Any]]:
        columns = [rounded(column).tolist() for column in (pooled.value, *pooled.interval(policy.level))]
        rows = zip(*columns, counts, strict=True)
        return [dict(value=value, low=low, high=high, sittings=count) for value, low, high, count in rows]

    return _where(map(sittings.undebated, asked), policy, made)


def _where(panels: Iterable[Mapping[str, float]], policy: Policy, made: Callable[[Pooled], Iterable[Any]]) -> list[Any]:
    """What is made of the panels that have a judge, in their places; None in the others."""
    every = list(panels)
    filled = [panel for panel in every if panel]
    found = iter(made(pool(filled, policy))) if filled else iter(())
    return [next(found) if panel else None for panel in every]
