"""What would change a score: what is left open, read off what is stored of it."""

from collections.abc import Iterator, Sequence

from exchange.domain.bands import Bands
from exchange.domain.debate import Check, Role, Turn
from exchange.domain.score import Score
from exchange.domain.verdict import Unscored, Verdict, When
from exchange.pages.tearsheet import Point

_NOT_FOUND = {
    Check.MISQUOTED: "not in the passage that is cited",
    Check.UNKNOWN: "from a passage that there is not",
    Check.UNQUOTED: "too short to be looked for",
    Check.UNCHECKED: "from a source that is not here",
}


def points(
    score: Score, turns: Sequence[Turn], verdicts: Sequence[Verdict | Unscored], table: Bands
) -> tuple[Point, ...]:
    """The open points of a score that a debate gave, in the order in which they matter."""
    finals = [each for each in verdicts if isinstance(each, Verdict) and each.sitting.when is When.FINAL]
    return (*_number(score, table), *_apart(finals), *_criteria(score, finals), *_quotes(turns), *_sittings(score))


def _number(score: Score, table: Bands) -> Iterator[Point]:
    if score.value is None:
        yield Point(text=f"There is no number: {score.reason}.")
    elif score.low is not None and score.high is not None:
        low, high = table.of(score.low), table.of(score.high)
        if low != high:
            yield Point(text=f"The interval reaches from {low.word} to {high.word}.")


def _apart(finals: Sequence[Verdict]) -> Iterator[Point]:
    """What the judges say who stand furthest apart; of one alone, what it says."""
    if not finals:
        return
    ends = sorted(finals, key=lambda each: each.credence)
    lowest, highest = ends[0], ends[-1]
    if lowest.credence == highest.credence:
        yield Point(text=f"All judges say {lowest.credence}%.", said=(_said(lowest, lowest.reason),))
    else:
        text = f"Judges' verdicts lie between {lowest.credence}% and {highest.credence}%."
        yield Point(text=text, said=(_said(lowest, lowest.reason), _said(highest, highest.reason)))


def _criteria(score: Score, finals: Sequence[Verdict]) -> Iterator[Point]:
    if not score.criteria:
        return
    apart = max(score.criteria, key=lambda each: each.spread or 0)
    if apart.spread:
        yield Point(
            text=f"Judges agree least on {apart.label}: its ratings have a standard deviation of {apart.spread:.2f}."
        )
    lowest = min(score.criteria, key=lambda each: each.value)
    reasons = [
        _said(verdict, rating.reason)
        for verdict in finals
        for rating in verdict.ratings
        if rating.criterion == lowest.name
    ]
    yield Point(text=f"Rated lowest: {lowest.label}, {lowest.value:.2f}.", said=tuple(reasons[:1]))


def _quotes(turns: Sequence[Turn]) -> Iterator[Point]:
    """What was not found of each side's quotes, and the first of each kind."""
    for side in (Role.PROPOSER, Role.CRITIC):
        cited = [each for turn in turns if turn.role is side for made in turn.arguments for each in made.citations]
        for check, words in _NOT_FOUND.items():
            found = [each.quote for each in cited if each.check is check]
            if found:
                text = (
                    f"Of the {side}'s {len(cited)} quotes, {len(found)} {'is' if len(found) == 1 else 'are'} {words}."
                )
                yield Point(text=text, said=((str(side), found[0]),))


def _sittings(score: Score) -> Iterator[Point]:
    if score.flips:
        yield Point(text=f"With the order of the turns, {_counted(score.flips, 'judge')} changed sides.")
    if score.unscored:
        yield Point(text=f"{_counted(score.unscored, 'sitting')} gave no verdict that could be read.")


def _said(verdict: Verdict, reason: str) -> tuple[str, str]:
    return verdict.sitting.seat, reason


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
