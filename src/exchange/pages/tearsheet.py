"""What one printed page tells of a hypothesis: its score, how that came about, and what it rests on."""

from collections import Counter
from collections.abc import Sequence

from exchange.domain.debate import Argument, Check, Citation, NumberedPassage, Role, Turn
from exchange.domain.noun import Noun
from exchange.domain.score import Score
from exchange.pages.history import History
from exchange.pages.related import RelatedHypothesis

MOST_CITATIONS = 3


class Cited(Noun):
    """A citation: the quoted words, what the check found of them, and the passage that they are said to be from.

    `page` and `section` are empty where there is no such passage; `times` is how often that side cites the passage.
    """

    quote: str
    check: Check
    page: str
    section: str
    keys: tuple[str, ...]
    argument: str
    times: int


class Point(Noun):
    """Something that may change the score: a sentence, and what was said on it, each with who said it."""

    text: str
    said: tuple[tuple[str, str], ...] = ()


class TearSheet(Noun):
    """All that the page shows. `score` and what follows are of the current score event, empty where there is none."""

    standing: RelatedHypothesis
    claim: str
    history: History
    score: Score | None
    pro: tuple[Cited, ...] = ()
    con: tuple[Cited, ...] = ()
    points: tuple[Point, ...] = ()


def best(turns: Sequence[Turn], passages: Sequence[NumberedPassage], side: Role) -> tuple[Cited, ...]:
    """A side's best citations: verified ones first, then those of passages that it cites most, then as they were spoken.

    Each quote of a passage counts once.
    """
    known = {passage.number: passage for passage in passages}
    spoken = [
        (argument, each)
        for turn in turns
        if turn.role is side
        for argument in turn.arguments
        for each in argument.citations
    ]
    times = Counter(each.passage for _, each in spoken)
    kept: dict[tuple[int, str], tuple[Argument, Citation]] = {}
    for argument, each in spoken:
        kept.setdefault((each.passage, each.quote), (argument, each))
    ranked = sorted(kept.values(), key=lambda pair: (pair[1].check is not Check.VERIFIED, -times[pair[1].passage]))
    found = []
    for argument, each in ranked[:MOST_CITATIONS]:
        passage = known.get(each.passage)
        found.append(
            Cited(
                quote=each.quote,
                check=each.check,
                page=passage.page if passage else "",
                section=passage.section if passage else "",
                keys=passage.keys if passage else (),
                argument=argument.text,
                times=times[each.passage],
            )
        )
    return tuple(found)
