"""What `--dry-run` prints."""

import json as codec
from collections.abc import Iterator, Sequence

from exchange.cli.watching import in_time
from exchange.cli.words import tame
from exchange.config import Settings
from exchange.domain.counted import counted
from exchange.domain.format import Stop
from exchange.jobs.batch.planning import BatchPlan
from exchange.jobs.plan import Plan

_KINDS = {
    "policy": "by policy alone: stored verdicts are read again, no call",
    "judges": "by judges: stored turns, new verdicts",
    "debate": "by a whole debate",
}


def print_plan(plans: Sequence[tuple[str, Plan]], json: bool) -> None:
    """A block of lines for each hypothesis and its plan, or a list in JSON."""
    if json:
        print(codec.dumps([_values(name, plan) for name, plan in plans], ensure_ascii=False, indent=2))
        return
    for name, plan in plans:
        print("\n".join(tame(line) for line in _lines(name, plan)))
    print("No call was made.")


def print_batch_plan(plan: BatchPlan, json: bool, chosen: Settings, cap: float | None) -> None:
    """What a batch would do, on some lines or as JSON."""
    if json:
        print(codec.dumps(_batch_values(plan), ensure_ascii=False, indent=2))
        return
    print("\n".join(tame(line) for line in _batch_lines(plan, chosen, cap)))


def _batch_lines(plan: BatchPlan, chosen: Settings, cap: float | None) -> Iterator[str]:
    yield f"{plan.items:,} of {plan.looked_at:,} hypotheses looked at" + (": nothing to do" if not plan.items else "")
    for kind, number in plan.kinds.most_common():
        yield f"  {number:,} {_KINDS[kind]}"
    if plan.reasons:
        yield f"because of: {', '.join(f'{reason} {number:,}' for reason, number in plan.reasons.most_common())}"
    for reason, number in plan.left_out.most_common():
        yield f"left out: {number:,}: {reason}"
    if plan.costing:
        yield from _cost_lines(plan, chosen, cap)


def _cost_lines(plan: BatchPlan, chosen: Settings, cap: float | None) -> Iterator[str]:
    about = "about " if plan.computed < plan.costing else ""
    yield f"{about}{counted(round(plan.calls), 'call')}, {counted(round(plan.tokens), 'token')} expected"
    if plan.low is None or plan.expected is None or plan.worst is None:
        yield f"cost unknown: there is no price for {', '.join(sorted(plan.unpriced))}"
    else:
        yield f"cost: low ${plan.low:.4f}, expected ${plan.expected:.4f}, worst ${plan.worst:.4f}"
    if plan.by_batch:
        yield "time: within a day, which is what the provider has for a batch"
    elif plan.seconds is None:
        yield "time: not known until every model was called once"
    else:
        at_once = f"{chosen.limits.concurrency} calls and {chosen.limits.debates} hypotheses at once"
        yield f"time: {in_time(plan.seconds)}, with {at_once}"
    if about:
        yield (
            f"  (computed on {plan.computed:,} of {plan.costing:,} that are alike by groups; the others were taken to be "
            "like these, in the worst case like the dearest)"
        )
    if cap is not None:
        yield f"cap: ${cap:g}; no call is begun that may pass it"


def _batch_values(plan: BatchPlan) -> dict[str, object]:
    return {
        "items": plan.items,
        "looked_at": plan.looked_at,
        "kinds": dict(plan.kinds),
        "reasons": dict(plan.reasons),
        "left_out": dict(plan.left_out),
        "calls": round(plan.calls),
        "tokens": round(plan.tokens),
        "low": plan.low,
        "expected": plan.expected,
        "worst": plan.worst,
        "unpriced": sorted(plan.unpriced),
        "seconds": plan.seconds,
        "computed_on": plan.computed,
        "of": plan.costing,
    }


def _lines(name: str, plan: Plan) -> Iterator[str]:
    estimate, form = plan.estimate, plan.setup.format.name
    begun = f", {plan.answered} more are answered already" if plan.answered else ""
    yield f"{name}: {estimate.calls} calls in the format {form}{begun}"
    if estimate.low is None or estimate.expected is None or estimate.worst is None:
        yield f"  cost unknown: there is no price for {', '.join(plan.unpriced)}"
        return
    yield f"  cost: low ${estimate.low:.4f}, expected ${estimate.expected:.4f}, worst ${estimate.worst:.4f}"
    yield "  (low: short replies; worst: all as long as they may be, a token for each character, and every call asked twice;"
    yield "  what a server charges for calls that it fails comes on top)"
    if plan.setup.format.stop != Stop():
        yield "  (every round and every poll is counted; the stop rule may end the debate before)"


def _values(name: str, plan: Plan) -> dict[str, object]:
    return {
        "hypothesis": name,
        "debate": plan.debate,
        "format": plan.setup.format.name,
        "answered": plan.answered,
        "unpriced": plan.unpriced,
        **plan.estimate.model_dump(),
    }
