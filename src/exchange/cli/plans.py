"""What `--dry-run` prints."""

import json as codec
from collections.abc import Iterator, Sequence

from exchange.cli.words import tame
from exchange.domain.format import Stop
from exchange.jobs.plan import Plan


def print_plan(plans: Sequence[tuple[str, Plan]], json: bool) -> None:
    """A block of lines for each hypothesis and its plan, or a list in JSON."""
    if json:
        print(codec.dumps([_values(name, plan) for name, plan in plans], ensure_ascii=False, indent=2))
        return
    for name, plan in plans:
        print("\n".join(tame(line) for line in _lines(name, plan)))
    print("No call was made.")


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
