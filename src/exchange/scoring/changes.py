"""Why a score differs from the one before: which part each cause accounts for, and whether it is more than noise."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import Any

import numpy as np
from scipy.special import logit, ndtri

from exchange.domain.event import Basis, Cause, ScoreEvent, Share, current
from exchange.domain.policy import Policy
from exchange.domain.score import JudgeScore, Score, State
from exchange.scoring.pool import DIGITS, by_model, pool

_LEAST_SHARE = 5e-10


def explained(event: ScoreEvent, earlier: Sequence[ScoreEvent], policies: Mapping[str, Policy]) -> ScoreEvent:
    """The event with its cause, its change and the change's parts, given the hypothesis's events before it, oldest first.

    It is compared with the score that stood, or where that is no own one, as to the cause with the latest own. One that
    does not displace what stood changes nothing, and a debate that failed is none to compare with. `policies` are those
    that set a score, by digest.
    """
    held = [each for each in earlier if each.score.state is not State.FAILED]
    stood = current(held)
    own = stood if stood and stood.basis else _latest_own(held)
    if event.basis is None:
        raise ValueError("only the score of a debate has a cause that can be found")
    here = causes(own.basis if own else None, event.basis)
    found: dict[str, Any] = dict(cause=here[0])
    if stood and stood.score.value is not None and event.score.value is not None and event.standing >= stood.standing:
        change = round(event.score.value - stood.score.value, DIGITS)
        found |= dict(change=change, shares=(Share(causes=here, change=change),))
        if own is stood:
            policy = policies[event.score.policy_digest]
            found |= dict(
                shares=_shares(stood, event, here, policy),
                within_noise=here == (Cause.REROLL,) and _within_noise(stood.score, event.score, policy),
            )
    return event.model_copy(update=found)


def reread(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any] | None:
    """What `explained` says of an event whose verdicts are those of the score that stood, read under another policy.

    Both are a Score's fields. None where their panels differ after all.
    """
    if _sides(before) != _sides(after):
        return None
    first, last = before.get("value"), after.get("value")
    if first is None or last is None:
        return dict(change=None, shares=(), within_noise=False)
    change = round(last - first, DIGITS)
    shares = (dict(causes=(Cause.NEW_POLICY,), change=change),) if abs(last - first) >= _LEAST_SHARE else ()
    return dict(change=change, shares=shares, within_noise=False)


def _sides(score: Mapping[str, Any]) -> list[tuple[str, float | None]]:
    return [(judge["model"], judge["final"]) for judge in score.get("judges", ())]


def _latest_own(events: Sequence[ScoreEvent]) -> ScoreEvent | None:
    return next((each for each in reversed(events) if each.basis), None)


def causes(before: Basis | None, now: Basis) -> tuple[Cause, ...]:
    """Every part of the basis that differs, as a cause; a re-roll where none does."""
    if before is None:
        return (Cause.FIRST_DEBATE,)
    found = [
        (Cause.NEW_EVIDENCE, (before.claim, before.entities, before.evidence), (now.claim, now.entities, now.evidence)),
        (Cause.NEW_JUDGE, before.models, now.models),
        (Cause.NEW_RULES, (before.prompts, before.rubric), (now.prompts, now.rubric)),
        (Cause.NEW_POLICY, before.policy, now.policy),
    ]
    return tuple(cause for cause, earlier, later in found if earlier != later) or (Cause.REROLL,)


def _shares(before: ScoreEvent, now: ScoreEvent, here: tuple[Cause, ...], policy: Policy) -> tuple[Share, ...]:
    """The parts of the change between two scores with a number; but for rounding they add up to it.

    The policy's part: the old verdicts under the new policy, against the old score. The judges' part: what leaves with
    the models that sat before and do not sit now, and what comes with the new ones. The rest is what the models that
    sat both times say differently, and belongs to the other causes together: they cannot be told apart.
    """
    old, new = _finals(before.score.judges), _finals(now.score.judges)
    first, last = before.score.value or 0, now.score.value or 0

    def value(panel: Mapping[str, float]) -> float:
        return last if panel == new else float(pool([panel], policy).value[0])

    both = old.keys() & new.keys()
    reread = value(old)
    parts: list[tuple[tuple[Cause, ...], float]] = [((Cause.NEW_POLICY,), reread - first)]
    if both:
        left = value({model: old[model] for model in both}) - reread
        came = last - value({model: new[model] for model in both})
        parts.append(((Cause.NEW_JUDGE,), left + came))
    rest = tuple(each for each in here if each is not Cause.NEW_POLICY and not (both and each is Cause.NEW_JUDGE))
    parts.append((rest or (Cause.REROLL,), last - first - sum(change for _, change in parts)))
    return tuple(
        Share(causes=names, change=round(change, DIGITS)) for names, change in parts if abs(change) >= _LEAST_SHARE
    )


def _within_noise(before: Score, now: Score, policy: Policy) -> bool:
    """Does a re-roll say no more than chance does?

    Two scores of one panel differ by chance with the standard deviation wobble * sqrt(2 * sum(w^2 / m)) / sum(w), m the
    sittings of a model; within that, times the normal quantile of the policy's level, a re-roll is noise.
    """
    if before.state is not now.state:
        return False
    sittings: dict[str, int] = {}
    for judge in now.judges:
        if judge.final is not None:
            sittings[judge.model] = sittings.get(judge.model, 0) + len(judge.by_order)
    weights = {model: policy.weights.get(model, 1.0) for model in sittings}
    noise = policy.slope * policy.wobble * sqrt(2 * sum(weights[model] ** 2 / sittings[model] for model in sittings))
    reach = float(ndtri((1 + policy.level) / 2)) * noise / sum(weights.values())
    ends = np.clip([before.value or 0, now.value or 0], _LEAST_SHARE, 1 - _LEAST_SHARE)
    return bool(abs(logit(ends[1]) - logit(ends[0])) <= reach)


def _finals(panel: Sequence[JudgeScore]) -> dict[str, float]:
    return by_model((judge.model, judge.final) for judge in panel if judge.final is not None)
