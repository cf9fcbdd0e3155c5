"""`exchange show`."""

from collections.abc import Iterator

from exchange.cli.words import standing, tame
from exchange.config import settings
from exchange.debate.transcript import FOUND
from exchange.domain.debate import Turn
from exchange.domain.identity import hypothesis_id
from exchange.domain.score import Score
from exchange.domain.verdict import Sitting, Unscored, Verdict, When
from exchange.jobs.showing import DebateView, View, view
from exchange.pages.words import outcome
from exchange.store.engine import open_store


def run(name: str, debate: str | None, db: str | None, json: bool) -> None:
    """Prints everything that is known of the hypothesis."""
    chosen = settings(db=db)
    store = open_store(chosen.database)
    try:
        seen = view(store, hypothesis_id(name), chosen, debate)
    finally:
        store.close()
    print(seen.model_dump_json(indent=2) if json else "\n".join(tame(line) for line in lines(seen)))


def lines(seen: View) -> Iterator[str]:
    """The view, line by line."""
    hypothesis = seen.hypothesis
    yield f"{hypothesis.id}  {hypothesis.title}"
    yield f"  {hypothesis.statement or 'No statement is stored: the title is what is debated.'}"
    yield f"  targets: {', '.join(hypothesis.targets) or 'none'}"
    for page, reasons in seen.pages.items():
        yield f"  on page {page}: {'; '.join(reasons)}"
    yield ""
    yield f"Score: {standing(seen.standing)}"
    if seen.standing.caution:
        yield f"  {seen.standing.caution}"
    if seen.standing.outcome:
        yield f"  {outcome(seen.standing.outcome)}"
    if seen.current and seen.current.basis and not seen.current.imported:
        yield from _score(seen.current.score)
    yield from _history(seen)
    if seen.debate:
        yield from _debate(seen.debate)
    if seen.unfinished:
        yield ""
        yield f"Unfinished debate {seen.unfinished}: `exchange resume {hypothesis.id}` goes on."


def _score(score: Score) -> Iterator[str]:
    if score.value is not None:
        yield f"  credence {score.value:.2f}, the judges' pooled probability that the claim is true"
    if score.composite is not None:
        yield f"  composite {score.composite:.2f}, the rubric's weighted mean"
    if score.prior is not None and score.shift is not None:
        yield f"  before the debate {score.prior:.2f}, shift {score.shift:+.2f}"
    for criterion in score.criteria:
        yield f"    {criterion.label}: {criterion.value:.2f} (weight {criterion.weight:.2f})"
    for judge in score.judges:
        orders = ", ".join(f"{order} {value:.2f}" for order, value in judge.by_order.items()) or "no final verdict"
        prior = "none" if judge.prior is None else f"{judge.prior:.2f}"
        yield f"    {judge.seat} ({judge.model}): prior {prior}; {orders}"
    if score.unscored:
        yield f"  {score.unscored} sittings gave no readable verdict"
    yield f"  policy {score.policy} ({score.policy_digest[:12]}), uncalibrated: no outcomes are known"


def _history(seen: View) -> Iterator[str]:
    yield ""
    yield f"Score events: {len(seen.events)}"
    for event in seen.events:
        number = event.score.state.value if event.score.value is None else f"{event.score.value:.2f}"
        origin = event.debate or event.origin or (event.outcome and event.outcome.source)
        mark = " (demonstration)" if event.demonstration else ""
        yield f"  {event.at[:19]}  {number}  {event.cause}{mark}  {origin}"


def _debate(debate: DebateView) -> Iterator[str]:
    yield ""
    yield f"Debate {debate.id}: {debate.format}, rubric {debate.rubric}, {debate.state} ({debate.stop_reason or 'going on'})"
    yield f"  claim{' (the title)' if debate.by_title else ''}: {debate.claim}"
    yield f"  {', '.join(f'{seat} {model}' for seat, model in debate.models.items())}"
    yield spent_line(debate)
    for passage in debate.passages:
        yield f"  [{passage['number']}] {passage['page']}{', ' if passage['section'] else ''}{passage['section']}: {passage['text']}"
    for turn in debate.turns:
        yield from turn_lines(turn)
    for verdict in debate.verdicts:
        yield from verdict_lines(verdict)


def spent_line(debate: DebateView) -> str:
    """Calls, tokens and cost; a price that is not known is said to be unknown."""
    spent = debate.spent
    lacking = [f"{spent[state]} {state}" for state in ("failed", "unknown") if spent[state]]
    failed = f" ({', '.join(lacking)})" if lacking else ""
    tokens = f"{spent['input_tokens']:,} tokens in, {spent['output_tokens']:,} out"
    return f"  {spent['calls']} calls{failed}, {tokens}, {spent['in_words']}"


def turn_lines(turn: Turn) -> Iterator[str]:
    """A turn: who speaks, each argument, each citation with what the check found."""
    answers = f", answering turn {turn.answers}" if turn.answers else ""
    yield ""
    yield f"Turn {turn.ordinal}, {turn.role} ({turn.model}), round {turn.round}{answers}"
    for argument in turn.arguments:
        yield f"  • {argument.text}"
        for citation in argument.citations:
            yield f"      [{citation.passage}] “{citation.quote}” — {citation.check}: {FOUND[citation.check]}"


def verdict_lines(verdict: Verdict | Unscored) -> Iterator[str]:
    """A verdict: the sitting, the credence and its reason, each rating with its own."""
    sitting = verdict.sitting
    yield ""
    head = f"Verdict of {sitting.seat} ({sitting.model}), {_when(sitting)}, {sitting.order}"
    if isinstance(verdict, Unscored):
        yield f"{head}: none: {verdict.reason}"
        return
    yield f"{head}: {verdict.credence}%"
    yield f"  {verdict.reason}"
    for rating in verdict.ratings:
        yield f"    {rating.criterion}: {rating.rating} — {rating.reason}"


def _when(sitting: Sitting) -> str:
    if sitting.when is When.INTERIM:
        return f"interim, after turn {sitting.number}"
    return f"baseline {sitting.number}, without a debate" if sitting.when is When.BASELINE else sitting.when.value
