"""One judge's sittings -> one probability before the debate and one after it."""

from collections.abc import Iterable, Sequence

from exchange.domain.score import JudgeScore
from exchange.domain.verdict import Order, Unscored, Verdict, When
from exchange.scoring.pool import mean
from exchange.scoring.rubric import rounded


def judges(verdicts: Sequence[Verdict | Unscored], orders: Iterable[Order]) -> tuple[JudgeScore, ...]:
    """Every judge, by seat; `final` is the mean over the orders, and None unless every order has a verdict."""
    wanted = {order.value for order in orders}
    seats = {verdict.sitting.seat: verdict.sitting.model for verdict in verdicts}
    return tuple(_judge(seat, model, verdicts, wanted) for seat, model in sorted(seats.items()))


def _judge(seat: str, model: str, verdicts: Sequence[Verdict | Unscored], wanted: set[str]) -> JudgeScore:
    own = [each for each in verdicts if isinstance(each, Verdict) and each.sitting.seat == seat]
    prior = [each.credence / 100 for each in own if each.sitting.when is When.PRIOR]
    by_order = {each.sitting.order.value: each.credence / 100 for each in own if each.sitting.when is When.FINAL}
    final = mean([by_order[order] for order in sorted(wanted)]) if wanted <= by_order.keys() else None
    before = prior[0] if prior else None
    return JudgeScore(
        seat=seat,
        model=model,
        prior=before,
        final=None if final is None else rounded(final),
        shift=None if before is None or final is None else rounded(final - before),
        by_order=dict(sorted(by_order.items())),
    )
