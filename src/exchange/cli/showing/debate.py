"""A debate as lines: its setup, its turns, its verdicts."""

from collections.abc import Iterator

from exchange.debate.transcript import FOUND
from exchange.domain.counted import counted
from exchange.domain.debate import Turn
from exchange.domain.verdict import Sitting, Unscored, Verdict, When
from exchange.jobs.showing import DebateView


def debate_lines(debate: DebateView) -> Iterator[str]:
    """The debate: what it was held with, what it cost, what was said, and every verdict."""
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


def ended_line(debate: DebateView) -> str:
    """After how many turns it ended, and why."""
    return f"  the debate ended after {len(debate.turns)} turns: {debate.stop_reason}"


def spent_line(debate: DebateView) -> str:
    """Calls, tokens and cost; a price that is not known is said to be unknown."""
    spent = debate.spent
    lacking = [f"{spent[state]} {state}" for state in ("failed", "unknown") if spent[state]]
    failed = f" ({', '.join(lacking)})" if lacking else ""
    tokens = f"{spent['input_tokens']:,} tokens in, {spent['output_tokens']:,} out"
    return f"  {counted(spent['calls'], 'call')}{failed}, {tokens}, {spent['in_words']}"


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
