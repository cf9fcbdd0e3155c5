"""What a batch would do and cost, before it does: computed on every item, or on some of those that are alike."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from exchange.config import Settings
from exchange.domain.calls import Via
from exchange.domain.work import Asked, Item, Kind
from exchange.errors import InputError
from exchange.jobs.batch.choosing import Candidate, Choice
from exchange.jobs.batch.item import wishes_for
from exchange.jobs.plan import Plan, plan
from exchange.llm.prices import Prices
from exchange.store import spending
from exchange.store.engine import Store

# Plans that are computed at most, and of those that are alike at least.
_MOST, _LEAST = 200, 3
_MINUTE = 60.0


@dataclass(kw_only=True)
class BatchPlan:
    """How many items of each kind and for each reason; of calls, tokens and US dollars what is expected.

    `computed` of the `costing` items were planned; the others were taken to be as these are on the average, in the
    worst case as the dearest of them. A cost is None where a model's price is not known. `seconds` is None where no call
    of a model was made yet, and where a provider has a day for them.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    looked_at: int = 0
    costing: int = 0
    computed: int = 0
    calls: float = 0.0
    tokens: float = 0.0
    low: float | None = 0.0
    expected: float | None = 0.0
    worst: float | None = 0.0
    unpriced: set[str] = field(default_factory=set)
    seconds: float | None = None
    by_batch: bool = False
    by_model: dict[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def items(self) -> int:
        """How many hypotheses would be worked on."""
        return sum(self.kinds.values())


def plan_batch(store: Store, choice: Choice, asked: Asked, settings: Settings, prices: Prices) -> BatchPlan:
    """The plan of what was chosen. Raises SetupError for models that are not known."""
    found = BatchPlan(left_out=Counter(choice.left_out), looked_at=choice.looked_at)
    alike: dict[tuple[Kind, int], list[Candidate]] = {}
    for each in choice.candidates:
        found.kinds[each.kind.value] += 1
        found.reasons.update(each.reasons)
        if each.kind is not Kind.POLICY:
            alike.setdefault((each.kind, id(each.form)), []).append(each)
    usual = spending.usual_output(store)
    for group in alike.values():
        share = max(_LEAST, _MOST // len(alike))
        _add(found, _computed(store, _spread(group, share), asked, settings, prices, usual), len(group))
    found.by_batch = asked.via is Via.BATCH
    found.seconds = None if found.by_batch else _seconds(store, found, settings)
    return found


def _computed(
    store: Store,
    sample: Sequence[Candidate],
    asked: Asked,
    settings: Settings,
    prices: Prices,
    usual: Mapping[tuple[str, str], float],
) -> list[Plan]:
    plans = []
    for each in sample:
        item = Item(batch="", ordinal=1, hypothesis=each.hypothesis, kind=each.kind, debate=each.heard)
        try:
            wishes = wishes_for(store, item, asked)
            plans.append(plan(store, each.hypothesis, wishes, settings, prices, usual, asked.via))
        except InputError:
            # It will fail when it is its turn, and cost nothing.
            continue
    return plans


def _spread(group: Sequence[Candidate], share: int) -> Sequence[Candidate]:
    """As many of the group, from its beginning to its end."""
    if len(group) <= share:
        return group
    return [group[place * len(group) // share] for place in range(share)]


def _add(found: BatchPlan, plans: Sequence[Plan], size: int) -> None:
    found.costing += size
    found.computed += len(plans)
    if not plans:
        return
    times = size / len(plans)
    estimates = [each.estimate for each in plans]
    found.calls += times * sum(each.calls for each in estimates)
    found.low = _total(found.low, [each.low for each in estimates], times)
    found.expected = _total(found.expected, [each.expected for each in estimates], times)
    dearest = [max((each.worst or 0.0 for each in estimates), default=0.0)] if size > len(plans) else None
    worst = [each.worst for each in estimates]
    known = None if None in worst else worst
    found.worst = _total(found.worst, dearest if known and dearest else worst, size if known and dearest else times)
    for each in plans:
        found.unpriced.update(each.unpriced)
        for ask in each.asks:
            calls, tokens = found.by_model.get(ask.model, (0.0, 0.0))
            found.by_model[ask.model] = (calls + times, tokens + times * ask.tokens)
            found.tokens += times * ask.tokens


def _total(before: float | None, more: Sequence[float | None], times: float) -> float | None:
    known = [each for each in more if each is not None]
    return None if before is None or len(known) < len(more) else before + times * sum(known)


def _seconds(store: Store, found: BatchPlan, settings: Settings) -> float | None:
    """Calls as long as the last ones, as many at once as may be; or what the models' rates leave, if that is longer."""
    took = spending.usual_seconds(store)
    if any(model not in took for model in found.by_model):
        return None
    busy = sum(calls * took[model] for model, (calls, _) in found.by_model.items()) / settings.limits.concurrency
    limited = [
        _MINUTE * used / allowed
        for model, (calls, tokens) in found.by_model.items()
        for rate in [settings.rate(model)]
        if rate
        for used, allowed in ((calls, rate.requests), (tokens, rate.tokens))
        if allowed
    ]
    return max([busy, *limited])
