"""One judge's sittings -> one probability before the debate and one after it."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from exchange.domain.policy import Policy
from exchange.domain.verdict import When
from exchange.scoring.ballots import Ballot
from exchange.scoring.pool import DIGITS, by_model, mean

_UNDECIDED = 0.5
_PRIOR, _BASELINE, _FINAL = When.PRIOR.value, When.BASELINE.value, When.FINAL.value


class Judge(NamedTuple):
    """One seat's probabilities in [0, 1]; `final` is None unless every order has a verdict."""

    seat: str
    model: str
    prior: float | None
    blind: tuple[float, ...]
    by_order: dict[str, float]
    final: float | None


def judges(ballots: Sequence[Ballot], orders: Iterable[str]) -> tuple[Judge, ...]:
    """Every judge, by seat; `final` is the mean over the orders."""
    wanted = sorted(orders)
    seats: dict[str, list[Ballot]] = {}
    for ballot in ballots:
        seats.setdefault(ballot.seat, []).append(ballot)
    return tuple(_judge(seats[seat], wanted) for seat in sorted(seats))


def report(judge: Judge, policy: Policy) -> dict[str, Any]:
    """The judge as a JudgeScore's fields."""
    both = judge.prior is not None and judge.final is not None
    return dict(
        seat=judge.seat,
        model=judge.model,
        prior=judge.prior,
        final=None if judge.final is None else _rounded(judge.final),
        shift=_rounded((judge.final or 0) - (judge.prior or 0)) if both else None,
        by_order=judge.by_order,
        flipped=len({credence > _UNDECIDED for credence in judge.by_order.values() if credence != _UNDECIDED}) > 1,
        weight=policy.weights.get(judge.model, 1.0),
    )


def finals(panel: Iterable[Judge]) -> dict[str, float]:
    """Model -> its probability after the debate, of the seats that gave one."""
    return by_model((judge.model, judge.final) for judge in panel if judge.final is not None)


def priors(panel: Iterable[Judge]) -> dict[str, float]:
    """Model -> its probability before the debate, of the seats that gave one."""
    return by_model((judge.model, judge.prior) for judge in panel if judge.prior is not None)


def undebated(panel: Iterable[Judge]) -> dict[str, float]:
    """Model -> the mean of all its verdicts without a debate: the priors and the baseline's."""
    return by_model((judge.model, mean(judge.blind)) for judge in panel if judge.blind)


def _judge(own: Sequence[Ballot], wanted: Sequence[str]) -> Judge:
    read = [(each, each.credence / 100) for each in own if each.credence is not None]
    prior = [credence for each, credence in read if each.when == _PRIOR]
    baseline = sorted(credence for each, credence in read if each.when == _BASELINE)
    by_order = {each.order: credence for each, credence in read if each.when == _FINAL}
    complete = all(order in by_order for order in wanted)
    return Judge(
        seat=own[0].seat,
        model=own[0].model,
        prior=prior[0] if prior else None,
        blind=(*prior, *baseline),
        by_order=dict(sorted(by_order.items())),
        final=mean([by_order[order] for order in wanted]) if complete else None,
    )


def _rounded(value: float) -> float:
    return round(value, DIGITS) + 0.0
