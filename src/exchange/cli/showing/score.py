"""A score as lines: how it stands, what its words mean, and every number that it is made of."""

from collections.abc import Iterator
from math import floor

from exchange.cli.showing.debate import ended_line
from exchange.cli.words import standing
from exchange.domain.counted import counted
from exchange.domain.event import ScoreEvent
from exchange.domain.policy import ENOUGH_OUTCOMES
from exchange.domain.score import Conduct, CriterionScore, JudgeScore, Score
from exchange.jobs.baseline import Compared, Panel
from exchange.jobs.ranking import Ranks
from exchange.jobs.showing import View
from exchange.pages.ranks import Place
from exchange.pages.words import PARTS, outcome

_FOUND = ("misquoted", "unquoted", "unknown", "unchecked")


def score_lines(seen: View) -> Iterator[str]:
    """The current score, as far as there is one, and what became of the hypothesis."""
    yield f"Score: {standing(seen.standing)}"
    yield from _words(seen)
    yield from _rank(seen)
    if seen.outcome and seen.outcome.outcome:
        yield f"  {outcome(seen.outcome.outcome)} ({seen.outcome.at[:10]})"
    if seen.current and (seen.current.debate or not seen.current.imported):
        yield from _numbers(seen.current.score)
        yield from _judges(seen.current.score)
        yield from _change(seen.current)
        if seen.debate and seen.debate.id == seen.current.debate:
            yield ended_line(seen.debate)
        if seen.baseline:
            yield from beside_lines(seen.baseline)
        yield policy_line(seen.current.score)


def _words(seen: View) -> Iterator[str]:
    """What each word means, then the rest of the caution, and why parts of the basis cannot be had today."""
    caution = seen.standing.caution
    for word, meaning in seen.legend.items():
        # Of a demonstration and of what is out of date, the caution says more.
        if f"{word.capitalize()}:" not in caution:
            yield f"  {word}: {meaning}"
            caution = " ".join(caution.replace(meaning, "").split())
    if caution:
        yield f"  {caution}"
    for part, why in seen.out_of_date.lacking.items():
        yield f"    {PARTS[part]}: {why}"


def _rank(seen: View) -> Iterator[str]:
    if seen.ranks.overall:
        yield f"  {rank_words(seen.ranks)}"
    elif seen.standing.value is not None:
        yield "  no rank: ranked are numbers that a full debate gave here"


def rank_words(ranks: Ranks) -> str:
    """The place among all, and among those of each target: empty where there is none."""
    places = [_place(ranks.overall)] if ranks.overall else []
    return "; ".join(places + [f"on {target}: {_place(place)}" for target, place in ranks.by_target.items()])


def _place(place: Place) -> str:
    # Rounded down: only the best is at 100.
    percentile = "" if place.percentile is None else f", percentile {floor(place.percentile * 10) / 10:g}"
    return f"rank {place.rank} of {place.of}{percentile}"


def _numbers(score: Score) -> Iterator[str]:
    if score.value is not None:
        yield f"  credence {score.value:.2f} ({score.low:.2f}–{score.high:.2f}), the judges' pooled probability that the claim is true"
    if score.composite is not None:
        yield f"  composite {score.composite:.2f}, the rubric's weighted mean"
    for criterion in score.criteria:
        yield _criterion(criterion)
    if score.missing_criteria:
        yield f"    rated by nobody: {', '.join(score.missing_criteria)}"


def _criterion(each: CriterionScore) -> str:
    measured = {"spread": each.spread, "agreement": each.agreement, "alpha": each.alpha}
    known = "".join(f", {name} {value:.2f}" for name, value in measured.items() if value is not None)
    return f"    {each.label}: {each.value:.2f} (weight {each.weight:.2f}){known}"


def _judges(score: Score) -> Iterator[str]:
    if score.shift is not None:
        yield f"  before the debate {_number(score.prior)}, after it {_number(score.value)}, shift {score.shift:+.2f}"
    for judge in score.judges:
        yield _judge(judge)
    if score.spread is not None and score.effective is not None:
        yield f"  spread between judges {score.spread:.2f} in log-odds; they are worth {score.effective:.1f} independent judges"
    if score.judges:
        yield f"  order flips: {score.flips} of {len(score.judges)} judges changed sides with the order of presentation"
    if score.unscored:
        yield f"  {score.unscored} sittings gave no readable verdict"
    for side in score.conduct:
        yield _conduct(side)


def _judge(judge: JudgeScore) -> str:
    orders = ", ".join(f"{order} {value:.2f}" for order, value in judge.by_order.items()) or "no final verdict"
    said = [f"    {judge.seat} ({judge.model}): prior {_number(judge.prior)}, final {_number(judge.final)} ({orders})"]
    if judge.shift is not None:
        said.append(f"shift {judge.shift:+.2f}")
    if judge.flipped:
        said.append("changed sides with the order")
    if judge.weight != 1:
        said.append(f"weight {judge.weight:.2f}")
    return ", ".join(said)


def _conduct(side: Conduct) -> str:
    quotes = [
        f"{side.verified} verified",
        *(f"{getattr(side, found)} {found}" for found in _FOUND if getattr(side, found)),
    ]
    return f"  {side.role}: {side.arguments} arguments; quotes: {', '.join(quotes)}"


def _change(event: ScoreEvent) -> Iterator[str]:
    if event.change is None:
        return
    yield f"  changed by {event.change:+.3f} from what stood before ({event.cause})"
    for share in event.shares:
        yield f"    {share.change:+.3f} by {' and '.join(share.causes)}"


def beside_lines(found: Compared) -> Iterator[str]:
    """What the panel said without a debate, beside what it said after it."""
    yield f"  Without a debate: {_panel(found.without)}; with it: {_panel(found.debated)}"
    yield f"  (what was asked before the debate is counted in both: {counted(found.shared, 'call')})"


def _panel(panel: Panel) -> str:
    number = "no number" if panel.value is None else f"{panel.value:.2f} ({panel.low:.2f}–{panel.high:.2f})"
    return f"{number}, {counted(panel.calls, 'call')}, {panel.in_words}"


def policy_line(score: Score) -> str:
    """The policy, and how many outcomes it was calibrated on."""
    named = f"  policy {score.policy} ({score.policy_digest[:12]})"
    if score.outcomes < ENOUGH_OUTCOMES:
        return f"{named}, uncalibrated: {score.outcomes} of {ENOUGH_OUTCOMES} outcomes"
    return f"{named}, calibrated on {counted(score.outcomes, 'outcome')}"


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}"
