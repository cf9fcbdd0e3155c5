"""What judges said of hypotheses whose outcome is known."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from exchange.domain.event import Outcome
from exchange.domain.verdict import When
from exchange.errors import InputError
from exchange.jobs.cases import Forms, case
from exchange.jobs.policies import TRIAL
from exchange.scoring import fit, judges
from exchange.scoring.ballots import Case
from exchange.scoring.criteria import Units, learned, units
from exchange.scoring.track import Track, track
from exchange.store import rescoring, scores
from exchange.store.engine import Store
from exchange.store.rescoring import Stood

_PRIOR = When.PRIOR.value
_RETRACTED = "retracted"
_DEMONSTRATION = "scored by a demonstration"
_NUMBERLESS = "debated without a number"
_UNDEBATED = "not debated here"


@dataclass(frozen=True, kw_only=True)
class Known:
    """Verdicts before the debate and after it on the same items, and the name of the policy that is learned from them.

    `disagreement` and `agreement` are the policy's, None where there are no ratings to learn them from. `left_out` says
    how many outcomes were not used, by reason; `notes` are sentences on what was read.
    """

    blind: Track
    final: Track
    name: str = fit.NAME
    disagreement: dict[str, float] | None = None
    agreement: dict[str, float | None] | None = None
    left_out: dict[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def known(store: Store, demonstrations: bool = False) -> Known:
    """The verdicts of the debate behind the current score of each hypothesis that was supported or refuted.

    Agreement on criteria is learned from all hypotheses that were debated. Demonstrations count only where they are asked
    for, and then the policy is a trial. Raises InputError where there is no outcome to learn from, BrokenDigest.
    """
    said = {name: event.outcome for name, event in scores.outcomes(store).items() if event.outcome}
    gathered = _Gathered(outcomes=said, demonstrations=demonstrations)
    forms = Forms(read=lambda debate: rescoring.setup(store, debate))
    for first, last in rescoring.spans(store):
        gathered.take(rescoring.stood(store, first, last), forms)
    left_out = gathered.left_out()
    if not gathered.truth:
        raise InputError(_nothing(left_out))
    disagreement, agreement = learned(gathered.units)
    return Known(
        blind=track(gathered.blind, gathered.truth),
        final=track(gathered.final, gathered.truth),
        name=TRIAL if demonstrations else fit.NAME,
        disagreement=disagreement,
        agreement=agreement,
        left_out=left_out,
        notes=("Demonstrations had a part in this: the policy is a trial of the machine.",) if demonstrations else (),
    )


@dataclass(kw_only=True)
class _Gathered:
    """What was gathered so far: rows for tracks, units of ratings, and why a hypothesis gave none."""

    outcomes: Mapping[str, Outcome]
    demonstrations: bool
    truth: dict[str, float] = field(default_factory=dict)
    blind: list[tuple[str, str, float]] = field(default_factory=list)
    final: list[tuple[str, str, float]] = field(default_factory=list)
    units: Units = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    def take(self, span: Sequence[Stood], forms: Forms) -> None:
        cases = []
        for each in span:
            if each.event["demonstration"] and not self.demonstrations:
                self.reasons[each.event["hypothesis"]] = _DEMONSTRATION
                continue
            debated = case(each, forms)
            cases.append(debated)
            self._verdicts(each, debated)
        for together in _by_rubric(cases):
            priors = [[ballot for ballot in debated.ballots if ballot.when == _PRIOR] for debated in together]
            for name, rated in units(priors, together[0].rubric).items():
                self.units.setdefault(name, []).extend(rated)

    def left_out(self) -> dict[str, int]:
        why = Counter(
            _RETRACTED if outcome.resolution.truth is None else self.reasons.get(name, _UNDEBATED)
            for name, outcome in self.outcomes.items()
            if name not in self.truth
        )
        return dict(sorted(why.items()))

    def _verdicts(self, stood: Stood, debated: Case) -> None:
        name = stood.event["hypothesis"]
        truth = self.outcomes[name].resolution.truth if name in self.outcomes else None
        if truth is None:
            return
        if stood.event["score"].get("value") is None:
            self.reasons[name] = _NUMBERLESS
            return
        panel = judges.judges(debated.ballots, [order.value for order in debated.format.judging.orders])
        self.truth[name] = truth
        self.blind += [(name, model, p) for model, p in judges.priors(panel).items()]
        self.final += [(name, model, p) for model, p in judges.finals(panel).items()]


def _by_rubric(cases: Sequence[Case]) -> Iterable[list[Case]]:
    """Those with one rubric together; each rubric is read once, so that its identity tells."""
    places: dict[int, list[Case]] = {}
    for each in cases:
        places.setdefault(id(each.rubric), []).append(each)
    return places.values()


def in_words(left_out: Mapping[str, int]) -> str:
    """How many, and why."""
    return ", ".join(f"{count} {why}" for why, count in left_out.items())


def _nothing(left_out: Mapping[str, int]) -> str:
    none = f"No outcome can be learned from ({in_words(left_out)})" if left_out else "No outcome is known"
    return (
        f"{none}. `exchange resolve ID supported|refuted --source TEXT` says what became of a hypothesis that was debated; "
        "--from FILE.csv takes verdicts from a file."
    )
